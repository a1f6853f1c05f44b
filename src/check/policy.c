/* SPDX-License-Identifier: BSD-2-Clause */
/* What a policy says of objects, programs and tools. */
#include "check/policy.h"

#include <fnmatch.h>
#include <string.h>

/** What must have programs of some names is about the version of a tool that has them. */
static bool has_programs(const struct ks_bpf_object *object, const struct ks_policy_texts *globs)
{
	for (size_t i = 0; i < globs->nr; i++) {
		uint32_t k = 0;
		while (k < object->nr_programs &&
		       fnmatch(globs->at[i], object->programs[k].name, 0) != 0)
			k++;
		if (k == object->nr_programs)
			return false;
	}
	return true;
}

const struct ks_policy_object *ks_policy_next(const struct ks_policy *policy,
					      const struct ks_bpf_object *object, size_t *at)
{
	while (policy && *at < policy->nr_objects) {
		const struct ks_policy_object *part = &policy->objects[(*at)++];
		if (fnmatch(part->match, object->name, 0) == 0 &&
		    has_programs(object, &part->programs))
			return part;
	}
	return NULL;
}

bool ks_policy_matches(const struct ks_policy_texts *globs, const char *name)
{
	for (size_t i = 0; i < globs->nr; i++)
		if (fnmatch(globs->at[i], name, 0) == 0)
			return true;
	return false;
}

bool ks_policy_optional(const struct ks_policy *policy, const struct ks_bpf_object *object,
			const char *program)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));)
		if (ks_policy_matches(&part->optional, program))
			return true;
	return false;
}

bool ks_policy_alternative(const struct ks_policy *policy, const struct ks_bpf_object *object,
			   const char *program)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));)
		for (size_t i = 0; i < part->nr_alternatives; i++)
			if (ks_policy_matches(&part->alternatives[i], program))
				return true;
	return false;
}

const char *ks_policy_section(const struct ks_policy *policy, const struct ks_bpf_object *object,
			      const char *program)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));)
		for (size_t i = 0; i < part->nr_targets; i++)
			if (fnmatch(part->targets[i].program, program, 0) == 0)
				return part->targets[i].section;
	return NULL;
}

const struct ks_policy_constant *ks_policy_constant(const struct ks_policy *policy,
						    const struct ks_bpf_object *object,
						    const char *variable)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));)
		for (size_t i = 0; i < part->nr_constants; i++)
			if (strcmp(part->constants[i].name, variable) == 0)
				return &part->constants[i];
	return NULL;
}
