/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden.h"

/** One walk over a folder of documents. */
struct golden_run {
	struct golden_set set;
	struct ks_groups *groups;
	struct ks_report *late, *early;
	struct golden_doc doc;
	struct ks_buf out;
	size_t wrong;
};

static void run_free(struct golden_run *run)
{
	ks_report_free(run->late);
	ks_report_free(run->early);
	ks_groups_free(run->groups);
	golden_unload(&run->set);
	ks_buf_deinit(&run->doc.text);
	ks_buf_deinit(&run->out);
}

static int samples_load(void **state)
{
	struct golden_run *run = calloc(1, sizeof(*run));
	assert_non_null(run);
	struct ks_error *err = golden_load(&run->set);
	if (err && err->code == KS_ERR_NOTFOUND) {
		print_message("the shared samples are not here (set KSURF_SHARED): skipped\n");
		ks_error_free(err);
		golden_unload(&run->set);
		free(run);
		return 0;
	}
	assert_null(err);
	assert_null(ks_groups_new(run->set.images, run->set.nr, NULL, &run->groups));
	assert_null(ks_report_new(KS_FORMAT_MD, run->groups, NULL, &run->late));
	assert_null(ks_report_new(KS_FORMAT_MD_FULL, run->groups, NULL, &run->early));
	*state = run;
	return 0;
}

static int samples_unload(void **state)
{
	struct golden_run *run = *state;
	if (run)
		run_free(run);
	free(run);
	return 0;
}

/** A document of the early style names its images in full. */
static bool is_early(const struct golden_doc *doc)
{
	return strstr(doc->text.at, "In <code>4.4.0-21-generic-amd64</code>");
}

static void difference_print(const char *path, const struct ks_buf *want, const struct ks_buf *have)
{
	size_t at = 0;
	while (at < want->len && at < have->len && want->at[at] == have->at[at])
		at++;
	size_t from = at > 60 ? at - 60 : 0;
	print_message("%s differs at byte %zu:\n--- expected\n%.120s\n+++ written\n%.120s\n", path,
		      at, want->at + from, have->at + from);
}

static void document_compare(const char *path, void *arg)
{
	struct golden_run *run = arg;
	assert_true(golden_read(path, &run->doc));
	if (run->doc.kind == KS_NR_KINDS)
		return; // a README
	struct ks_history history = golden_history(&run->set, run->doc.kind, run->doc.name);
	run->out.len = 0;
	assert_null(
		ks_report_write(is_early(&run->doc) ? run->early : run->late, &history, &run->out));
	assert_non_null(ks_buf_text(&run->out));
	if (run->out.len == run->doc.text.len &&
	    !memcmp(run->out.at, run->doc.text.at, run->out.len))
		return;
	if (run->wrong++ < 3)
		difference_print(path, &run->doc.text, &run->out);
}

static void compare_folder(struct golden_run *run, const char *name, size_t at_least)
{
	_cleanup_buf_ struct ks_buf path = { 0 };
	if (!run)
		skip();
	run->wrong = 0;
	size_t nr = golden_each(golden_path(&path, name), document_compare, run);
	print_message("%s: %zu documents, %zu differ\n", name, nr, run->wrong);
	assert_true(nr >= at_least);
	assert_int_equal(run->wrong, 0);
}

static void seeds_come_out_byte_for_byte(void **state)
{
	compare_folder(*state, "seeds", 5);
}

static void late_documents_come_out_byte_for_byte(void **state)
{
	compare_folder(*state, "depsurf-docs-sample/late", 600);
}

static void early_documents_come_out_byte_for_byte(void **state)
{
	compare_folder(*state, "depsurf-docs-sample/early", 500);
}

static void unpublished_kinds_come_out_byte_for_byte(void **state)
{
	compare_folder(*state, "depsurf-docs-sample/late-unpublished", 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seeds_come_out_byte_for_byte),
		cmocka_unit_test(late_documents_come_out_byte_for_byte),
		cmocka_unit_test(early_documents_come_out_byte_for_byte),
		cmocka_unit_test(unpublished_kinds_come_out_byte_for_byte),
	};
	return cmocka_run_group_tests(tests, samples_load, samples_unload);
}
