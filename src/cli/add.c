/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vector.h"
#include "cli/intake.h"
#include "cli/load.h"
#include "source/dataset/dataset.h"
#include "source/package/pair.h"
#include "source/scan.h"

struct opts {
	const char *config, *modules;
	bool live;
};

/** One image among those that the arguments hold. */
struct piece {
	const char *path;
	const char *config;	     // from where to take it, or NULL
	const struct ks_dataset *ds; // NULL: the path is an image itself
	size_t nr;		     // in ds
	bool found;		     // in a folder, not named by the user
	bool live;		     // the running kernel; path is what the user called it
};

/** All arguments, taken apart. */
struct pieces {
	KS_VECTOR(struct piece) all;
	KS_VECTOR(struct ks_dataset *) datasets;
	KS_VECTOR(struct ks_scan) scans;	    // of folders
	KS_VECTOR(struct ks_intake_source) sources; // of modules
};

static void pieces_deinit(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->datasets.len; i++)
		ks_dataset_close(pieces->datasets.at[i]);
	for (size_t i = 0; i < pieces->scans.len; i++)
		ks_scan_deinit(&pieces->scans.at[i]);
	ks_vector_deinit(&pieces->datasets);
	ks_vector_deinit(&pieces->scans);
	ks_vector_deinit(&pieces->all);
	ks_vector_deinit(&pieces->sources);
}
#define _cleanup_pieces_ __attribute__((__cleanup__(pieces_deinit)))

static struct ks_error *read_piece(struct ks_cli *cli, void *arg, const struct ks_extract_opts *how,
				   struct ks_surface **ret, char **note)
{
	const struct piece *piece = arg;
	if (piece->live)
		return ks_error_wrap(ks_load_live(piece->config, how, ret, note), "running kernel");
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

/** The kernels that lie in a folder, each with the package of its configuration. */
static struct ks_error *add_folder(struct pieces *pieces, const char *path, const char *config)
{
	struct ks_scan *scan = ks_vector_push(&pieces->scans);
	if (!scan)
		return &ks_nomem;
	*scan = (struct ks_scan){ 0 };
	KS_TRY(ks_scan_folder(path, scan));
	_cleanup_free_ size_t *config_of = calloc(scan->nr + 1, sizeof(*config_of));
	if (!config_of)
		return &ks_nomem;
	KS_TRY(ks_source_pair((const char *const *)scan->paths, scan->nr, config_of));
	for (size_t i = 0; i < scan->nr; i++) {
		struct piece piece = { .path = scan->paths[i], .config = config, .found = true };
		if (config_of[i] == KS_IS_COMPANION || config_of[i] == KS_BRINGS_MODULES)
			continue;
		if (config_of[i] != KS_NO_PAIR && !config)
			piece.config = scan->paths[config_of[i]];
		if (!ks_vector_add(&pieces->all, piece))
			return &ks_nomem;
	}
	return NULL;
}

static struct ks_error *read_modules(struct ks_cli *cli, void *arg,
				     const struct ks_modules_opts *how,
				     struct ks_modules_report *ret)
{
	struct ks_draw_job job = { .draw = &cli->draw, .target = arg };
	struct ks_modules_opts opts = *how;
	opts.progress = (struct ks_progress){ .fn = ks_draw_bytes, .arg = &job };
	return ks_modules_path(arg, &opts, ret);
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/** "running" and "live" are the running kernel, unless there is a file of that name. */
static bool is_live(const char *path)
{
	return (strcmp(path, "running") == 0 || strcmp(path, "live") == 0) &&
	       access(path, F_OK) != 0;
}

/** Take one argument apart: an image, a package, a dataset, or something that is only there for its modules. */
static struct ks_error *add_argument(struct pieces *pieces, char *path, const char *config,
				     bool modules)
{
	char name[KS_MODULE_NAME_MAX];
	struct piece piece = { .path = path, .config = config };
	struct ks_intake_source source = { path, read_modules, path, NULL };
	if (is_live(path)) {
		piece.live = true;
		return ks_vector_add(&pieces->all, piece) ? NULL : &ks_nomem;
	}
	if (!is_dir(path) && !ks_module_name(path, name, sizeof(name)))
		source.path = path;
	if (modules && !ks_vector_add(&pieces->sources, source))
		return &ks_nomem;
	if (modules && ks_module_name(path, name, sizeof(name)))
		return NULL;
	if (!is_dir(path))
		return ks_vector_add(&pieces->all, piece) ? NULL : &ks_nomem;
	struct ks_error *err = add_dataset(pieces, path);
	bool is_dataset = !err || err->code != KS_ERR_UNSUPPORTED;
	if (is_dataset && modules)
		pieces->sources.len--; // no modules there
	if (is_dataset)
		return err;
	ks_error_free(err);
	err = add_folder(pieces, path, config);
	if (modules && err && err->code == KS_ERR_UNSUPPORTED)
		ks_error_free(ks_take(err));
	return err;
}

static struct ks_error *run_pieces(struct ks_cli *cli, const struct opts *opts,
				   struct pieces *pieces)
{
	bool wanted = ks_modules_wanted(opts->modules);
	_cleanup_free_ struct ks_intake_item *items = calloc(pieces->all.len + 1, sizeof(*items));
	if (!items)
		return &ks_nomem;
	for (size_t i = 0; i < pieces->all.len; i++) {
		struct piece *piece = &pieces->all.at[i];
		items[i] = (struct ks_intake_item){
			.what = piece->ds ? ks_dataset_label(piece->ds, piece->nr) : piece->path,
			.read = read_piece,
			.arg = piece,
			.may_lack_kernel = wanted,
			.found = piece->found,
		};
	}
	const struct ks_intake_modules modules = {
		.wanted = opts->modules,
		.sources = pieces->sources.at,
		.nr = pieces->sources.len,
	};
	if (!pieces->all.len && !modules.nr)
		return NULL;
	return ks_intake_run(cli, items, pieces->all.len, wanted ? &modules : NULL);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	if (argc < 1 && !opts->live)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf add SOURCE...");
	_cleanup_pieces_ struct pieces pieces = { 0 };
	const struct piece running = { .path = "running", .config = opts->config, .live = true };
	if (opts->live && !ks_vector_add(&pieces.all, running))
		return &ks_nomem;
	_cleanup_free_ size_t *config_of = calloc((size_t)argc + 1, sizeof(*config_of));
	if (!config_of)
		return &ks_nomem;
	KS_TRY(ks_source_pair((const char *const *)argv, (size_t)argc, config_of));
	for (int i = 0; i < argc; i++) {
		const char *config = opts->config;
		bool modules = ks_modules_wanted(opts->modules);
		const struct ks_intake_source source = { argv[i], read_modules, argv[i], NULL };
		if (config_of[i] == KS_BRINGS_MODULES && modules &&
		    !ks_vector_add(&pieces.sources, source))
			return &ks_nomem;
		if (config_of[i] == KS_IS_COMPANION || config_of[i] == KS_BRINGS_MODULES)
			continue;
		if (config_of[i] != KS_NO_PAIR && !config)
			config = argv[config_of[i]];
		struct ks_error *err = add_argument(&pieces, argv[i], config, modules);
		if (err)
			ks_cli_fail(cli, ks_error_in_file(err, argv[i]));
	}
	return run_pieces(cli, opts, &pieces);
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "config", "PATH", "take the configuration from this package or file", KS_OPT_TEXT,
	  AT(config), NULL },
	{ 0, "live", NULL, "add the running kernel", KS_OPT_FLAG, AT(live), NULL },
	KS_OPT_MODULES(AT(modules)),
	{ 0 },
};

const struct ks_cmd ks_cmd_add = {
	.name = "add",
	.args = "SOURCE...",
	.help = "read kernel images into the store",
	.details =
		"A SOURCE is told by its content: a vmlinux, what a machine boots (vmlinuz, Image, "
		"zboot, a\n"
		"unified image), either of them packed, a package or archive that holds one (.deb, "
		".ddeb, .rpm,\n"
		"tar, cpio), the directory of a DepSurf dataset, or a folder that is looked "
		"through "
		"for kernels.\n"
		"The word 'running' is the running kernel, as --live.\n"
		"An image that is in the store already is left alone. A package without debug "
		"information given\n"
		"with one of the same kernel brings its configuration.\n"
		"With --modules a SOURCE may also be a .ko file, a folder of them, or a package "
		"without a\n"
		"kernel: they go to the kernel of their release that is in the store, beside the "
		"modules\n"
		"that are there.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.run = run,
};
