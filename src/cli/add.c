/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/intake.h"

/* Taking kernels in is ingest/, as for ksurf_ingest(); only what the options say and what is printed is the command's. */

struct opts {
	const char *config, *modules, *release;
	bool live;
};

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	if (argc < 1 && !opts->live)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf add SOURCE...");
	if (opts->release && (argc != 1 || opts->live))
		return ks_error_new(KS_ERR_USAGE, "--release is of one file of types");
	_cleanup_free_ struct ks_ingest_source *sources =
		calloc((size_t)argc + 1, sizeof(*sources));
	if (!sources)
		return &ks_nomem;
	size_t nr = 0;
	if (opts->live)
		sources[nr++] = (struct ks_ingest_source){ KS_INGEST_LIVE, "running" };
	for (int i = 0; i < argc; i++)
		sources[nr++] = (struct ks_ingest_source){ KS_INGEST_PATH, argv[i] };
	const struct ks_ingest_opts how = {
		.config = opts->config,
		.release = opts->release,
		.modules = opts->modules,
	};
	return ks_intake_run(cli, sources, nr, &how);
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "config", "PATH", "take the configuration from this package or file", KS_OPT_INPUT,
	  AT(config), NULL },
	{ 0, "live", NULL, "add the running kernel", KS_OPT_FLAG, AT(live), NULL },
	KS_OPT_MODULES(AT(modules)),
	{ 0, "release", "RELEASE[@MACHINE]", "which kernel a file of types alone (BTF) is of",
	  KS_OPT_TEXT, AT(release), NULL },
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
		"tar, cpio), its types alone (a copy of /sys/kernel/btf/vmlinux, btfhub's "
		".btf.tar.xz), the directory of a DepSurf dataset, or a folder that is looked "
		"through "
		"for kernels.\n"
		"The word 'running' is the running kernel, as --live; '-' is standard input, and "
		"pipes are read, too.\n"
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
	.opens = KS_OPENS_STORE | KS_OPENS_LIVE,
	.json = true,
	.run = run,
};
