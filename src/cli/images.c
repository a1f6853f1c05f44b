/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "cli/session.h"
#include "store/settings.h"

struct opts {
	bool names, remove, rename;
	const char *base, *group;
};

static const char *text_or(const char *text, const char *instead)
{
	return text && text[0] ? text : instead;
}

static void print_table(const struct ks_session *session)
{
	int width = 5;
	for (size_t i = 0; i < session->sel.all.nr; i++) {
		int len = (int)strlen(session->sel.all.at[i]->image.label);
		width = len > width ? len : width;
	}
	size_t base = session->sel.groups->base;
	int columns = (int)ks_cli_columns(), left = columns - width - 26; // 0 columns: no terminal
	bool modules = false;
	for (size_t i = 0; i < session->sel.images.nr; i++)
		modules = modules || session->sel.images.at[i]->modules;
	left -= modules ? 9 : 0;
	printf("  %-*s  %-10s  %-8s  %s%s\n", width, "IMAGE", "ARCH", "TIER",
	       modules ? "MODULES  " : "", "COMPILER");
	for (size_t i = 0; i < session->sel.images.nr; i++) {
		const struct ks_image *image = &session->sel.images.at[i]->image;
		const char *compiler = text_or(image->compiler, "unknown");
		int len = (int)strcspn(compiler, "\n");
		len = columns && left > 0 && len > left ? left : len;
		printf("%c %-*s  %-10s  %-8s  ", i == base ? '*' : ' ', width, image->label,
		       text_or(image->arch, "unknown"), ks_tier_texts[image->tier]);
		const struct ks_store_image *own = session->sel.images.at[i]->modules;
		if (modules && own)
			printf("%7u  ", own->image.nr_modules);
		else if (modules)
			printf("%7s  ", "none");
		printf("%.*s\n", len, compiler);
	}
}

static void write_json(const struct ks_session *session, struct ks_json *json)
{
	ks_json_open(json, '[');
	for (size_t i = 0; i < session->sel.images.nr; i++) {
		const struct ks_image *image = &session->sel.images.at[i]->image;
		const struct {
			const char *key, *text;
		} texts[] = {
			{ "label", image->label },
			{ "release", image->release },
			{ "version", image->version },
			{ "arch", image->arch },
			{ "flavor", image->flavor },
			{ "revision", image->revision },
			{ "distribution", image->distribution },
			{ "package", image->package },
			{ "package_version", image->package_version },
			{ "build_id", image->build_id },
			{ "compiler", image->compiler },
			{ "banner", image->banner },
			{ "digest", image->digest },
			{ "tier", ks_tier_texts[image->tier] },
		};
		ks_json_open(json, '{');
		for (size_t t = 0; t < KS_ARRAY_LEN(texts); t++)
			ks_json_key_str(json, texts[t].key, texts[t].text);
		ks_json_key_u64(json, "elf_class", image->elf_class);
		ks_json_key_bool(json, "big_endian", image->big_endian);
		const struct ks_store_image *own = session->sel.images.at[i]->modules;
		ks_json_key_u64(json, "modules", own ? own->image.nr_modules : 0);
		ks_json_key_bool(json, "base", i == session->sel.groups->base);
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

static struct ks_error *list(struct ks_cli *cli, const struct opts *opts)
{
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	KS_TRY(ks_selection_choose(&session.sel, session.store, "*"));
	if (opts->names) {
		for (size_t i = 0; i < session.sel.images.nr; i++)
			puts(session.sel.images.at[i]->image.label);
		return NULL;
	}
	KS_TRY(ks_selection_group(&session.sel, session.store));
	if (!cli->json) {
		print_table(&session);
		return NULL;
	}
	_cleanup_buf_ struct ks_buf buf = { 0 };
	struct ks_json json = ks_json_to(&buf, 2);
	write_json(&session, &json);
	KS_TRY(ks_buf_error(&buf));
	ks_cli_print(&buf, "\n");
	return NULL;
}

static struct ks_error *remove_images(struct ks_session *session, int argc, char **argv)
{
	if (argc < 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf images --remove IMAGE...");
	for (int i = 0; i < argc; i++)
		KS_TRY(ks_store_remove(session->store, argv[i]));
	return NULL;
}

static struct ks_error *rename_image(struct ks_session *session, int argc, char **argv)
{
	if (argc != 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf images --rename OLD NEW");
	return ks_selection_rename(session->store, argv[0], argv[1]);
}

static struct ks_error *set_base(struct ks_session *session, const char *label, int argc)
{
	if (argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf images --base IMAGE|auto");
	return ks_selection_set_base(session->store, strcmp(label, "auto") == 0 ? NULL : label);
}

static struct ks_error *set_group(struct ks_session *session, const char *name, int argc,
				  char **argv)
{
	if (argc < 1 || !ks_selection_setting(name))
		return ks_error_new(KS_ERR_USAGE,
				    "usage: ksurf images --group members|lts GLOB...|auto");
	bool automatic = argc == 1 && strcmp(argv[0], "auto") == 0;
	return ks_selection_set_group(session->store, name, (const char *const *)argv,
				      automatic ? 0 : (size_t)argc);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	int nr = opts->remove + opts->rename + !!opts->base + !!opts->group;
	if (nr > 1 || (nr && opts->names))
		return ks_error_new(KS_ERR_USAGE, "images does one thing at a time; try --help");
	if (nr == 0 && argc)
		return ks_error_new(KS_ERR_USAGE, "images takes no argument without an option");
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
	{ 0, "rename", NULL, "give image OLD the label NEW", KS_OPT_FLAG, AT(rename), NULL },
	{ 0, "base", "IMAGE", "compare architectures and flavours with IMAGE, or auto", KS_OPT_TEXT,
	  AT(base), NULL },
	{ 0, "group", "NAME", "choose what is in group NAME by globs, or auto", KS_OPT_TEXT,
	  AT(group), NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_images = {
	.name = "images",
	.args = "[IMAGE|OLD NEW|GLOB]...",
	.help = "list, remove and rename images, choose the base and the groups",
	.details = "The image with a star is the base: reports compare other architectures and "
		   "flavours\n"
		   "with it. Group members holds the images that reports show, lts the long-term "
		   "ones.\n",
	.complete = "image",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.run = run,
};
