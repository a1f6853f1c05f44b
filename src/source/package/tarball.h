/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "source/package/stream.h"

/** The members of a tar or cpio archive in order, as they come out of a stream. Nothing is ever unpacked to disk. */
struct ks_tarball;

struct ks_tarball_member {
	const char *path; // as it stands in the archive; valid until the next call
	uint64_t size;	  // bytes of content
	bool regular;	  // a file with content of its own: no directory, no link
};

/**
 * Called before more bytes are unpacked, while no member's content is being read.
 * @return false to stop the walk: ks_tarball_next() then reports the end.
 */
typedef bool ks_tarball_more_fn(void *arg);

/** @param stream borrowed */
KS_MUST_CHECK struct ks_error *ks_tarball_open(struct ks_stream *stream, ks_tarball_more_fn *more,
					       void *arg, struct ks_tarball **ret);
void ks_tarball_close(struct ks_tarball *tar);
/** @param[out] end true when there is no further member; ret is not written then */
KS_MUST_CHECK struct ks_error *ks_tarball_next(struct ks_tarball *tar, bool *end,
					       struct ks_tarball_member *ret);
/** A piece of the present member's content; *len is 0 behind the last. */
KS_MUST_CHECK struct ks_error *ks_tarball_data(struct ks_tarball *tar, const void **buf,
					       size_t *len, uint64_t *offset);
/** The present member's content as a text with a NUL behind it; the caller frees. Error when over max bytes. */
KS_MUST_CHECK struct ks_error *ks_tarball_text(struct ks_tarball *tar, size_t max, char **ret);

static inline void ks_tarball_closep(struct ks_tarball **tar)
{
	ks_tarball_close(*tar);
}
#define _cleanup_tarball_ __attribute__((__cleanup__(ks_tarball_closep)))
