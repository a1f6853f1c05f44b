/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/** Bytes that are borrowed. */
struct ks_bytes {
	const void *at;
	size_t len;
};

static inline struct ks_bytes ks_bytes_of(const struct ks_buf *buf)
{
	return (struct ks_bytes){ .at = buf->at, .len = buf->len };
}

/** Bytes; what is larger is neither packed nor unpacked. The largest honest frame has 6 million. */
enum { KS_ZSTD_LIMIT = 1 << 28 };

/** The compression contexts of one thread. A zeroed one is ready; they are made when first used. */
struct ks_zstd {
	struct ZSTD_CCtx_s *packer;
	struct ZSTD_DCtx_s *unpacker;
};
void ks_zstd_deinit(struct ks_zstd *zstd);

/**
 * Append raw as one zstd frame to out, with a checksum: of a frame that is damaged many can be unpacked, and say something else.
 * @param like what the reader has already and raw resembles; empty when there is nothing
 */
KS_MUST_CHECK struct ks_error *ks_zstd_pack(struct ks_zstd *zstd, struct ks_bytes like,
					    struct ks_bytes raw, struct ks_buf *out);

/**
 * Append what a frame holds to out, and room for a NUL.
 * @param like as given to ks_zstd_pack()
 * @return KS_ERR_STORE when the frame is damaged or holds more than any honest one.
 */
KS_MUST_CHECK struct ks_error *ks_zstd_unpack(struct ks_zstd *zstd, struct ks_bytes like,
					      struct ks_bytes frame, struct ks_buf *out);

/** Where the first of several frames ends. @param[out] first, rest parts of frames @return KS_ERR_STORE when it has no end */
KS_MUST_CHECK struct ks_error *ks_zstd_split(struct ks_bytes frames, struct ks_bytes *first,
					     struct ks_bytes *rest);
