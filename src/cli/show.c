/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "api/lookup.h"
#include "check/kernels/expect.h"
#include "cli/format.h"
#include "cli/reports.h"
#include "cli/session.h"
#include "report/show/show.h"

struct opts {
	const char *format, *dir, *image;
	bool all;
};

/** What one run of the command shows, and how. */
struct show {
	struct ks_cli *cli;
	struct ks_session session;
	enum ks_format format;
	enum ks_kind kind; // KS_NR_KINDS: whatever the names are
	struct ks_report *report;
	struct ks_view *view;
	struct ks_outdir dir;
	bool to_dir;
	struct ks_arena arena; // of one name
	struct ks_buf out;
	struct ks_buf first; // of JSON: the first report, which is the document when it stays alone
	size_t nr_documents;
};

static void show_deinit(struct show *show)
{
	ks_report_free(show->report);
	ks_view_free(show->view);
	ks_session_close(&show->session);
	ks_outdir_close(&show->dir);
	ks_arena_deinit(&show->arena);
	ks_buf_deinit(&show->out);
	ks_buf_deinit(&show->first);
}

/** Reports that are values of one document: further in, and a comma before each but the first. */
static void print_inner(const struct ks_buf *report, bool first)
{
	const char *line = report->at, *end = report->at + report->len;
	fputs(first ? "" : ",\n", stdout);
	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop ? stop : end) - line);
		fputs(line == report->at ? "    " : "\n    ", stdout);
		fwrite(line, 1, len, stdout);
		line += len + 1;
	}
}

/** One report is a document, several are values of one (docs/report-json.md). */
static void print_json(struct show *show)
{
	if (show->nr_documents++ == 0) {
		const struct ks_buf first = show->first;
		show->first = show->out;
		show->out = first;
		return;
	}
	if (show->nr_documents == 2) {
		fputs("{\n  \"ksurf\": 1,\n  \"reports\": [\n", stdout);
		print_inner(&show->first, true);
	}
	print_inner(&show->out, false);
}

static void end_json(const struct show *show)
{
	if (show->nr_documents == 1)
		ks_cli_print(&show->first, "");
	else if (show->nr_documents)
		fputs("\n  ]\n}\n", stdout);
}

/**
 * Write the report of one name of one kind, if an image has it. Documents are for archives and programs: one
 * that was asked for by kind and name is written even when it says "absent" throughout.
 */
static struct ks_error *show_one(struct show *show, enum ks_kind kind, const char *name,
				 bool *found)
{
	struct ks_history history;
	ks_arena_deinit(&show->arena);
	KS_TRY(ks_lookup_history(show->session.store, &show->session.sel.images, kind, name,
				 &show->arena, &history));
	*found = *found || ks_history_present(&history);
	bool document = show->format != KS_FORMAT_TERMINAL && show->kind != KS_NR_KINDS;
	if (!ks_history_present(&history) && !document)
		return NULL;
	show->out.len = 0;
	KS_TRY(ks_report_write(show->report, &history, &show->out));
	if (show->to_dir)
		return ks_outdir_report(&show->dir, show->format, kind, name, &show->out);
	if (show->format == KS_FORMAT_JSON)
		print_json(show);
	else
		ks_cli_print(&show->out, "");
	return NULL;
}

static struct ks_error *show_name(struct show *show, const char *name)
{
	bool found = false;
	if (show->kind != KS_NR_KINDS)
		KS_TRY(show_one(show, show->kind, name, &found));
	else
		for (int kind = 0; kind < KS_NR_KINDS; kind++)
			if (ks_lookup_may_be((enum ks_kind)kind, name) &&
			    ks_show_has(show->format, (enum ks_kind)kind))
				KS_TRY(show_one(show, (enum ks_kind)kind, name, &found));
	if (found)
		return NULL;
	return ks_lookup_unknown(show->session.store, &show->session.sel.images, show->kind, name);
}

/** Take the kind from the arguments: the first word, unless it must be a name itself. */
static int take_kind(struct show *show, const struct opts *opts, int argc, char **argv)
{
	show->kind = argc ? ks_kind_by_name(argv[0]) : KS_NR_KINDS;
	if (argc == 1 && !opts->all)
		show->kind = KS_NR_KINDS;
	return show->kind != KS_NR_KINDS;
}

static struct ks_error *show_all(struct show *show)
{
	struct ks_reports job = {
		.cli = show->cli,
		.session = &show->session,
		.format = show->format,
		.kind = show->kind,
		.dir = &show->dir,
	};
	return ks_reports_write(&job);
}

/** Tell a store on a server what it will be asked. */
static struct ks_error *expect(struct show *show, int nr, char **names)
{
	const struct ks_store_images *images = &show->session.sel.images;
	struct ks_store *store = show->session.store;
	_cleanup_free_ struct ks_store_want *wants = calloc((size_t)nr + 1, sizeof(*wants));
	if (!wants)
		return &ks_nomem;
	for (int i = 0; i < nr; i++)
		wants[i] = (struct ks_store_want){ show->kind, names[i] };
	if (show->kind == KS_FUNCTION)
		return ks_expect_names(store, images, wants, (size_t)nr);
	return show->kind == KS_NR_KINDS ? NULL : ks_store_want(store, images, wants, (size_t)nr);
}

static struct ks_error *show_run(struct show *show, const struct opts *opts, int argc, char **argv)
{
	struct ks_cli *cli = show->cli;
	KS_TRY(ks_cli_format(cli, KS_DOCUMENT_BIT(KS_DOCUMENT_SHOW), opts->format, &show->format));
	int used = take_kind(show, opts, argc, argv);
	if (opts->all && (argc != 1 || !used || !opts->dir))
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf show --all KIND -o DIR");
	if (!opts->all && argc == used)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf show [KIND] NAME...");
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &show->session));
	KS_TRY(ks_session_choose(&show->session, opts->image));
	KS_TRY(ks_selection_group(&show->session.sel, show->session.store));
	show->to_dir = opts->dir != NULL;
	if (opts->dir)
		KS_TRY(ks_outdir_open(opts->dir, &show->dir));
	if (opts->all)
		return show_all(show);
	KS_TRY(ks_view_over_store(show->session.store, &show->session.sel.images, true,
				  &show->view));
	struct ks_report_options options = {
		.color = !opts->dir && ks_cli_colored(cli, stdout),
		.verbose = cli->verbose > 0,
		.columns = ks_cli_columns(),
		.view = show->view,
	};
	KS_TRY(ks_report_new(show->format, show->session.sel.groups, &options, &show->report));
	KS_TRY(expect(show, argc - used, argv + used));
	for (int i = used; i < argc; i++) {
		struct ks_error *err = show_name(show, argv[i]);
		if (err && err->code != KS_ERR_NOTFOUND)
			return err;
		if (err)
			ks_cli_fail(cli, err); // the other names are shown nevertheless
	}
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	struct show show = { .cli = cli, .dir.fd = -1 };
	struct ks_error *err = show_run(&show, values, argc, argv);
	end_json(&show); // what was written before an error is a document nevertheless
	show_deinit(&show);
	return err;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	KS_OPT_FORMAT(AT(format), KS_DOCUMENT_BIT(KS_DOCUMENT_SHOW)),
	{ 'o', "output", "DIR", "write DIR/KIND/INITIAL/NAME instead of printing", KS_OPT_OUTPUT,
	  AT(dir), NULL },
	{ 0, "all", NULL, "show every name of the kind", KS_OPT_FLAG, AT(all), NULL },
	{ 0, "image", "IMAGE,...", "look at these images only", KS_OPT_TEXT, AT(image), NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_show = {
	.name = "show",
	.args = "[KIND] NAME...",
	.help = "report what every image says of a name, and what changed",
	.details = "Without KIND the name is looked up in all kinds. A field is named "
		   "STRUCT::MEMBER.\n"
		   "-v shows every image in detail.\n",
	.complete = "kind name",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
