/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli/format.h"
#include "cli/session.h"
#include "report/images/images.h"
#include "store/choose.h"
#include "store/settings.h"

struct opts {
	bool names, remove, rename, verify;
	const char *base, *group, *format;
};

static struct ks_error *list(struct ks_cli *cli, const struct opts *opts)
{
	_cleanup_session_ struct ks_session session = { 0 };
	struct ks_images_options how = { .columns = ks_cli_columns() };
	KS_TRY(ks_cli_format(cli, KS_DOCUMENT_BIT(KS_DOCUMENT_IMAGES), opts->format, &how.format));
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	KS_TRY(ks_selection_choose(&session.sel, session.store, "*"));
	if (opts->names) {
		for (size_t i = 0; i < session.sel.images.nr; i++)
			ks_cli_say(stdout, "%s", session.sel.images.at[i]->image.label);
		return NULL;
	}
	KS_TRY(ks_selection_group(&session.sel, session.store));
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_seen_sets seen;
	KS_TRY(ks_store_seen_sets(session.store, &session.sel.arena, &seen));
	how.seen = &seen;
	KS_TRY(ks_images_write(&how, &session.sel, &out));
	ks_cli_print(&out, "");
	return NULL;
}

static struct ks_error *verify(struct ks_cli *cli)
{
	_cleanup_session_ struct ks_session session = { 0 };
	char hex[65];
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	KS_TRY(ks_store_verify(session.store, hex));
	if (!cli->quiet)
		ks_cli_say(stdout, "%s: content %s, as it says", ks_store_path(session.store), hex);
	return NULL;
}

/** What each of the words means is looked up before any of it is removed; then all are at once. */
static struct ks_error *remove_images(struct ks_session *session, int argc, char **argv)
{
	_cleanup_buf_ struct ks_buf labels = { 0 };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	size_t nr = 0;
	if (argc < 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf images --remove IMAGE...");
	for (int i = 0; i < argc; i++) {
		KS_TRY(ks_selection_choose(&session->sel, session->store, argv[i]));
		for (size_t k = 0; k < session->sel.images.nr; k++)
			ks_buf_strz(&labels, session->sel.images.at[k]->image.label);
		nr += session->sel.images.nr;
	}
	KS_TRY(ks_buf_error(&labels));
	const char **list = ks_arena_array(&arena, nr + 1, sizeof(*list));
	if (!list)
		return &ks_nomem;
	for (size_t i = 0, at = 0; i < nr; at += strlen(list[i++]) + 1)
		list[i] = labels.at + at;
	return ks_store_remove_all(session->store, list, nr);
}

/** The one image that a word means. @param[out] ret its label, as long as the session */
static struct ks_error *find_label(struct ks_session *session, const char *word, const char **ret)
{
	const struct ks_store_image *image;
	KS_TRY(ks_selection_choose(&session->sel, session->store, "*"));
	KS_TRY(ks_selection_group(&session->sel, session->store));
	KS_TRY(ks_selection_one(&session->sel, word, &image));
	*ret = image->image.label;
	return NULL;
}

static struct ks_error *rename_image(struct ks_session *session, int argc, char **argv)
{
	const char *label;
	if (argc != 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf images --rename OLD NEW");
	KS_TRY(find_label(session, argv[0], &label));
	return ks_selection_rename(session->store, label, argv[1]);
}

static struct ks_error *set_base(struct ks_session *session, const char *word, int argc)
{
	const char *label = NULL;
	if (argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf images --base IMAGE|auto");
	if (strcmp(word, "auto") != 0)
		KS_TRY(find_label(session, word, &label));
	return ks_selection_set_base(session->store, label);
}

static struct ks_error *set_group(struct ks_session *session, const char *name, int argc,
				  char **argv)
{
	if (argc < 1 || !ks_selection_setting(name))
		return ks_error_new(KS_ERR_USAGE,
				    "usage: ksurf images --group members|lts IMAGE...|auto");
	bool automatic = argc == 1 && strcmp(argv[0], "auto") == 0;
	return ks_selection_set_group(session->store, name, (const char *const *)argv,
				      automatic ? 0 : (size_t)argc);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	int nr = opts->remove + opts->rename + opts->verify + !!opts->base + !!opts->group;
	if (nr > 1 || (nr && opts->names))
		return ks_error_new(KS_ERR_USAGE, "images does one thing at a time; try --help");
	if ((nr == 0 || opts->verify) && argc)
		return ks_error_new(
			KS_ERR_USAGE,
			"images takes no argument without an option, nor with --verify");
	if (nr || opts->names)
		KS_TRY(ks_cli_no_json(cli, opts->verify ? "images --verify"
					   : nr		? "changing images"
							: "images --names"));
	if (opts->verify)
		return verify(cli);
	if (nr == 0)
		return list(cli, opts);
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_WRITE, &session));
	if (opts->remove)
		return remove_images(&session, argc, argv);
	if (opts->rename)
		return rename_image(&session, argc, argv);
	if (opts->base)
		return set_base(&session, opts->base, argc);
	return set_group(&session, opts->group, argc, argv);
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "names", NULL, "print the labels only, one a line", KS_OPT_FLAG, AT(names), NULL },
	{ 0, "remove", NULL, "remove the images given", KS_OPT_FLAG, AT(remove), NULL },
	{ 0, "verify", NULL, "compare all that a catalogue holds with its hash", KS_OPT_FLAG,
	  AT(verify), NULL },
	{ 0, "rename", NULL, "give image OLD the label NEW", KS_OPT_FLAG, AT(rename), NULL },
	{ 0, "base", "IMAGE", "compare architectures and flavours with IMAGE, or auto", KS_OPT_TEXT,
	  AT(base), NULL },
	{ 0, "group", "NAME", "choose what is in group NAME by globs, or auto", KS_OPT_TEXT,
	  AT(group), NULL },
	KS_OPT_FORMAT(AT(format), KS_DOCUMENT_BIT(KS_DOCUMENT_IMAGES)),
	{ 0 },
};

const struct ks_cmd ks_cmd_images = {
	.name = "images",
	.args = "[IMAGE|OLD NEW|GLOB]...",
	.help = "list, remove and rename images, choose the base and the groups",
	.details = "Without an option the images are listed. The image with a star is the base: "
		   "reports compare other architectures and "
		   "flavours\n"
		   "with it. Group members holds the images that reports show, lts the long-term "
		   "ones.\n",
	.complete = "image",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
