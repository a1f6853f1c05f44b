/* SPDX-License-Identifier: BSD-2-Clause */
/* New definitions on their way into blocks: whole, or as the difference to an older one. */
#include "store/delta.h"
#include "store/write/put_defs.h"

enum { RUN = 512 }; // definitions

struct ks_error *ks_put_defs_likes(struct ks_put_defs *defs, struct ks_store *store)
{
	_cleanup_buf_ struct ks_buf own = { 0 };
	for (size_t i = 0; i < defs->new_defs.len; i++) {
		struct ks_put_new *new = &defs->new_defs.at[i];
		if (!new->like)
			continue;
		struct ks_def_bytes like = { .own = &own };
		KS_TRY(ks_block_like(store, new->like, &like));
		if (like.depth >= KS_DEF_DEPTH || !like.bytes.len)
			continue; // stays whole
		const char *copy = ks_arena_strndup(&defs->likes, like.bytes.at, like.bytes.len);
		if (!copy)
			return &ks_nomem;
		new->like_bytes = (struct ks_bytes){ copy, like.bytes.len };
		new->like_first = like.first;
	}
	for (size_t i = 0; i < defs->new_defs.len; i += RUN)
		if (!ks_vector_add(&defs->differences, (struct ks_buf){ 0 }))
			return &ks_nomem;
	return NULL;
}

size_t ks_put_defs_nr_runs(const struct ks_put_defs *defs)
{
	return defs->differences.len;
}

/** Append the difference of one definition, if it has one. @return *ret_len its bytes, 0 for none */
static struct ks_error *differ(struct ks_delta *delta, const struct ks_put_new *new,
			       struct ks_buf *out, size_t *ret_len)
{
	size_t start = out->len;
	bool worth = false;
	struct ks_bytes whole = { new->def->bytes, new->def->len };
	*ret_len = 0;
	if (!new->like_bytes.len || *(const uint8_t *)new->like_bytes.at != new->def->bytes[0])
		return NULL;
	ks_buf_char(out, (char)(new->def->bytes[0] | KS_DEF_DIFFERS));
	ks_buf_uleb(out, new->def->id - new->like);
	KS_TRY(ks_delta_make(delta, new->like_bytes, whole, out, &worth));
	if (worth)
		*ret_len = out->len - start;
	else
		out->len = start;
	return NULL;
}

struct ks_error *ks_put_defs_differ(struct ks_put_defs *defs, size_t run)
{
	struct ks_delta delta = { 0 };
	struct ks_buf *out = &defs->differences.at[run];
	size_t from = run * RUN, end = from + RUN, nr = defs->new_defs.len;
	struct ks_put_new *at = defs->new_defs.at;
	struct ks_error *err = NULL;
	for (size_t i = from; !err && i < end && i < nr; i++) {
		size_t len = 0;
		err = differ(&delta, &at[i], out, &len);
		at[i].differs = len != 0;
		if (len)
			at[i].stored.len = len;
	}
	const char *bytes = out->at; // stays where it is from here on
	for (size_t i = from; i < end && i < nr; i++) {
		if (!at[i].differs)
			continue;
		at[i].stored.at = bytes;
		bytes += at[i].stored.len;
	}
	ks_delta_deinit(&delta);
	return err;
}

/** A block ends when it is full and where another class of definitions begins. */
struct ks_error *ks_put_defs_cut(struct ks_put_defs *defs)
{
	size_t nr = defs->new_defs.len;
	for (size_t from = 0, to; from < nr; from = to) {
		const struct ks_put_new *at = defs->new_defs.at;
		size_t bytes = 0;
		for (to = from; to < nr && bytes < KS_BLOCK_BYTES; to++) {
			if (at[to].def->bytes[0] != at[from].def->bytes[0])
				break;
			bytes += at[to].stored.len;
		}
		struct ks_put_block block = { .first = at[from].def->id, .from = from, .to = to };
		if (!ks_vector_add(&defs->blocks, block))
			return &ks_nomem;
	}
	return NULL;
}

/** The blocks that differences of this one are made to, as distances from its first id: where the last is another. */
static void put_needs(const struct ks_put_defs *defs, struct ks_put_block *block)
{
	uint64_t last = 0;
	for (size_t i = block->from; i < block->to; i++) {
		const struct ks_put_new *new = &defs->new_defs.at[i];
		if (!new->differs || new->like_first == last)
			continue;
		last = new->like_first;
		ks_buf_uleb(&block->needs, block->first - last);
	}
}

struct ks_error *ks_put_defs_pack(struct ks_put_defs *defs, size_t index, struct ks_zstd *zstd)
{
	struct ks_put_block *block = &defs->blocks.at[index];
	const struct ks_put_new *at = defs->new_defs.at;
	_cleanup_buf_ struct ks_buf raw = { 0 };
	ks_buf_uleb(&raw, block->to - block->from);
	for (size_t i = block->from; i < block->to; i++)
		ks_buf_uleb(&raw, at[i].stored.len);
	for (size_t i = block->from; i < block->to; i++)
		ks_buf_bytes(&raw, at[i].stored.at, at[i].stored.len);
	put_needs(defs, block);
	KS_TRY(ks_buf_error(&raw));
	KS_TRY(ks_buf_error(&block->needs));
	return ks_zstd_pack(zstd, (struct ks_bytes){ 0 }, ks_bytes_of(&raw), &block->packed);
}
