/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"

#define KS_INPUT_SIZE_UNKNOWN UINT64_MAX

/**
 * Bytes at offsets, wherever they lie: a file, memory, a server. One thread at a time.
 * Reading in order is cheap everywhere; jumping is cheap where can_jump says so.
 */
struct ks_input {
	const struct ks_input_ops *ops;
	uint64_t size; // bytes; KS_INPUT_SIZE_UNKNOWN when the other side does not tell
	bool can_jump;
	uint64_t taken; // bytes that were read or transferred so far
};

struct ks_input_ops {
	/** Up to len bytes at offset; *got is 0 only at the end of the input. */
	struct ks_error *(*read)(struct ks_input *in, uint64_t offset, void *buf, size_t len,
				 size_t *got);
	/** Only [begin, end) is going to be read next; may be NULL. */
	void (*want)(struct ks_input *in, uint64_t begin, uint64_t end);
	/** See ks_http_finish() and ks_http_proven(); NULL: nobody said a checksum. */
	struct ks_error *(*finish)(struct ks_input *in, uint64_t max,
				   const struct ks_progress *progress);
	bool (*proven)(const struct ks_input *in);
	/** See ks_http_validator(). */
	const char *(*validator)(const struct ks_input *in);
	void (*close)(struct ks_input *in);
};

/** A regular file. @param fd stays the caller's and must stay open */
KS_MUST_CHECK struct ks_error *ks_input_file(int fd, struct ks_input **ret);
/** Bytes in memory, borrowed. */
KS_MUST_CHECK struct ks_error *ks_input_memory(const void *bytes, size_t len,
					       struct ks_input **ret);
/** NULL is allowed. */
void ks_input_close(struct ks_input *in);

/** As many of len bytes as there are from offset; *got is less than len only at the end. */
KS_MUST_CHECK struct ks_error *ks_input_read(struct ks_input *in, uint64_t offset, void *buf,
					     size_t len, size_t *got);
/** Announce that the next reads stay within [begin, end): a server then sends no more than that. */
void ks_input_want(struct ks_input *in, uint64_t begin, uint64_t end);

static inline void ks_input_closep(struct ks_input **in)
{
	ks_input_close(*in);
}
#define _cleanup_input_ __attribute__((__cleanup__(ks_input_closep)))
