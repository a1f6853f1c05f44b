/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What the library does and how long it takes, for those who ask. Off, a trace point costs one branch that always goes
 * the same way, and nothing is formatted.
 *
 *	int64_t start = ks_trace_begin(KS_TRACE_SOURCE);
 *	...
 *	ks_trace_end(KS_TRACE_SOURCE, start, "open %s", path);
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum ks_trace_topic {
	KS_TRACE_INGEST = 1 << 0, // kernels: extraction, and putting them into the store
	KS_TRACE_SOURCE = 1 << 1, // files, packages and servers that are read
	KS_TRACE_CHECK = 1 << 2,  // objects against kernels
	KS_TRACE_ALL = KS_TRACE_INGEST | KS_TRACE_SOURCE | KS_TRACE_CHECK,
};

struct ks_trace_sink {
	unsigned int topics; // enum ks_trace_topic, or-ed
	/**
	 * Called from any thread, as soon as the work is done. @param topic its name @param text one line without
	 * newline or control characters @param ns how long it took
	 */
	void (*fn)(void *arg, const char *topic, const char *text, int64_t ns);
	void *arg;
};

/**
 * Where traces go; NULL: nowhere. It is one for the process, for what is traced runs in any thread and far below whoever
 * asks for it. Set once at most and never taken back, it needs no lock.
 */
extern _Atomic(const struct ks_trace_sink *) ks_trace_sink;

/** The topics that a list of words names ("source,check", "all"). An unknown word is a KS_ERR_USAGE: it says which there are. */
KS_MUST_CHECK struct ks_error *ks_trace_topics(const char *words, unsigned int *ret);
/** Send traces to a sink from now on; it stays where it is. False when they go to one already: that is kept. */
bool ks_trace_start(const struct ks_trace_sink *sink);

/** Whether anybody wants to know of a topic, or of one of several. */
static inline bool ks_trace_on(unsigned int topics)
{
	const struct ks_trace_sink *sink =
		atomic_load_explicit(&ks_trace_sink, memory_order_acquire);
	return __builtin_expect(sink != NULL, 0) && (sink->topics & topics);
}

/** Nanoseconds of a clock that only goes forwards. */
int64_t ks_trace_now(void);
/** Behind ks_trace_end(): a topic that is on. */
KS_PRINTF(3, 4) void ks_trace_tell(enum ks_trace_topic topic, int64_t start, const char *fmt, ...);

/** When work begins; 0 when nobody wants to know. */
static inline int64_t ks_trace_begin(enum ks_trace_topic topic)
{
	return ks_trace_on(topic) ? ks_trace_now() : 0;
}

/** Work is done. The arguments, as of printf, are evaluated only when somebody wants to know. */
#define ks_trace_end(topic, start, ...)                                                            \
	do {                                                                                       \
		if (ks_trace_on(topic))                                                            \
			ks_trace_tell(topic, start, __VA_ARGS__);                                  \
	} while (0)
