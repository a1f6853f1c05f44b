/* SPDX-License-Identifier: BSD-2-Clause */
/* The definitions of a BTF blob as tables of a surface: one of each name, as docs/surface.md has it. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/hashmap.h"
#include "extract/btf/btf_decls.h"
#include "extract/btf/btf_types.h"
#include "extract/dwarf/decl_hash.h"

/** A type or function that has a name, or a small unnamed enum. */
struct found {
	uint32_t id, name; // index of the name
	uint32_t next;	   // other definition of the name, + 1
};

struct name {
	const char *text; // NULL: an unnamed enum
	uint8_t kind;	  // enum ks_kind
	bool declared_only;
	uint32_t first, last; // found + 1
};

struct tables {
	struct ks_btf_values values;
	struct ks_surface *surface;
	struct ks_arena *arena;
	KS_VECTOR(struct found) found; // by id
	KS_VECTOR(struct name) names;
	struct ks_hashmap map; // to places in names that have a text, + 1
};

static const uint8_t listed_kinds[KS_NR_BTF_KINDS] = {
	[KS_BTF_FUNC] = KS_FUNCTION,   [KS_BTF_STRUCT] = KS_STRUCT, [KS_BTF_UNION] = KS_UNION,
	[KS_BTF_ENUM] = KS_ENUM,       [KS_BTF_ENUM64] = KS_ENUM,   [KS_BTF_INT] = KS_INT,
	[KS_BTF_TYPEDEF] = KS_TYPEDEF, [KS_BTF_FLOAT] = KS_INT,
};

static bool is_listed(const struct ks_btf_type *type)
{
	switch (type->kind) {
	case KS_BTF_FUNC: // one with a suffix is no function of its own, and takes other parameters
		return *type->name && !strchr(type->name, '.');
	case KS_BTF_INT: // what pahole writes for numbers that LLVM makes up is in no source
		return *type->name && strcmp(type->name, "__SANITIZED_FAKE_INT__") != 0;
	case KS_BTF_STRUCT:
	case KS_BTF_UNION:
	case KS_BTF_FLOAT:
	case KS_BTF_TYPEDEF:
	case KS_BTF_ENUM64:
		return *type->name;
	case KS_BTF_ENUM: // unnamed ones are gathered [D]
		return *type->name || type->size <= 4;
	default:
		return false;
	}
}

static uint64_t hash_of(uint8_t kind, const char *text)
{
	return XXH3_64bits_withSeed(text, strlen(text), kind);
}

static struct name *find_name(const struct tables *t, uint64_t hash, uint8_t kind, const char *text)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&t->map, &walk));) {
		struct name *name = &t->names.at[number - 1];
		if (name->kind == kind && strcmp(name->text, text) == 0)
			return name;
	}
	return NULL;
}

/** The name of a type that is found; NULL when memory runs out. */
static struct name *name_of(struct tables *t, const struct ks_btf_type *type)
{
	struct name made = { .text = *type->name ? type->name : NULL,
			     .kind = listed_kinds[type->kind] };
	uint64_t hash = made.text ? hash_of(made.kind, made.text) : 0;
	struct name *name = made.text ? find_name(t, hash, made.kind, made.text) : NULL;
	if (name)
		return name;
	if (!ks_vector_add(&t->names, made) ||
	    (made.text && !ks_hashmap_add(&t->map, hash, (uint32_t)t->names.len)))
		return NULL;
	return &t->names.at[t->names.len - 1];
}

static bool add_found(struct tables *t, const struct ks_btf_type *type)
{
	struct name *name = name_of(t, type);
	if (!name)
		return false;
	// an enum without values is declared only: it counts where nothing defines it
	bool declared = type->kind == KS_BTF_ENUM && !type->vlen;
	if (name->first && declared && !name->declared_only)
		return true;
	if (!name->first || (name->declared_only && !declared)) {
		name->first = name->last = 0;
		name->declared_only = declared;
	}
	struct found found = { .id = type->id, .name = (uint32_t)(name - t->names.at) };
	if (!ks_vector_add(&t->found, found))
		return false;
	uint32_t number = (uint32_t)t->found.len;
	if (name->last)
		t->found.at[name->last - 1].next = number;
	else
		name->first = number;
	name->last = number;
	return true;
}

static bool collect(struct tables *t)
{
	const struct ks_btf *btf = t->values.btf;
	if (!ks_hashmap_reserve(&t->map, btf->nr - btf->first_id))
		return false;
	for (uint32_t id = btf->first_id; id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (is_listed(&type) && !add_found(t, &type))
			return false;
	}
	return true;
}

/**
 * Forward declarations of what the blob defines exactly once stand for that. Whoever writes BTF today does the same;
 * pahole up to 1.23 left some over.
 */
static void resolve_forwards(struct tables *t)
{
	const struct ks_btf *btf = t->values.btf;
	for (uint32_t id = btf->first_id; id < btf->nr; id++) {
		if (ks_btf_kind_of(btf, id) != KS_BTF_FWD)
			continue;
		struct ks_btf_type type = ks_btf_type(btf, id);
		uint8_t kind = type.kflag ? KS_UNION : KS_STRUCT;
		const struct name *name = find_name(t, hash_of(kind, type.name), kind, type.name);
		t->values.made[id].resolves = name && name->first == name->last;
	}
}

static struct ks_decl decl_of(struct tables *t, uint32_t found)
{
	struct ks_btf_type type = ks_btf_type(t->values.btf, t->found.at[found - 1].id);
	return ks_btf_values_decl(&t->values, &type);
}

/** All values of the unnamed enums, as those of one [D]. */
static bool gather_unnamed(struct tables *t, struct ks_decl *ret)
{
	*ret = (struct ks_decl){ .kind = KS_ENUM, .name = "(anon)" };
	KS_VECTOR(struct ks_enumerator) values = { 0 };
	bool ok = true;
	for (uint32_t i = 0; i < t->found.len && ok; i++) {
		if (t->names.at[t->found.at[i].name].text)
			continue;
		struct ks_decl decl = decl_of(t, i + 1);
		ret->size = ret->size ? ret->size : decl.size;
		ok = ks_vector_reserve(&values, decl.nr);
		for (uint32_t k = 0; k < decl.nr && ok; k++)
			values.at[values.len++] = decl.values[k];
	}
	struct ks_enumerator *copy = ks_arena_array(t->arena, values.len, sizeof(*copy));
	if (copy && values.len)
		memcpy(copy, values.at, values.len * sizeof(*copy));
	ret->values = copy;
	ret->nr = (uint32_t)values.len;
	ks_vector_deinit(&values);
	return ok && copy;
}

/** The first definition of each name of a kind, by id. */
static bool fill_kind(struct tables *t, enum ks_kind kind)
{
	size_t nr = 0;
	bool unnamed = false;
	for (size_t i = 0; i < t->names.len; i++) {
		nr += t->names.at[i].kind == kind;
		unnamed = unnamed || !t->names.at[i].text;
	}
	struct ks_decl *decls = ks_arena_array(t->arena, nr, sizeof(*decls));
	if (!decls)
		return false;
	size_t n = 0;
	for (uint32_t i = 0; i < t->found.len; i++) {
		const struct name *name = &t->names.at[t->found.at[i].name];
		if (name->kind == kind && name->text && name->first == i + 1)
			decls[n++] = decl_of(t, i + 1);
	}
	if (kind == KS_ENUM && unnamed && !gather_unnamed(t, &decls[n++]))
		return false;
	t->surface->decls[kind].at = decls;
	t->surface->decls[kind].nr = n;
	t->surface->known |= KS_KNOWS(kind);
	return true;
}

/* ---- names with several definitions ---- */

enum { MAX_DEFINITIONS = 1024 }; // of one name: they are compared with each other

/** Those definitions of a name that differ in what is visible of them. */
static bool distinct(struct tables *t, const struct name *name, struct ks_variant **ret,
		     uint32_t *nr)
{
	uint64_t hashes[MAX_DEFINITIONS];
	KS_VECTOR(struct ks_variant) variants = { 0 };
	bool ok = true;
	for (uint32_t i = name->first; i && ok; i = t->found.at[i - 1].next) {
		struct ks_decl decl = decl_of(t, i);
		uint64_t hash = ks_decl_hash(&decl);
		size_t same = 0;
		while (same < variants.len && hashes[same] != hash)
			same++;
		if (same < variants.len || variants.len == MAX_DEFINITIONS)
			continue;
		hashes[variants.len] = hash;
		struct ks_decl *copy = ks_arena_alloc(t->arena, sizeof(*copy));
		ok = copy && ks_vector_add(&variants, (struct ks_variant){ .decl = copy });
		if (copy)
			*copy = decl;
	}
	*nr = (uint32_t)variants.len;
	*ret = ks_arena_array(t->arena, variants.len, sizeof(**ret));
	if (*ret && variants.len)
		memcpy(*ret, variants.at, variants.len * sizeof(**ret));
	ks_vector_deinit(&variants);
	return ok && *ret;
}

static int compare_ambiguities(const void *a, const void *b)
{
	const struct ks_ambiguity *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool has_others(const struct name *name)
{
	return name->text && name->kind != KS_FUNCTION && name->first != name->last;
}

static bool fill_ambiguities(struct tables *t)
{
	size_t nr = 0;
	for (size_t i = 0; i < t->names.len; i++)
		nr += has_others(&t->names.at[i]);
	struct ks_ambiguity *all = ks_arena_array(t->arena, nr, sizeof(*all));
	if (!all)
		return false;
	nr = 0;
	for (size_t i = 0; i < t->names.len; i++) {
		const struct name *name = &t->names.at[i];
		struct ks_variant *variants;
		uint32_t n;
		if (!has_others(name))
			continue;
		if (!distinct(t, name, &variants, &n))
			return false;
		if (n > 1)
			all[nr++] = (struct ks_ambiguity){ name->kind, n, name->text, variants };
	}
	if (nr)
		qsort(all, nr, sizeof(*all), compare_ambiguities);
	t->surface->ambiguities = all;
	t->surface->nr_ambiguities = nr;
	return true;
}

/* ---- variables ---- */

struct ks_error *ks_btf_variables_read(const struct ks_btf *btf, struct ks_arena *arena,
				       struct ks_surface *surface)
{
	size_t nr = 0;
	for (uint32_t id = btf->first_id; id < btf->nr; id++)
		nr += ks_btf_kind_of(btf, id) == KS_BTF_VAR;
	struct ks_variable *variables = ks_arena_array(arena, nr, sizeof(*variables));
	if (!variables)
		return &ks_nomem;
	nr = 0;
	for (uint32_t id = btf->first_id; id < btf->nr; id++) {
		if (ks_btf_kind_of(btf, id) != KS_BTF_VAR)
			continue;
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (*type.name)
			variables[nr++] = (struct ks_variable){ .name = type.name };
	}
	surface->variables = variables;
	surface->nr_variables = nr;
	return NULL;
}

/* ---- everything ---- */

static struct ks_error *fill_all(struct tables *t, const struct ks_btf *btf)
{
	KS_TRY(ks_btf_values_init(&t->values, btf, t->arena));
	bool ok = collect(t);
	if (ok)
		resolve_forwards(t);
	for (enum ks_kind kind = KS_FUNCTION; ok && kind <= KS_INT; kind++)
		ok = fill_kind(t, kind);
	ok = ok && fill_ambiguities(t);
	KS_TRY(ks_btf_values_error(&t->values));
	return ok ? ks_btf_variables_read(btf, t->arena, t->surface) : &ks_nomem;
}

struct ks_error *ks_btf_decls_read(const struct ks_btf *btf, struct ks_surface *surface)
{
	struct tables t = { .surface = surface, .arena = &surface->arenas[0] };
	struct ks_error *err = fill_all(&t, btf);
	ks_btf_values_deinit(&t.values);
	ks_vector_deinit(&t.found);
	ks_vector_deinit(&t.names);
	ks_hashmap_deinit(&t.map);
	return err;
}
