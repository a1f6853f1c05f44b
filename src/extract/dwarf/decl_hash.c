/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <xxhash.h>

#include "extract/dwarf/decl_hash.h"
#include "extract/dwarf/type_hash.h"

/** A walk over one tree: types share their parts, and a tree may be endless in all but name. */
struct walk {
	unsigned int left;
};

enum { MAX_TYPES = 1 << 16, MAX_DEPTH = 100 };

static uint64_t text(const char *s)
{
	return s ? XXH3_64bits(s, strlen(s)) : 1;
}

static uint64_t content(struct walk *w, const struct ks_decl *decl, unsigned int depth);

/** A forward declaration is as good as the definition it stands for. */
static uint64_t kind_of(const struct ks_type *type)
{
	if (type->kind == KS_TYPE_FWD_STRUCT)
		return KS_TYPE_STRUCT;
	if (type->kind == KS_TYPE_FWD_UNION)
		return KS_TYPE_UNION;
	return type->kind;
}

static uint64_t type_hash(struct walk *w, const struct ks_type *type, unsigned int depth)
{
	uint64_t h = 0x2545f4914f6cdd1d;
	for (; type && w->left && depth < MAX_DEPTH; type = type->inner, depth++) {
		w->left--;
		h = ks_hash_mix(h, kind_of(type) << 32 | type->nr_params);
		h = ks_hash_mix(h, type->n);
		h = ks_hash_mix(h, text(type->name));
		for (uint32_t i = 0; i < type->nr_params && w->left; i++) {
			h = ks_hash_mix(h, text(type->params[i].name));
			h = ks_hash_mix(h, type_hash(w, type->params[i].type, depth + 1));
		}
		if (!type->name && type->body)
			h = ks_hash_mix(h, content(w, type->body, depth + 1));
	}
	return h;
}

static uint64_t content(struct walk *w, const struct ks_decl *decl, unsigned int depth)
{
	uint64_t h = ks_hash_mix(decl->kind, decl->size);
	switch (decl->kind) {
	case KS_STRUCT:
	case KS_UNION:
		for (uint32_t i = 0; i < decl->nr; i++) {
			const struct ks_member *member = &decl->members[i];
			h = ks_hash_mix(h, text(member->name));
			h = ks_hash_mix(h, member->bits_offset ^ (uint64_t)member->bitfield_size
									 << 56);
			h = ks_hash_mix(h, type_hash(w, member->type, depth + 1));
		}
		return h;
	case KS_ENUM:
		for (uint32_t i = 0; i < decl->nr; i++)
			h = ks_hash_mix(h, ks_enumerator_hash(&decl->values[i]));
		return h;
	default:
		return ks_hash_mix(h, type_hash(w, decl->type, depth + 1));
	}
}

uint64_t ks_decl_hash(const struct ks_decl *decl)
{
	struct walk w = { .left = MAX_TYPES };
	uint64_t name = decl->name ? ks_name_hash(decl->kind, decl->name) : 1; // of a body
	return ks_hash_mix(name, content(&w, decl, 0)) | 1;
}

uint64_t ks_text_hash(const char *t)
{
	return text(t) | 1;
}

uint64_t ks_name_hash(enum ks_kind kind, const char *name)
{
	return XXH3_64bits_withSeed(name, strlen(name), (uint64_t)kind + 1) | 1;
}

uint64_t ks_enumerator_hash(const struct ks_enumerator *value)
{
	return ks_hash_mix(text(value->name), (uint64_t)value->value) | 1;
}

uint64_t ks_place_hash(const char *name, const struct ks_entry *entry)
{
	return ks_hash_mix(ks_hash_mix(text(name), text(entry->loc_file)), entry->line) | 1;
}
