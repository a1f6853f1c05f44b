/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/part.h"

#include "base/array.h"

struct ks_error *ks_part_read(struct ks_store *store, const struct ks_store_image *image,
			      enum ks_part which, struct ks_buf *raw, uint64_t *ret_nr)
{
	struct ks_part_row row;
	KS_TRY(ks_part_load(store, image->id, ks_part_name(which), raw, &row));
	*ret_nr = row.nr;
	if (*ret_nr > raw->len) // each record has a byte at least
		return ks_store_damaged("part of an image is too short");
	return NULL;
}

struct ks_error *ks_part_order(struct ks_store *store, const struct ks_store_image *image,
			       int table, struct ks_arena *arena, struct ks_order *ret)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	uint64_t nr, id = 0;
	KS_TRY(ks_part_read(store, image, (enum ks_part)table, &raw, &nr));
	uint64_t *ids = ks_arena_array(arena, (size_t)nr + 1, sizeof(*ids));
	if (!ids)
		return &ks_nomem;
	struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
	for (uint64_t i = 0; i < nr; i++)
		ids[i] = id += (uint64_t)ks_cursor_zigzag(&c);
	*ret = (struct ks_order){ .at = ids, .nr = (size_t)nr };
	return c.why ? ks_store_damaged(c.why) : NULL;
}

static struct ks_error *get_symbol_names(struct ks_cursor *c, struct ks_arena *arena,
					 struct ks_symbol *symbols, size_t nr)
{
	// One copy of all names: they stay in it.
	char *text = ks_arena_strndup(arena, (const char *)c->base, (size_t)(c->end - c->base));
	if (!text)
		return &ks_nomem;
	*c = ks_cursor_over(text, (size_t)(c->end - c->base), false);
	for (size_t i = 0; i < nr; i++)
		symbols[i].name = ks_cursor_str(c);
	return NULL;
}

static struct ks_error *get_attrs(struct ks_cursor *c, struct ks_arena *arena,
				  struct ks_symbol *symbols, size_t nr)
{
	const char *recent[KS_PART_RECENT] = { NULL };
	for (size_t i = 0; i < nr && !c->why; i++) {
		size_t k = ks_cursor_u8(c);
		const char *section = NULL;
		if (k == KS_PART_RECENT) {
			bool named = ks_cursor_u8(c) != 0;
			const char *text = ks_cursor_str(c);
			section = named ? ks_arena_strdup(arena, text) : NULL;
			if (named && !section)
				return &ks_nomem;
			k--;
		} else if (k < KS_PART_RECENT) {
			section = recent[k];
		} else {
			ks_cursor_fail(c, "section of a symbol is unknown");
			break;
		}
		memmove(recent + 1, recent, k * sizeof(*recent));
		recent[0] = symbols[i].section = section;
		const uint8_t *attrs = ks_cursor_take(c, 4);
		if (!attrs)
			break;
		symbols[i].bind = attrs[0];
		symbols[i].type = attrs[1];
		symbols[i].visibility = attrs[2];
		symbols[i].other = attrs[3];
	}
	return NULL;
}

bool ks_part_module(struct ks_cursor *c, struct ks_arena *arena, const char **module)
{
	uint8_t how = ks_cursor_u8(c);
	if (how == KS_MODULE_NAMED) {
		const char *text = ks_cursor_str(c);
		*module = ks_arena_strdup(arena, text);
		return *module;
	}
	if (how == KS_MODULE_NONE)
		*module = NULL;
	else if (how != KS_MODULE_SAME)
		ks_cursor_fail(c, "module of a symbol or a name is unknown");
	return true;
}

static struct ks_error *get_modules(struct ks_cursor *c, struct ks_arena *arena,
				    struct ks_symbol *symbols, size_t nr)
{
	const char *module = NULL;
	for (size_t i = 0; i < nr && !c->why; i++) {
		if (!ks_part_module(c, arena, &module))
			return &ks_nomem;
		symbols[i].module = module;
	}
	return NULL;
}

/** Sizes and types have been read. A symbol that the order leaves out, or names twice, has some address: nothing is claimed of it. */
static struct ks_error *get_places(struct ks_cursor *c, struct ks_arena *arena,
				   struct ks_symbol *symbols, size_t nr)
{
	uint32_t *order = ks_arena_array(arena, nr + 1, sizeof(*order));
	if (!order)
		return &ks_nomem;
	uint64_t next[2] = { 0 }, end = 0;
	for (size_t i = 0; i < nr && !c->why; i++) {
		uint64_t code = ks_cursor_uleb(c), *last = &next[code & 1];
		uint64_t index = *last + ((code >> 2) ^ -(code >> 1 & 1));
		if (index >= nr) {
			ks_cursor_fail(c, "place of a symbol that is not there");
			break;
		}
		order[i] = (uint32_t)index;
		*last = index + 1;
	}
	for (size_t i = 0; i < nr && !c->why; i++) {
		struct ks_symbol *sym = &symbols[order[i]];
		sym->addr = ks_part_place(end, sym) + (uint64_t)ks_cursor_zigzag(c);
		end = sym->addr + sym->size;
	}
	return NULL;
}

static struct ks_error *get_part(enum ks_part which, struct ks_cursor *c, struct ks_arena *arena,
				 struct ks_symbol *symbols, size_t nr)
{
	if (which == KS_PART_SYMBOL_MODULES)
		return get_modules(c, arena, symbols, nr);
	if (which == KS_PART_SYMBOL_NAMES)
		return get_symbol_names(c, arena, symbols, nr);
	if (which == KS_PART_SYMBOL_PLACES)
		return get_places(c, arena, symbols, nr);
	if (which == KS_PART_SYMBOL_ATTRS)
		return get_attrs(c, arena, symbols, nr);
	uint64_t addr = 0;
	for (size_t i = 0; i < nr; i++) {
		if (which == KS_PART_SYMBOL_ATTACH)
			symbols[i].attach = ks_cursor_u8(c);
		else if (which == KS_PART_SYMBOL_SIZES)
			symbols[i].size = ks_cursor_uleb(c);
		else
			symbols[i].addr = addr += (uint64_t)ks_cursor_zigzag(c);
	}
	return NULL;
}

struct ks_error *ks_part_symbols(struct ks_store *store, const struct ks_store_image *image,
				 struct ks_surface *surface)
{
	static const struct {
		enum ks_part which;
		bool optional;
	} parts[] = { { KS_PART_SYMBOL_NAMES },	       { KS_PART_SYMBOL_ATTRS },
		      { KS_PART_SYMBOL_SIZES },	       { KS_PART_SYMBOL_ADDRS, true },
		      { KS_PART_SYMBOL_PLACES, true }, { KS_PART_SYMBOL_ATTACH, true },
		      { KS_PART_SYMBOL_MODULES, true } };
	struct ks_arena *arena = &surface->arenas[0];
	struct ks_symbol *symbols = NULL;
	uint64_t nr = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++) {
		_cleanup_buf_ struct ks_buf raw = { 0 };
		uint64_t n;
		KS_TRY(ks_part_read(store, image, parts[i].which, &raw, &n));
		if (n == 0 && parts[i].optional)
			continue;
		if (i && n != nr)
			return ks_store_damaged("symbol table has columns of different length");
		nr = n;
		if (!symbols)
			symbols = ks_arena_array(arena, (size_t)nr + 1, sizeof(*symbols));
		if (!symbols)
			return &ks_nomem;
		if (i == 0)
			memset(symbols, 0, (size_t)nr * sizeof(*symbols));
		struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
		KS_TRY(get_part(parts[i].which, &c, arena, symbols, (size_t)nr));
		if (c.why)
			return ks_store_damaged(c.why);
	}
	surface->symbols = symbols;
	surface->nr_symbols = (size_t)nr;
	return NULL;
}
