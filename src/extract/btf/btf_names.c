/* SPDX-License-Identifier: BSD-2-Clause */
#include "extract/btf/btf_names.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "extract/btf/btf_types.h"

/** What counts as a kind of names; all else stands in what has one. */
static const struct {
	bool named;
	uint8_t kind; // enum ks_kind
} name_kinds[KS_NR_BTF_KINDS] = {
	[KS_BTF_FUNC] = { true, KS_FUNCTION },	 [KS_BTF_STRUCT] = { true, KS_STRUCT },
	[KS_BTF_UNION] = { true, KS_UNION },	 [KS_BTF_ENUM] = { true, KS_ENUM },
	[KS_BTF_ENUM64] = { true, KS_ENUM },	 [KS_BTF_INT] = { true, KS_INT },
	[KS_BTF_TYPEDEF] = { true, KS_TYPEDEF }, [KS_BTF_FLOAT] = { true, KS_INT },
};

static const char unnamed_enums[] = "(anon)";

/** The name of a record as the surface lists it; NULL: it has none. */
static const char *listed_name(const struct ks_btf_type *type)
{
	if (type->kind >= KS_NR_BTF_KINDS || !name_kinds[type->kind].named)
		return NULL;
	if (*type->name)
		return type->name;
	return name_kinds[type->kind].kind == KS_ENUM ? unnamed_enums : NULL;
}

static uint64_t hash_of(uint8_t kind, const char *text)
{
	return XXH3_64bits_withSeed(text, strlen(text), kind);
}

static uint32_t find(const struct ks_btf_names *names, uint64_t hash, uint8_t kind,
		     const char *text)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	uint32_t number;
	while ((number = ks_hashmap_next(&names->map, &walk))) {
		const struct ks_btf_name *name = &names->all.at[number - 1];
		if (name->kind == kind && strcmp(name->text, text) == 0)
			break;
	}
	return number;
}

uint32_t ks_btf_names_find(const struct ks_btf_names *names, uint8_t kind, const char *text)
{
	return find(names, hash_of(kind, text), kind, text);
}

/** NULL when memory runs out. */
static struct ks_btf_name *make(struct ks_btf_names *names, uint8_t kind, const char *text)
{
	uint64_t hash = hash_of(kind, text);
	uint32_t number = find(names, hash, kind, text);
	if (number)
		return &names->all.at[number - 1];
	struct ks_btf_name made = { .text = text, .kind = kind };
	uint32_t before = names->base ? find(names->base, hash, kind, text) : 0;
	made.nr = before ? names->base->all.at[before - 1].nr : 0;
	if (!ks_vector_add(&names->all, made) ||
	    !ks_hashmap_add(&names->map, hash, (uint32_t)names->all.len))
		return NULL;
	return &names->all.at[names->all.len - 1];
}

static bool collect(struct ks_btf_names *names)
{
	const struct ks_btf *btf = names->btf;
	if (!ks_hashmap_reserve(&names->map, btf->nr - btf->first_id))
		return false;
	for (uint32_t id = btf->first_id; id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		const char *text = listed_name(&type);
		struct ks_btf_name *name =
			text ? make(names, name_kinds[type.kind].kind, text) : NULL;
		if (text && !name)
			return false;
		if (!name)
			continue;
		names->nth[id - btf->first_id] = text == type.name ? name->nr : 0;
		name->nr++;
		if (name->last)
			names->next[name->last - btf->first_id] = id;
		else
			name->first = id;
		name->last = id;
	}
	return true;
}

/** The blob or its base has a definition of what is declared only. */
static bool is_defined(const struct ks_btf_names *names, const struct ks_btf_type *forward)
{
	uint8_t kind = forward->kflag ? KS_UNION : KS_STRUCT;
	return ks_btf_names_find(names, kind, forward->name) ||
	       (names->base && ks_btf_names_find(names->base, kind, forward->name));
}

/** The flag of a type that has no name is what follows from what it holds. */
static bool flag_follows(const struct ks_btf *btf, const struct ks_btf_type *type)
{
	bool flag = false;
	for (uint32_t i = 0; i < type->vlen && !flag; i++)
		flag = type->kind == KS_BTF_STRUCT || type->kind == KS_BTF_UNION
			       ? ks_btf_member(btf, type, i).bitfield_size != 0
			       : ks_btf_values_number(btf, type, i) < 0;
	return type->kflag == flag;
}

/** Of declarations, and of types without a name, what the model says of them besides. */
static uint32_t mark_of(const struct ks_btf_names *names, const struct ks_btf_type *type)
{
	switch (type->kind) {
	case KS_BTF_FWD:
		return is_defined(names, type);
	case KS_BTF_STRUCT:
	case KS_BTF_UNION:
	case KS_BTF_ENUM:
		return !flag_follows(names->btf, type);
	case KS_BTF_ENUM64:
		return (flag_follows(names->btf, type) ? 0 : 1) + 2;
	default:
		return 0;
	}
}

struct ks_error *ks_btf_names_init(struct ks_btf_names *names, const struct ks_btf *btf,
				   const struct ks_btf_names *base)
{
	uint32_t nr = btf->nr - btf->first_id;
	*names = (struct ks_btf_names){ .btf = btf, .base = base };
	names->nth = calloc(nr + 1, sizeof(*names->nth));
	names->next = calloc(nr + 1, sizeof(*names->next));
	if (!names->nth || !names->next || !collect(names))
		return &ks_nomem;
	for (uint32_t id = btf->first_id; id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (!*type.name || type.kind == KS_BTF_FWD)
			names->nth[id - btf->first_id] = mark_of(names, &type);
	}
	return NULL;
}

void ks_btf_names_deinit(struct ks_btf_names *names)
{
	ks_hashmap_deinit(&names->map);
	ks_vector_deinit(&names->all);
	free(names->nth);
	free(names->next);
}

uint32_t ks_btf_names_nth(const struct ks_btf_names *names, uint32_t id)
{
	if (id >= names->btf->first_id)
		return names->nth[id - names->btf->first_id];
	uint32_t nth = names->base ? ks_btf_names_nth(names->base, id) : 0;
	if (nth || !names->base)
		return nth;
	struct ks_btf_type type = ks_btf_type(names->btf, id);
	return type.kind == KS_BTF_FWD && is_defined(names, &type);
}

uint32_t ks_btf_names_next(const struct ks_btf_names *names, uint32_t id)
{
	return names->next[id - names->btf->first_id];
}
