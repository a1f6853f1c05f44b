/* SPDX-License-Identifier: BSD-2-Clause */
/* What `ksurf check` prints, from verdicts made by hand: fit for 80 columns, well-formed, and true to the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/json_read.h"
#include "report/check/check.h"

enum { MAX_IMAGES = 60, NR_ROWS = 4 };

/** Two objects of three and one programs on any number of images. */
struct sample {
	struct ks_bpf_object objects[2];
	struct ks_bpf_program programs[NR_ROWS];
	const struct ks_bpf_program *rows[NR_ROWS];
	struct ks_image images[MAX_IMAGES];
	const struct ks_image *columns[MAX_IMAGES];
	char labels[MAX_IMAGES][48];
	struct ks_check_object checked[2];
	struct ks_outcome outcomes[NR_ROWS * MAX_IMAGES];
	struct ks_check check;
};

static const struct ks_bpf_line line = {
	.file = "bio<top>.bpf.c",
	.text = "BPF_CORE_READ(rq, rq_disk) | \"q\" & `x`",
	.line = 12,
	.column = 3,
};
static const struct ks_reason no_ftrace = {
	.kind = KS_REASON_TARGET_NO_FTRACE,
	.verdict = KS_VERDICT_NO_ATTACH,
	.name_kind = KS_FUNCTION,
	.name = "blk_account_io_done",
	.detail = "it is declared inline, which keeps the tracer out, although a copy of it has a "
		  "symbol of "
		  "its own",
	.hint = "blk_account_io_start has one",
	.insn = KS_NO_INDEX,
};
static const struct ks_reason relo = {
	.kind = KS_REASON_CORE_RELO,
	.verdict = KS_VERDICT_NO_LOAD,
	.name_kind = KS_FIELD,
	.name = "request::rq_disk",
	.insn = 7,
	.line = &line,
};
static const struct ks_reason soft = {
	.kind = KS_REASON_CORE_RELO,
	.verdict = KS_VERDICT_NO_LOAD,
	.soft = true,
	.name_kind = KS_FIELD,
	.name = "request::hidden\033[2J",
	.insn = 9,
};

static void set(struct sample *sample, size_t row, size_t image, const struct ks_reason *reason)
{
	struct ks_outcome *outcome = &sample->outcomes[row * sample->check.nr_images + image];
	outcome->verdict = reason->soft ? KS_VERDICT_OK : reason->verdict;
	outcome->load = outcome->verdict == KS_VERDICT_NO_LOAD ? KS_VERDICT_NO_LOAD : KS_VERDICT_OK;
	outcome->attach = outcome->verdict;
	outcome->nr = 1;
	outcome->reasons = reason;
}

/** Row 1 fails to load on the last image, row 2 to attach on all, row 3 is soft only; row 0 works. */
static struct sample *sample_new(size_t nr_images)
{
	static const char *const names[NR_ROWS] = { "block_rq_issue", "block_rq_complete",
						    "blk_account_io_done_with_a_rather_long_name",
						    "other" };
	struct sample *sample = calloc(1, sizeof(*sample));
	assert_non_null(sample);
	for (size_t i = 0; i < nr_images; i++) {
		snprintf(sample->labels[i], sizeof(sample->labels[i]), "6.%zu.0-50-generic-amd64",
			 i);
		sample->images[i].label = sample->labels[i];
		sample->columns[i] = &sample->images[i];
	}
	for (size_t i = 0; i < NR_ROWS; i++) {
		sample->programs[i] = (struct ks_bpf_program){
			.name = names[i],
			.section = "kprobe/x",
			.hook = { .kind = KS_HOOK_KPROBE, .target = "x" },
			.autoload = true,
		};
		sample->rows[i] = &sample->programs[i];
	}
	sample->objects[0] = (struct ks_bpf_object){ .name = "biotop",
						     .programs = sample->programs,
						     .nr_programs = 3 };
	sample->objects[1] = (struct ks_bpf_object){ .name = "other<&>",
						     .programs = &sample->programs[3],
						     .nr_programs = 1 };
	sample->checked[0] = (struct ks_check_object){
		.object = &sample->objects[0], .path = "biotop.bpf.o", .base = "6.0.0", .nr = 3
	};
	sample->checked[1] = (struct ks_check_object){
		.object = &sample->objects[1], .path = "other", .first = 3, .nr = 1
	};
	sample->check = (struct ks_check){
		.nr_objects = 2,
		.nr_rows = NR_ROWS,
		.nr_images = nr_images,
		.objects = sample->checked,
		.images = sample->columns,
		.programs = sample->rows,
		.outcomes = sample->outcomes,
	};
	set(sample, 1, nr_images - 1, &relo);
	for (size_t i = 0; i < nr_images; i++) {
		set(sample, 2, i, &no_ftrace);
		set(sample, 3, i, &soft);
	}
	return sample;
}

static char *write_as(const struct sample *sample, enum ks_format format, bool verbose)
{
	struct ks_buf out = { 0 };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	assert_null(ks_tools_make(&sample->check, true, &tools));
	struct ks_check_report report = { .format = format,
					  .tools = tools,
					  .verbose = verbose,
					  .fail_on = KS_VERDICT_NO_ATTACH };
	assert_null(ks_check_write(&report, &sample->check, &out));
	assert_non_null(ks_buf_text(&out));
	return out.at;
}

static char *write_report(const struct sample *sample, enum ks_format format)
{
	return write_as(sample, format, false);
}

static size_t count(const char *text, const char *word)
{
	size_t nr = 0;
	while ((text = strstr(text, word))) {
		nr++;
		text += strlen(word);
	}
	return nr;
}

static void assert_fits(const char *text, size_t columns)
{
	for (const char *end; *text; text = end + 1) {
		end = strchr(text, '\n');
		assert_non_null(end);
		if ((size_t)(end - text) > columns)
			fail_msg("%zu columns: %.*s", (size_t)(end - text), (int)(end - text),
				 text);
	}
}

static void objects_without_programs_are_named(void **state)
{
	(void)state;
	static const enum ks_format formats[] = { KS_FORMAT_TERMINAL, KS_FORMAT_MD,
						  KS_FORMAT_HTML };
	for (size_t i = 0; i < KS_ARRAY_LEN(formats); i++) {
		struct sample *sample = sample_new(2);
		char *text = write_report(sample, formats[i]);
		assert_null(strstr(text, "no program to judge"));
		free(text);
		sample->checked[1].nr = 0;
		text = write_report(sample, formats[i]);
		assert_int_equal(count(text, "no program to judge."), 1);
		free(text);
		sample->objects[1].no_symbols = true;
		text = write_report(sample, formats[i]);
		assert_int_equal(count(text, "no symbol table"), 1);
		free(text);
		free(sample);
	}
}

static void terminal_fits(void **state)
{
	(void)state;
	static const size_t sizes[] = { 1, 5, 25, 60 };
	for (size_t i = 0; i < KS_ARRAY_LEN(sizes); i++) {
		struct sample *sample = sample_new(sizes[i]);
		char *text = write_report(sample, KS_FORMAT_TERMINAL);
		assert_fits(text, 80);
		assert_int_equal(count(text, "\033"), 0);
		for (size_t k = 0; k < sizes[i]; k++) { // whole
			char label[48];
			snprintf(label, sizeof(label), "6.%zu.0-50-generic-amd64", k);
			assert_true(count(text, label) >= 1);
		}
		free(text);
		free(sample);
	}
}

/** The symbols of a row stand below the ends of the lines from its images' labels. */
static void terminal_is_aligned(void **state)
{
	(void)state;
	struct sample *sample = sample_new(5);
	char *text = write_as(sample, KS_FORMAT_TERMINAL, true);
	char *row = strstr(text, "\n  block_rq_complete ");
	assert_non_null(row++);
	const char *end = strchr(row, '\n');
	assert_memory_equal(end - 9, ". . . . L", 9);
	const char *head = strstr(text, "6.4.0-50-generic-amd64 --"),
		   *head_end = strchr(head, '\n');
	const char *head_start = head;
	while (head_start > text && head_start[-1] != '\n')
		head_start--;
	assert_int_equal(head_end - head_start, end - row);
	assert_int_equal(head_end[-1], '.');
	assert_int_equal(count(text, "on every kernel"), 1);
	assert_int_equal(count(text, "on every image"), 1);
	assert_int_equal(count(text, "hidden"), 0);
	free(text);
	free(sample);
}

/** Both are read by a reader that refuses what is no JSON. */
static void json_is_well_formed(void **state)
{
	(void)state;
	struct sample *sample = sample_new(5);
	static const enum ks_format formats[] = { KS_FORMAT_JSON, KS_FORMAT_SARIF };
	for (size_t i = 0; i < 2; i++) {
		char *text = write_report(sample, formats[i]);
		struct ks_jread r = { 0 };
		ks_jread_begin(&r, text, strlen(text));
		ks_jread_skip(&r);
		assert_true(ks_jread_end(&r));
		ks_jread_deinit(&r);
		free(text);
	}
	char *json = write_report(sample, KS_FORMAT_JSON);
	assert_non_null(strstr(json, "\"verdict\": \"does-not-work\""));
	assert_int_equal(count(json, "\"reachable\": false"), 5);
	assert_int_equal(count(json, "\"verdict\": \"fails-to-load\""), 2 + 5);
	char *sarif = write_report(sample, KS_FORMAT_SARIF);
	assert_int_equal(count(sarif, "\"ruleId\""), 2);
	assert_int_equal(count(sarif, "\"startLine\": 12"), 2); // the region, and all of its line
	free(json);
	free(sarif);
	free(sample);
}

/** What stands behind a key of SARIF, for the nr-th time. */
static const char *behind(const char *text, const char *key, size_t nr)
{
	for (size_t i = 0; i <= nr; i++) {
		text = strstr(text, key);
		assert_non_null(text);
		text += strlen(key);
	}
	return text;
}

/** A finding is known again when its line has moved, and when a kernel came; two of them are told apart. */
static void fingerprints_survive_moves(void **state)
{
	(void)state;
	static const char key[] = "\"primaryLocationLineHash\": ";
	enum { LEN = 1 + 16 + 2 + 1 };
	struct ks_bpf_line moved = line, other = line;
	struct ks_reason reason = relo;
	reason.line = &moved;
	struct sample *sample = sample_new(2), *more = sample_new(4);
	char *before = write_report(sample, KS_FORMAT_SARIF);
	moved.line = 99;
	moved.column = 0;
	moved.text = "\tBPF_CORE_READ(rq,  rq_disk) | \"q\" & `x`"; // indented anew
	set(more, 1, 3, &reason);
	char *after = write_report(more, KS_FORMAT_SARIF);
	assert_memory_equal(behind(before, key, 0), behind(after, key, 0), LEN);
	assert_memory_equal(behind(before, key, 1), behind(after, key, 1), LEN);
	assert_memory_not_equal(behind(before, key, 0), behind(before, key, 1), LEN);
	free(after);
	other.text = "another line";
	reason.line = &other;
	after = write_report(more, KS_FORMAT_SARIF);
	assert_memory_not_equal(behind(before, key, 0), behind(after, key, 0), LEN);
	free(after);
	free(before);
	free(sample);
	free(more);
}

/** Where sources are called in a report, by what the map and the folder say. */
static void paths_are_mapped(void **state)
{
	(void)state;
	static const struct {
		const char *path, *map, *here, *uri, *file;
	} cases[] = {
		{ "src/a.c", NULL, NULL, "src/a.c", "src/a.c" },
		{ "./src/a.c", NULL, NULL, "src/a.c", "src/a.c" },
		{ "/build/x/src/a.c", NULL, NULL, "file:///build/x/src/a.c", "/build/x/src/a.c" },
		{ "/build/x/src/a.c", NULL, "/build/x", "src/a.c", "src/a.c" },
		{ "/build/xyz/a.c", NULL, "/build/x", "file:///build/xyz/a.c", "/build/xyz/a.c" },
		{ "/build/x/src/a.c", "/build/x=tools", NULL, "tools/src/a.c", "tools/src/a.c" },
		{ "/build/x/src/a.c", "/build/x/=", NULL, "src/a.c", "src/a.c" },
		{ "/build/x/a.c", "/opt=o,/build/x/=t/", "/build", "t/a.c", "t/a.c" },
		{ "/build/x/a.c", "/build/y=t", "/build", "x/a.c", "x/a.c" },
		{ "/a.c", "nothing", NULL, "file:///a.c", "/a.c" },
		{ "p.deb:usr/a b", NULL, NULL, "p.deb%3Ausr/a%20b", "p.deb%3Ausr/a b" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct sample *sample = sample_new(1);
		struct ks_bpf_line at = line;
		struct ks_reason reason = relo;
		_cleanup_tools_ struct ks_tools *tools = NULL;
		_cleanup_buf_ struct ks_buf sarif = { 0 }, github = { 0 }, wanted = { 0 };
		at.file = cases[i].path;
		reason.line = &at;
		set(sample, 1, 0, &reason);
		assert_null(ks_tools_make(&sample->check, true, &tools));
		struct ks_check_report report = { .format = KS_FORMAT_SARIF,
						  .tools = tools,
						  .map = cases[i].map,
						  .here = cases[i].here };
		assert_null(ks_check_write(&report, &sample->check, &sarif));
		report.format = KS_FORMAT_GITHUB;
		assert_null(ks_check_write(&report, &sample->check, &github));
		ks_buf_printf(&wanted, "\"uri\": \"%s\"", cases[i].uri);
		assert_non_null(strstr(ks_buf_text(&sarif), ks_buf_text(&wanted)));
		wanted.len = 0;
		ks_buf_printf(&wanted, "file=%s,line=12", cases[i].file);
		assert_non_null(strstr(ks_buf_text(&github), ks_buf_text(&wanted)));
		free(sample);
	}
}

static void junit_counts(void **state)
{
	(void)state;
	struct sample *sample = sample_new(5);
	char *text = write_report(sample, KS_FORMAT_JUNIT);
	assert_int_equal(count(text, "<testcase "), 4 * 5);
	assert_int_equal(count(text, "<failure "), 1 + 5);
	assert_non_null(strstr(text, "name=\"other&lt;&amp;&gt;\" tests=\"5\" failures=\"0\""));
	free(text);
	free(sample);
}

static void annotations_stay_on_their_line(void **state)
{
	(void)state;
	struct sample *sample = sample_new(2);
	char *text = write_report(sample, KS_FORMAT_GITHUB);
	assert_int_equal(count(text, "\n"), 2);
	assert_int_equal(count(text, "::error file="), 2);
	assert_non_null(strstr(text, "::error file=bio<top>.bpf.c,line=12,title=biotop "
				     "block_rq_complete fails to load::a CO-RE relocation has no "
				     "target: request::rq_disk on 6.1.0-50-generic-amd64"));
	free(text);
	free(sample);
}

static void pages_hold_no_foreign_markup(void **state)
{
	(void)state;
	struct sample *sample = sample_new(3);
	char *html = write_report(sample, KS_FORMAT_HTML), *md = write_report(sample, KS_FORMAT_MD);
	assert_null(strstr(html, "<top>"));
	assert_null(strstr(html, "<&>"));
	assert_non_null(strstr(html, "bio&lt;top&gt;.bpf.c:12"));
	assert_non_null(strstr(html, "<p class=\"where\">ksurf " KSURF_VERSION "</p>"));
	assert_int_equal(count(html, "<th>every kernel</th>"), 1); // of the tool that works on all
	assert_null(strstr(md, "other<&>"));
	assert_int_equal(count(md, "<details>"), 2);
	free(html);
	free(md);
	free(sample);
}

/** Who reads a page of the site has no command line. */
static void the_site_names_no_options(void **state)
{
	(void)state;
	static const char *const sites[] = { NULL, "/r/0" };
	struct sample *sample = sample_new(3);
	for (size_t i = 0; i < 2; i++) {
		_cleanup_tools_ struct ks_tools *tools = NULL;
		_cleanup_buf_ struct ks_buf out = { 0 };
		assert_null(ks_tools_make(&sample->check, true, &tools));
		((struct ks_tool *)tools->at)[0].basis = KS_BASIS_INFERRED;
		const struct ks_check_report report = { .format = KS_FORMAT_HTML,
							.tools = tools,
							.site = sites[i],
							.store = "/home/somebody/<kernels>.db",
							.time = 1764547200 };
		assert_null(ks_check_write(&report, &sample->check, &out));
		assert_non_null(ks_buf_text(&out));
		assert_int_equal(
			strstr(out.at, ", 2025-12-01, kernels of &lt;kernels&gt;.db</p>") != NULL,
			!sites[i]);
		assert_int_equal(strstr(out.at, "<script>") != NULL, !sites[i]);
		assert_null(strstr(out.at, "somebody"));
		assert_non_null(strstr(out.at, "Of 1 tool it is inferred what the loader does"));
		assert_int_equal(strstr(out.at, "--as-compiled") != NULL, !sites[i]);
		assert_int_equal(strstr(out.at, "-v tells") != NULL, !sites[i]);
	}
	free(sample);
}

static void says_of_one_tool_what_is_known_of_its_loader(void **state)
{
	(void)state;
	struct sample *sample = sample_new(1);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_buf_ struct ks_buf out = { 0 };
	sample->check.nr_objects = 1;
	assert_null(ks_tools_make(&sample->check, true, &tools));
	assert_int_equal(tools->nr, 1);
	((struct ks_tool *)tools->at)[0].basis = KS_BASIS_INFERRED;
	const struct ks_check_report report = { .format = KS_FORMAT_MD, .tools = tools };
	assert_null(ks_check_write(&report, &sample->check, &out));
	assert_non_null(ks_buf_text(&out));
	assert_non_null(strstr(out.at, "It is inferred what its loader does with its programs; "
				       "--as-compiled assumes nothing"));
	free(sample);
}

static void explains_what_is_harmless(void **state)
{
	(void)state;
	struct sample *sample = sample_new(1);
	struct ks_check_report report = { 0 };
	struct ks_buf out = { 0 };
	const struct ks_check_cell cell = { .row = 3 };
	assert_null(ks_check_explain(&report, &sample->check, &cell, 1, &out));
	const char *text = ks_buf_text(&out);
	assert_non_null(strstr(text, "Harmless, because no path leads there\n"));
	assert_non_null(strstr(text, "instruction 9\n"));
	assert_null(strchr(text, '\033'));
	assert_fits(text, 80);
	ks_buf_deinit(&out);
	free(sample);
}

/** One of several programs is enough where the user says so. */
static void alternatives_count_once(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\nalternatives = [[\"block_rq_*\"]]\n"
				   "[[object]]\nmatch = \"bio*\"\noptional = [\"blk_*\"]\n";
	struct sample *sample = sample_new(2);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	assert_null(ks_policy_read(toml, strlen(toml), &policy));
	const struct ks_check_object *object = &sample->checked[0];
	assert_int_equal(ks_check_object_verdict(&sample->check, object, 1), KS_VERDICT_NO_LOAD);
	sample->check.policy = policy;
	assert_true(ks_policy_optional(policy, &(struct ks_bpf_object){ .name = "biotop" },
				       "blk_account_io_done"));
	assert_false(ks_policy_optional(policy, &(struct ks_bpf_object){ .name = "other" },
					"blk_account_io_done"));
	assert_int_equal(ks_check_object_verdict(&sample->check, object, 1), KS_VERDICT_NO_ATTACH);
	sample->outcomes[2 * 2 + 1].optional = true;
	assert_int_equal(ks_check_object_verdict(&sample->check, object, 1), KS_VERDICT_OK);
	free(sample);
}

/** Neighbours of a series that say the same are one column, by both ends; no label is cut. */
static void kernels_are_folded(void **state)
{
	(void)state;
	struct sample *sample = sample_new(5);
	static const char *const labels[] = { "6.1.0-47-amd64", "6.1.0-49-amd64", "6.1.0-50-amd64",
					      "6.12.1-amd64", "6.12.9-amd64" };
	for (size_t i = 0; i < 5; i++) {
		strcpy(sample->labels[i], labels[i]);
		sample->images[i].version = sample->labels[i];
		sample->images[i].arch = "amd64";
	}
	char *text = write_report(sample, KS_FORMAT_TERMINAL);
	assert_int_equal(count(text, "6.1.0-47…-50-amd64 . | |\n"), 1);
	assert_int_equal(count(text, "6.12.1-amd64 --. |\n"), 1); // the last one fails otherwise
	assert_int_equal(count(text, "6.12.9-amd64 ----.\n"), 1);
	assert_null(strstr(text, "6.1.0-49"));
	free(text);
	text = write_as(sample, KS_FORMAT_TERMINAL, true);
	assert_non_null(strstr(text, "6.1.0-49-amd64 --. "));
	free(text);
	free(sample);
}

enum { MANY_TOOLS = 57, MANY_IMAGES = 164 };

/**
 * As many tools as libbpf-tools has, all of them failing, each for a reason of its own, on kernels of two machines, of which no two
 * are alike: the first fails on all of them, and of the last something is wrong on some.
 */
static void write_many(size_t nr_images, char labels[MANY_IMAGES][48], struct ks_buf *out)
{
	static struct ks_bpf_object objects[MANY_TOOLS];
	static struct ks_bpf_program programs[MANY_TOOLS];
	static const struct ks_bpf_program *rows[MANY_TOOLS];
	static struct ks_check_object checked[MANY_TOOLS];
	static struct ks_image images[MANY_IMAGES];
	static const struct ks_image *columns[MANY_IMAGES];
	static struct ks_outcome outcomes[MANY_TOOLS * MANY_IMAGES];
	static struct ks_reason reasons[MANY_TOOLS];
	static char names[MANY_TOOLS][32];
	for (size_t i = 0; i < nr_images; i++) {
		snprintf(labels[i], sizeof(labels[i]), "6.%zu.118+deb13-cloud-amd64", i);
		images[i] =
			(struct ks_image){ .label = labels[i], .arch = i % 2 ? "arm64" : "amd64" };
		columns[i] = &images[i];
	}
	memset(outcomes, 0, sizeof(outcomes));
	for (size_t i = 0; i < MANY_TOOLS; i++) {
		snprintf(names[i], sizeof(names[i]), "tool-%zu-libbpf", i);
		programs[i] = (struct ks_bpf_program){ .name = names[i],
						       .section = "x",
						       .autoload = true };
		rows[i] = &programs[i];
		objects[i] = (struct ks_bpf_object){ .name = names[i],
						     .programs = &programs[i],
						     .nr_programs = 1 };
		checked[i] = (struct ks_check_object){
			.object = &objects[i], .path = names[i], .first = i, .nr = 1
		};
		reasons[i] = relo;
		reasons[i].name = names[i];
		reasons[i].verdict = i + 1 < MANY_TOOLS ? KS_VERDICT_NO_LOAD : KS_VERDICT_RISK;
		for (size_t k = 0; k < nr_images; k++)
			if ((i + k) % 3 || i == k || !i)
				outcomes[i * nr_images + k] =
					(struct ks_outcome){ .verdict = reasons[i].verdict,
							     .nr = 1,
							     .reasons = &reasons[i] };
	}
	const struct ks_check check = { .nr_objects = MANY_TOOLS,
					.nr_rows = MANY_TOOLS,
					.nr_images = nr_images,
					.objects = checked,
					.images = columns,
					.programs = rows,
					.outcomes = outcomes };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	assert_null(ks_tools_make(&check, true, &tools));
	const struct ks_check_report report = { .tools = tools };
	assert_null(ks_check_write(&report, &check, out));
	assert_non_null(ks_buf_text(out));
	assert_fits(out->at, 80);
	assert_true(count(out->at, "\n") <= 120);
}

/** A matrix where it fits beside the names of the tools; else on how many kernels each does what. */
static void a_page_is_enough(void **state)
{
	(void)state;
	static char labels[MANY_IMAGES][48];
	_cleanup_buf_ struct ks_buf few = { 0 }, many = { 0 };
	write_many(31, labels, &few);
	for (size_t i = 0; i < 31; i++)
		assert_true(count(few.at, labels[i]) >= 1);
	assert_non_null(strstr(few.at, "57 tools on 31 kernels: 1 works in part on some, 55 do not "
				       "work on some, 1 works\n  on none\n"));
	assert_non_null(strstr(few.at, "\n  amd64, 16 kernels: 1 works in part on some, 55 do"));
	assert_non_null(strstr(few.at, "\n  arm64, 15 kernels: 1 works in part on some, 55 do"));
	assert_non_null(strstr(few.at, "\n! tool-56-libbpf: ")); // whatever comes before it
	assert_null(strstr(few.at, " \n"));
	write_many(MANY_IMAGES, labels, &many);
	// on kernel 0, and on those whose number and its own are no multiple of three
	assert_non_null(strstr(many.at, "\ntool-1-libbpf"));
	const char *row = strstr(many.at, "\ntool-1-libbpf");
	char works[16], fails[16];
	assert_int_equal(sscanf(row, " tool-1-libbpf %15s %15s", works, fails), 2);
	assert_string_equal(works, "54");
	assert_string_equal(fails, "110");
	assert_non_null(strstr(many.at, "on so many of 164 kernels"));
	assert_non_null(strstr(many.at, "\n! tool-56-libbpf: "));
	assert_null(strstr(many.at, " \n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_without_programs_are_named),
		cmocka_unit_test(terminal_fits),
		cmocka_unit_test(terminal_is_aligned),
		cmocka_unit_test(json_is_well_formed),
		cmocka_unit_test(fingerprints_survive_moves),
		cmocka_unit_test(paths_are_mapped),
		cmocka_unit_test(junit_counts),
		cmocka_unit_test(annotations_stay_on_their_line),
		cmocka_unit_test(pages_hold_no_foreign_markup),
		cmocka_unit_test(the_site_names_no_options),
		cmocka_unit_test(says_of_one_tool_what_is_known_of_its_loader),
		cmocka_unit_test(explains_what_is_harmless),
		cmocka_unit_test(alternatives_count_once),
		cmocka_unit_test(kernels_are_folded),
		cmocka_unit_test(a_page_is_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
