/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/format.h"
#include "cli/session.h"
#include "report/export/depsurf.h"
#include "store/choose.h"

struct opts {
	const char *format;
};

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	enum ks_format format; // there is one so far
	if (argc != 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf export IMAGE DIR");
	KS_TRY(ks_format_find(KS_DOCUMENT_BIT(KS_DOCUMENT_EXPORT), opts->format, &format));
	_cleanup_session_ struct ks_session session = { 0 };
	const struct ks_store_image *image;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	KS_TRY(ks_selection_choose(&session.sel, session.store, "*"));
	KS_TRY(ks_selection_group(&session.sel, session.store));
	KS_TRY(ks_selection_one(&session.sel, argv[0], &image));
	KS_TRY(ks_store_surface(session.store, image, &surface));
	return ks_export_depsurf(surface, argv[1]);
}

static const struct ks_opt options[] = {
	{ 0, "format", "LAYOUT", "depsurf: the published dataset", KS_OPT_TEXT,
	  offsetof(struct opts, format), NULL, KS_DOCUMENT_BIT(KS_DOCUMENT_EXPORT) },
	{ 0 },
};

const struct ks_cmd ks_cmd_export = {
	.name = "export",
	.args = "IMAGE DIR",
	.help = "write an image as files for other programs",
	.details = "The layout depsurf is that of the published dataset: "
		   "DIR/func_groups/IMAGE.jsonl …\n",
	.complete = "image dir",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.run = run,
};
