/* SPDX-License-Identifier: BSD-2-Clause */
/* Definitions in the order of names: those of one name lie together, each a difference to the one before where they are alike. */
#include "store/write/publish.h"

/** Longest chain of differences, below KS_DEF_DEPTH: then one starts again at the first of the name. */
enum { CHAIN = KS_DEF_DEPTH - 1 };

/** The definition before it, of the same name and class. */
struct last {
	uint64_t id, first_id;
	struct ks_bytes bytes, first; // in the arena
	unsigned int depth;
};

struct ks_error *ks_publish_defs_end(struct ks_publish *publish)
{
	if (!publish->block_nr)
		return NULL;
	_cleanup_buf_ struct ks_buf raw = { 0 };
	ks_buf_uleb(&raw, publish->block_nr);
	ks_buf_bytes(&raw, publish->block_lengths.at, publish->block_lengths.len);
	ks_buf_bytes(&raw, publish->block.at, publish->block.len);
	KS_TRY(ks_buf_error(&publish->block));
	KS_TRY(ks_buf_error(&raw));
	const int64_t values[] = { (int64_t)publish->nr_new, (int64_t)publish->block_nr };
	KS_TRY(ks_publish_row(publish, publish->add_block, values, 2, ks_bytes_of(&raw)));
	publish->block_nr = publish->block.len = publish->block_lengths.len = 0;
	return NULL;
}

/** Append the difference of a definition to the block, where it is worth it. */
static struct ks_error *differ(struct ks_publish *publish, struct last *last, struct ks_bytes whole,
			       bool *ret)
{
	struct ks_buf *out = &publish->block;
	size_t start = out->len;
	bool again = last->depth == CHAIN;
	struct ks_bytes like = again ? last->first : last->bytes;
	*ret = false;
	if (!like.len)
		return NULL;
	ks_buf_char(out, (char)(*(const uint8_t *)whole.at | KS_DEF_DIFFERS));
	ks_buf_uleb(out, publish->nr_new - (again ? last->first_id : last->id));
	KS_TRY(ks_delta_make(&publish->delta, like, whole, out, ret));
	if (*ret)
		last->depth = again ? 1 : last->depth + 1;
	else
		out->len = start;
	return NULL;
}

static struct ks_error *add(struct ks_publish *publish, uint64_t old, enum ks_def_class def_class,
			    struct last *last)
{
	struct ks_cursor def;
	bool differs;
	KS_TRY(ks_block_def(publish->from, old, def_class, &publish->arena, &def));
	size_t len = (size_t)(def.end - def.base), start = publish->block.len;
	char *bytes = ks_arena_alloc(&publish->arena, len + 1);
	if (!bytes)
		return &ks_nomem;
	bytes[0] = (char)def_class;
	memcpy(bytes + 1, def.base, len);
	struct ks_bytes whole = { bytes, len + 1 };
	publish->ids[old] = (uint32_t)++publish->nr_new;
	KS_TRY(differ(publish, last, whole, &differs));
	if (!differs) {
		ks_buf_bytes(&publish->block, whole.at, whole.len);
		last->depth = 0;
		last->first = whole;
		last->first_id = publish->nr_new;
	}
	last->bytes = whole;
	last->id = publish->nr_new;
	ks_buf_uleb(&publish->block_lengths, publish->block.len - start);
	publish->block_nr++;
	return publish->block.len >= KS_BLOCK_BYTES ? ks_publish_defs_end(publish) : NULL;
}

struct ks_error *ks_publish_defs(struct ks_publish *publish, struct ks_publish_cell *cells,
				 size_t nr, int side, enum ks_def_class def_class)
{
	struct last last = { 0 };
	for (size_t i = 0; i < nr; i++) {
		uint64_t *id = side ? &cells[i].second : &cells[i].first;
		if (!*id)
			continue;
		if (*id >= publish->nr_old)
			return ks_store_damaged("definition is missing");
		if (!publish->ids[*id])
			KS_TRY(add(publish, *id, def_class, &last));
		*id = publish->ids[*id];
	}
	return NULL;
}
