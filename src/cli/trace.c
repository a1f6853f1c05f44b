/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "base/trace.h"
#include "cli/trace.h"

/** One call for a line: threads do not write into each other's. */
static void print(void *arg, const char *topic, const char *text, int64_t ns)
{
	(void)arg;
	fprintf(stderr, "%-6s %10.3f ms  %s\n", topic, (double)ns / 1e6, text);
}

struct ks_error *ks_cli_trace(void)
{
	static struct ks_trace_sink sink = { .fn = print };
	const char *words = getenv("KSURF_TRACE");
	KS_TRY(ks_error_wrap(ks_trace_topics(words ? words : "", &sink.topics), "KSURF_TRACE"));
	if (sink.topics)
		ks_trace_start(&sink);
	return NULL;
}
