/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/vector.h"
#include "cli/cmd.h"
#include "report/deps.h"

struct opts {
	int format; // enum ks_deps_format
};

/** What one run of the command holds. */
struct job {
	struct ks_bpf_finds finds;
	KS_VECTOR(struct ks_deps_sheet) sheets;
	struct ks_buf out;
};

static void job_deinit(struct job *job)
{
	for (size_t i = 0; i < job->sheets.len; i++)
		ks_deps_free((struct ks_deps *)(uintptr_t)job->sheets.at[i].deps);
	ks_vector_deinit(&job->sheets);
	ks_bpf_finds_deinit(&job->finds);
	ks_buf_deinit(&job->out);
}

/** Fill one sheet; an object that cannot be read is told, and the others are shown nevertheless. */
static struct ks_error *add_sheet(struct ks_cli *cli, struct job *job, struct ks_bpf_found *found)
{
	struct ks_deps *deps = NULL;
	struct ks_error *err = ks_take(found->error);
	if (!err && found->object)
		err = ks_error_in_file(ks_deps_collect(found->object, &deps), found->path);
	if (err == &ks_nomem)
		return err;
	if (err)
		ks_cli_fail(cli, err);
	struct ks_deps_sheet sheet = { found, deps };
	if (deps && !ks_vector_add(&job->sheets, sheet)) {
		ks_deps_free(deps);
		return &ks_nomem;
	}
	return NULL;
}

static struct ks_error *deps_run(struct ks_cli *cli, struct job *job, const struct opts *opts,
				 int argc, char **argv)
{
	if (!argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf deps FILE...");
	for (int i = 0; i < argc; i++) {
		struct ks_error *err = ks_bpf_find(argv[i], &job->finds);
		if (err == &ks_nomem)
			return err;
		if (err)
			ks_cli_fail(cli, err);
	}
	for (size_t i = 0; i < job->finds.len; i++)
		KS_TRY(add_sheet(cli, job, &job->finds.at[i]));
	const struct ks_deps_options options = {
		.format = cli->json ? KS_DEPS_JSON : (enum ks_deps_format)opts->format,
		.color = ks_cli_colored(cli, stdout),
		.columns = ks_cli_columns(),
	};
	if (job->sheets.len || options.format == KS_DEPS_JSON)
		KS_TRY(ks_deps_write(&options, job->sheets.at, job->sheets.len, &job->out));
	ks_cli_print(&job->out, options.format == KS_DEPS_JSON ? "\n" : "");
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	struct job job = { 0 };
	struct ks_error *err = deps_run(cli, &job, values, argc, argv);
	job_deinit(&job);
	return err;
}

static const struct ks_opt options[] = {
	{ 0, "format", "FORMAT", "term, json or depsurf", KS_OPT_CHOICE,
	  offsetof(struct opts, format), ks_deps_formats },
	{ 0 },
};

const struct ks_cmd ks_cmd_deps = {
	.name = "deps",
	.args = "FILE...",
	.help = "list what eBPF programs need of a kernel",
	.details =
		"FILE is an eBPF object, a program, library, package, archive or folder with such\n"
		"objects inside. depsurf prints the published dependency set.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.run = run,
};
