/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding kallsyms in an image without symbols. Its tables (written by the kernel's scripts/kallsyms) follow each
 * other, each aligned to a word, or to 4 bytes in the last form:
 *
 *	values, base, number of symbols, names, markers, [order by name (6.2 on)], tokens, index of tokens
 *	number of symbols, names, markers, tokens, index of tokens, values, base, order by name (6.4 on)
 *	number of symbols, names, markers, tokens, index of tokens, values, order by name (7.x)
 *
 * The index is the anchor: 256 ascending numbers, each of which must be the place of a string in the tokens before it.
 * Going back from there, the number of symbols is where as many names follow as it says, and the markers behind the
 * names (the place of each 256th name) agree.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "extract/symbols/kallsyms_tables.h"

enum {
	NR_TOKENS = 256,
	MARKED_NAMES = 256, // names from one marker to the next
	NAMES_TRIED = 64,   // so many must make sense before all are counted
	SYMBOLS_MAX = 1 << 23,
	PACKED_MAX = 1024, // bytes of a packed name
};
// How much work a hostile image may make: names counted, places they were looked for at, and how far back from the
// tokens they may begin.
static const uint64_t steps_max = 64 << 20, places_max = 256 << 20, names_max = 64 << 20;

struct search {
	const struct ks_elf *elf;
	struct ks_kallsyms *tables;
	struct ks_cursor all; // over the section
	uint64_t align;	      // of all tables: bytes
	uint64_t steps;	      // names counted so far
	uint64_t places;      // looked at so far
};

static uint64_t aligned(const struct search *s, uint64_t at)
{
	return (at + s->align - 1) & ~(s->align - 1);
}

static struct ks_cursor at(const struct search *s, uint64_t offset)
{
	struct ks_cursor c = s->all;
	ks_cursor_take(&c, offset);
	return c;
}

const uint8_t *ks_kallsyms_packed(struct ks_cursor *c, uint32_t *len)
{
	*len = ks_cursor_u8(c);
	if (*len & 0x80) // 6.1 on; before that no packed name was so long
		*len = (*len & 0x7f) | (uint32_t)ks_cursor_u8(c) << 7;
	return ks_cursor_take(c, *len);
}

/** Whether the strings that end at `end` are the tokens that the index tells of. */
static bool tokens_end_at(struct search *s, const uint16_t *index, uint64_t end)
{
	const uint8_t *bytes = s->all.base;
	if (end < NR_TOKENS || bytes[end - 1])
		return false;
	uint64_t last = end - 1;
	while (last && bytes[last - 1] && end - last < PACKED_MAX)
		last--;
	if (last < index[NR_TOKENS - 1])
		return false;
	uint64_t table = last - index[NR_TOKENS - 1];
	for (size_t i = 0; i + 1 < NR_TOKENS; i++) {
		const uint8_t *token = bytes + table + index[i];
		size_t len = (size_t)(index[i + 1] - index[i]);
		if (memchr(token, 0, len) != token + len - 1)
			return false;
	}
	s->tables->tokens = table;
	return true;
}

static bool is_index(struct search *s, uint64_t offset)
{
	uint16_t index[NR_TOKENS];
	struct ks_cursor c = at(s, offset);
	for (size_t i = 0; i < NR_TOKENS; i++) {
		index[i] = ks_cursor_u16(&c);
		if (i ? index[i] <= index[i - 1] : index[i] != 0)
			return false;
	}
	if (c.why)
		return false;
	for (uint64_t pad = 0; pad < s->align && pad < offset; pad++)
		if (tokens_end_at(s, index, offset - pad)) {
			s->tables->index = offset;
			return true;
		}
	return false;
}

/** Whether a packed name begins with a letter that nm prints. */
static bool has_letter(const struct search *s, const uint8_t *packed, uint32_t len)
{
	if (!len)
		return false;
	struct ks_cursor c = at(s, s->tables->index + 2u * packed[0]);
	uint8_t letter = s->all.base[s->tables->tokens + ks_cursor_u16(&c)];
	return letter && strchr("AaBbCcDdGgIiNnPpRrSsTtUuVvWw?-", letter);
}

/** Count nr names from an offset on; the offset behind them, or 0. */
static uint64_t names_end(struct search *s, uint64_t names, uint32_t nr)
{
	struct ks_cursor c = at(s, names);
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t len;
		const uint8_t *packed = ks_kallsyms_packed(&c, &len);
		if (!packed || len > PACKED_MAX || !has_letter(s, packed, len))
			return 0;
		s->steps++;
	}
	return ks_cursor_offset(&c);
}

/** Whether the markers of that size are there and tell where names begin. */
static bool markers_agree(struct search *s, uint64_t names, uint32_t nr, uint64_t markers,
			  unsigned int size)
{
	uint64_t nr_markers = (nr + MARKED_NAMES - 1) / MARKED_NAMES;
	uint64_t end = aligned(s, markers + nr_markers * size);
	uint64_t order = aligned(s, 3ull * nr); // of symbols by name, three bytes each
	if (end != s->tables->tokens && end + order != s->tables->tokens)
		return false;
	struct ks_cursor c = at(s, names), m = at(s, markers);
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t len;
		if (i % MARKED_NAMES == 0 &&
		    ks_cursor_uint(&m, size) != ks_cursor_offset(&c) - names)
			return false;
		ks_kallsyms_packed(&c, &len);
		s->steps++;
	}
	return true;
}

/** Whether the number of symbols stands at an offset. */
static bool is_number(struct search *s, uint64_t offset)
{
	struct ks_cursor c = at(s, offset);
	uint64_t nr = ks_cursor_u32(&c);
	if (!nr && s->align == 8 && s->elf->big_endian) // it was a word before 4.20
		nr = ks_cursor_u32(&c);
	uint64_t names = offset + s->align, room = s->tables->tokens - names;
	if (!nr || nr > SYMBOLS_MAX || nr > room / 2 || room / PACKED_MAX > nr)
		return false;
	uint32_t tried = nr < NAMES_TRIED ? (uint32_t)nr : NAMES_TRIED;
	if (!names_end(s, names, tried))
		return false;
	uint64_t end = names_end(s, names, (uint32_t)nr);
	if (!end || end > s->tables->tokens)
		return false;
	uint64_t markers = aligned(s, end);
	if (!markers_agree(s, names, (uint32_t)nr, markers, 4) &&
	    !markers_agree(s, names, (uint32_t)nr, markers, 8)) // before 4.20
		return false;
	s->tables->nr = (uint32_t)nr;
	s->tables->names = names;
	s->tables->markers = markers;
	return true;
}

/** Whether nr values from an offset on are sorted as addresses of that form are. */
static bool are_sorted(const struct search *s, uint64_t offset, enum ks_kallsyms_form form)
{
	struct ks_cursor c = at(s, offset);
	uint64_t before = 0;
	for (uint32_t i = 0; i < s->tables->nr; i++) {
		uint64_t v =
			form == KS_KALLSYMS_ABSOLUTE ? ks_elf_word(s->elf, &c) : ks_cursor_u32(&c);
		if (form == KS_KALLSYMS_PERCPU && v >> 31) // nearer to the base comes first
			v = (uint64_t)1 << 31 | (UINT32_MAX - v);
		else if (form == KS_KALLSYMS_PLACE)
			v = ((uint64_t)1 << 32) + (uint64_t)(int64_t)(int32_t)v + 4ull * i;
		if (v < before || c.why)
			return false;
		before = v;
	}
	return form == KS_KALLSYMS_ABSOLUTE || s->elf->is64 ||
	       s->tables->base + before <= UINT32_MAX;
}

/** Whether offsets and their base are at these places. */
static bool take_offsets(struct search *s, uint64_t values, uint64_t base_at)
{
	struct ks_kallsyms *tables = s->tables;
	struct ks_cursor c = at(s, base_at);
	tables->values = values;
	tables->base_at = base_at;
	tables->base = ks_elf_word(s->elf, &c);
	if (c.why)
		return false;
	tables->form = KS_KALLSYMS_OFFSETS;
	c = at(s, values);
	bool zero = !ks_cursor_u32(&c); // the base is the lowest of them
	if (zero && are_sorted(s, values, tables->form))
		return true;
	tables->form = KS_KALLSYMS_PERCPU; // of x86-64 only
	return s->elf->is64 && are_sorted(s, values, tables->form);
}

static bool find_values(struct search *s)
{
	struct ks_kallsyms *tables = s->tables;
	uint64_t number = tables->names - s->align, word = s->elf->is64 ? 8 : 4;
	uint64_t offsets = aligned(s, 4ull * tables->nr);
	if (number >= word + offsets && take_offsets(s, number - word - offsets, number - word))
		return true;
	uint64_t behind = aligned(s, tables->index + 2 * NR_TOKENS);
	if (take_offsets(s, behind, behind + offsets))
		return true;
	uint64_t addresses = word * tables->nr;
	tables->base_at = 0;
	tables->form = KS_KALLSYMS_ABSOLUTE;
	tables->values = number - addresses;
	if (number >= addresses && are_sorted(s, tables->values, tables->form))
		return true;
	tables->values = behind;
	if (!s->elf->is64 && are_sorted(s, behind, tables->form))
		return true;
	tables->form = KS_KALLSYMS_PLACE;
	tables->base = (s->elf->flat ? 0 : tables->section->addr) + behind;
	return are_sorted(s, behind, tables->form);
}

/** With the tokens found: everything else. */
static bool find_rest(struct search *s)
{
	uint64_t tokens = s->tables->tokens & ~(s->align - 1);
	uint64_t least = tokens > names_max ? tokens - names_max : 0;
	for (uint64_t offset = tokens;
	     offset >= least + s->align && s->steps < steps_max && s->places < places_max;
	     s->places++) {
		offset -= s->align;
		if (is_number(s, offset) && find_values(s))
			return true;
	}
	return false;
}

static bool find_in(struct search *s, const struct ks_section *section)
{
	uint64_t word = s->elf->is64 ? 8 : 4;
	s->all = ks_elf_cursor(s->elf, section);
	s->tables->section = section;
	for (uint64_t offset = 0; offset + 2 * NR_TOKENS <= section->size; offset += 4) {
		const uint8_t *p = section->data + offset;
		if (p[0] | p[1] || !(p[2] | p[3])) // 0, and then more than 0
			continue;
		for (s->align = word; s->align >= 4; s->align /= 2)
			if (offset % s->align == 0 && is_index(s, offset) && find_rest(s))
				return true;
	}
	return false;
}

void ks_kallsyms_find(const struct ks_elf *elf, struct ks_kallsyms *ret)
{
	struct search s = { .elf = elf, .tables = ret };
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		bool loaded = section->flags & SHF_ALLOC || elf->flat;
		*ret = (struct ks_kallsyms){ 0 };
		if (!loaded || section->type != SHT_PROGBITS || !section->data ||
		    !find_in(&s, section))
			continue;
		if (!ret->base && ret->base_at && elf->flat)
			ks_kallsyms_relocate(elf, ret);
		return;
	}
	*ret = (struct ks_kallsyms){ 0 };
}
