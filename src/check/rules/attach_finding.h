/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the engine of src/attach/ finds, as reasons: inside check/ only. */
#include "check/reasons.h"

/** What the kernel answers to the judged program, attached to what its hook names. */
void ks_judge_ask(const struct ks_judge *judge, enum ks_attach_way way, const char *name,
		  struct ks_attach_result *ret);
/** Whether a finding is about loading the program, or about its signature, which goes with that. */
bool ks_finding_at_load(const struct ks_attach_finding *finding);
/** Add what stands against it as a reason. @param name of what is attached to */
void ks_judge_finding(struct ks_judge *judge, const struct ks_attach_finding *finding,
		      const char *name);
