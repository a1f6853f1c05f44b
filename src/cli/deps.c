/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "api/counting.h"
#include "base/vector.h"
#include "cli/format.h"
#include "cli/session.h"

enum { DOCUMENTS = KS_DOCUMENT_BIT(KS_DOCUMENT_DEPS) | KS_DOCUMENT_BIT(KS_DOCUMENT_COUNTS) };

struct opts {
	bool counts;
	const char *on, *base, *format;
};

/**
 * What one run of the command holds. Objects are found here and not by ksurf_objects_add_file(): of each that cannot be
 * read the command tells at once, in the order of the arguments, and with a status of its own.
 */
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

static struct ks_error *write_lists(struct ks_cli *cli, struct job *job, enum ks_format format)
{
	const struct ks_deps_options options = {
		.format = format,
		.color = ks_cli_colored(cli, stdout),
		.columns = ks_cli_columns(),
	};
	if (job->sheets.len || format == KS_FORMAT_JSON)
		KS_TRY(ks_deps_write(&options, job->sheets.at, job->sheets.len, &job->out));
	ks_cli_print(&job->out, format == KS_FORMAT_JSON ? "\n" : "");
	return NULL;
}

static struct ks_error *write_counts(struct ks_cli *cli, struct job *job, const struct opts *opts,
				     enum ks_format format)
{
	const struct ks_counting_options options = {
		.on = opts->on,
		.base = opts->base,
		.programs = cli->verbose > 0,
		.format = format,
	};
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	KS_TRY(ks_counting_write(session.store, &options, job->sheets.at, job->sheets.len,
				 &job->out));
	ks_cli_print(&job->out, format == KS_FORMAT_JSON ? "\n" : "");
	return NULL;
}

/** Lists and counts have formats of their own: one that only the others have is told as such. */
static struct ks_error *choose_format(const struct ks_cli *cli, const struct opts *opts,
				      bool counts, enum ks_format *ret)
{
	KS_TRY(ks_cli_format(cli, DOCUMENTS, opts->format, ret));
	if (ks_format_has(counts ? KS_DOCUMENT_COUNTS : KS_DOCUMENT_DEPS, *ret))
		return NULL;
	return ks_error_new(KS_ERR_USAGE,
			    counts ? "--format %s is not for counts"
				   : "--format %s is for --counts",
			    ks_formats[*ret].name);
}

static struct ks_error *deps_run(struct ks_cli *cli, struct job *job, const struct opts *opts,
				 int argc, char **argv)
{
	if (!argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf deps FILE...");
	bool counts = opts->counts || opts->on || opts->base;
	enum ks_format format;
	KS_TRY(choose_format(cli, opts, counts, &format));
	job->finds.left_out = ks_cli_leave_out;
	job->finds.left_out_arg = cli;
	for (int i = 0; i < argc; i++) {
		struct ks_error *err = ks_bpf_find(argv[i], &job->finds);
		if (err == &ks_nomem)
			return err;
		if (err)
			ks_cli_fail(cli, err);
	}
	for (size_t i = 0; i < job->finds.len; i++)
		KS_TRY(add_sheet(cli, job, &job->finds.at[i]));
	if (!counts)
		return write_lists(cli, job, format);
	if (!job->sheets.len)
		return NULL; // why is told
	return write_counts(cli, job, opts, format);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	struct job job = { 0 };
	struct ks_error *err = deps_run(cli, &job, values, argc, argv);
	job_deinit(&job);
	return err;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "counts", NULL, "count how the names fare over the images of the store", KS_OPT_FLAG,
	  AT(counts), NULL },
	{ 0, "on", "IMAGE,...", "count on these: images, beginnings, globs, sets or groups",
	  KS_OPT_TEXT, AT(on), NULL },
	{ 0, "base", "IMAGE", "count as changed what differs from this image", KS_OPT_TEXT,
	  AT(base), NULL },
	KS_OPT_FORMAT(AT(format), DOCUMENTS),
	{ 0 },
};

const struct ks_cmd ks_cmd_deps = {
	.name = "deps",
	.args = "FILE...",
	.help = "list what eBPF programs need of a kernel",
	.details =
		"FILE is an eBPF object, a program, library, package, archive or folder with such\n"
		"objects inside. depsurf prints the published dependency set. With --counts, --on "
		"or\n"
		"--base a table tells how many of the names are absent, changed, inlined, ... in "
		"at\n"
		"least one image; with -v it has a row for each program.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
