/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Type records of BTF as values of the model. What pahole does to DWARF on the way to BTF is what type_value.c
 * does, too; so there is little left to do here, but all references may be hostile: they may form cycles, and share
 * so much that what is short in BTF is endless when it is spelled out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extract/btf/btf_types.h"

enum {
	MAX_DEPTH = 100,
	// Kernels have some 3 nodes for each 12 bytes of types.
	NODES_A_RECORD = 200,
};

static const struct ks_type void_type = { .kind = KS_TYPE_VOID, .name = "void" };
/** Stands for a type while it is made: whoever meets it is inside. */
static const struct ks_type in_making = { .kind = KS_TYPE_VOID, .name = "void" };

static const uint8_t type_kinds[KS_NR_BTF_KINDS] = {
	[KS_BTF_VOID] = KS_TYPE_VOID,	      [KS_BTF_INT] = KS_TYPE_INT,
	[KS_BTF_FLOAT] = KS_TYPE_INT, // as from DWARF
	[KS_BTF_PTR] = KS_TYPE_PTR,	      [KS_BTF_ARRAY] = KS_TYPE_ARRAY,
	[KS_BTF_STRUCT] = KS_TYPE_STRUCT,     [KS_BTF_UNION] = KS_TYPE_UNION,
	[KS_BTF_ENUM] = KS_TYPE_ENUM,	      [KS_BTF_ENUM64] = KS_TYPE_ENUM,
	[KS_BTF_FWD] = KS_TYPE_FWD_STRUCT,    [KS_BTF_TYPEDEF] = KS_TYPE_TYPEDEF,
	[KS_BTF_VOLATILE] = KS_TYPE_VOLATILE, [KS_BTF_CONST] = KS_TYPE_CONST,
	[KS_BTF_RESTRICT] = KS_TYPE_RESTRICT, [KS_BTF_FUNC_PROTO] = KS_TYPE_PROTO,
	[KS_BTF_TYPE_TAG] = KS_TYPE_TAG,
};

struct ks_error *ks_btf_values_init(struct ks_btf_values *values, const struct ks_btf *btf,
				    struct ks_arena *arena)
{
	*values = (struct ks_btf_values){
		.btf = btf,
		.arena = arena,
		.made = calloc(btf->nr, sizeof(*values->made)),
		.budget = 1000 + (uint64_t)(btf->types_len / 12) * NODES_A_RECORD,
	};
	return values->made ? NULL : &ks_nomem;
}

void ks_btf_values_deinit(struct ks_btf_values *values)
{
	free(values->made);
}

struct ks_error *ks_btf_values_error(const struct ks_btf_values *values)
{
	if (values->failed)
		return &ks_nomem;
	if (values->spelled <= values->budget)
		return NULL;
	return ks_error_at(ks_error_new(KS_ERR_DATA,
					"types refer to each other so often that they cannot be "
					"spelled out"),
			   ".BTF", 0);
}

/** Nothing more is to be made: out of memory, or out of measure. */
static bool over(const struct ks_btf_values *values)
{
	return values->failed || values->spelled > values->budget;
}

static const char *name_or_null(const char *name)
{
	return *name ? name : NULL;
}

/** "(anon)" for the first unnamed one of a list, then "(anon-1)", "(anon-2)", …; as they stand: "". */
static const char *name_or_anonymous(struct ks_btf_values *values, const char *name,
				     unsigned int *count)
{
	if (*name || values->exact)
		return name;
	unsigned int n = (*count)++;
	if (n == 0)
		return "(anon)";
	char text[24];
	snprintf(text, sizeof(text), "(anon-%u)", n);
	name = ks_arena_strdup(values->arena, text);
	if (!name)
		values->failed = true;
	return name;
}

static struct ks_decl definition(struct ks_btf_values *values, const struct ks_btf_type *from,
				 unsigned int depth);

static const struct ks_type *type_of(struct ks_btf_values *values, uint32_t id, unsigned int depth);

static void fill_params(struct ks_btf_values *values, const struct ks_btf_type *from,
			struct ks_type *to, unsigned int depth)
{
	struct ks_param *params = ks_arena_array(values->arena, from->vlen, sizeof(*params));
	unsigned int anonymous = 0;
	if (!params) {
		values->failed = true;
		return;
	}
	for (uint32_t i = 0; i < from->vlen && !over(values); i++) {
		struct ks_btf_param param = ks_btf_param(values->btf, from, i);
		params[i].name = name_or_anonymous(values, param.name, &anonymous);
		params[i].type = type_of(values, param.type, depth);
		to->nr_params = i + 1;
	}
	to->params = params;
}

/** What an unnamed struct, union or enum holds. */
static void fill_body(struct ks_btf_values *values, const struct ks_btf_type *from,
		      struct ks_type *to, unsigned int depth)
{
	if (to->name || depth > MAX_DEPTH)
		return;
	struct ks_decl *body = ks_arena_alloc(values->arena, sizeof(*body));
	if (!body) {
		values->failed = true;
		return;
	}
	*body = definition(values, from, depth);
	to->body = body;
}

static const uint8_t forward_kinds[2][2] = {
	{ KS_TYPE_FWD_STRUCT, KS_TYPE_FWD_UNION },
	{ KS_TYPE_STRUCT, KS_TYPE_UNION },
};

/** The elements of all dimensions together, as from DWARF; the innermost element is what counts [D]. */
static void fill_array(struct ks_btf_values *values, struct ks_btf_type from, struct ks_type *to,
		       unsigned int depth)
{
	to->n = ks_btf_array_len(values->btf, &from);
	for (unsigned int step = 0; step < MAX_DEPTH && !values->exact; step++) {
		struct ks_btf_type inner = ks_btf_type(values->btf, from.type);
		if (inner.kind != KS_BTF_ARRAY)
			break;
		to->n *= ks_btf_array_len(values->btf, &inner);
		from = inner;
	}
	to->inner = type_of(values, from.type, depth);
}

static void fill_type(struct ks_btf_values *values, const struct ks_btf_type *from,
		      struct ks_type *to, unsigned int depth)
{
	*to = (struct ks_type){ .kind = type_kinds[from->kind] };
	if (values->exact) {
		to->n = (uint64_t)ks_btf_names_nth(values->exact, from->id) << KS_TYPE_NTH;
		to->kind = from->kind == KS_BTF_FLOAT ? KS_TYPE_FLOAT : to->kind;
	}
	switch (to->kind) {
	case KS_TYPE_FWD_STRUCT:
		to->kind = forward_kinds[values->made[from->id].resolves][from->kflag];
		// fall through
	case KS_TYPE_INT:
	case KS_TYPE_FLOAT:
	case KS_TYPE_TYPEDEF:
		to->name = *from->name ? from->name : "(anon)";
		return;
	case KS_TYPE_ENUM:
		to->n |= from->size;
		// fall through
	case KS_TYPE_STRUCT:
	case KS_TYPE_UNION:
		to->name = name_or_null(from->name);
		fill_body(values, from, to, depth);
		return;
	case KS_TYPE_ARRAY:
		fill_array(values, *from, to, depth);
		return;
	case KS_TYPE_PROTO:
		fill_params(values, from, to, depth);
		break;
	case KS_TYPE_TAG:
		to->name = from->name;
		break;
	default:
		break;
	}
	to->inner = type_of(values, from->type, depth);
}

/** What a type of BTF is called where it is used; tags, and kinds that are no types, say nothing there. */
static uint32_t untagged(const struct ks_btf *btf, uint32_t id, struct ks_btf_type *ret)
{
	for (unsigned int step = 0; step < MAX_DEPTH; step++) {
		*ret = ks_btf_type(btf, id);
		if (ret->kind != KS_BTF_TYPE_TAG)
			return ret->kind < KS_NR_BTF_KINDS && type_kinds[ret->kind] ? id : 0;
		id = ret->type;
	}
	return 0;
}

static const struct ks_type *type_of(struct ks_btf_values *values, uint32_t id, unsigned int depth)
{
	struct ks_btf_type from = ks_btf_type(values->btf, id);
	if (!values->exact || from.kind != KS_BTF_TYPE_TAG)
		id = untagged(values->btf, id, &from);
	struct ks_btf_value *value = &values->made[id];
	if (!id || depth > MAX_DEPTH || value->type == &in_making || over(values)) {
		values->spelled++;
		return &void_type;
	}
	uint64_t before = values->spelled;
	if (value->type) {
		values->spelled += value->weight;
		return value->type;
	}
	struct ks_type *made = ks_arena_alloc(values->arena, sizeof(*made));
	if (!made) {
		values->failed = true;
		return &void_type;
	}
	value->type = &in_making;
	values->spelled++;
	fill_type(values, &from, made, depth + 1);
	value->type = made;
	value->weight = values->spelled - before;
	return made;
}

/* ---- definitions ---- */

typedef KS_VECTOR(struct ks_member) member_vector;

/** An unnamed member that is a struct or union, and not qualified: its members stand in its place. */
static bool is_flattened(const struct ks_btf *btf, const struct ks_btf_member *member,
			 struct ks_btf_type *ret)
{
	if (*member->name)
		return false;
	untagged(btf, member->type, ret);
	return ret->kind == KS_BTF_STRUCT || ret->kind == KS_BTF_UNION;
}

static void collect_members(struct ks_btf_values *values, const struct ks_btf_type *from,
			    uint64_t base_bits, unsigned int *anonymous, member_vector *to,
			    unsigned int depth)
{
	if (depth > MAX_DEPTH)
		return; // a cycle of unnamed types: no compiler makes it
	for (uint32_t i = 0; i < from->vlen && !over(values); i++) {
		struct ks_btf_member in = ks_btf_member(values->btf, from, i);
		struct ks_btf_type inner;
		values->spelled++;
		if (!values->exact && is_flattened(values->btf, &in, &inner)) {
			collect_members(values, &inner, base_bits + in.bits_offset, anonymous, to,
					depth + 1);
			continue;
		}
		struct ks_member member = {
			.name = name_or_anonymous(values, in.name, anonymous),
			.type = type_of(values, in.type, depth),
			.bits_offset = base_bits + in.bits_offset,
			.bitfield_size = in.bitfield_size,
		};
		if (!ks_vector_add(to, member))
			values->failed = true;
	}
}

static void fill_members(struct ks_btf_values *values, const struct ks_btf_type *from,
			 struct ks_decl *decl, unsigned int depth)
{
	member_vector found = { 0 };
	unsigned int anonymous = 0;
	collect_members(values, from, 0, &anonymous, &found, depth);
	struct ks_member *members = ks_arena_array(values->arena, found.len, sizeof(*members));
	if (!members)
		values->failed = true;
	else if (found.len)
		memcpy(members, found.at, found.len * sizeof(*members));
	decl->members = members;
	decl->nr = members ? (uint32_t)found.len : 0;
	ks_vector_deinit(&found);
}

/**
 * The value as the signed number of the enum's size. Before BTF had enums of 64 bits it kept the lower half of
 * their values: a small negative number is the best guess.
 */
static int64_t signed_value(int64_t value, const struct ks_btf_type *type)
{
	switch (type->kind == KS_BTF_ENUM64 ? 8 : type->size) {
	case 1:
		return (int8_t)value;
	case 2:
		return (int16_t)value;
	case 8:
		return type->kind == KS_BTF_ENUM64 ? value : (int32_t)value;
	default:
		return (int32_t)value;
	}
}

int64_t ks_btf_values_number(const struct ks_btf *btf, const struct ks_btf_type *type, uint32_t i)
{
	return signed_value(ks_btf_enumerator(btf, type, i).value, type);
}

static void fill_values(struct ks_btf_values *values, const struct ks_btf_type *from,
			struct ks_decl *decl)
{
	struct ks_enumerator *made = ks_arena_array(values->arena, from->vlen, sizeof(*made));
	if (!made) {
		values->failed = true;
		return;
	}
	for (uint32_t i = 0; i < from->vlen; i++) {
		struct ks_btf_enumerator in = ks_btf_enumerator(values->btf, from, i);
		int64_t value = ks_btf_values_number(values->btf, from, i);
		made[i] = (struct ks_enumerator){ in.name, value };
	}
	values->spelled += from->vlen;
	decl->values = made;
	decl->nr = from->vlen;
}

static struct ks_decl definition(struct ks_btf_values *values, const struct ks_btf_type *from,
				 unsigned int depth)
{
	struct ks_decl decl = { .name = name_or_null(from->name), .size = from->size };
	switch (from->kind) {
	case KS_BTF_STRUCT:
	case KS_BTF_UNION:
		decl.kind = from->kind == KS_BTF_UNION ? KS_UNION : KS_STRUCT;
		fill_members(values, from, &decl, depth);
		break;
	case KS_BTF_ENUM:
	case KS_BTF_ENUM64:
		decl.kind = KS_ENUM;
		fill_values(values, from, &decl);
		break;
	case KS_BTF_TYPEDEF:
		decl.kind = KS_TYPEDEF;
		decl.type = type_of(values, from->type, depth);
		break;
	case KS_BTF_FUNC:
		decl.kind = KS_FUNCTION;
		decl.type = type_of(values, from->type, depth);
		break;
	default:
		decl.kind = KS_INT;
	}
	return decl;
}

const struct ks_type *ks_btf_values_type(struct ks_btf_values *values, uint32_t id)
{
	return type_of(values, id, 0);
}

struct ks_decl ks_btf_values_decl(struct ks_btf_values *values, const struct ks_btf_type *type)
{
	values->spelled++;
	return definition(values, type, 0);
}
