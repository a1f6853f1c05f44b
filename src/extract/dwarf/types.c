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
	free(types->names);
	free(types->protos);
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

static bool grow_names(struct ks_types *types)
{
	size_t len = types->names_len ? types->names_len * 2 : 1 << 14;
	struct ks_name_slot *grown = calloc(len, sizeof(*grown));
	if (!grown)
		return false;
	for (size_t i = 0; i < types->names_len; i++) {
		if (!types->names[i].first)
			continue;
		size_t at = types->names[i].key & (len - 1);
		while (grown[at].first)
			at = (at + 1) & (len - 1);
		grown[at] = types->names[i];
	}
	free(types->names);
	types->names = grown;
	types->names_len = len;
	return true;
}

static struct ks_name_slot *name_slot(struct ks_types *types, uint8_t kind, uint64_t key)
{
	if (types->nr_names * 2 >= types->names_len && !grow_names(types))
		return NULL;
	size_t at = key & (types->names_len - 1);
	while (types->names[at].first &&
	       (types->names[at].key != key || types->names[at].kind != kind))
		at = (at + 1) & (types->names_len - 1);
	return &types->names[at];
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

static void add_definition(struct ks_types *types, uint32_t index, struct ks_name_slot *slot,
			   uint8_t kind, uint64_t key, uint64_t hash)
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
		.next = slot->first,
		.declaration = types->nodes.at[index].declaration,
		.decl = ks_node_decl(types, index, 0),
	};
	if (!slot->first)
		types->nr_names++;
	*slot = (struct ks_name_slot){ key, (uint32_t)types->found.len, kind };
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
	struct ks_name_slot *slot = name_slot(types, kind, key);
	if (!slot) {
		types->failed = true;
		return;
	}
	unsigned int others = 0;
	for (uint32_t i = slot->first; i; i = types->found.at[i - 1].next, others++)
		if (types->found.at[i - 1].hash == hash) {
			note_use(types, &types->found.at[i - 1]);
			return;
		}
	types->crowded = types->crowded || others > MAX_DEFINITIONS;
	add_definition(types, index, slot, kind, key, hash);
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

static bool grow_protos(struct ks_types *types)
{
	size_t len = types->protos_len ? types->protos_len * 2 : 1 << 14;
	__typeof__(types->protos) grown = calloc(len, sizeof(*grown));
	if (!grown)
		return false;
	for (size_t i = 0; i < types->protos_len; i++) {
		if (!types->protos[i].type)
			continue;
		size_t at = types->protos[i].hash & (len - 1);
		while (grown[at].type)
			at = (at + 1) & (len - 1);
		grown[at] = types->protos[i];
	}
	free(types->protos);
	types->protos = grown;
	types->protos_len = len;
	return true;
}

const struct ks_type *ks_types_proto(struct ks_types *types, uint32_t index)
{
	struct ks_node *node = &types->nodes.at[index];
	if (node->type)
		return node->type;
	if (types->nr_protos * 2 >= types->protos_len && !grow_protos(types)) {
		types->failed = true;
		return NULL;
	}
	uint64_t hash = ks_node_exact_hash(types, index);
	size_t at = hash & (types->protos_len - 1);
	while (types->protos[at].type && types->protos[at].hash != hash)
		at = (at + 1) & (types->protos_len - 1);
	if (!types->protos[at].type) {
		types->protos[at].type = ks_node_type(types, index, 0);
		types->protos[at].hash = hash;
		types->nr_protos += types->protos[at].type != NULL;
	}
	types->nodes.at[index].type = types->protos[at].type;
	return types->protos[at].type;
}
