/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/log/log.h"
#include "api/lookup.h"
#include "cli/format.h"
#include "cli/session.h"
#include "store/suggest.h"

struct opts {
	const char *image, *format;
	bool patch;
};

static struct ks_error *unknown_name(struct ks_session *session, enum ks_kind kind,
				     const char *name)
{
	_cleanup_buf_ struct ks_buf hint = { 0 };
	KS_TRY(ks_suggest(session->store, &session->sel.images, kind, name, &hint));
	const char *text = ks_buf_text(&hint);
	return ks_error_new(KS_ERR_NOTFOUND, "no %s '%s' in %zu images%s", ks_kinds[kind].name,
			    name, session->sel.images.nr, text ? text : "");
}

static struct ks_error *run_in(struct ks_cli *cli, const struct opts *opts, enum ks_kind kind,
			       const char *name, struct ks_arena *arena)
{
	_cleanup_session_ struct ks_session session = { 0 };
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_history history;
	enum ks_format format;
	KS_TRY(ks_cli_format(cli, KS_DOCUMENT_BIT(KS_DOCUMENT_LOG), opts->format, &format));
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	KS_TRY(ks_session_choose(&session, opts->image));
	KS_TRY(ks_selection_group(&session.sel, session.store));
	KS_TRY(ks_lookup_history(session.store, &session.sel.images, kind, name, arena, &history));
	if (!ks_history_present(&history))
		return unknown_name(&session, kind, name);
	struct ks_log_options how = { .format = format,
				      .patch = opts->patch,
				      .color = ks_cli_colored(cli, stdout),
				      .columns = ks_cli_columns() };
	KS_TRY(ks_log_write(session.sel.groups, &history, &how, &out));
	ks_cli_print(&out, "");
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	if (argc != 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf log KIND NAME");
	enum ks_kind kind = ks_kind_by_name(argv[0]);
	if (kind == KS_NR_KINDS)
		return ks_kind_unknown(argv[0]);
	_cleanup_arena_ struct ks_arena arena = { 0 };
	return run_in(cli, values, kind, argv[1], &arena);
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 'p', "patch", NULL, "show every change in full", KS_OPT_FLAG, AT(patch), NULL },
	{ 0, "image", "IMAGE,...", "look at these images only", KS_OPT_TEXT, AT(image), NULL },
	KS_OPT_FORMAT(AT(format), KS_DOCUMENT_BIT(KS_DOCUMENT_LOG)),
	{ 0 },
};

const struct ks_cmd ks_cmd_log = {
	.name = "log",
	.args = "KIND NAME",
	.help = "tell the life of a name, image by image",
	.details = "+ it came, - it went, ~ it changed, ! it is compiled in another way, ? the "
		   "image does\n"
		   "not tell.\n",
	.complete = "kind name",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
