/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli/intake.h"
#include "cli/load.h"
#include "source/net/debuginfod.h"
#include "source/net/pull.h"

struct opts {
	struct ks_pull_opts pull;
	const char *modules;
	const char *debuginfod; // servers, or "default"
};

/** One package on its way. */
struct errand {
	const char *package; // or build id
	const struct ks_pull_opts *opts;
	const char *debuginfod;
};

/** A kernel by its build id, which what comes must have. */
static struct ks_error *fetch_by_id(struct ks_cli *cli, void *arg,
				    const struct ks_extract_opts *how, struct ks_surface **ret,
				    char **note)
{
	const struct errand *errand = arg;
	struct ks_draw_job job = { .draw = &cli->draw, .target = errand->package };
	const struct ks_progress progress = { .fn = ks_draw_bytes, .arg = &job };
	const struct ks_debuginfod_opts opts = {
		.urls = strcmp(errand->debuginfod, "default") == 0 ? NULL : errand->debuginfod,
	};
	_cleanup_source_ struct ks_source *src = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	KS_TRY(ks_debuginfod_open(errand->package, &opts, &progress, &src));
	if (errand->opts->config) {
		const struct ks_source_opts local = { 0 };
		KS_TRY(ks_source_config(errand->opts->config, &local, &src->config));
	}
	KS_TRY(ks_load_source(src, how, &surface, note));
	const char *id = surface->image.build_id;
	if (!id || strcmp(id, errand->package) != 0)
		return ks_error_in_file(ks_error_new(KS_ERR_DATA,
						     "the server sent another kernel: its build id "
						     "is %s",
						     id ? id : "not told"),
					src->path);
	*ret = ks_take(surface);
	return NULL;
}

static struct ks_error *fetch(struct ks_cli *cli, void *arg, const struct ks_extract_opts *how,
			      struct ks_surface **ret, char **note)
{
	const struct errand *errand = arg;
	struct ks_draw_job job = { .draw = &cli->draw, .target = errand->package };
	const struct ks_progress progress = { .fn = ks_draw_bytes, .arg = &job };
	_cleanup_source_ struct ks_source *src = NULL;
	KS_TRY(ks_pull_open(errand->package, errand->opts, &progress, &src));
	return ks_load_source(src, how, ret, note);
}

static struct ks_error *fetch_modules(struct ks_cli *cli, void *arg,
				      const struct ks_modules_opts *how,
				      struct ks_modules_report *ret)
{
	const struct errand *errand = arg;
	struct ks_draw_job job = { .draw = &cli->draw, .target = errand->package };
	struct ks_modules_opts opts = *how;
	opts.progress = (struct ks_progress){ .fn = ks_draw_bytes, .arg = &job };
	return ks_pull_modules(errand->package, errand->opts, &opts, ret);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *values_of = values;
	const struct ks_pull_opts *opts = &values_of->pull;
	if (argc < 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf pull PACKAGE...");
	if (opts->mirror && !opts->suite)
		return ks_error_new(KS_ERR_USAGE, "--mirror needs --suite");
	_cleanup_free_ struct errand *errands = calloc((size_t)argc, sizeof(*errands));
	_cleanup_free_ struct ks_intake_item *items = calloc((size_t)argc, sizeof(*items));
	_cleanup_free_ struct ks_intake_source *sources = calloc((size_t)argc, sizeof(*sources));
	if (!errands || !items || !sources)
		return &ks_nomem;
	bool wanted = ks_modules_wanted(values_of->modules);
	if (wanted && values_of->debuginfod)
		return ks_error_new(KS_ERR_USAGE, "a debuginfod server has no modules by the build "
						  "id of their kernel");
	for (int i = 0; i < argc; i++) {
		errands[i] = (struct errand){ argv[i], opts, values_of->debuginfod };
		items[i] = (struct ks_intake_item){
			.what = argv[i],
			.read = values_of->debuginfod ? fetch_by_id : fetch,
			.arg = &errands[i],
			.may_lack_kernel = wanted,
		};
		sources[i] = (struct ks_intake_source){ argv[i], fetch_modules, &errands[i], NULL };
	}
	const struct ks_intake_modules modules = { values_of->modules, sources, (size_t)argc };
	return ks_intake_run(cli, items, (size_t)argc, wanted ? &modules : NULL);
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "mirror", "URL", "an archive, instead of what apt is set up to use", KS_OPT_TEXT,
	  AT(pull.mirror), NULL },
	{ 0, "suite", "NAME", "the suite, such as bookworm", KS_OPT_TEXT, AT(pull.suite), NULL },
	{ 0, "arch", "ARCH", "the architecture; this machine's by default", KS_OPT_TEXT,
	  AT(pull.arch), NULL },
	{ 0, "config", "PACKAGE", "take the configuration from this package or file", KS_OPT_TEXT,
	  AT(pull.config), NULL },
	{ 0, "debuginfod", "URL", "ask such a server for build ids; \"default\": DEBUGINFOD_URLS",
	  KS_OPT_TEXT, AT(debuginfod), NULL },
	KS_OPT_MODULES(AT(modules)),
	{ 0 },
};

const struct ks_cmd ks_cmd_pull = {
	.name = "pull",
	.args = "PACKAGE...",
	.help = "fetch kernel packages and add the images in them",
	.details = "A PACKAGE is one with debug information, such as "
		   "linux-image-6.1.0-50-amd64-dbg or\n"
		   "NAME=VERSION. No more of it is transferred than is needed to have its image. "
		   "With\n"
		   "--debuginfod a PACKAGE is the build id of a kernel.\n",
	.complete = "package",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.run = run,
};
