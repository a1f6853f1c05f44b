/* SPDX-License-Identifier: BSD-2-Clause */
#include "api/checking.h"

#include "base/buf.h"
#include "check/tools/rewriting.h"
#include "store/choose.h"

/** The images that are asked for, else those the policy names, else all of the selection. */
static struct ks_error *choose_images(const struct ks_checking_options *options,
				      struct ks_checking *checking)
{
	const struct ks_policy *policy = options->policy;
	_cleanup_buf_ struct ks_buf words = { 0 };
	for (size_t i = 0; !options->on && i < policy->on.nr; i++)
		ks_buf_printf(&words, "%s,", policy->on.at[i]);
	const char *all = ks_buf_text(&words);
	if (!all)
		return &ks_nomem;
	return ks_selection_words(&checking->sel, options->on ? options->on : all,
				  &checking->sel.arena, &checking->images);
}

struct ks_error *ks_checking_choose(struct ks_store *store,
				    const struct ks_checking_options *options,
				    struct ks_checking *checking)
{
	KS_TRY(ks_selection_choose(&checking->sel, store, options->on ? "*" : NULL));
	KS_TRY(ks_selection_group(&checking->sel, store));
	KS_TRY(choose_images(options, checking));
	const char *base = options->base ? options->base : options->policy->base;
	bool exact;
	return base ? ks_selection_pick(&checking->sel, base, &checking->base, &exact) : NULL;
}

struct ks_error *ks_checking_run(struct ks_store *store, const struct ks_checking_options *options,
				 const struct ks_check_input *inputs, size_t nr,
				 struct ks_checking *checking)
{
	KS_TRY(ks_rewriting_new(&checking->rewriting));
	const struct ks_check_options how = {
		.policy = options->policy,
		.next = ks_rewriting_policy(checking->rewriting),
		.base = checking->base,
		.modules = options->modules || options->policy->modules,
		.nr_threads = options->nr_threads,
		.step = options->step,
		.step_arg = options->step_arg,
	};
	KS_TRY(ks_check_run(store, &checking->images, inputs, nr, &how, &checking->check));
	return ks_rewriting_run(checking->rewriting, store, &checking->images, inputs, nr, &how,
				checking->check);
}

void ks_checking_deinit(struct ks_checking *checking)
{
	ks_check_free(checking->check);
	ks_rewriting_free(checking->rewriting);
	ks_selection_deinit(&checking->sel);
}
