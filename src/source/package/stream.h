/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "source/codec/codec.h"
#include "source/input.h"

/**
 * The unpacked bytes of a part of an input, in order, as they are asked for: what is not
 * read is neither fetched nor unpacked, but for what threads take ahead. The part is not packed at all when its codec is NONE.
 */
struct ks_stream;

/**
 * @param in     borrowed; nobody else reads from it while the stream is used
 * @param offset, len  the part, in bytes; a part that runs past the end of the input counts as truncated
 * @param unpacked_max  an error after that many unpacked bytes: a bomb, or an endless archive
 */
KS_MUST_CHECK struct ks_error *ks_stream_open(struct ks_input *in, uint64_t offset, uint64_t len,
					      uint64_t unpacked_max, struct ks_stream **ret);
/**
 * The same in one thread: where ks_stream_open() has several unpack blocks of xz at a time, it takes input that is far
 * ahead of what is asked for.
 */
KS_MUST_CHECK struct ks_error *ks_stream_open_sparing(struct ks_input *in, uint64_t offset,
						      uint64_t len, uint64_t unpacked_max,
						      struct ks_stream **ret);
/** The same for a part that is packed by that codec and may go on with other bytes behind its first frame. */
KS_MUST_CHECK struct ks_error *ks_stream_open_frame(struct ks_input *in, uint64_t offset,
						    uint64_t len, uint64_t unpacked_max,
						    enum ks_codec codec, struct ks_stream **ret);
void ks_stream_close(struct ks_stream *s);

/**
 * The next unpacked bytes. *got is 0 only at the proper end.
 * @return KS_ERR_DATA when the bytes are truncated or damaged.
 */
KS_MUST_CHECK struct ks_error *ks_stream_read(struct ks_stream *s, void *buf, size_t len,
					      size_t *got);
/** Where the next packed byte comes from: bytes from the start of the input. */
uint64_t ks_stream_offset(const struct ks_stream *s);
/** Unpacked bytes handed out so far. */
uint64_t ks_stream_unpacked(const struct ks_stream *s);
enum ks_codec ks_stream_codec(const struct ks_stream *s);

static inline void ks_stream_closep(struct ks_stream **s)
{
	ks_stream_close(*s);
}
#define _cleanup_stream_ __attribute__((__cleanup__(ks_stream_closep)))
