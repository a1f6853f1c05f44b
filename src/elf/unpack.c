/* SPDX-License-Identifier: BSD-2-Clause */
/* Compressed debug sections: SHF_COMPRESSED with zlib or zstd, and the older .zdebug_ ones. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "elf/private.h"

/**
 * What a section may claim to become. Debug information shrinks to a fifth or a tenth; a table of equal
 * records, in a file made for it, to little more than zlib's limit of 1:1032.
 */
enum { MAX_RATIO = 1100, ALWAYS = 1 << 20 };
static const uint64_t max_size = (uint64_t)4 << 30; // bytes of one section
enum {
	COMPRESS_ZLIB = 1,
	COMPRESS_ZSTD = 2
}; // ELFCOMPRESS_*; the second is newer than many <elf.h>

static struct ks_error *damaged(const struct ks_section *section, const char *why)
{
	return ks_error_new(KS_ERR_DATA, "%s: the compressed section is damaged (%s)",
			    section->name, why);
}

/** The algorithm and the size that the front of the section states; the cursor then stands at the stream. */
static struct ks_error *read_header(const struct ks_elf *elf, const struct ks_section *section,
				    struct ks_cursor *c, uint32_t *type, uint64_t *size)
{
	if (section->flags & SHF_COMPRESSED) {
		*type = ks_cursor_u32(c);
		if (elf->is64)
			ks_cursor_u32(c); // reserved
		*size = ks_elf_word(elf, c);
		ks_elf_word(elf, c); // alignment
	} else {		     // "ZLIB", then the size, the highest byte first in every file
		const uint8_t *magic = ks_cursor_take(c, 4);
		*type = magic && memcmp(magic, "ZLIB", 4) == 0 ? COMPRESS_ZLIB : 0;
		c->swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
		*size = ks_cursor_u64(c);
	}
	return c->why ? damaged(section, "its header is incomplete") : NULL;
}

/** zlib counts in 32 bits at a time. */
static const char *inflate_all(const uint8_t *from, uint64_t from_len, uint8_t *to, uint64_t to_len)
{
	z_stream z = { 0 };
	if (inflateInit(&z) != Z_OK)
		return "zlib refuses to work";
	const uint8_t *end = from + from_len, *to_end = to + to_len;
	z.next_in = (uint8_t *)(uintptr_t)from;
	z.next_out = to;
	int ret = Z_OK;
	while (ret == Z_OK) {
		uint64_t left = (uint64_t)(end - z.next_in), room = (uint64_t)(to_end - z.next_out);
		z.avail_in = left < 1u << 30 ? (uInt)left : 1u << 30;
		z.avail_out = room < 1u << 30 ? (uInt)room : 1u << 30;
		ret = inflate(&z, Z_NO_FLUSH); // Z_BUF_ERROR when nothing moves any more
	}
	inflateEnd(&z);
	if (ret == Z_STREAM_END && z.next_out == to_end)
		return NULL;
	return ret == Z_DATA_ERROR ? "zlib data error" : "zlib stream of another length";
}

static const char *zstd_all(const uint8_t *from, uint64_t from_len, uint8_t *to, uint64_t to_len)
{
	size_t got = ZSTD_decompress(to, to_len, from, from_len);
	if (ZSTD_isError(got))
		return ZSTD_getErrorName(got);
	return got == to_len ? NULL : "zstd stream of another length";
}

struct ks_error *ks_elf_unpack(const struct ks_elf *elf, const struct ks_section *packed)
{
	if (!packed || !packed->packed || packed->data)
		return NULL;
	struct ks_section *section = &elf->sections[packed - elf->sections];
	struct ks_cursor c = ks_cursor_over(section->packed, section->packed_size, elf->swap);
	uint32_t type;
	uint64_t size;
	KS_TRY(read_header(elf, section, &c, &type, &size));
	uint64_t left = (uint64_t)(c.end - c.pos);
	if (type != COMPRESS_ZLIB && type != COMPRESS_ZSTD)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "%s: compressed in an unknown way (type %u); decompress the "
				    "file first (objcopy --decompress-debug-sections)",
				    section->name, type);
	if (size > max_size || (size > ALWAYS && size / MAX_RATIO > left))
		return damaged(section, "it claims to hold more than its bytes can");
	uint8_t *bytes = malloc(size ? size : 1);
	if (!bytes)
		return &ks_nomem;
	const char *why = type == COMPRESS_ZLIB ? inflate_all(c.pos, left, bytes, size)
						: zstd_all(c.pos, left, bytes, size);
	if (why) {
		free(bytes);
		return damaged(section, why);
	}
	section->data = section->owned = bytes;
	section->size = size;
	return NULL;
}
