/* SPDX-License-Identifier: BSD-2-Clause */
#include "extract/dwarf/type_hash.h"

struct hashes {
	uint64_t loose, exact;
};

static const struct hashes void_hashes = { 0x5bd1e995, 0x5bd1e995 };

static struct hashes offset_hashes(struct ks_types *types, uint32_t offset, unsigned int depth);
static struct hashes definition_hashes(struct ks_types *types, uint32_t index, unsigned int depth);

static uint64_t name_key(const struct ks_types *types, uint64_t name)
{
	return name == KS_NO_NAME ? 1 : ks_unit_text_key(types->unit, name);
}

static struct hashes mix(struct hashes a, uint64_t b)
{
	return (struct hashes){ ks_hash_mix(a.loose, b), ks_hash_mix(a.exact, b) };
}

static struct hashes mix2(struct hashes a, struct hashes b)
{
	return (struct hashes){ ks_hash_mix(a.loose, b.loose), ks_hash_mix(a.exact, b.exact) };
}

/** All of a child but its type: of that the two hashes differ. */
static inline uint64_t child_key(const struct ks_types *types, const struct ks_child *child)
{
	return ks_hash_mix(name_key(types, child->name),
			   child->value ^ (uint64_t)child->bits << 56);
}

static struct hashes mix_child(struct hashes h, uint64_t key, struct hashes type)
{
	return (struct hashes){ ks_hash_mix(h.loose, key + type.loose),
				ks_hash_mix(h.exact, key + type.exact) };
}

/** Parameters by name and type, dimensions by number. */
static struct hashes children_hashes(struct ks_types *types, const struct ks_node *node,
				     struct hashes h, unsigned int depth)
{
	const struct ks_child *children = ks_types_children(types, node);
	for (uint32_t i = 0; i < node->nr_children; i++) {
		uint64_t key = child_key(types, &children[i]);
		h = mix_child(h, key, offset_hashes(types, children[i].type, depth));
	}
	return h;
}

static struct hashes compute_hashes(struct ks_types *types, uint32_t index, unsigned int depth)
{
	const struct ks_node *node = &types->nodes.at[index];
	struct hashes h = mix(void_hashes, (uint64_t)node->kind << 32);
	switch ((enum ks_node_kind)node->kind) {
	case KS_NODE_VOID:
		return void_hashes;
	case KS_NODE_SAME:
		return offset_hashes(types, node->inner, depth);
	case KS_NODE_STRUCT:
	case KS_NODE_UNION:
	case KS_NODE_ENUM:
		if (node->name == KS_NO_NAME)
			return mix2(h, definition_hashes(types, index, depth));
		h = mix(h, name_key(types, node->name));
		if (node->kind == KS_NODE_ENUM)
			return mix(h, node->size);
		h.exact += node->declaration;
		return h;
	case KS_NODE_INT:
	case KS_NODE_TYPEDEF:
		return mix(h, name_key(types, node->name));
	default:
		h = children_hashes(types, node, h, depth);
		return mix2(h, offset_hashes(types, types->nodes.at[index].inner, depth));
	}
}

static struct hashes node_hashes(struct ks_types *types, uint32_t index, unsigned int depth)
{
	struct ks_node *node = &types->nodes.at[index];
	if (node->loose)
		return (struct hashes){ node->loose, node->exact };
	if (node->hashing || depth > KS_TYPE_DEPTH)
		return void_hashes;
	node->hashing = true;
	struct hashes h = compute_hashes(types, index, depth + 1);
	node = &types->nodes.at[index];
	node->hashing = false;
	node->loose = h.loose | 1;
	node->exact = h.exact | 1;
	return (struct hashes){ node->loose, node->exact };
}

static struct hashes offset_hashes(struct ks_types *types, uint32_t offset, unsigned int depth)
{
	uint32_t index = ks_types_find(types, offset);
	return index == KS_NO_NODE ? void_hashes : node_hashes(types, index, depth);
}

uint64_t ks_node_exact_hash(struct ks_types *types, uint32_t index)
{
	return node_hashes(types, index, 0).exact;
}

static struct hashes definition_hashes(struct ks_types *types, uint32_t index, unsigned int depth)
{
	const struct ks_node *node = &types->nodes.at[index];
	uint64_t own = ks_hash_mix(name_key(types, node->name), node->size << 8 | node->kind);
	struct hashes h = { own, own };
	if (node->kind == KS_NODE_TYPEDEF)
		return mix2(h, offset_hashes(types, node->inner, depth));
	const struct ks_child *child = ks_types_children(types, node);
	for (const struct ks_child *end = child + node->nr_children; child < end; child++) {
		uint64_t key = child_key(types, child);
		h = child->type == KS_NO_NODE
			    ? mix(h, key)
			    : mix_child(h, key, offset_hashes(types, child->type, depth + 1));
	}
	return h;
}

uint64_t ks_node_definition_hash(struct ks_types *types, uint32_t index)
{
	return definition_hashes(types, index, 0).loose;
}
