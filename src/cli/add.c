/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "cli/intake.h"

/* Taking kernels in is ingest/, as for ksurf_ingest(); only what the options say and what is printed is the command's. */

struct opts {
	const char *config, *modules, *release, *plan, *part;
	bool live;
};

static void fetches(const void *values, struct ks_fetches *ret)
{
	const struct opts *opts = values;
	*ret = (struct ks_fetches){ .plan = opts->plan, .nothing = !opts->plan };
}

/* ---- a plan ---- */

/** The I-th of N parts of a plan: kernels that stand together there, as many as in the others or one more. */
struct part {
	size_t from, to;
};

static struct ks_error *read_part(const char *text, size_t nr, struct part *ret)
{
	unsigned int i = 1, of = 1;
	char rest;
	// digits alone: sscanf() takes blanks and signs
	bool right = !text || (strspn(text, "0123456789/") == strlen(text) &&
			       sscanf(text, "%u/%u%c", &i, &of, &rest) == 2);
	if (!right || i < 1 || i > of)
		return ks_error_new(KS_ERR_USAGE, "--part takes I/N with I from 1 to N: '%s'",
				    text ? text : "");
	*ret = (struct part){ nr * (i - 1) / of, nr * i / of };
	return NULL;
}

static struct ks_error *add_planned(struct ks_cli *cli, const struct opts *opts)
{
	_cleanup_pull_plan_ struct ks_pull_plan plan = { 0 };
	struct part part = { 0 };
	KS_TRY(ks_pull_plan_read(opts->plan, &plan));
	KS_TRY(read_part(opts->part, plan.kernels.len, &part));
	_cleanup_free_ struct ks_ingest_source *sources =
		calloc(part.to - part.from + 1, sizeof(*sources));
	if (!sources)
		return &ks_nomem;
	for (size_t i = part.from; i < part.to; i++)
		sources[i - part.from] = (struct ks_ingest_source){
			KS_INGEST_PLANNED, plan.kernels.at[i].files[KS_REMOTE_KERNEL].sha256
		};
	const struct ks_ingest_opts how = {
		.config = opts->config,
		.modules = opts->modules,
		.plan = &plan,
		.pull.http.transport = cli->transport,
	};
	return ks_intake_run(cli, sources, part.to - part.from, &how);
}

/* ---- sources ---- */

static struct ks_error *check(const struct opts *opts, int argc)
{
	if (opts->part && !opts->plan)
		return ks_error_new(KS_ERR_USAGE, "--part is of a plan: --plan names it");
	if (opts->plan && (argc || opts->live || opts->release))
		return ks_error_new(KS_ERR_USAGE, "--plan says which kernels: no SOURCE, --live or "
						  "--release goes with it");
	if (argc < 1 && !opts->live && !opts->plan)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf add SOURCE...");
	if (opts->release && (argc != 1 || opts->live))
		return ks_error_new(KS_ERR_USAGE, "--release is of one file of types");
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	KS_TRY(check(opts, argc));
	if (opts->plan)
		return add_planned(cli, opts);
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
	{ 0, "part", "I/N", "of a plan, the I-th of N parts", KS_OPT_TEXT, AT(part), NULL },
	{ 0, "plan", "FILE", "fetch and add the kernels of this plan ('ksurf plan')", KS_OPT_INPUT,
	  AT(plan), NULL },
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
		"An image that is in the store already is left alone, but for the running kernel, "
		"which is read\n"
		"anew. A package without debug information given with one of the same kernel "
		"brings its\n"
		"configuration.\n"
		"With --modules a SOURCE may also be a .ko file, a folder of them, or a package "
		"without a\n"
		"kernel: they go to the kernel of their release that is in the store, beside the "
		"modules\n"
		"that are there.\n"
		"With --plan there is no SOURCE: what 'ksurf plan' wrote is fetched, or with "
		"--part I/N one\n"
		"of N parts of it. It may be stopped and repeated: a package that has come is not "
		"fetched again.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE | KS_OPENS_LIVE,
	.fetches = fetches,
	.json = true,
	.run = run,
};
