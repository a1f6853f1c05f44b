/* SPDX-License-Identifier: BSD-2-Clause */
/* Every document under every name of its formats, through the library and through the command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <ksurf/ksurf.h>

#include "base/array.h"
#include "base/memory.h"
#include "check.h"
#include "report/format.h"
#include "scratch.h"

/** When every report was made. */
enum { A_DAY = 1700000000 };

/** A store of two mini kernels, and an object. */
static struct {
	char *dir, db[4096], object[4096];
	struct ksurf_store *store;
} place;

/** What a run of the command printed, and how it ended. */
struct run {
	struct ks_buf out;
	int status;
};

static struct run run_command(const char *format, ...)
{
	va_list args;
	char line[9216];
	va_start(args, format);
	must(vsnprintf(line, sizeof(line), format, args) < (int)sizeof(line));
	va_end(args);
	struct run run = { 0 };
	FILE *pipe = popen(line, "r");
	must(pipe);
	for (int c; (c = getc(pipe)) != EOF;)
		ks_buf_char(&run.out, (char)c);
	int status = pclose(pipe);
	must(WIFEXITED(status) && ks_buf_text(&run.out));
	run.status = WEXITSTATUS(status);
	return run;
}

/** How each document is asked for; what depends on nothing but its arguments. */
static const char *const arguments[KS_NR_DOCUMENTS] = {
	[KS_DOCUMENT_SHOW] = "show function global_call",
	[KS_DOCUMENT_LOG] = "log function global_call",
	[KS_DOCUMENT_DIFF] = "diff $(ksurf_images)",
	[KS_DOCUMENT_DEPS] = "deps $OBJECT",
	[KS_DOCUMENT_COUNTS] = "deps --counts $OBJECT",
	[KS_DOCUMENT_CHECK] = "check $OBJECT",
	[KS_DOCUMENT_EXPLAIN] = "explain $OBJECT on_unlink $(ksurf_images | head -n 1)",
	[KS_DOCUMENT_STATS] = "stats --table growth",
	[KS_DOCUMENT_PICTURES] = "stats --table inline",
	[KS_DOCUMENT_EXPORT] = "export $(ksurf_images | head -n 1) $DIR/export",
	[KS_DOCUMENT_IMAGES] = "images",
};

static struct run run_document(enum ks_document document, const char *format)
{
	return run_command(
		"OBJECT='%s' DIR='%s'; ksurf() { \"$KSURF_COMMAND\" --db '%s' \"$@\"; }; "
		"ksurf_images() { ksurf images --names; }; ksurf %s --format %s 2>&1",
		place.object, place.dir, place.db, arguments[document], format);
}

/** The documents of objects. @param program of the one that is explained, on the first image */
static struct ksurf_error *of_object(enum ks_document document, const char *program,
				     const struct ksurf_report_options *how, char **text)
{
	struct ksurf_objects *objects = NULL;
	struct ksurf_verdicts *verdicts = NULL;
	struct ksurf_error *err = ksurf_objects_new(&objects);
	if (!err)
		err = ksurf_objects_add_file(objects, place.object);
	if (!err && document == KS_DOCUMENT_DEPS)
		err = ksurf_report_deps(objects, how, text, NULL);
	if (!err && document == KS_DOCUMENT_COUNTS)
		err = ksurf_report_counts(place.store, objects, NULL, how, text, NULL);
	if (!err && (document == KS_DOCUMENT_CHECK || document == KS_DOCUMENT_EXPLAIN))
		err = ksurf_verdicts_make(place.store, objects, NULL, &verdicts);
	if (!err && document == KS_DOCUMENT_CHECK)
		err = ksurf_report_verdicts(verdicts, how, text, NULL);
	for (size_t i = 0;
	     !err && document == KS_DOCUMENT_EXPLAIN && i < ksurf_verdicts_nr_programs(verdicts);
	     i++)
		if (strcmp(ksurf_verdicts_program(verdicts, i)->program, program) == 0)
			err = ksurf_report_outcome(verdicts, i, 0, how, text, NULL);
	ksurf_verdicts_free(verdicts);
	ksurf_objects_free(objects);
	return err;
}

/** The document as the library gives it; NULL when it has no function for it. */
static char *library(enum ks_document document, const char *format)
{
	_cleanup_free_ char *here = get_current_dir_name(); // as the command does it
	const struct ksurf_report_options how = { sizeof(how), .format = format, .here = here,
						  .store = place.db, .time = A_DAY };
	struct ksurf_images *images = NULL;
	char *text = NULL;
	struct ksurf_error *err = ksurf_images_choose(place.store, NULL, &images);
	if (!err && document == KS_DOCUMENT_IMAGES)
		err = ksurf_report_images(place.store, &how, &text, NULL);
	if (!err && document == KS_DOCUMENT_SHOW)
		err = ksurf_report(place.store, "function", "global_call", format, &text, NULL);
	if (!err && document == KS_DOCUMENT_LOG)
		err = ksurf_report_log(place.store, "function", "global_call", &how, &text, NULL);
	if (!err && document == KS_DOCUMENT_DIFF)
		err = ksurf_report_diff(place.store, ksurf_images_at(images, 0)->label,
					ksurf_images_at(images, 1)->label, NULL, &how, &text, NULL);
	if (!err)
		err = of_object(document, "on_unlink", &how, &text);
	if (err)
		fail_msg("%s", ksurf_error_text(err));
	ksurf_images_free(images);
	return text;
}

static bool has_document(enum ks_document document, struct run *run)
{
	if (document == KS_DOCUMENT_EXPORT) // writes files
		return run->status == 0;
	if (document == KS_DOCUMENT_PICTURES && strstr(run->out.at, "librsvg"))
		return true; // a PNG needs what is loaded at run time
	return run->status <= 2 && run->out.len && strncmp(run->out.at, "ksurf:", 6) != 0;
}

static void one_spelling(enum ks_document document, enum ks_format format, const char *word,
			 const struct run *plain)
{
	enum ks_format found;
	assert_ok(ks_format_find(KS_DOCUMENT_BIT(document), word, &found));
	assert_int_equal(found, format);
	struct run run = run_document(document, word);
	if (!has_document(document, &run))
		fail_msg("%s --format %s: %d, %s", ks_documents[document].name, word, run.status,
			 run.out.at);
	if (plain)
		assert_string_equal(run.out.at, plain->out.at);
	char *text = library(document, word);
	if (text)
		assert_string_equal(text, run.out.at);
	free(text);
	ks_buf_deinit(&run.out);
}

static void each_document_has_each_name_of_its_formats(void **state)
{
	(void)state;
	if (!place.store)
		skip();
	for (enum ks_document document = 0; document < KS_NR_DOCUMENTS; document++) {
		const enum ks_format *format = ks_documents[document].formats;
		for (; *format != KS_NR_FORMATS; format++) {
			const struct ks_format_info *info = &ks_formats[*format];
			struct run plain = run_document(document, info->name);
			one_spelling(document, *format, info->name, &plain);
			for (size_t i = 0; info->aliases[i]; i++)
				one_spelling(document, *format, info->aliases[i], &plain);
			ks_buf_deinit(&plain.out);
		}
	}
}

/** A format that a report does not write itself would come out as another one. */
static void no_two_formats_of_a_document_are_alike(void **state)
{
	(void)state;
	if (!place.store)
		skip();
	for (enum ks_document document = 0; document < KS_NR_DOCUMENTS; document++) {
		struct run runs[KS_NR_FORMATS] = { 0 };
		const enum ks_format *formats = ks_documents[document].formats;
		for (size_t i = 0; formats[i] != KS_NR_FORMATS; i++) {
			runs[i] = run_document(document, ks_formats[formats[i]].name);
			for (size_t k = 0; k < i; k++)
				if (strcmp(runs[k].out.at, runs[i].out.at) == 0)
					fail_msg("%s as %s is what it is as %s",
						 ks_documents[document].name,
						 ks_formats[formats[i]].name,
						 ks_formats[formats[k]].name);
		}
		for (size_t i = 0; i < KS_NR_FORMATS; i++)
			ks_buf_deinit(&runs[i].out);
	}
}

static void the_terminal_is_called_the_same_everywhere(void **state)
{
	(void)state;
	static const char *const words[] = { "terminal", "term", "text" };
	for (enum ks_document document = 0; document < KS_NR_DOCUMENTS; document++)
		for (size_t i = 0; i < KS_ARRAY_LEN(words); i++) {
			enum ks_format format;
			if (!ks_format_has(document, KS_FORMAT_TERMINAL))
				continue;
			assert_ok(ks_format_find(KS_DOCUMENT_BIT(document), words[i], &format));
			assert_int_equal(format, KS_FORMAT_TERMINAL);
			assert_ok(ks_format_find(KS_DOCUMENT_BIT(document), NULL, &format));
			assert_int_equal(format, KS_FORMAT_TERMINAL);
		}
}

static void no_two_formats_have_a_spelling_in_common(void **state)
{
	(void)state;
	for (enum ks_format format = 0; format < KS_NR_FORMATS; format++) {
		const struct ks_format_info *info = &ks_formats[format];
		enum ks_format found;
		assert_non_null(info->name);
		assert_int_equal(info->extension[0], '.');
		assert_non_null(strchr(info->media_type, '/'));
		uint32_t all = KS_DOCUMENT_BIT(KS_NR_DOCUMENTS) - 1;
		assert_ok(ks_format_find(all, info->name, &found));
		assert_int_equal(found, format);
		for (size_t i = 0; info->aliases[i]; i++) {
			assert_ok(ks_format_find(all, info->aliases[i], &found));
			assert_int_equal(found, format);
		}
	}
}

/** All formats of a document are in an error, by their names. */
static void names_all(enum ks_document document, const char *text)
{
	const enum ks_format *format = ks_documents[document].formats;
	for (; *format != KS_NR_FORMATS; format++)
		if (!strstr(text, ks_formats[*format].name))
			fail_msg("'%s' does not name %s", text, ks_formats[*format].name);
}

static void a_wrong_name_is_told_with_the_right_ones(void **state)
{
	(void)state;
	static const char *const words[] = { "rtf", "", "terminal ", "JSON" };
	for (enum ks_document document = 0; document < KS_NR_DOCUMENTS; document++)
		for (size_t i = 0; i < KS_ARRAY_LEN(words); i++) {
			enum ks_format format;
			struct ks_error *err =
				ks_format_find(KS_DOCUMENT_BIT(document), words[i], &format);
			assert_non_null(err);
			assert_int_equal(err->code, KS_ERR_USAGE);
			names_all(document, err->msg);
			ks_error_free(err);
			if (!place.store)
				continue;
			char quoted[32];
			snprintf(quoted, sizeof(quoted), "'%s'", words[i]);
			struct run run = run_document(document, quoted);
			assert_true(run.status >= 2); // more where 2 is an answer
			assert_memory_equal(run.out.at, "ksurf: ", 7);
			names_all(document, run.out.at);
			ks_buf_deinit(&run.out);
		}
}

static void the_nearest_is_told(void **state)
{
	(void)state;
	static const struct {
		enum ks_document document;
		const char *word, *wanted;
	} cases[] = {
		{ KS_DOCUMENT_SHOW, "jsn", "did you mean json?" },
		{ KS_DOCUMENT_SHOW, "termnal", "did you mean terminal?" },
		{ KS_DOCUMENT_SHOW, "txt", "did you mean terminal?" },
		{ KS_DOCUMENT_CHECK, "sariff", "did you mean sarif?" },
		{ KS_DOCUMENT_CHECK, "csv", "'csv' is no format of check; there are terminal" },
		{ KS_DOCUMENT_PICTURES, "pgn", "there are svg, png; did you mean png?" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		enum ks_format format;
		expect_error(
			ks_format_find(KS_DOCUMENT_BIT(cases[i].document), cases[i].word, &format),
			KS_ERR_USAGE, cases[i].wanted);
	}
}

static int open_place(void **state)
{
	(void)state;
	const char *objects = getenv("KSURF_OBJECTS"), *minis = getenv("KSURF_MINIS");
	static const char *const names[] = { "amd64-gcc-dwarf5", "i386-gcc-dwarf5" };
	if (!objects || !minis || !getenv("KSURF_COMMAND"))
		return 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", minis, names[i]);
		if (access(path, R_OK) != 0)
			return 0;
	}
	char day[16];
	snprintf(day, sizeof(day), "%d", A_DAY);
	setenv("SOURCE_DATE_EPOCH", day, 1);
	place.dir = make_dir();
	snprintf(place.db, sizeof(place.db), "%s/store.db", place.dir);
	snprintf(place.object, sizeof(place.object), "%s/tracing.bpfel.o", objects);
	struct ksurf_error *err = ksurf_store_open(place.db, KSURF_CREATE, &place.store);
	for (size_t i = 0; !err && i < KS_ARRAY_LEN(names); i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", minis, names[i]);
		err = ksurf_store_add(place.store, path, 1, NULL);
	}
	if (err)
		fprintf(stderr, "%s\n", ksurf_error_text(err));
	return err != NULL;
}

static int close_place(void **state)
{
	(void)state;
	ksurf_store_close(place.store);
	if (place.dir)
		remove_dir(place.dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_document_has_each_name_of_its_formats),
		cmocka_unit_test(no_two_formats_of_a_document_are_alike),
		cmocka_unit_test(the_terminal_is_called_the_same_everywhere),
		cmocka_unit_test(no_two_formats_have_a_spelling_in_common),
		cmocka_unit_test(a_wrong_name_is_told_with_the_right_ones),
		cmocka_unit_test(the_nearest_is_told),
	};
	return cmocka_run_group_tests(tests, open_place, close_place);
}
