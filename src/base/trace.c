/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/text.h"
#include "base/trace.h"

_Atomic(const struct ks_trace_sink *) ks_trace_sink;

static const struct {
	const char *name;
	unsigned int topics;
} words_known[] = {
	{ "ingest", KS_TRACE_INGEST },
	{ "source", KS_TRACE_SOURCE },
	{ "check", KS_TRACE_CHECK },
	{ "all", KS_TRACE_ALL },
};

static unsigned int topics_of(const char *word, size_t len)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(words_known); i++)
		if (strlen(words_known[i].name) == len &&
		    memcmp(words_known[i].name, word, len) == 0)
			return words_known[i].topics;
	return 0;
}

struct ks_error *ks_trace_topics(const char *words, unsigned int *ret)
{
	*ret = 0;
	for (const char *word = words; *word;) {
		size_t len = strcspn(word, ",");
		unsigned int topics = topics_of(word, len);
		if (len && !topics)
			return ks_error_new(KS_ERR_USAGE,
					    "'%.*s' cannot be traced; there are ingest, source, "
					    "check and all",
					    (int)(len < 64 ? len : 64), word);
		*ret |= topics;
		word += len + (word[len] == ',');
	}
	return NULL;
}

bool ks_trace_start(const struct ks_trace_sink *sink)
{
	const struct ks_trace_sink *none = NULL;
	return atomic_compare_exchange_strong(&ks_trace_sink, &none, sink);
}

int64_t ks_trace_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void ks_trace_tell(enum ks_trace_topic topic, int64_t start, const char *fmt, ...)
{
	int64_t took = ks_trace_now() - start;
	const struct ks_trace_sink *sink =
		atomic_load_explicit(&ks_trace_sink, memory_order_acquire);
	const char *name = words_known[0].name;
	for (size_t i = 0; i < KS_ARRAY_LEN(words_known); i++)
		if (words_known[i].topics == (unsigned int)topic)
			name = words_known[i].name;
	char text[512]; // what is longer is cut off
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_text_str(&line, KS_TEXT_LINE, text);
	const char *told = ks_buf_text(&line);
	sink->fn(sink->arg, name, told ? told : "", took);
}
