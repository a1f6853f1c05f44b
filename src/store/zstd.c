/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/zstd.h"

#include <zstd.h>

enum {
	LEVEL = 3,
	LARGE = 1 << 18, // from here on equal runs lie too far apart for the level's own tables
	WINDOW_LOG_MIN = 10,
	WINDOW_LOG_MAX = 27, // the largest that a reader accepts unasked
};

void ks_zstd_deinit(struct ks_zstd *zstd)
{
	ZSTD_freeCCtx(zstd->packer);
	ZSTD_freeDCtx(zstd->unpacker);
	*zstd = (struct ks_zstd){ 0 };
}

static struct ks_error *zstd_error(size_t code)
{
	return ks_error_new(KS_ERR_STORE, "damaged compressed data: %s", ZSTD_getErrorName(code));
}

static int window_for(size_t len)
{
	int log = WINDOW_LOG_MIN;
	while (log < WINDOW_LOG_MAX && ((size_t)1 << log) < len)
		log++;
	return log;
}

static size_t set_up(ZSTD_CCtx *packer, struct ks_bytes like, size_t len)
{
	size_t code = ZSTD_CCtx_reset(packer, ZSTD_reset_session_and_parameters);
	if (!ZSTD_isError(code))
		code = ZSTD_CCtx_setParameter(packer, ZSTD_c_compressionLevel, LEVEL);
	if (!ZSTD_isError(code))
		code = ZSTD_CCtx_setParameter(packer, ZSTD_c_checksumFlag, 1);
	if (ZSTD_isError(code) || !like.len)
		return code;
	code = ZSTD_CCtx_setParameter(packer, ZSTD_c_windowLog, window_for(like.len + len));
	if (!ZSTD_isError(code) && like.len >= LARGE)
		code = ZSTD_CCtx_setParameter(packer, ZSTD_c_enableLongDistanceMatching, 1);
	if (!ZSTD_isError(code))
		code = ZSTD_CCtx_refPrefix(packer, like.at, like.len);
	return code;
}

struct ks_error *ks_zstd_pack(struct ks_zstd *zstd, struct ks_bytes like, struct ks_bytes raw,
			      struct ks_buf *out)
{
	if (raw.len > KS_ZSTD_LIMIT)
		return ks_error_new(KS_ERR_UNSUPPORTED, "more data than a store can keep");
	if (!zstd->packer && !(zstd->packer = ZSTD_createCCtx()))
		return &ks_nomem;
	size_t bound = ZSTD_compressBound(raw.len);
	if (!ks_buf_reserve(out, bound))
		return &ks_nomem;
	size_t code = set_up(zstd->packer, like, raw.len);
	if (!ZSTD_isError(code))
		code = ZSTD_compress2(zstd->packer, out->at + out->len, bound, raw.at, raw.len);
	if (ZSTD_isError(code))
		return ks_error_new(KS_ERR_STORE, "cannot compress: %s", ZSTD_getErrorName(code));
	out->len += code;
	return NULL;
}

struct ks_error *ks_zstd_unpack(struct ks_zstd *zstd, struct ks_bytes like, struct ks_bytes frame,
				struct ks_buf *out)
{
	if (!zstd->unpacker && !(zstd->unpacker = ZSTD_createDCtx()))
		return &ks_nomem;
	unsigned long long len = ZSTD_getFrameContentSize(frame.at, frame.len);
	if (len > KS_ZSTD_LIMIT) // also what stands for "unknown" and "no frame"
		return ks_error_new(KS_ERR_STORE, "damaged compressed data: impossible size");
	if (!ks_buf_reserve(out, (size_t)len + 1))
		return &ks_nomem;
	size_t code = 0;
	if (like.len)
		code = ZSTD_DCtx_refPrefix(zstd->unpacker, like.at, like.len);
	if (!ZSTD_isError(code))
		code = ZSTD_decompressDCtx(zstd->unpacker, out->at + out->len, (size_t)len,
					   frame.at, frame.len);
	if (ZSTD_isError(code))
		return zstd_error(code);
	out->len += code;
	return NULL;
}

struct ks_error *ks_zstd_split(struct ks_bytes frames, struct ks_bytes *first,
			       struct ks_bytes *rest)
{
	size_t len = ZSTD_findFrameCompressedSize(frames.at, frames.len);
	if (ZSTD_isError(len) || len > frames.len)
		return zstd_error(len);
	*first = (struct ks_bytes){ frames.at, len };
	*rest = (struct ks_bytes){ (const char *)frames.at + len, frames.len - len };
	return NULL;
}
