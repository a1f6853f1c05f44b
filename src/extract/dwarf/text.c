/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "extract/dwarf/text.h"

struct ks_error *ks_text_init(struct ks_text *text, const struct ks_dwarf *dwarf,
			      struct ks_arena *arena)
{
	*text = (struct ks_text){ 0 };
	if (!dwarf->str)
		return NULL;
	char *copy = ks_arena_alloc(arena, dwarf->str->size);
	if (!copy)
		return &ks_nomem;
	memcpy(copy, dwarf->str->data, dwarf->str->size);
	text->str = copy;
	text->str_size = dwarf->str->size;
	return NULL;
}

const char *ks_text_get(const struct ks_text *text, const struct ks_unit *unit, uint64_t value,
			struct ks_arena *arena)
{
	if (value < text->str_size)
		return text->str + value;
	const char *found = ks_unit_text(unit, value);
	if (unit->dwarf->str && found >= (const char *)unit->dwarf->str->data &&
	    found < (const char *)unit->dwarf->str->data + text->str_size)
		return text->str + (found - (const char *)unit->dwarf->str->data);
	return ks_arena_strdup(arena, found);
}
