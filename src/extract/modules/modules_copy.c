/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <xxhash.h>

#include "extract/dwarf/decl_hash.h"
#include "extract/dwarf/type_hash.h"
#include "extract/modules/modules_private.h"

enum {
	MAX_TYPES = 1 << 16
}; // in one definition: a tree of shared parts may be endless in all but name

const char *ks_modules_text(struct ks_modules *m, const char *text)
{
	if (!text)
		return NULL;
	const char *copy = ks_intern_text(&m->texts, text, strlen(text));
	m->failed = m->failed || !copy;
	return copy;
}

/* ---- types ---- */

static const struct ks_type *copy_type(struct ks_modules *m, const struct ks_type *type,
				       unsigned int depth);
static void copy_content(struct ks_modules *m, const struct ks_decl *decl, struct ks_decl *to,
			 unsigned int depth);

/** What a module only declares is the kernel's where the kernel has one definition of that name. */
static enum ks_type_kind resolved(const struct ks_modules *m, const struct ks_type *type)
{
	bool is_union = type->kind == KS_TYPE_FWD_UNION;
	if ((!is_union && type->kind != KS_TYPE_FWD_STRUCT) || !type->name || type->n ||
	    ks_numbers_get(&m->kernel->names,
			   ks_name_hash(is_union ? KS_UNION : KS_STRUCT, type->name)) != 1)
		return type->kind;
	return is_union ? KS_TYPE_UNION : KS_TYPE_STRUCT;
}

static bool copy_params(struct ks_modules *m, const struct ks_type *from, struct ks_type *to,
			unsigned int depth)
{
	struct ks_param *params = ks_arena_array(m->arena, from->nr_params, sizeof(*params));
	if (!params)
		return false;
	for (uint32_t i = 0; i < from->nr_params; i++) {
		params[i].name = ks_modules_text(m, from->params[i].name);
		params[i].type = copy_type(m, from->params[i].type, depth + 1);
	}
	to->params = params;
	to->nr_params = from->nr_params;
	return true;
}

/** Everything in it is copied already, so equal parts are the same pointers. */
static uint64_t copy_key(const struct ks_type *type)
{
	uint64_t h = ks_hash_mix((uint64_t)type->kind << 32 | type->nr_params, type->n);
	h = ks_hash_mix(h, (uintptr_t)type->name);
	h = ks_hash_mix(h, (uintptr_t)type->inner);
	for (uint32_t i = 0; i < type->nr_params; i++) {
		h = ks_hash_mix(h, (uintptr_t)type->params[i].name);
		h = ks_hash_mix(h, (uintptr_t)type->params[i].type);
	}
	return type->body ? ks_hash_mix(h, ks_decl_hash(type->body)) : h;
}

static bool same_copy(const struct ks_type *a, const struct ks_type *b)
{
	if (a->kind != b->kind || a->n != b->n || a->name != b->name || a->inner != b->inner ||
	    a->nr_params != b->nr_params || !a->body != !b->body)
		return false;
	for (uint32_t i = 0; i < a->nr_params; i++)
		if (a->params[i].name != b->params[i].name ||
		    a->params[i].type != b->params[i].type)
			return false;
	return !a->body || ks_decl_hash(a->body) == ks_decl_hash(b->body);
}

static const struct ks_type *copy_type(struct ks_modules *m, const struct ks_type *type,
				       unsigned int depth)
{
	static const struct ks_type nothing = { .kind = KS_TYPE_VOID, .name = "void" };
	if (!type || !m->type_budget || depth > KS_TYPE_DEPTH)
		return &nothing;
	m->type_budget--;
	struct ks_type made = {
		.kind = resolved(m, type),
		.n = type->n,
		.name = ks_modules_text(m, type->name),
		.inner = type->inner ? copy_type(m, type->inner, depth + 1) : NULL,
	};
	bool ok = copy_params(m, type, &made, depth);
	made.body = type->name ? NULL : type->body;
	uint64_t key = copy_key(&made);
	uint32_t number = ks_numbers_get(&m->type_numbers, key);
	if (number && same_copy(&made, m->types.at[number - 1]))
		return m->types.at[number - 1];
	struct ks_type *copy = ks_arena_alloc(m->arena, sizeof(*copy));
	if (copy)
		*copy = made;
	if (copy && made.body) {
		struct ks_decl *body = ks_arena_alloc(m->arena, sizeof(*body));
		if (body)
			copy_content(m, made.body, body, depth + 1);
		copy->body = body;
		ok = ok && body;
	}
	if (!ok || !copy || !ks_vector_add(&m->types, copy) ||
	    !ks_numbers_set(&m->type_numbers, key, (uint32_t)m->types.len))
		m->failed = true;
	return copy ? copy : &nothing;
}

const struct ks_type *ks_modules_type(struct ks_modules *m, const struct ks_type *type)
{
	m->type_budget = MAX_TYPES;
	return type ? copy_type(m, type, 0) : NULL;
}

/* ---- declarations ---- */

static void copy_members(struct ks_modules *m, const struct ks_decl *decl, struct ks_decl *to,
			 unsigned int depth)
{
	struct ks_member *members = ks_arena_array(m->arena, decl->nr, sizeof(*members));
	for (uint32_t i = 0; members && i < decl->nr; i++) {
		members[i] = decl->members[i];
		members[i].name = ks_modules_text(m, decl->members[i].name);
		members[i].type = copy_type(m, decl->members[i].type, depth + 1);
	}
	to->members = members;
	m->failed = m->failed || !members;
}

static void copy_values(struct ks_modules *m, const struct ks_decl *decl, struct ks_decl *to)
{
	struct ks_enumerator *values = ks_arena_array(m->arena, decl->nr, sizeof(*values));
	for (uint32_t i = 0; values && i < decl->nr; i++) {
		values[i] = decl->values[i];
		values[i].name = ks_modules_text(m, decl->values[i].name);
	}
	to->values = values;
	m->failed = m->failed || !values;
}

static void copy_content(struct ks_modules *m, const struct ks_decl *decl, struct ks_decl *to,
			 unsigned int depth)
{
	*to = (struct ks_decl){
		.kind = decl->kind,
		.nr = decl->nr,
		.size = decl->size,
		.name = ks_modules_text(m, decl->name),
	};
	if (decl->kind == KS_STRUCT || decl->kind == KS_UNION)
		copy_members(m, decl, to, depth);
	else if (decl->kind == KS_ENUM)
		copy_values(m, decl, to);
	else if (decl->type)
		to->type = copy_type(m, decl->type, depth + 1);
}

struct ks_decl ks_modules_decl(struct ks_modules *m, const struct ks_decl *decl)
{
	struct ks_decl copy;
	m->type_budget = MAX_TYPES;
	copy_content(m, decl, &copy, 0);
	copy.module = m->module;
	return copy;
}
