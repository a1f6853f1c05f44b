/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/pull.h"
#include "cli/intake.h"
#include "cli/load.h"

struct opts {
	struct ks_pull_opts pull;
	const char *modules;
};

/** One package on its way. */
struct errand {
	const char *package;
	const struct ks_pull_opts *opts;
};

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
	for (int i = 0; i < argc; i++) {
		errands[i] = (struct errand){ .package = argv[i], .opts = opts };
		items[i] = (struct ks_intake_item){ argv[i], fetch, &errands[i], wanted };
		sources[i] = (struct ks_intake_source){ argv[i], fetch_modules, &errands[i] };
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
	KS_OPT_MODULES(AT(modules)),
	{ 0 },
};

const struct ks_cmd ks_cmd_pull = {
	.name = "pull",
	.args = "PACKAGE...",
	.help = "fetch kernel packages and add the images in them",
	.details = "A PACKAGE is one with debug information, such as "
		   "linux-image-6.1.0-50-amd64-dbg or\n"
		   "NAME=VERSION. No more of it is transferred than is needed to have its image.\n",
	.complete = "package",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.run = run,
};
