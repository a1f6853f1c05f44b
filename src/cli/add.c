/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/stat.h>

#include "base/vector.h"
#include "cli/intake.h"
#include "cli/load.h"
#include "source/dataset.h"

struct opts {
	const char *config;
};

/** One image among those that the arguments hold. */
struct piece {
	const char *path;
	const char *config;	     // from where to take it, or NULL
	const struct ks_dataset *ds; // NULL: the path is an image itself
	size_t nr;		     // in ds
};

/** All arguments, taken apart. */
struct pieces {
	KS_VECTOR(struct piece) all;
	KS_VECTOR(struct ks_dataset *) datasets;
};

static void pieces_deinit(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->datasets.len; i++)
		ks_dataset_close(pieces->datasets.at[i]);
	ks_vector_deinit(&pieces->datasets);
	ks_vector_deinit(&pieces->all);
}
#define _cleanup_pieces_ __attribute__((__cleanup__(pieces_deinit)))

static struct ks_error *read_piece(struct ks_cli *cli, void *arg, const struct ks_extract_opts *how,
				   struct ks_surface **ret, char **note)
{
	const struct piece *piece = arg;
	struct ks_error *err =
		piece->ds ? ks_dataset_image(piece->ds, piece->nr, ret)
			  : ks_load_path(cli, piece->path, piece->config, how, ret, note);
	return ks_error_in_file(err, piece->path);
}

static struct ks_error *add_dataset(struct pieces *pieces, const char *path)
{
	struct ks_dataset *ds;
	KS_TRY(ks_dataset_open(path, &ds));
	if (!ks_vector_add(&pieces->datasets, ds)) {
		ks_dataset_close(ds);
		return &ks_nomem;
	}
	for (size_t i = 0; i < ks_dataset_count(ds); i++) {
		struct piece piece = { .path = path, .ds = ds, .nr = i };
		if (!ks_vector_add(&pieces->all, piece))
			return &ks_nomem;
	}
	return NULL;
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	if (argc < 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf add SOURCE...");
	_cleanup_pieces_ struct pieces pieces = { 0 };
	for (int i = 0; i < argc; i++) {
		struct ks_error *err = NULL;
		struct piece piece = { .path = argv[i], .config = opts->config };
		if (is_dir(argv[i]))
			err = add_dataset(&pieces, argv[i]);
		else if (!ks_vector_add(&pieces.all, piece))
			return &ks_nomem;
		if (err)
			ks_cli_fail(cli, ks_error_in_file(err, argv[i]));
	}
	_cleanup_free_ struct ks_intake_item *items = calloc(pieces.all.len + 1, sizeof(*items));
	if (!items)
		return &ks_nomem;
	for (size_t i = 0; i < pieces.all.len; i++) {
		struct piece *piece = &pieces.all.at[i];
		items[i] = (struct ks_intake_item){
			.what = piece->ds ? ks_dataset_label(piece->ds, piece->nr) : piece->path,
			.read = read_piece,
			.arg = piece,
		};
	}
	return pieces.all.len ? ks_intake_run(cli, items, pieces.all.len) : NULL;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "config", "PATH", "take the configuration from this package or file", KS_OPT_TEXT,
	  AT(config), NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_add = {
	.name = "add",
	.args = "SOURCE...",
	.help = "read kernel images into the store",
	.details = "A SOURCE is a vmlinux with DWARF, a .deb or .ddeb that holds one, or the "
		   "directory of a\n"
		   "DepSurf dataset. An image that is in the store already is left alone.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.run = run,
};
