/* SPDX-License-Identifier: BSD-2-Clause */
/* Any text as a ksurf.toml: an error with a line, or a policy that answers questions. */
#include <stdlib.h>
#include <string.h>

#include "check/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void ask(const struct ks_policy *policy)
{
	for (size_t i = 0; i < policy->nr_objects; i++) {
		const struct ks_policy_object *object = &policy->objects[i];
		ks_policy_matches(&policy->on, object->match);
		const struct ks_bpf_program program = { .name = "probe" };
		const struct ks_bpf_object asked = { .name = object->match,
						     .nr_programs = 1,
						     .programs = &program };
		ks_policy_optional(policy, &asked, "probe");
		ks_policy_alternative(policy, &asked, "probe");
		ks_policy_section(policy, &asked, "probe");
		for (size_t k = 0; k < object->nr_constants; k++)
			ks_policy_constant(policy, &asked, object->constants[k].name);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1); // so that a read behind its end is seen
	if (!copy)
		return 0;
	if (len)
		memcpy(copy, bytes, len);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	struct ks_error *err = ks_policy_read(copy, len, &policy);
	free(copy); // a policy keeps nothing of its text
	if (!err)
		ask(policy);
	ks_error_free(err);
	return 0;
}
