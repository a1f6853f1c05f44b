/* SPDX-License-Identifier: BSD-2-Clause */
#include "dwarf/abbrev_known.h"

#include <string.h>
#include <xxhash.h>

#include "dwarf/constants.h"

/** Declarations, and steps of their programs, from which on all are forgotten before the next table. */
enum { MAX_KNOWN = 1 << 11, MAX_OPS = 1 << 18 };

struct ks_error *ks_abbrevs_known_start(struct ks_abbrevs *abbrevs, const struct ks_unit *unit)
{
	struct ks_abbrevs_known *known = &abbrevs->known;
	const uint8_t *section = unit->dwarf->abbrev.pos;
	if (abbrevs->keep && known->section == section && known->dwarf == unit->dwarf &&
	    abbrevs->address_size == unit->address_size &&
	    abbrevs->offset_size == unit->offset_size && abbrevs->version == unit->version &&
	    known->all.len < MAX_KNOWN && abbrevs->ops.len < MAX_OPS)
		return NULL;
	abbrevs->ops.len = known->all.len = 0;
	known->section = section;
	known->dwarf = unit->dwarf;
	return !abbrevs->keep || ks_hashmap_reset(&known->map, 0) ? NULL : &ks_nomem;
}

/** Step over a LEB128 number; NULL when it does not end. */
static const uint8_t *skip_leb(const uint8_t *p, const uint8_t *end)
{
	while (p < end && *p & 0x80)
		p++;
	return p < end ? p + 1 : NULL;
}

size_t ks_abbrev_declaration_bytes(const struct ks_cursor *in)
{
	const uint8_t *p = skip_leb(in->pos, in->end);
	if (!p || p == in->end)
		return 0;
	p++; // whether there are children
	for (;;) {
		p = skip_leb(p, in->end);
		if (!p || p == in->end || *p & 0x80)
			return 0;
		bool ends = !*p && !p[-1];
		bool implicit = *p++ == DW_FORM_implicit_const;
		if (ends)
			return (size_t)(p - in->pos);
		if (implicit && !(p = skip_leb(p, in->end)))
			return 0;
	}
}

const struct ks_abbrev *ks_abbrevs_known_find(const struct ks_abbrevs *abbrevs,
					      struct ks_abbrev_bytes declaration,
					      uint64_t *ret_hash)
{
	const struct ks_abbrevs_known *known = &abbrevs->known;
	*ret_hash = XXH3_64bits(declaration.at, declaration.len);
	struct ks_hashmap_walk walk = ks_hashmap_walk(*ret_hash);
	for (uint32_t number; (number = ks_hashmap_next(&known->map, &walk));) {
		const struct ks_abbrev_known *one = &known->all.at[number - 1];
		if (one->declaration.len == declaration.len &&
		    memcmp(one->declaration.at, declaration.at, declaration.len) == 0)
			return &one->abbrev;
	}
	return NULL;
}

bool ks_abbrevs_known_add(struct ks_abbrevs *abbrevs, struct ks_abbrev_bytes declaration,
			  uint64_t hash, const struct ks_abbrev *abbrev)
{
	struct ks_abbrevs_known *known = &abbrevs->known;
	struct ks_abbrev_known one = { declaration, *abbrev };
	return ks_vector_add(&known->all, one) &&
	       ks_hashmap_add(&known->map, hash, (uint32_t)known->all.len);
}

void ks_abbrevs_known_deinit(struct ks_abbrevs_known *known)
{
	ks_vector_deinit(&known->all);
	ks_hashmap_deinit(&known->map);
}
