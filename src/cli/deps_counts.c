/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/deps_counts.h"

#include "cli/kernels.h"
#include "cli/pick.h"
#include "report/deps/deps_counts.h"

/** One run. */
struct work {
	struct ks_cli *cli;
	const struct ks_counts_opts *opts;
	const struct ks_deps_sheet *sheets;
	size_t nr;
	struct ks_dep_list *lists; // of each sheet
	struct ks_arena arena;
	struct ks_session session;
	struct ks_groups *groups; // of the images that are looked at
	struct ks_prevalence *prevalence;
	struct ks_table table;
};

static void work_deinit(struct work *work)
{
	ks_table_deinit(&work->table);
	ks_prevalence_free(work->prevalence);
	ks_groups_free(work->groups);
	ks_session_close(&work->session);
	ks_arena_deinit(&work->arena);
}

/** The images, grouped around the base of the store where it is one of them. */
static struct ks_error *choose(struct work *work, struct ks_store_images *ret)
{
	struct ks_session *session = &work->session;
	KS_TRY(ks_session_open(work->cli, KS_STORE_READ, session));
	KS_TRY(ks_selection_choose(&session->sel, session->store, work->opts->on ? "*" : NULL));
	KS_TRY(ks_selection_group(&session->sel, session->store));
	KS_TRY(ks_kernels_choose(session, work->opts->on, &work->arena, ret));
	const struct ks_image **images = ks_arena_array(&work->arena, ret->nr, sizeof(*images));
	if (!images)
		return &ks_nomem;
	struct ks_groups_choice choice = { .base = KS_NO_IMAGE };
	const struct ks_image *base = session->sel.groups->images[session->sel.groups->base];
	for (size_t i = 0; i < ret->nr; i++) {
		images[i] = &ret->at[i]->image;
		if (images[i] == base)
			choice.base = i;
	}
	return ks_groups_new(images, ret->nr, &choice, &work->groups);
}

static struct ks_error *look_up(struct work *work, const struct ks_store_images *images,
				const struct ks_store_image *base)
{
	work->lists = ks_arena_array(&work->arena, work->nr, sizeof(*work->lists));
	if (!work->lists)
		return &ks_nomem;
	for (size_t i = 0; i < work->nr; i++)
		KS_TRY(ks_deps_published(work->sheets[i].deps, &work->arena, &work->lists[i]));
	const struct ks_prevalence_scope scope = {
		.store = work->session.store,
		.images = images,
		.groups = work->groups,
		.base = base,
	};
	return ks_prevalence_make(&scope, work->lists, work->nr, &work->prevalence);
}

static struct ks_error *run_in(struct work *work)
{
	struct ks_store_images images;
	const struct ks_store_image *base = NULL;
	bool exact;
	KS_TRY(choose(work, &images));
	if (work->opts->base)
		KS_TRY(ks_pick_image(&work->session, work->opts->base, &base, &exact));
	KS_TRY(look_up(work, &images, base));
	_cleanup_buf_ struct ks_buf name = { 0 }, out = { 0 };
	if (images.nr == 1)
		ks_buf_printf(&name, "in %s", images.at[0]->image.label);
	else
		ks_buf_printf(&name, "in at least one of %zu images", images.nr);
	const struct ks_deps_counts_options options = {
		.images = ks_buf_text(&name),
		.base = base ? base->image.label : NULL,
		.programs = work->cli->verbose > 0,
	};
	if (!options.images)
		return &ks_nomem;
	KS_TRY(ks_deps_counts_fill(&options, work->sheets, work->lists, work->nr, work->prevalence,
				   &work->arena, &work->table));
	ks_table_write(&work->table, work->opts->format, &out);
	KS_TRY(ks_buf_error(&out));
	ks_cli_print(&out, work->opts->format == KS_FORMAT_JSON ? "\n" : "");
	return NULL;
}

struct ks_error *ks_deps_counts_run(struct ks_cli *cli, const struct ks_counts_opts *opts,
				    const struct ks_deps_sheet *sheets, size_t nr)
{
	struct work work = { .cli = cli, .opts = opts, .sheets = sheets, .nr = nr };
	struct ks_error *err = run_in(&work);
	work_deinit(&work);
	return err;
}
