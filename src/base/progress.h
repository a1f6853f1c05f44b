/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * The wish that a long job ends before it is done. A zeroed struct is no such wish. Any thread may have it, and so may a
 * signal handler; all threads of the job look at it.
 */
struct ks_cancel {
	atomic_bool wanted;
};

static inline void ks_cancel_want(struct ks_cancel *cancel)
{
	atomic_store_explicit(&cancel->wanted, true, memory_order_relaxed);
}

/** @param cancel NULL is never wanted */
static inline bool ks_cancel_is_wanted(const struct ks_cancel *cancel)
{
	return cancel && atomic_load_explicit(&cancel->wanted, memory_order_relaxed);
}

/** @return KS_ERR_CANCELLED when the job is to end */
KS_MUST_CHECK static inline struct ks_error *ks_cancel_check(const struct ks_cancel *cancel)
{
	return ks_cancel_is_wanted(cancel) ? ks_error_new(KS_ERR_CANCELLED, "cancelled") : NULL;
}

/**
 * How a long job tells how far it is. A zeroed struct is a listener that is not interested.
 * fn is called often (per megabyte, not per byte), from the thread that was called; it must be quick.
 */
struct ks_progress {
	/** @param what static text such as "decoding"; @param done, total bytes; total 0 is unknown */
	void (*fn)(void *arg, const char *what, uint64_t done, uint64_t total);
	void *arg;
	const struct ks_cancel *cancel; // looked at whenever there is something to tell; or NULL
};

/** @param progress NULL is a zeroed one @return KS_ERR_CANCELLED when the job is to end */
KS_MUST_CHECK static inline struct ks_error *ks_progress_tell(const struct ks_progress *progress,
							      const char *what, uint64_t done,
							      uint64_t total)
{
	if (!progress)
		return NULL;
	if (progress->fn)
		progress->fn(progress->arg, what, done, total);
	return ks_cancel_check(progress->cancel);
}
