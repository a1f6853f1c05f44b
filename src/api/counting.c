/* SPDX-License-Identifier: BSD-2-Clause */
#include "api/counting.h"

#include "report/deps/deps_counts.h"
#include "store/choose.h"

/** One run. */
struct work {
	struct ks_store *store;
	const struct ks_counting_options *options;
	const struct ks_deps_sheet *sheets;
	size_t nr;
	struct ks_dep_list *lists; // of each sheet
	struct ks_arena arena;
	struct ks_selection sel;
	struct ks_prevalence *prevalence;
	struct ks_table table;
};

static void work_deinit(struct work *work)
{
	ks_table_deinit(&work->table);
	ks_prevalence_free(work->prevalence);
	ks_selection_deinit(&work->sel);
	ks_arena_deinit(&work->arena);
}

/** The images, grouped around the base of the store where it is one of them. */
static struct ks_error *choose(struct work *work, const struct ks_store_image **ret_base)
{
	bool exact;
	const struct ks_counting_options *options = work->options;
	KS_TRY(ks_selection_choose(&work->sel, work->store, options->on ? "*" : NULL));
	KS_TRY(ks_selection_group(&work->sel, work->store));
	if (options->base)
		KS_TRY(ks_selection_pick(&work->sel, options->base, ret_base, &exact));
	return ks_selection_narrow(&work->sel, options->on);
}

static struct ks_error *look_up(struct work *work, const struct ks_store_image *base)
{
	work->lists = ks_arena_array(&work->arena, work->nr, sizeof(*work->lists));
	if (!work->lists)
		return &ks_nomem;
	for (size_t i = 0; i < work->nr; i++)
		KS_TRY(ks_deps_published(work->sheets[i].deps, &work->arena, &work->lists[i]));
	const struct ks_prevalence_scope scope = {
		.store = work->store,
		.images = &work->sel.images,
		.groups = work->sel.groups,
		.base = base,
	};
	return ks_prevalence_make(&scope, work->lists, work->nr, &work->prevalence);
}

static struct ks_error *write(struct work *work, struct ks_buf *out)
{
	const struct ks_store_images *images = &work->sel.images;
	const struct ks_store_image *base = NULL;
	KS_TRY(choose(work, &base));
	KS_TRY(look_up(work, base));
	_cleanup_buf_ struct ks_buf name = { 0 };
	if (images->nr == 1)
		ks_buf_printf(&name, "in %s", images->at[0]->image.label);
	else
		ks_buf_printf(&name, "in at least one of %zu images", images->nr);
	const struct ks_deps_counts_options options = {
		.images = ks_buf_text(&name),
		.base = base ? base->image.label : NULL,
		.programs = work->options->programs,
	};
	if (!options.images)
		return &ks_nomem;
	KS_TRY(ks_deps_counts_fill(&options, work->sheets, work->lists, work->nr, work->prevalence,
				   &work->arena, &work->table));
	ks_table_write(&work->table, work->options->format, out);
	return ks_buf_error(out);
}

struct ks_error *ks_counting_write(struct ks_store *store,
				   const struct ks_counting_options *options,
				   const struct ks_deps_sheet *sheets, size_t nr,
				   struct ks_buf *out)
{
	struct work work = { .store = store, .options = options, .sheets = sheets, .nr = nr };
	struct ks_error *err = write(&work, out);
	work_deinit(&work);
	return err;
}
