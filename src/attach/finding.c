/* SPDX-License-Identifier: BSD-2-Clause */
#include "attach/private.h"

struct ks_attach_finding *ks_asking_find(struct ks_asking *asking, enum ks_attach_why why,
					 enum ks_answer answer)
{
	struct ks_attach_result *result = asking->result;
	if (result->nr == KS_ATTACH_FINDINGS) // more than any question has
		result->nr--;
	struct ks_attach_finding *finding = &result->at[result->nr++];
	*finding = (struct ks_attach_finding){ .why = why, .answer = answer };
	if (answer == KS_ANSWER_NO || result->answer == KS_ANSWER_YES)
		result->answer = answer;
	return finding;
}

struct ks_attach_finding *ks_asking_find_at_load(struct ks_asking *asking, enum ks_attach_why why,
						 enum ks_answer answer)
{
	struct ks_attach_finding *finding = ks_asking_find(asking, why, answer);
	finding->at_load = true;
	return finding;
}

bool ks_asking_lacks(struct ks_asking *asking, enum ks_presence presence, enum ks_attach_why absent,
		     enum ks_attach_why untold)
{
	if (presence == KS_UNTOLD)
		ks_asking_find(asking, untold, KS_ANSWER_UNKNOWN);
	else if (presence == KS_ABSENT)
		ks_asking_find(asking, absent, KS_ANSWER_NO);
	return presence == KS_ABSENT;
}

void ks_asking_no_function(struct ks_asking *asking, bool at_load)
{
	enum ks_answer answer = asking->target.untold ? KS_ANSWER_UNKNOWN : KS_ANSWER_NO;
	ks_asking_find(asking, KS_WHY_NO_FUNCTION, answer)->at_load = at_load;
}
