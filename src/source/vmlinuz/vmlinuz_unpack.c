/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "source/codec/xz_block.h"
#include "source/package/stream.h"
#include "source/vmlinuz/vmlinuz_private.h"

enum {
	PIECE_BYTES = 256 << 10,
	KERNEL_BYTES = 64 << 20, // a guess, for where to keep it
	KERNEL_LEAST = 64 << 10,
	ATTEMPTS_MAX = 256,
};

static struct ks_error *unpack_xz(const struct ks_xz_block *block, struct ks_unpacking *unpacking,
				  struct ks_map *ret)
{
	unpacking->left -= block->len;
	return ks_xz_block_unpack(block, unpacking->progress, ret);
}

struct ks_error *ks_payload_unpack(const uint8_t *bytes, size_t len, enum ks_codec codec,
				   struct ks_unpacking *unpacking, struct ks_map *ret)
{
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_stream_ struct ks_stream *stream = NULL;
	_cleanup_tmpfile_ struct ks_tmpfile tmpfile = { -1 };
	_cleanup_xz_block_ struct ks_xz_block block;
	if (ks_xz_block_of(bytes, codec == KS_CODEC_XZ ? len : 0, &block) &&
	    block.len <= unpacking->left)
		return unpack_xz(&block, unpacking, ret);
	KS_TRY(ks_input_memory(bytes, len, &in));
	KS_TRY(ks_stream_open_frame(in, 0, len, unpacking->left, codec, &stream));
	uint8_t piece[PIECE_BYTES];
	uint64_t done = 0;
	struct ks_error *err = NULL;
	for (size_t got = 1; !err && got; done += got) {
		err = ks_stream_read(stream, piece, sizeof(piece), &got);
		if (!err && !done) // most chance hits end before
			err = ks_tmpfile_open(&tmpfile, KERNEL_BYTES);
		if (!err)
			err = ks_tmpfile_write(&tmpfile, done, piece, got);
		if (!err)
			err = ks_progress_tell(unpacking->progress, "unpacking vmlinuz",
					       ks_stream_offset(stream), len);
	}
	unpacking->left -= ks_stream_unpacked(stream) < unpacking->left ? ks_stream_unpacked(stream)
									: unpacking->left;
	if (err)
		return err;
	if (!done)
		return ks_error_new(KS_ERR_DATA, "nothing is packed inside");
	return ks_map_fd(tmpfile.fd, 0, done, ret);
}

bool ks_holds_banner(const uint8_t *bytes, size_t len)
{
	static const char intro[] = "Linux version ";
	return memmem(bytes, len, intro, sizeof(intro) - 1) != NULL;
}

/** More of the packed data's header than ks_codec_of() looks at, so that chance hits are few. */
static bool is_likely(const uint8_t *p, size_t len, enum ks_codec codec)
{
	enum { GZIP_DEFLATE = 8, GZIP_FLAGS = 0xe0, LZMA_DICT_MAX = 28, LZMA_HEADER = 13 };
	switch (codec) {
	case KS_CODEC_NONE:
		return false;
	case KS_CODEC_GZIP:
		return len > 10 && p[2] == GZIP_DEFLATE && !(p[3] & GZIP_FLAGS);
	case KS_CODEC_BZIP2:
		return len > 10 && p[3] >= '1' && p[3] <= '9' && !memcmp(p + 4, "1AY&SY", 6);
	case KS_CODEC_LZMA: { // the size of the dictionary is a power of two; that of the data unknown
		struct ks_cursor c =
			ks_cursor_over(p + 1, len - 1, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
		uint32_t dict = ks_cursor_u32(&c);
		uint64_t size = ks_cursor_u64(&c);
		return !c.why && dict && !(dict & (dict - 1)) && dict <= 1u << LZMA_DICT_MAX &&
		       (size == UINT64_MAX || size >> 32 == 0);
	}
	default:
		return true;
	}
}

/** The bytes that packed data can begin with: few. */
static void list_first_bytes(bool begins[256])
{
	for (size_t i = 0; i < KS_NR_CODECS; i++)
		if (ks_codecs[i]->magic_len)
			begins[(uint8_t)ks_codecs[i]->magic[0]] = true;
}

/** What is not the fault of the place that was tried. */
static bool is_final(const struct ks_error *err)
{
	return err->code == KS_ERR_NOMEM || err->code == KS_ERR_IO || err->code == KS_ERR_CANCELLED;
}

struct ks_error *ks_payload_search(const uint8_t *bytes, size_t len, struct ks_unpacking *unpacking,
				   struct ks_map *ret)
{
	struct ks_error *missing = NULL; // a library
	int attempts = 0;
	bool begins[256] = { false };
	list_first_bytes(begins);
	for (size_t i = 0; i < len && unpacking->left && attempts < ATTEMPTS_MAX; i++) {
		if (!begins[bytes[i]])
			continue;
		enum ks_codec codec = ks_codec_of(bytes + i, len - i);
		if (!is_likely(bytes + i, len - i, codec))
			continue;
		attempts++;
		struct ks_map map = { 0 };
		struct ks_error *err =
			ks_payload_unpack(bytes + i, len - i, codec, unpacking, &map);
		struct ks_flat flat;
		if (!err && (ks_holds_banner(map.at, map.len) ||
			     (map.len >= KERNEL_LEAST && ks_flat_of(map.at, map.len, &flat)))) {
			ks_error_free(missing);
			*ret = map;
			return NULL;
		}
		ks_map_deinit(&map);
		if (err && is_final(err)) {
			ks_error_free(missing);
			return err;
		}
		if (err && err->code == KS_ERR_UNSUPPORTED && !missing)
			missing = ks_take(err);
		ks_error_free(err);
	}
	return missing ? missing
		       : ks_error_new(KS_ERR_NOTFOUND,
				      "no packed kernel inside that could be unpacked");
}
