/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/trace.h"
#include "check.h"

/** What came last. */
struct heard {
	unsigned int nr;
	char topic[16], text[1024];
	int64_t ns;
};

static void hear(void *arg, const char *topic, const char *text, int64_t ns)
{
	struct heard *heard = arg;
	heard->nr++;
	snprintf(heard->topic, sizeof(heard->topic), "%s", topic);
	snprintf(heard->text, sizeof(heard->text), "%s", text);
	heard->ns = ns;
}

static unsigned int asked;

static const char *asking(const char *text)
{
	asked++;
	return text;
}

static void words_are_topics(void **state)
{
	(void)state;
	unsigned int topics;
	assert_ok(ks_trace_topics("", &topics));
	assert_int_equal(topics, 0);
	assert_ok(ks_trace_topics("ingest", &topics));
	assert_int_equal(topics, KS_TRACE_INGEST);
	assert_ok(ks_trace_topics(",check,,source,", &topics));
	assert_int_equal(topics, KS_TRACE_CHECK | KS_TRACE_SOURCE);
	assert_ok(ks_trace_topics("all", &topics));
	assert_int_equal(topics, KS_TRACE_ALL);
	expect_error(ks_trace_topics("check,chec", &topics), KS_ERR_USAGE, "'chec' cannot");
}

static void traces_go_nowhere_until_they_start(void **state)
{
	(void)state;
	assert_false(ks_trace_on(KS_TRACE_ALL));
	int64_t start = ks_trace_begin(KS_TRACE_CHECK);
	assert_int_equal(start, 0);
	ks_trace_end(KS_TRACE_CHECK, start, "%s", asking("x"));
	assert_int_equal(asked, 0);
}

static void traces_go_to_the_first_sink(void **state)
{
	(void)state;
	static struct heard heard;
	static const struct ks_trace_sink sink = { KS_TRACE_CHECK, hear, &heard }, other = { 0 };
	assert_true(ks_trace_start(&sink));
	assert_false(ks_trace_start(&other));
	assert_true(ks_trace_on(KS_TRACE_CHECK));
	ks_trace_end(KS_TRACE_SOURCE, 0, "%s", asking("x"));
	assert_int_equal(asked, 0);
	int64_t start = ks_trace_begin(KS_TRACE_CHECK);
	assert_true(start > 0);
	ks_trace_end(KS_TRACE_CHECK, start, "%s of %d", asking("a\nb\x1b[m\x7f\xc2\x9b\xc3\xa9"),
		     2);
	assert_int_equal(asked, 1);
	assert_int_equal(heard.nr, 1);
	assert_string_equal(heard.topic, "check");
	assert_string_equal(heard.text, "a\\nb\\x1b[m\\x7f\\u009b\xc3\xa9 of 2");
	assert_true(heard.ns >= 0);
	char text[900];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ks_trace_end(KS_TRACE_CHECK, start, "%s", text);
	assert_int_equal(strlen(heard.text), 511); // cut off, not overrun
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_topics),
		cmocka_unit_test(traces_go_nowhere_until_they_start),
		cmocka_unit_test(traces_go_to_the_first_sink),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
