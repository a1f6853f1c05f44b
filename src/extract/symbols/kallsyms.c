/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/vector.h"
#include "extract/symbols/kallsyms.h"
#include "extract/symbols/kallsyms_tables.h"

enum { NR_TOKENS = 256, NAME_MAX_BYTES = 2048 };
static const size_t text_max = 256 << 20; // of all names together; a kernel has 5 MiB

struct token {
	const char *text;
	size_t len;
};

static struct ks_error *damaged(const char *what, uint64_t offset)
{
	return ks_error_at(
		ks_error_new(KS_ERR_DATA, "the symbols of the kernel (kallsyms): %s", what),
		"kallsyms_names", offset);
}

/** The finder made sure that the index ascends and that each token ends where the next begins. */
static void read_tokens(const struct ks_elf *elf, const struct ks_kallsyms *tables,
			struct token *tokens)
{
	struct ks_cursor index = ks_elf_cursor(elf, tables->section), c;
	ks_cursor_take(&index, tables->index);
	for (size_t i = 0; i < NR_TOKENS; i++) {
		c = ks_elf_cursor(elf, tables->section);
		ks_cursor_take(&c, tables->tokens + ks_cursor_u16(&index));
		tokens[i].text = ks_cursor_str(&c);
		tokens[i].len = strlen(tokens[i].text);
	}
}

/** Bytes that all names need, each with a NUL and without its letter. */
static struct ks_error *measure(const struct ks_elf *elf, const struct ks_kallsyms *tables,
				const struct token *tokens, size_t *ret)
{
	struct ks_cursor c = ks_elf_cursor(elf, tables->section);
	ks_cursor_take(&c, tables->names);
	size_t total = 0;
	for (uint32_t i = 0; i < tables->nr; i++) {
		uint32_t len;
		size_t name = 0;
		uint64_t offset = ks_cursor_offset(&c) - tables->names;
		const uint8_t *packed = ks_kallsyms_packed(&c, &len);
		for (uint32_t k = 0; packed && k < len; k++)
			name += tokens[packed[k]].len;
		if (!name || name > NAME_MAX_BYTES)
			return damaged("a name of an impossible length", offset);
		total += name;
		if (total > text_max)
			return damaged("names of more than 256 MiB", offset);
	}
	*ret = total;
	return NULL;
}

/** Unpack all names into text; the first character of each is its letter. */
static void read_names(const struct ks_elf *elf, const struct ks_kallsyms *tables,
		       const struct token *tokens, char *text, struct ks_symbol *symbols,
		       char *letters)
{
	struct ks_cursor c = ks_elf_cursor(elf, tables->section);
	ks_cursor_take(&c, tables->names);
	for (uint32_t i = 0; i < tables->nr; i++) {
		uint32_t len;
		const uint8_t *packed = ks_kallsyms_packed(&c, &len);
		const struct token *first = &tokens[packed[0]];
		letters[i] = first->text[0];
		symbols[i].name = text;
		memcpy(text, first->text + 1, first->len - 1);
		text += first->len - 1;
		for (uint32_t k = 1; k < len; k++) {
			memcpy(text, tokens[packed[k]].text, tokens[packed[k]].len);
			text += tokens[packed[k]].len;
		}
		*text++ = '\0';
	}
}

/** All bits that an address has. */
static uint64_t addresses(const struct ks_elf *elf)
{
	return elf->is64 ? UINT64_MAX : UINT32_MAX;
}

static void read_addresses(const struct ks_elf *elf, const struct ks_kallsyms *tables,
			   struct ks_symbol *symbols)
{
	struct ks_cursor c = ks_elf_cursor(elf, tables->section);
	ks_cursor_take(&c, tables->values);
	for (uint32_t i = 0; i < tables->nr; i++) {
		if (tables->form == KS_KALLSYMS_ABSOLUTE) {
			symbols[i].addr = ks_elf_word(elf, &c);
			continue;
		}
		uint32_t v = ks_cursor_u32(&c);
		uint64_t addr = tables->base + v, wide = (uint64_t)(int64_t)(int32_t)v;
		if (tables->form == KS_KALLSYMS_PERCPU)
			addr = v >> 31 ? tables->base - 1 - wide : v;
		else if (tables->form == KS_KALLSYMS_PLACE)
			addr = tables->base + wide + 4ull * i;
		symbols[i].addr = addr & addresses(elf);
	}
}

/** The address of a flat image's first byte as far as the tables tell; 0: they do not. */
static uint64_t find_start(const struct ks_elf *elf, const struct ks_kallsyms *tables,
			   struct ks_symbol *symbols, const char *letters)
{
	if (!elf->flat || tables->form != KS_KALLSYMS_PLACE)
		return tables->start;
	uint64_t start = ks_kallsyms_start(elf, symbols, letters, tables->nr);
	for (uint32_t i = 0; i < tables->nr; i++)
		symbols[i].addr = (symbols[i].addr + start) & addresses(elf);
	return start;
}

struct ks_error *ks_kallsyms_read(const struct ks_elf *elf, struct ks_surface *surface,
				  uint64_t *start)
{
	*start = 0;
	struct ks_kallsyms tables;
	ks_kallsyms_find(elf, &tables);
	if (!tables.section)
		return NULL;
	struct token tokens[NR_TOKENS];
	size_t text_len = 0;
	read_tokens(elf, &tables, tokens);
	KS_TRY(measure(elf, &tables, tokens, &text_len));
	_cleanup_arena_ struct ks_arena scratch = { 0 };
	struct ks_arena *arena = &surface->arenas[0];
	struct ks_symbol *symbols = ks_arena_array(arena, tables.nr, sizeof(*symbols));
	char *text = ks_arena_alloc(arena, text_len),
	     *letters = ks_arena_alloc(&scratch, tables.nr);
	if (!symbols || !text || !letters)
		return &ks_nomem;
	memset(symbols, 0, tables.nr * sizeof(*symbols));
	read_names(elf, &tables, tokens, text, symbols, letters);
	read_addresses(elf, &tables, symbols);
	*start = find_start(elf, &tables, symbols, letters);
	return ks_symbols_classify(elf, surface, symbols, letters, tables.nr);
}

/* ---- the same as text ---- */

/** One line "ADDRESS LETTER NAME"; false when it is none, or of a module. */
static bool read_line(const char *line, size_t len, struct ks_symbol *symbol, char *letter,
		      size_t *name_len)
{
	char *end;
	if (!len || strchr(" \t\n+-", line[0]))
		return false;
	uint64_t addr = strtoull(line, &end, 16);
	size_t at = (size_t)(end - line);
	if (!at || at + 3 >= len || line[at] != ' ' || line[at + 2] != ' ')
		return false;
	*letter = line[at + 1];
	size_t name = strcspn(line + at + 3, " \t\n");
	*name_len = name;
	*symbol = (struct ks_symbol){ .name = line + at + 3, .addr = addr };
	return name && at + 3 + name == len; // a module's follows behind a tab
}

static int by_addr(const void *a, const void *b)
{
	const struct ks_symbol *x = a, *y = b;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

struct ks_error *ks_system_map_read(const struct ks_elf *elf, const char *text,
				    struct ks_surface *surface)
{
	size_t lines = 1, nr = 0;
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	struct ks_symbol *symbols = ks_arena_array(&surface->arenas[0], lines, sizeof(*symbols));
	_cleanup_arena_ struct ks_arena scratch = { 0 };
	char *letters = ks_arena_alloc(&scratch, lines);
	if (!symbols || !letters)
		return &ks_nomem;
	bool sorted = true;
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n"), name;
		if (read_line(line, len, &symbols[nr], &letters[nr], &name)) {
			struct ks_symbol *sym = &symbols[nr];
			sym->name = ks_arena_strndup(&surface->arenas[0], sym->name, name);
			if (!sym->name)
				return &ks_nomem;
			sym->other = (uint8_t)letters[nr]; // until they are in order
			sorted = sorted && (!nr || sym[-1].addr <= sym->addr);
			nr++;
		}
		line += len + (line[len] == '\n');
	}
	if (!nr) // a stub
		return NULL;
	if (!sorted)
		qsort(symbols, nr, sizeof(*symbols), by_addr);
	for (size_t i = 0; i < nr; i++) {
		letters[i] = (char)symbols[i].other;
		symbols[i].other = 0;
	}
	return ks_symbols_classify(elf, surface, symbols, letters, nr);
}
