/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/log/log.h"
#include "api/lookup.h"
#include "cli/format.h"
#include "cli/session.h"

struct opts {
	const char *image, *format;
	bool patch;
};

/** What one run of the command tells. */
struct told {
	struct ks_session session;
	struct ks_log_options how;
	struct ks_arena arena; // of one name
	struct ks_buf out;
	size_t nr; // of kinds that have the name
};

static void told_deinit(struct told *told)
{
	ks_session_close(&told->session);
	ks_arena_deinit(&told->arena);
	ks_buf_deinit(&told->out);
}

static struct ks_error *tell(struct told *told, enum ks_kind kind, const char *name)
{
	struct ks_history history;
	ks_arena_deinit(&told->arena);
	KS_TRY(ks_lookup_history(told->session.store, &told->session.sel.images, kind, name,
				 &told->arena, &history));
	if (!ks_history_present(&history))
		return NULL;
	if (told->nr++ && told->how.format != KS_FORMAT_TERMINAL)
		return ks_error_new(KS_ERR_USAGE, "%s is of several kinds, %s the last: say which",
				    name, ks_kinds[kind].name);
	ks_buf_str(&told->out, told->nr > 1 ? "\n" : "");
	return ks_log_write(told->session.sel.groups, &history, &told->how, &told->out);
}

/** @param kind KS_NR_KINDS: whatever the name is */
static struct ks_error *tell_kinds(struct told *told, enum ks_kind kind, const char *name)
{
	if (kind != KS_NR_KINDS)
		KS_TRY(tell(told, kind, name));
	for (int i = 0; kind == KS_NR_KINDS && i < KS_NR_KINDS; i++)
		if (ks_lookup_may_be((enum ks_kind)i, name))
			KS_TRY(tell(told, (enum ks_kind)i, name));
	return told->nr ? NULL
			: ks_lookup_unknown(told->session.store, &told->session.sel.images, kind,
					    name);
}

static struct ks_error *run_in(struct ks_cli *cli, const struct opts *opts, enum ks_kind kind,
			       const char *name, struct told *told)
{
	enum ks_format format;
	KS_TRY(ks_cli_format(cli, KS_DOCUMENT_BIT(KS_DOCUMENT_LOG), opts->format, &format));
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &told->session));
	KS_TRY(ks_session_choose(&told->session, opts->image));
	KS_TRY(ks_selection_group(&told->session.sel, told->session.store));
	told->how = (struct ks_log_options){ .format = format,
					     .patch = opts->patch,
					     .color = ks_cli_colored(cli, stdout),
					     .columns = ks_cli_columns() };
	KS_TRY(tell_kinds(told, kind, name));
	ks_cli_print(&told->out, "");
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	if (argc != 1 && argc != 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf log [KIND] NAME");
	enum ks_kind kind = argc == 2 ? ks_kind_by_name(argv[0]) : KS_NR_KINDS;
	if (argc == 2 && kind == KS_NR_KINDS)
		return ks_kind_unknown(argv[0]);
	struct told told = { 0 };
	struct ks_error *err = run_in(cli, values, kind, argv[argc - 1], &told);
	told_deinit(&told);
	return err;
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
	.args = "[KIND] NAME",
	.help = "tell the life of a name, image by image",
	.details = "Without a KIND of whatever kinds the name is.\n"
		   "+ it came, - it went, ~ it changed, ! it is compiled in another way, ? the "
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
