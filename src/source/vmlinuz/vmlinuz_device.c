/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What phones and boards boot: Android's boot.img (platform/system/tools/mkbootimg: include/bootimg/bootimg.h), and FIT images of
 * U-Boot (doc/usage/fit/source_file_format.rst), which are device trees (devicetree specification, chapter 5) with files in them.
 */
#include <string.h>

#include "source/vmlinuz/vmlinuz_private.h"

bool ks_payload_android(const struct ks_layer *layer, struct ks_payload *ret)
{
	enum {
		KERNEL_SIZE = 8,
		PAGE_SIZE = 36,
		VERSION = 40,
		SINCE_3_PAGE = 4096,
		VERSIONS = 5,
		PAGE_MAX = 64 << 10
	};
	struct ks_cursor c = ks_layer_cursor(layer, 0, false),
			 v = ks_layer_cursor(layer, VERSION, false);
	struct ks_cursor p = ks_layer_cursor(layer, PAGE_SIZE, false);
	const uint8_t *magic = ks_cursor_take(&c, KERNEL_SIZE);
	uint32_t size = ks_cursor_u32(&c), version = ks_cursor_u32(&v), page = ks_cursor_u32(&p);
	if (!magic || memcmp(magic, "ANDROID!", 8) != 0)
		return false;
	// before versions were counted, the size of a device tree stood there
	if (version >= 3 && version < VERSIONS)
		page = SINCE_3_PAGE;
	return page <= PAGE_MAX && ks_payload_part(layer, page, size, ret);
}

/* ---- device trees ---- */

enum {
	TREE_MAGIC = 0xd00dfeed,
	BEGIN_NODE = 1,
	END_NODE = 2,
	PROPERTY = 3,
	NOP = 4,
	ROOT = 1, // depths
	PARENT,
	IMAGE,
};

/** A tree while it is walked; its bytes are big-endian. */
struct tree {
	const struct ks_layer *layer;
	uint64_t size; // of the whole
	struct ks_cursor at, strings;
	uint32_t depth;
	bool in_images; // below the node of that name
};

/** What a node below "images" says. */
struct image {
	bool is_kernel;
	uint64_t offset, len;
	bool has_offset, has_len;
};

static bool open_tree(const struct ks_layer *layer, struct tree *ret)
{
	struct ks_cursor c = ks_layer_cursor(layer, 0, true);
	uint32_t magic = ks_cursor_u32(&c), size = ks_cursor_u32(&c);
	uint32_t nodes = ks_cursor_u32(&c), strings = ks_cursor_u32(&c);
	if (c.why || magic != TREE_MAGIC || size > layer->len)
		return false;
	const struct ks_layer tree = { .at = layer->at, .len = size };
	*ret = (struct tree){
		.layer = layer,
		.size = size,
		.at = ks_layer_cursor(&tree, nodes, true),
		.strings = ks_layer_cursor(&tree, strings, true),
	};
	return true;
}

static void skip_padding(struct ks_cursor *c)
{
	ks_cursor_take(c, -ks_cursor_offset(c) & 3);
}

static void begin_node(struct tree *tree, struct image *image)
{
	const char *name = ks_cursor_str(&tree->at);
	skip_padding(&tree->at);
	if (++tree->depth == PARENT)
		tree->in_images = strcmp(name, "images") == 0;
	if (tree->depth == IMAGE)
		*image = (struct image){ 0 };
}

/** A property of a node below "images": the bytes themselves, or where behind the tree they lie. */
static void read_property(struct tree *tree, struct image *image)
{
	uint32_t len = ks_cursor_u32(&tree->at), name_at = ks_cursor_u32(&tree->at);
	struct ks_cursor names = tree->strings, value = tree->at;
	const uint8_t *bytes = ks_cursor_take(&tree->at, len);
	skip_padding(&tree->at);
	ks_cursor_take(&names, name_at);
	const char *name = ks_cursor_str(&names);
	if (!bytes || names.why || !tree->in_images || tree->depth != IMAGE)
		return;
	if (strcmp(name, "type") == 0)
		image->is_kernel = (len == 7 && memcmp(bytes, "kernel", 7) == 0) ||
				   (len == 14 && memcmp(bytes, "kernel_noload", 14) == 0);
	bool is_data = strcmp(name, "data") == 0, is_number = len == 4;
	uint64_t offset = is_data ? (uint64_t)(bytes - tree->layer->at) : 0;
	if (is_number && strcmp(name, "data-position") == 0)
		offset = ks_cursor_u32(&value);
	else if (is_number && strcmp(name, "data-offset") == 0) // from the tree's end, aligned
		offset = ((tree->size + 3) & ~(uint64_t)3) + ks_cursor_u32(&value);
	else if (is_number && strcmp(name, "data-size") == 0) {
		image->len = ks_cursor_u32(&value);
		image->has_len = true;
	}
	if (offset) {
		image->offset = offset;
		image->has_offset = true;
	}
	if (is_data) {
		image->len = len;
		image->has_len = true;
	}
}

bool ks_payload_fit_is(const uint8_t *head, size_t len)
{
	return len >= 4 && memcmp(head, "\xd0\x0d\xfe\xed", 4) == 0;
}

bool ks_payload_fit(const struct ks_layer *layer, struct ks_payload *ret)
{
	struct tree tree;
	struct image image = { 0 };
	if (!open_tree(layer, &tree))
		return false;
	while (ks_cursor_more(&tree.at)) {
		uint32_t token = ks_cursor_u32(&tree.at);
		if (token == BEGIN_NODE)
			begin_node(&tree, &image);
		else if (token == PROPERTY)
			read_property(&tree, &image);
		else if (token == END_NODE && tree.depth) {
			bool found = tree.depth-- == IMAGE && tree.in_images && image.is_kernel &&
				     image.has_offset && image.has_len;
			if (found) // the first kernel
				return ks_payload_part(layer, image.offset, image.len, ret);
		} else if (token != NOP)
			break;
	}
	return false;
}
