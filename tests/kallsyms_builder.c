/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "kallsyms_builder.h"

enum { NR_TOKENS = 256 };
/** Pieces of names that get a code of their own, in the codes that no character uses. */
static const char *const pieces[] = { "func", "tion_", "data_", "T__pfx_", "sys_" };
enum { NR_PIECES = KS_ARRAY_LEN(pieces), FIRST_PIECE = 0x80 };

static void put(struct ks_buf *out, const struct kallsyms_spec *spec, uint64_t v, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		ks_buf_char(out, (char)(v >> 8 * (spec->big_endian ? size - 1 - i : i)));
}

static unsigned int alignment(const struct kallsyms_spec *spec)
{
	return spec->is64 && spec->layout < KALLSYMS_WORDS ? 8 : 4;
}

static void align(struct ks_buf *out, const struct kallsyms_spec *spec)
{
	while (out->len % alignment(spec))
		ks_buf_char(out, '\0');
}

/** A name in codes, the letter first. */
static void pack(struct ks_buf *out, const struct kallsyms_entry *entry)
{
	char text[4096], packed[4096];
	size_t len = 0;
	text[0] = entry->letter;
	strcpy(text + 1, entry->name);
	for (const char *p = text; *p;) {
		size_t k = 0;
		while (k < NR_PIECES && strncmp(p, pieces[k], strlen(pieces[k])) != 0)
			k++;
		packed[len++] = k < NR_PIECES ? (char)(FIRST_PIECE + k) : *p;
		p += k < NR_PIECES ? strlen(pieces[k]) : 1;
	}
	if (len >= 0x80) { // "big" symbols, 6.1 on
		ks_buf_char(out, (char)(len | 0x80));
		ks_buf_char(out, (char)(len >> 7));
	} else {
		ks_buf_char(out, (char)len);
	}
	ks_buf_bytes(out, packed, len);
}

static void put_values(struct ks_buf *out, const struct kallsyms_spec *spec, uint64_t place)
{
	unsigned int word = spec->is64 ? 8 : 4;
	align(out, spec);
	for (size_t i = 0; i < spec->nr; i++) {
		uint64_t addr = spec->entries[i].addr;
		switch (spec->layout) {
		case KALLSYMS_ABSOLUTE:
			put(out, spec, addr, word);
			break;
		case KALLSYMS_WORDS:
			put(out, spec, addr, 4);
			break;
		case KALLSYMS_PERCPU:
			put(out, spec, addr < spec->base ? addr : spec->base - 1 - addr, 4);
			break;
		case KALLSYMS_PLACE:
			put(out, spec, addr - (place + out->len), 4);
			break;
		default:
			put(out, spec, addr - spec->base, 4);
		}
	}
	align(out, spec);
	if (spec->layout != KALLSYMS_ABSOLUTE && spec->layout < KALLSYMS_WORDS)
		put(out, spec, spec->base, word);
	align(out, spec);
}

static void put_names(struct ks_buf *out, const struct kallsyms_spec *spec)
{
	unsigned int word = spec->is64 ? 8 : 4;
	uint64_t markers[1024] = { 0 };
	put(out, spec, spec->nr, spec->long_markers ? word : 4);
	align(out, spec);
	size_t start = out->len;
	for (size_t i = 0; i < spec->nr; i++) {
		if (i % 256 == 0)
			markers[i / 256] = out->len - start;
		pack(out, &spec->entries[i]);
	}
	align(out, spec);
	for (size_t i = 0; i < (spec->nr + 255) / 256; i++)
		put(out, spec, markers[i], spec->long_markers ? word : 4);
	align(out, spec);
	for (size_t i = 0; spec->by_name && i < spec->nr; i++) {
		put(out, spec, i, 2); // three bytes of any value
		ks_buf_char(out, '\0');
	}
	align(out, spec);
}

static void put_tokens(struct ks_buf *out, const struct kallsyms_spec *spec)
{
	uint16_t index[NR_TOKENS];
	size_t start = out->len;
	for (size_t i = 0; i < NR_TOKENS; i++) {
		index[i] = (uint16_t)(out->len - start);
		if (i >= FIRST_PIECE && i < FIRST_PIECE + NR_PIECES)
			ks_buf_str(out, pieces[i - FIRST_PIECE]);
		else if (i > ' ' && i < FIRST_PIECE)
			ks_buf_char(out, (char)i);
		ks_buf_char(out, '\0');
	}
	align(out, spec);
	for (size_t i = 0; i < NR_TOKENS; i++)
		put(out, spec, index[i], 2);
	align(out, spec);
}

void kallsyms_build(struct ks_buf *out, const struct kallsyms_spec *spec)
{
	uint64_t place = spec->place - out->len;
	if (spec->layout < KALLSYMS_BEHIND)
		put_values(out, spec, place);
	put_names(out, spec);
	put_tokens(out, spec);
	if (spec->layout >= KALLSYMS_BEHIND)
		put_values(out, spec, place);
}
