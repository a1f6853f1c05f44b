/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's side of files that were sent: all that is known of them is hostile, and nobody is hurt when it dies. */
#include <stdlib.h>

#include "api/checking.h"
#include "base/array.h"
#include "check/inputs.h"
#include "check/policy_source.h"
#include "cli/check_excuses.h"
#include "cli/serve.h"
#include "report/check/check.h"
#include "report/text/html.h"

enum {
	REQUEST_MAX = 1 << 30, // bytes; the server has a smaller limit
	LOOK_SECONDS = 10,     // at packages
	LOOK_BYTES = 1 << 30,  // unpacked
	NOTES_MAX = 1 << 16,   // of what was left out
};

/** What is asked, and what comes of it. */
struct job {
	const struct ks_serve_opts *opts;
	const char *kernels, *site, *program, *label; // NULL: nothing was said
	struct ks_buf notes;			      // what was left out, a line each
	struct ks_arena arena;
	struct ks_store *store;
	struct ks_check_inputs inputs;
	struct ks_policy *policy;
	struct ks_checking result;
};

static void leave_out(void *arg, struct ks_error *err)
{
	struct job *job = arg;
	char *text = ks_error_text(err);
	if (text && job->notes.len < NOTES_MAX)
		ks_buf_printf(&job->notes, "%s%s", job->notes.len ? "\n" : "", text);
	free(text);
	ks_error_free(err);
}

static struct ks_error *keep_text(struct job *job, const struct ks_pieces *piece, const char **ret)
{
	*ret = ks_arena_strndup(&job->arena, (const char *)piece->bytes, piece->len);
	return *ret ? NULL : &ks_nomem;
}

/** Find the objects in a file. */
static struct ks_error *look_into(struct job *job, const char *name, const struct ks_pieces *piece)
{
	struct ks_error *err =
		ks_bpf_find_bytes(name, piece->bytes, piece->len, &job->inputs.finds);
	if (err && err != &ks_nomem) {
		leave_out(job, err);
		err = NULL;
	}
	return err;
}

/** Take what is asked apart. */
static struct ks_error *read_request(struct job *job, const struct ks_buf *request)
{
	struct ks_pieces pieces = { .at = (const uint8_t *)request->at,
				    .end = (const uint8_t *)request->at + request->len };
	const char *name = "upload", **const texts[KS_NR_PIECES] = {
		[KS_PIECE_KERNELS] = &job->kernels,
		[KS_PIECE_SITE] = &job->site,
		[KS_PIECE_PROGRAM] = &job->program,
		[KS_PIECE_LABEL] = &job->label,
		[KS_PIECE_NAME] = &name,
	};
	job->inputs.finds.max_seconds = LOOK_SECONDS;
	job->inputs.finds.max_bytes = LOOK_BYTES;
	job->inputs.finds.left_out = leave_out;
	job->inputs.finds.left_out_arg = job;
	while (ks_pieces_next(&pieces)) {
		if (texts[pieces.what])
			KS_TRY(keep_text(job, &pieces, texts[pieces.what]));
		else if (pieces.what == KS_PIECE_BYTES)
			KS_TRY(look_into(job, name, &pieces));
	}
	return NULL;
}

/** Objects that can be read; why there are none is said in more words where it is known. */
static struct ks_error *take_inputs(struct job *job)
{
	struct ks_error *err = ks_check_inputs_take(leave_out, job, &job->inputs);
	const char *why = job->notes.len ? ks_buf_text(&job->notes) : NULL;
	if (!err || err->code != KS_ERR_NOTFOUND || !why)
		return err;
	ks_error_free(err);
	return ks_error_new(KS_ERR_DATA, "%.*s", (int)strcspn(why, "\n"), why);
}

static struct ks_error *check(struct job *job)
{
	const struct ks_policy_source source = {
		.packaged = job->inputs.finds.policy,
		.packaged_path = job->inputs.finds.policy_path,
	};
	KS_TRY(ks_policy_load(&source, &job->policy));
	const struct ks_checking_options how = {
		.policy = job->policy,
		.on = job->label ? job->label : job->kernels,
		.nr_threads = job->opts->threads,
	};
	KS_TRY(ks_store_open(job->opts->db, KS_STORE_READ, &job->store));
	KS_TRY(ks_store_snapshot_begin(job->store));
	KS_TRY(ks_checking_choose(job->store, &how, &job->result));
	return ks_checking_run(job->store, &how, job->inputs.at, job->inputs.nr, &job->result);
}

static struct ks_error *add_report(const struct ks_check_report *report, const struct job *job,
				   enum ks_piece what, struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	if (report->site && job->notes.len) {
		ks_buf_str(&text, "<p>Left out:</p>\n<pre class=\"wrapped\">");
		ks_html_lines(&text, job->notes.at, job->notes.len);
		ks_buf_str(&text, "</pre>\n");
	}
	KS_TRY(ks_check_write(report, job->result.check, &text));
	KS_TRY(ks_buf_error(&text));
	ks_pieces_add(out, what, text.at, text.len);
	return NULL;
}

/** Append the reports in all forms. */
static struct ks_error *report(struct job *job, struct ks_buf *out)
{
	static const struct {
		enum ks_format format;
		enum ks_piece what;
	} forms[] = { { KS_FORMAT_HTML, KS_PIECE_HTML },   { KS_FORMAT_JSON, KS_PIECE_JSON },
		      { KS_FORMAT_MD, KS_PIECE_MD },	   { KS_FORMAT_TERMINAL, KS_PIECE_TEXT },
		      { KS_FORMAT_SARIF, KS_PIECE_SARIF }, { KS_FORMAT_JUNIT, KS_PIECE_JUNIT } };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	struct ks_excuses excuses = { 0 };
	KS_TRY(ks_tools_make(job->result.check, false, &tools));
	KS_TRY(ks_check_excuse(tools, NULL, &job->arena, &excuses));
	for (size_t i = 0; i < KS_ARRAY_LEN(forms); i++) {
		const struct ks_check_report report = {
			.format = forms[i].format,
			.tools = tools,
			.excuses = &excuses,
			.fail_on = KS_VERDICT_RISK,
			.site = forms[i].format == KS_FORMAT_HTML ? job->site : NULL,
		};
		KS_TRY(add_report(&report, job, forms[i].what, out));
	}
	return NULL;
}

/** Append all there is to say of one program on one kernel. */
static struct ks_error *explain(struct job *job, struct ks_buf *out)
{
	const struct ks_check *check = job->result.check;
	const struct ks_check_report report = { .format = KS_FORMAT_TERMINAL };
	_cleanup_buf_ struct ks_buf text = { 0 };
	if (check->nr_images != 1 || strcmp(check->images[0]->label, job->label) != 0)
		return ks_error_new(KS_ERR_NOTFOUND, "no kernel is called '%s'", job->label);
	KS_TRY(ks_check_explain_called(&report, check, job->program, &text));
	KS_TRY(ks_buf_error(&text));
	if (!text.len)
		return ks_error_new(KS_ERR_NOTFOUND, "no program is called '%s'", job->program);
	ks_pieces_add(out, KS_PIECE_TEXT, text.at, text.len);
	return NULL;
}

static struct ks_error *answer(struct job *job, const struct ks_buf *request, struct ks_buf *out)
{
	KS_TRY(read_request(job, request));
	KS_TRY(take_inputs(job));
	KS_TRY(check(job));
	KS_TRY(job->program && job->label ? explain(job, out) : report(job, out));
	return ks_buf_error(out);
}

/** A letter for the code, and a line. */
static void add_failure(struct ks_buf *out, const struct ks_error *err)
{
	_cleanup_free_ char *text = ks_error_text(err);
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "%c%s", 'a' + (int)err->code, text ? text : err->msg);
	out->len = 0;
	ks_pieces_add(out, KS_PIECE_FAILED, line.at, line.len);
}

static void job_deinit(struct job *job)
{
	ks_checking_deinit(&job->result);
	ks_check_inputs_deinit(&job->inputs);
	ks_policy_free(job->policy);
	ks_store_close(job->store);
	ks_buf_deinit(&job->notes);
	ks_arena_deinit(&job->arena);
}

void ks_serve_work(const struct ks_serve_opts *opts, int stream)
{
	_cleanup_buf_ struct ks_buf request = { 0 }, out = { 0 };
	struct job job = { .opts = opts };
	if (!ks_pieces_receive(stream, &request, REQUEST_MAX, 0))
		return;
	struct ks_error *err = answer(&job, &request, &out);
	if (err)
		add_failure(&out, err);
	ks_error_free(err);
	ks_pieces_add(&out, KS_PIECE_END, NULL, 0);
	ks_pieces_send(stream, &out, 0);
	job_deinit(&job);
}
