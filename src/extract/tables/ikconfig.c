/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>
#include <zlib.h>

#include "extract/symbols/link_address.h"

enum { CONFIG_MAX = 8 << 20, MARK_BYTES = 8 };

/** The bytes between the marks that the kernel puts around its packed configuration; NULL: none. */
static const uint8_t *find_packed(const struct ks_section *section, size_t *len)
{
	const uint8_t *end = section->data + section->size;
	const uint8_t *begin = memmem(section->data, section->size, "IKCFG_ST\x1f\x8b", 10);
	if (!begin)
		return NULL;
	begin += MARK_BYTES;
	const uint8_t *stop = memmem(begin, (size_t)(end - begin), "IKCFG_ED", MARK_BYTES);
	*len = stop ? (size_t)(stop - begin) : 0;
	return stop ? begin : NULL;
}

/** How many bytes it unpacks to; 0 when it is damaged, or too much for a configuration. */
static size_t unpack(const uint8_t *packed, size_t len, char *ret)
{
	z_stream z = { 0 };
	if (inflateInit2(&z, 15 + 16) != Z_OK) // 16: gzip, not zlib
		return 0;
	z.next_in = (Bytef *)packed;
	z.avail_in = (uInt)len;
	z.next_out = (Bytef *)ret;
	z.avail_out = CONFIG_MAX;
	int status = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return status == Z_STREAM_END ? z.total_out : 0;
}

struct ks_error *ks_ikconfig_read(const struct ks_elf *elf, struct ks_arena *arena,
				  const char **ret)
{
	*ret = NULL;
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		size_t packed_len, len;
		if (!section->data || section->type != SHT_PROGBITS ||
		    strncmp(section->name, ".debug", 6) == 0)
			continue; // debug information and relocations are large
		const uint8_t *packed = find_packed(section, &packed_len);
		if (!packed || packed_len > CONFIG_MAX)
			continue;
		_cleanup_arena_ struct ks_arena scratch = { 0 };
		char *text = ks_arena_alloc(&scratch, CONFIG_MAX);
		if (!text)
			return &ks_nomem;
		len = unpack(packed, packed_len, text);
		if (!len)
			continue;
		*ret = ks_arena_strndup(arena, text, len);
		return *ret ? NULL : &ks_nomem;
	}
	return NULL;
}
