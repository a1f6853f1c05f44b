/* SPDX-License-Identifier: BSD-2-Clause */
/* From the verdicts on programs to that on their object. */
#include "check/check.h"

/** The best verdict among programs of which one is enough; false when the object has none of them. */
static bool best_of(const struct ks_check *check, const struct ks_check_object *object,
		    const struct ks_policy_texts *names, size_t image, enum ks_verdict *ret)
{
	bool any = false;
	for (size_t row = object->first; row < object->first + object->nr; row++) {
		enum ks_verdict verdict = ks_check_outcome(check, row, image)->verdict;
		if (!ks_policy_matches(names, check->programs[row]->name))
			continue;
		*ret = !any || verdict < *ret ? verdict : *ret;
		any = true;
	}
	return any;
}

enum ks_verdict ks_check_object_verdict(const struct ks_check *check,
					const struct ks_check_object *object, size_t image)
{
	const struct ks_policy *policy = check->policy;
	if (!object->nr) // nothing to judge is not "works"
		return object->object->no_symbols || object->object->nr_refusals
			       ? KS_VERDICT_NO_LOAD
			       : KS_VERDICT_UNKNOWN;
	enum ks_verdict worst = KS_VERDICT_OK;
	for (size_t row = object->first; row < object->first + object->nr; row++) {
		const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
		bool counts =
			!outcome->optional &&
			!ks_policy_alternative(policy, object->object, check->programs[row]->name);
		if (counts && outcome->verdict > worst)
			worst = outcome->verdict;
	}
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object->object, &at));)
		for (size_t i = 0; i < part->nr_alternatives; i++) {
			enum ks_verdict best;
			if (best_of(check, object, &part->alternatives[i], image, &best) &&
			    best > worst)
				worst = best;
		}
	return worst;
}
