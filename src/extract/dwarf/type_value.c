/* SPDX-License-Identifier: BSD-2-Clause */
/* Type nodes as values of the model, the way the published dataset spells them (docs/surface.md). */
#include <stdio.h>
#include <string.h>

#include "extract/dwarf/type_hash.h"

static const struct ks_type void_type = { .kind = KS_TYPE_VOID, .name = "void" };

static const uint8_t type_kinds[] = {
	[KS_NODE_VOID] = KS_TYPE_VOID,	       [KS_NODE_INT] = KS_TYPE_INT,
	[KS_NODE_TYPEDEF] = KS_TYPE_TYPEDEF,   [KS_NODE_STRUCT] = KS_TYPE_STRUCT,
	[KS_NODE_UNION] = KS_TYPE_UNION,       [KS_NODE_ENUM] = KS_TYPE_ENUM,
	[KS_NODE_PTR] = KS_TYPE_PTR,	       [KS_NODE_CONST] = KS_TYPE_CONST,
	[KS_NODE_VOLATILE] = KS_TYPE_VOLATILE, [KS_NODE_RESTRICT] = KS_TYPE_RESTRICT,
	[KS_NODE_SAME] = KS_TYPE_VOID,	       [KS_NODE_ARRAY] = KS_TYPE_ARRAY,
	[KS_NODE_PROTO] = KS_TYPE_PROTO,       [KS_NODE_FUNCTION] = KS_TYPE_PROTO,
};

/** "(anon)" for the first unnamed one of a list, then "(anon-1)", "(anon-2)", … */
static const char *anonymous_name(struct ks_types *types, unsigned int *count)
{
	unsigned int n = (*count)++;
	if (n == 0)
		return "(anon)";
	char name[24];
	snprintf(name, sizeof(name), "(anon-%u)", n);
	return ks_arena_strdup(types->arena, name);
}

static const char *name_text(struct ks_types *types, uint64_t name)
{
	if (name == KS_NO_NAME)
		return NULL;
	const char *text = ks_text_get(types->text, types->unit, name, types->arena);
	if (!text)
		types->failed = true;
	return text ? text : "";
}

/** The type at a DIE offset; void for KS_NO_NODE and for what cannot be followed. */
static const struct ks_type *offset_type(struct ks_types *types, uint32_t offset,
					 unsigned int depth)
{
	uint32_t index = ks_types_find(types, offset);
	if (index == KS_NO_NODE || depth > KS_TYPE_DEPTH)
		return &void_type;
	const struct ks_type *type = types->nodes.at[index].type;
	return type ? type : ks_node_type(types, index, depth + 1);
}

static bool fill_params(struct ks_types *types, uint32_t index, struct ks_type *type,
			unsigned int depth)
{
	uint32_t nr = types->nodes.at[index].nr_children;
	struct ks_param *params = ks_arena_array(types->arena, nr, sizeof(*params));
	if (!params)
		return false;
	unsigned int anonymous = 0;
	const struct ks_child *child = ks_types_children(types, &types->nodes.at[index]);
	for (uint32_t i = 0; i < nr; i++, child++) {
		params[i].name = child->name == KS_NO_NAME ? anonymous_name(types, &anonymous)
							   : name_text(types, child->name);
		params[i].type = offset_type(types, child->type, depth);
		if (!params[i].name || !params[i].type)
			return false;
	}
	type->params = params;
	type->nr_params = nr;
	return true;
}

/** The elements of all dimensions together: BTF knows one dimension an array [D]. */
static uint64_t elements(const struct ks_types *types, const struct ks_node *node)
{
	uint64_t n = node->nr_children != 0;
	for (uint32_t i = 0; i < node->nr_children; i++)
		n *= ks_types_children(types, node)[i].value;
	return n;
}

/** What an unnamed type holds; a deeper nest of them than any compiler makes stays without. */
static bool fill_body(struct ks_types *types, uint32_t index, struct ks_type *type,
		      unsigned int depth)
{
	if (types->nodes.at[index].name != KS_NO_NAME || depth > KS_TYPE_DEPTH)
		return true;
	struct ks_decl *body = ks_arena_alloc(types->arena, sizeof(*body));
	if (!body)
		return false;
	*body = ks_node_decl(types, index, depth);
	type->body = body;
	return true;
}

static bool fill_type(struct ks_types *types, uint32_t index, struct ks_type *type,
		      unsigned int depth)
{
	const struct ks_node node = types->nodes.at[index];
	*type = (struct ks_type){ .kind = type_kinds[node.kind] };
	switch (type->kind) {
	case KS_TYPE_ENUM:
		type->n = node.size;
		type->name = name_text(types, node.name);
		return fill_body(types, index, type, depth);
	case KS_TYPE_INT:
	case KS_TYPE_FLOAT:
	case KS_TYPE_TYPEDEF:
		type->name = name_text(types, node.name);
		return true;
	case KS_TYPE_STRUCT:
	case KS_TYPE_UNION:
		type->name = name_text(types, node.name);
		if (!node.declaration)
			return fill_body(types, index, type, depth);
		type->kind = type->kind == KS_TYPE_UNION ? KS_TYPE_FWD_UNION : KS_TYPE_FWD_STRUCT;
		return ks_vector_add(&types->forwards, type);
	case KS_TYPE_ARRAY:
		type->n = elements(types, &node);
		type->inner = offset_type(types, node.inner, depth);
		return type->inner != NULL;
	case KS_TYPE_PROTO:
		if (!fill_params(types, index, type, depth))
			return false;
		// fall through
	default:
		type->inner = offset_type(types, node.inner, depth);
		return type->inner != NULL;
	}
}

const struct ks_type *ks_node_type(struct ks_types *types, uint32_t index, unsigned int depth)
{
	const struct ks_node *node = &types->nodes.at[index];
	const struct ks_type *type = NULL;
	if (node->kind == KS_NODE_VOID) {
		type = &void_type;
	} else if (node->kind == KS_NODE_SAME) {
		type = offset_type(types, node->inner, depth);
	} else {
		struct ks_type *made = ks_arena_alloc(types->arena, sizeof(*made));
		if (made && fill_type(types, index, made, depth))
			type = made;
	}
	if (!type)
		types->failed = true;
	types->nodes.at[index].type = type;
	return type;
}

/* ---- definitions ---- */

/**
 * An unnamed member that is a struct or union: its members stand in its place. One that is qualified
 * (const struct { … };) stays a member [D].
 */
static uint32_t flattened(struct ks_types *types, const struct ks_child *child)
{
	if (child->name != KS_NO_NAME)
		return KS_NO_NODE;
	uint32_t index = ks_types_find(types, child->type);
	if (index == KS_NO_NODE)
		return KS_NO_NODE;
	uint8_t kind = types->nodes.at[index].kind;
	return kind == KS_NODE_STRUCT || kind == KS_NODE_UNION ? index : KS_NO_NODE;
}

typedef KS_VECTOR(struct ks_member) member_vector;

/**
 * Members of unnamed members are taken in, again for each definition that has these. No compiler lets definitions share
 * what is unnamed, so all of them together have no more members than there are in the file.
 */
static bool too_many_members(struct ks_types *types)
{
	enum { AGAIN = 4, ALWAYS = 1 << 20 };
	const struct ks_cursor *info = &types->unit->dwarf->info;
	types->endless = ++types->nr_members > (uint64_t)(info->end - info->base) * AGAIN + ALWAYS;
	return types->endless;
}

static bool collect_members(struct ks_types *types, uint32_t index, uint64_t base_bits,
			    unsigned int *anonymous, member_vector *to, unsigned int depth)
{
	if (depth > KS_TYPE_DEPTH)
		return true; // a cycle of unnamed types: no compiler makes it
	const struct ks_node *node = &types->nodes.at[index];
	for (uint32_t i = 0; i < node->nr_children && !too_many_members(types); i++) {
		struct ks_child child = ks_types_children(types, node)[i];
		uint32_t inner = flattened(types, &child);
		if (inner != KS_NO_NODE) {
			if (!collect_members(types, inner, base_bits + child.value, anonymous, to,
					     depth + 1))
				return false;
			continue;
		}
		struct ks_member member = {
			.name = child.name == KS_NO_NAME ? anonymous_name(types, anonymous)
							 : name_text(types, child.name),
			.type = offset_type(types, child.type, depth),
			.bits_offset = base_bits + child.value,
			.bitfield_size = child.bits,
		};
		if (!member.name || !member.type || !ks_vector_add(to, member))
			return false;
	}
	return true;
}

static bool fill_members(struct ks_types *types, uint32_t index, struct ks_decl *decl,
			 unsigned int depth)
{
	member_vector found = { 0 };
	unsigned int anonymous = 0;
	bool ok = collect_members(types, index, 0, &anonymous, &found, depth);
	struct ks_member *members = NULL;
	if (ok)
		members = ks_arena_array(types->arena, found.len, sizeof(*members));
	if (members && found.len)
		memcpy(members, found.at, found.len * sizeof(*members));
	decl->members = members;
	decl->nr = (uint32_t)found.len;
	ks_vector_deinit(&found);
	return members != NULL;
}

/** The value as the signed number of the enum's size. */
static int64_t signed_value(uint64_t value, uint64_t size)
{
	switch (size) {
	case 1:
		return (int8_t)value;
	case 2:
		return (int16_t)value;
	case 8:
		return (int64_t)value;
	default:
		return (int32_t)value;
	}
}

static bool fill_values(struct ks_types *types, uint32_t index, struct ks_decl *decl)
{
	const struct ks_node *node = &types->nodes.at[index];
	struct ks_enumerator *values =
		ks_arena_array(types->arena, node->nr_children, sizeof(*values));
	if (!values)
		return false;
	const struct ks_child *child = ks_types_children(types, node);
	for (uint32_t i = 0; i < node->nr_children; i++, child++) {
		values[i].name = name_text(types, child->name);
		values[i].value = signed_value(child->value, node->size);
		if (!values[i].name)
			values[i].name = "";
	}
	decl->values = values;
	decl->nr = node->nr_children;
	return true;
}

struct ks_decl ks_node_decl(struct ks_types *types, uint32_t index, unsigned int depth)
{
	const struct ks_node node = types->nodes.at[index];
	struct ks_decl decl = { .size = node.size, .name = name_text(types, node.name) };
	bool ok = true;
	switch ((enum ks_node_kind)node.kind) {
	case KS_NODE_STRUCT:
	case KS_NODE_UNION:
		decl.kind = node.kind == KS_NODE_UNION ? KS_UNION : KS_STRUCT;
		ok = fill_members(types, index, &decl, depth);
		break;
	case KS_NODE_ENUM:
		decl.kind = KS_ENUM;
		ok = fill_values(types, index, &decl);
		break;
	case KS_NODE_TYPEDEF:
		decl.kind = KS_TYPEDEF;
		decl.size = 0;
		decl.type = offset_type(types, node.inner, 0);
		break;
	default:
		decl.kind = KS_INT;
	}
	if (!ok)
		types->failed = true;
	return decl;
}
