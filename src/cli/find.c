/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/json.h"
#include "cli/session.h"
#include "store/suggest.h"

struct opts {
	const char *kind, *image;
	bool names;
	unsigned int limit;
};

/** One walk over the names. */
struct search {
	const struct opts *opts;
	const struct ks_session *session;
	struct ks_json *json; // NULL: print a table
	size_t nr;
};

static struct ks_error *found(const struct ks_store_name *name, void *arg)
{
	struct search *search = arg;
	size_t nr_images = search->session->sel.images.nr;
	if (name->nr_images == 0 || (search->opts->limit && search->nr >= search->opts->limit))
		return NULL;
	search->nr++;
	if (search->opts->names) {
		ks_cli_say(stdout, "%s", name->name);
		return NULL;
	}
	const char *kind = ks_kinds[name->kind].name;
	if (!search->json) {
		ks_cli_say(stdout, "%-10s  %-40s  %zu of %zu images", kind, name->name,
			   name->nr_images, nr_images);
		return NULL;
	}
	ks_json_open(search->json, '{');
	ks_json_key_str(search->json, "kind", kind);
	ks_json_key_str(search->json, "name", name->name);
	ks_json_key_open(search->json, "images", '[');
	for (size_t i = 0; i < nr_images; i++)
		if (name->in[i / 64] >> (i % 64) & 1)
			ks_json_str(search->json, search->session->sel.images.at[i]->image.label);
	ks_json_close(search->json, ']');
	ks_json_close(search->json, '}');
	return NULL;
}

static struct ks_error *no_match(const struct ks_session *session, enum ks_kind kind,
				 const char *pattern)
{
	if (strstr(pattern, "::"))
		return ks_error_new(KS_ERR_NOTFOUND,
				    "no name matches '%s'; fields are not listed: 'ksurf show' "
				    "tells of a STRUCT::MEMBER",
				    pattern);
	return ks_error_new(KS_ERR_NOTFOUND, "no name matches '%s'%s", pattern,
			    ks_may_be_in_module(&session->sel.images, kind) ? ks_module_hint : "");
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	if (argc != 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf find PATTERN");
	enum ks_kind kind = opts->kind ? ks_kind_by_name(opts->kind) : KS_NR_KINDS;
	if (opts->kind && kind == KS_NR_KINDS)
		return ks_kind_unknown(opts->kind);
	if (kind == KS_FIELD)
		return ks_error_new(KS_ERR_USAGE, "fields are not listed: 'ksurf show' tells of a "
						  "STRUCT::MEMBER, or of the STRUCT with all");
	if (opts->names)
		KS_TRY(ks_cli_no_json(cli, "find --names"));
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	KS_TRY(ks_session_choose(&session, opts->image));
	_cleanup_buf_ struct ks_buf buf = { 0 };
	struct ks_json json = ks_json_to(&buf, 2);
	struct search search = { .opts = opts,
				 .session = &session,
				 .json = cli->json ? &json : NULL };
	ks_json_open(&json, '[');
	KS_TRY(ks_store_names(session.store, &session.sel.images, kind, argv[0], found, &search));
	ks_json_close(&json, ']');
	KS_TRY(ks_buf_error(&buf));
	if (cli->json)
		ks_cli_print(&buf, "\n");
	if (search.nr == 0)
		return no_match(&session, kind, argv[0]);
	return NULL;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "kind", "KIND", "search one kind only", KS_OPT_TEXT, AT(kind), NULL },
	{ 0, "image", "IMAGE,...", "search these images only", KS_OPT_TEXT, AT(image), NULL },
	{ 0, "names", NULL, "print the names only, one a line", KS_OPT_FLAG, AT(names), NULL },
	{ 0, "limit", "N", "stop after N names", KS_OPT_NUMBER, AT(limit), NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_find = {
	.name = "find",
	.args = "PATTERN",
	.help = "find names by a shell pattern, over all kinds and images",
	.details = "PATTERN is a glob, such as 'vfs_*' or '*_clone'; quote it. Fields are not "
		   "listed.\n",
	.complete = "name",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
