/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "api/comparison.h"
#include "cli/format.h"
#include "cli/session.h"
#include "diff/scope.h"
#include "report/diff/diff.h"

struct opts {
	const char *kinds, *name, *changes;
	bool layout, status, details, modules;
	const char *format;
};

/** Which image a word was taken for, unless it says so itself. */
static void tell_image(const struct ks_cli *cli, const char *word,
		       const struct ks_store_image *image, bool exact)
{
	if (image && !exact && !cli->quiet)
		ks_cli_say(stderr, "ksurf: %s is %s", word, image->image.label);
}

static struct ks_error *choose(const struct ks_cli *cli, struct ks_store *store, bool modules,
			       char **words, struct ks_comparison *pair)
{
	struct ks_error *err = ks_comparison_choose(store, words[0], words[1], pair);
	tell_image(cli, words[0], pair->old, pair->old_exact);
	tell_image(cli, words[1], pair->new, pair->new_exact);
	if (err)
		return err;
	if (modules)
		return ks_comparison_to_modules(pair);
	if (pair->old->modules && pair->new->modules && !cli->quiet)
		fprintf(stderr, "ksurf: the kernels without their modules; --modules compares "
				"those\n");
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	if (argc != 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf diff OLD NEW");
	struct ks_diff_scope scope = {
		.glob = opts->name,
		.extras = (opts->layout ? KS_DIFF_LAYOUT : 0) | (opts->status ? KS_DIFF_STATUS : 0),
	};
	enum ks_format format;
	KS_TRY(ks_cli_format(cli, KS_DOCUMENT_BIT(KS_DOCUMENT_DIFF), opts->format, &format));
	KS_TRY(ks_diff_scope_kinds(&scope, opts->kinds));
	KS_TRY(ks_diff_scope_changes(&scope, opts->changes));
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	_cleanup_comparison_ struct ks_comparison pair = { 0 };
	KS_TRY(choose(cli, session.store, opts->modules, argv, &pair));
	const struct ks_store_image *old = pair.old, *new = pair.new;
	struct ks_diff_options options = {
		.format = format,
		.details = opts->details || opts->kinds || opts->name || opts->changes,
		.color = ks_cli_colored(cli, stdout),
		.columns = ks_cli_columns(),
	};
	scope.one_sided = options.details;
	_cleanup_diff_report_ struct ks_diff_report *report = NULL;
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_summary summary;
	KS_TRY(ks_diff_report_new(old, new, &scope, &options, &report));
	KS_TRY(ks_summary_make(session.store, old, new, &scope,
			       options.details ? ks_diff_report_add : NULL, report, &summary));
	KS_TRY(ks_diff_report_write(report, &summary, &out));
	ks_cli_print(&out, "");
	cli->answer = ks_summary_differs(&summary);
	return NULL;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "kind", "KIND,...", "compare these kinds only, and tell the names", KS_OPT_TEXT,
	  AT(kinds), NULL },
	{ 0, "name", "GLOB", "compare these names only, and tell them", KS_OPT_TEXT, AT(name),
	  NULL },
	{ 0, "changes", "CHANGE,...", "look for these changes only: removed, param-removed, ...",
	  KS_OPT_TEXT, AT(changes), NULL },
	{ 0, "layout", NULL, "compare sizes and offsets of structs and unions, too", KS_OPT_FLAG,
	  AT(layout), NULL },
	{ 0, "status", NULL, "compare how functions are compiled, too", KS_OPT_FLAG, AT(status),
	  NULL },
	{ 0, "details", NULL, "tell every name that differs", KS_OPT_FLAG, AT(details), NULL },
	{ 0, "modules", NULL, "compare the modules of the two kernels instead", KS_OPT_FLAG,
	  AT(modules), NULL },
	KS_OPT_FORMAT(AT(format), KS_DOCUMENT_BIT(KS_DOCUMENT_DIFF)),
	{ 0 },
};

const struct ks_cmd ks_cmd_diff = {
	.name = "diff",
	.args = "OLD NEW",
	.help = "compare two images: what was added, removed and changed",
	.details = "OLD and NEW are images, or the beginnings of their names: 6.1 is the newest "
		   "6.1.\n"
		   "The exit status is 0 when nothing differs, 1 when something does, more when "
		   "the\n"
		   "comparison fails.\n",
	.complete = "image",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.answers = KS_ANSWERS_DIFFERS,
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
