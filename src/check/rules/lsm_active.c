/* SPDX-License-Identifier: BSD-2-Clause */
/* LSM programs on kernels that do not call them unless they are told to. */
#include <string.h>

#include "check/rules/rules.h"

void ks_judge_lsm_active(struct ks_judge *judge)
{
	const char *active = ks_site_option(judge->site, "CONFIG_LSM");
	if (!active) {
		struct ks_reason *reason = ks_judge_add(
			judge, KS_STAGE_RUN, KS_REASON_TIER, KS_ABOUT_NAME(KS_CONFIG, "CONFIG_LSM"),
			"whether bpf is among the modules that are active is not known");
		ks_reason_hint(judge, reason, "add the kernel with its configuration: --config");
		return;
	}
	if (strstr(active, "bpf"))
		return;
	struct ks_reason *reason = ks_judge_add(
		judge, KS_STAGE_RUN, KS_REASON_LSM_MISSING, KS_ABOUT_NAME(KS_CONFIG, "CONFIG_LSM"),
		"bpf is not among the modules that are active by default: %s", active);
	ks_reason_hint(judge, reason, "boot with lsm=…,bpf");
}
