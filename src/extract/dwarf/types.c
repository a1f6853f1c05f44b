/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "extract/dwarf/type_hash.h"
#include "extract/dwarf/types.h"

struct ks_error *ks_types_init(struct ks_types *types, size_t max_unit)
{
	types->by_offset = calloc(max_unit + 1, sizeof(*types->by_offset));
	types->by_offset_len = max_unit;
	return types->by_offset ? NULL : &ks_nomem;
}

void ks_types_start_unit(struct ks_types *types, const struct ks_unit *unit, uint32_t index)
{
	types->unit = unit;
	types->unit_index = index;
	types->nodes.len = types->children.len = 0;
	types->nr_own = UINT32_MAX;
}

bool ks_types_widen(struct ks_types *types, uint32_t offset)
{
	if (offset < types->by_offset_len)
		return true;
	size_t len = ((size_t)offset + 1) * 3 / 2;
	uint32_t *grown = realloc(types->by_offset, (len + 1) * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + types->by_offset_len, 0, (len + 1 - types->by_offset_len) * sizeof(*grown));
	types->by_offset = grown;
	types->by_offset_len = len;
	return true;
}

void ks_types_deinit(struct ks_types *types)
{
	ks_vector_deinit(&types->nodes);
	ks_vector_deinit(&types->children);
	ks_vector_deinit(&types->found);
	ks_vector_deinit(&types->uses);
	ks_vector_deinit(&types->forwards);
	free(types->by_offset);
	ks_vector_deinit(&types->names);
	ks_hashmap_deinit(&types->name_map);
	ks_vector_deinit(&types->protos);
	ks_hashmap_deinit(&types->proto_map);
}

/* ---- definitions by name ---- */

static const struct {
	uint8_t kind; // enum ks_kind
	bool listed;
} node_kinds[] = {
	[KS_NODE_INT] = { KS_INT, true },	[KS_NODE_TYPEDEF] = { KS_TYPEDEF, true },
	[KS_NODE_STRUCT] = { KS_STRUCT, true }, [KS_NODE_UNION] = { KS_UNION, true },
	[KS_NODE_ENUM] = { KS_ENUM, true },	[KS_NODE_FUNCTION] = { 0, false },
};

/** Find or make a name; NULL when memory runs out. */
static struct ks_type_name *name_of(struct ks_types *types, uint8_t kind, uint64_t key)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(key);
	for (uint32_t number; (number = ks_hashmap_next(&types->name_map, &walk));) {
		struct ks_type_name *name = &types->names.at[number - 1];
		if (name->key == key && name->kind == kind)
			return name;
	}
	struct ks_type_name *made = ks_vector_push(&types->names);
	if (!made || !ks_hashmap_add(&types->name_map, key, (uint32_t)types->names.len))
		return NULL;
	*made = (struct ks_type_name){ .key = key, .kind = kind };
	return made;
}

/** Note that the unit being walked uses a definition. */
static void note_use(struct ks_types *types, struct ks_found_decl *found)
{
	if (found->last_use && found->last_unit == types->unit_index)
		return;
	struct ks_decl_use use = { types->unit_index, found->last_use };
	if (!ks_vector_add(&types->uses, use)) {
		types->failed = true;
		return;
	}
	found->last_use = (uint32_t)types->uses.len;
	found->last_unit = types->unit_index;
	found->nr_units++;
}

static void add_definition(struct ks_types *types, uint32_t index, struct ks_type_name *name,
			   uint64_t hash)
{
	struct ks_found_decl *found = ks_vector_push(&types->found);
	if (!found) {
		types->failed = true;
		return;
	}
	*found = (struct ks_found_decl){
		.hash = hash,
		.unit = types->unit_index,
		.offset = types->nodes.at[index].offset,
		.next = name->first,
		.declaration = types->nodes.at[index].declaration,
		.decl = ks_node_decl(types, index, 0),
	};
	name->first = (uint32_t)types->found.len;
	note_use(types, &types->found.at[types->found.len - 1]);
}

/**
 * LLVM makes up numbers for its own expressions. Those of a size that no C has ("DW_ATE_unsigned_33", 5 bytes) cannot
 * be in BTF, where pahole writes a stand-in; 12 is a float's size.
 */
static bool is_odd_number(const struct ks_node *node)
{
	bool power = (node->size & (node->size - 1)) == 0;
	return node->kind == KS_NODE_INT && node->size != 12 && (!power || node->size > 16);
}

enum { MAX_DEFINITIONS = 1024 }; // of one name: the chain is walked for each of them

static void look_at_definition(struct ks_types *types, uint32_t index)
{
	const struct ks_node *node = &types->nodes.at[index];
	if (node->kind >= KS_ARRAY_LEN(node_kinds) || !node_kinds[node->kind].listed)
		return;
	if ((node->name == KS_NO_NAME || node->declaration) && node->kind != KS_NODE_ENUM)
		return;
	if (is_odd_number(node))
		return;
	uint8_t kind = node_kinds[node->kind].kind;
	uint64_t hash = ks_node_definition_hash(types, index);
	// every unnamed enum is a name of its own
	uint64_t key = node->name == KS_NO_NAME ? hash : ks_unit_text_key(types->unit, node->name);
	key = ks_hash_mix(key, kind);
	struct ks_type_name *name = name_of(types, kind, key);
	if (!name) {
		types->failed = true;
		return;
	}
	unsigned int others = 0;
	for (uint32_t i = name->first; i; i = types->found.at[i - 1].next, others++)
		if (types->found.at[i - 1].hash == hash) {
			note_use(types, &types->found.at[i - 1]);
			return;
		}
	types->crowded = types->crowded || others > MAX_DEFINITIONS;
	add_definition(types, index, name, hash);
}

struct ks_error *ks_types_finish_unit(struct ks_types *types)
{
	for (uint32_t i = 0; i < types->nodes.len && i < types->nr_own && !types->crowded; i++)
		look_at_definition(types, i);
	return ks_types_error(types);
}

struct ks_error *ks_types_error(const struct ks_types *types)
{
	if (types->crowded)
		return ks_error_new(KS_ERR_DATA, "a type name has more than %d definitions",
				    MAX_DEFINITIONS);
	if (types->endless)
		return ks_error_new(KS_ERR_DATA,
				    "unnamed types are members of each other without end");
	return types->failed ? &ks_nomem : NULL;
}

/* ---- prototypes by hash ---- */

static const struct ks_type *find_proto(const struct ks_types *types, uint64_t hash)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&types->proto_map, &walk));)
		if (types->protos.at[number - 1].hash == hash)
			return types->protos.at[number - 1].type;
	return NULL;
}

const struct ks_type *ks_types_proto(struct ks_types *types, uint32_t index)
{
	struct ks_node *node = &types->nodes.at[index];
	if (node->type)
		return node->type;
	uint64_t hash = ks_node_exact_hash(types, index);
	const struct ks_type *type = find_proto(types, hash);
	if (!type && (type = ks_node_type(types, index, 0)) &&
	    (!ks_vector_add(&types->protos, ((struct ks_type_proto){ hash, type })) ||
	     !ks_hashmap_add(&types->proto_map, hash, (uint32_t)types->protos.len)))
		types->failed = true;
	types->nodes.at[index].type = type;
	return type;
}
