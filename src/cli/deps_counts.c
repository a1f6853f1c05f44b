/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/deps_counts.h"

#include "cli/session.h"
#include "report/deps/deps_counts.h"
#include "store/choose.h"

/** One run. */
struct work {
	struct ks_cli *cli;
	const struct ks_counts_opts *opts;
	const struct ks_deps_sheet *sheets;
	size_t nr;
	struct ks_dep_list *lists; // of each sheet
	struct ks_arena arena;
	struct ks_session session;
	struct ks_prevalence *prevalence;
	struct ks_table table;
};

static void work_deinit(struct work *work)
{
	ks_table_deinit(&work->table);
	ks_prevalence_free(work->prevalence);
	ks_session_close(&work->session);
	ks_arena_deinit(&work->arena);
}

/** The images, grouped around the base of the store where it is one of them. */
static struct ks_error *choose(struct work *work, const struct ks_store_image **ret_base)
{
	bool exact;
	struct ks_session *session = &work->session;
	KS_TRY(ks_session_open(work->cli, KS_STORE_READ, session));
	KS_TRY(ks_selection_choose(&session->sel, session->store, work->opts->on ? "*" : NULL));
	KS_TRY(ks_selection_group(&session->sel, session->store));
	if (work->opts->base)
		KS_TRY(ks_selection_pick(&session->sel, work->opts->base, ret_base, &exact));
	return ks_selection_narrow(&session->sel, work->opts->on);
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
		.groups = work->session.sel.groups,
		.base = base,
	};
	return ks_prevalence_make(&scope, work->lists, work->nr, &work->prevalence);
}

static struct ks_error *run_in(struct work *work)
{
	const struct ks_store_images *images = &work->session.sel.images;
	const struct ks_store_image *base = NULL;
	KS_TRY(choose(work, &base));
	KS_TRY(look_up(work, images, base));
	_cleanup_buf_ struct ks_buf name = { 0 }, out = { 0 };
	if (images->nr == 1)
		ks_buf_printf(&name, "in %s", images->at[0]->image.label);
	else
		ks_buf_printf(&name, "in at least one of %zu images", images->nr);
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
