/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdint.h>

/**
 * How a long job tells how far it is. A zeroed struct is a listener that is not interested.
 * fn is called often (per megabyte, not per byte), from the thread that was called; it must be quick.
 */
struct ks_progress {
	/** @param what static text such as "decoding"; @param done, total bytes; total 0 is unknown */
	void (*fn)(void *arg, const char *what, uint64_t done, uint64_t total);
	void *arg;
};

static inline void ks_progress_tell(const struct ks_progress *progress, const char *what,
				    uint64_t done, uint64_t total)
{
	if (progress && progress->fn)
		progress->fn(progress->arg, what, done, total);
}
