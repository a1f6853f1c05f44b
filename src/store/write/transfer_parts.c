/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of an image of another store: copied as they are packed, where that can be, else packed anew. */
#include "store/write/transfer_private.h"

/** The order of a table, with the ids that its definitions have here. */
static void put_order(const struct ks_transfer *t, const struct ks_order *order, struct ks_buf *raw)
{
	uint32_t last = 0;
	for (size_t i = 0; i < order->nr; i++) {
		uint32_t id = t->ids[order->at[i]];
		ks_buf_zigzag(raw, (int64_t)id - (int64_t)last);
		last = id;
	}
}

/** Differences that a part may take: others will be differences to a root's. */
static unsigned int depth_of(const struct ks_transfer_job *job)
{
	return job->image->base ? KS_PART_DEPTH : KS_PART_DEPTH / 2;
}

/** How many differences a part here is made of. */
static struct ks_error *depth_at(struct ks_transfer *t, int64_t image, enum ks_part which,
				 unsigned int *ret)
{
	for (*ret = 0; *ret <= KS_PART_DEPTH; ++*ret) {
		_cleanup_reset_ sqlite3_stmt *stmt = NULL;
		bool row;
		KS_TRY(ks_sql_get(t->into, KS_SQL_PART, &stmt));
		sqlite3_bind_int64(stmt, 1, image);
		ks_sql_bind_text(stmt, 2, ks_part_name(which));
		KS_TRY(ks_sql_row(t->into, stmt, &row));
		image = row ? sqlite3_column_int64(stmt, 2) : 0;
		if (!image)
			return NULL;
	}
	return NULL;
}

/** What is copied as it is must be what can be unpacked. */
static struct ks_error *check_part(struct ks_transfer *t, const struct ks_transfer_job *job,
				   enum ks_part which)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	uint64_t nr;
	return ks_part_read(t->from, job->image, which, &raw, &nr);
}

/** A part as it is packed there, where it may stay so. @param[out] part->nr 0: the image has none */
static struct ks_error *copy_part(struct ks_transfer *t, const struct ks_transfer_job *job,
				  enum ks_part which, struct ks_put_part *part, bool *ret_done)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	unsigned int depth = 0;
	bool there;
	*ret_done = true;
	KS_TRY(ks_sql_get(t->from, KS_SQL_PART, &stmt));
	sqlite3_bind_int64(stmt, 1, job->image->id);
	ks_sql_bind_text(stmt, 2, ks_part_name(which));
	KS_TRY(ks_sql_row(t->from, stmt, &there));
	if (!there)
		return NULL;
	int64_t base = sqlite3_column_int64(stmt, 2);
	struct ks_bytes packed = ks_sql_bytes(stmt, 1);
	part->nr = (uint64_t)sqlite3_column_int64(stmt, 0);
	part->base = base ? ks_id_map_find(&t->images, base) : 0;
	*ret_done = which >= KS_PART_LISTS && !part->base == !base;
	if (!*ret_done || (!base && which != KS_PART_MOVES && job->likes.nearest)) {
		*ret_done = false;
		return NULL;
	}
	ks_buf_bytes(&part->packed, packed.at, packed.len);
	if (part->base)
		KS_TRY(depth_at(t, part->base, which, &depth));
	*ret_done = !part->base || depth < depth_of(job);
	KS_TRY(ks_buf_error(&part->packed));
	return *ret_done ? check_part(t, job, which) : NULL;
}

/** A part that is packed anew: as the difference to that of the image here that is most like it. */
static struct ks_error *pack_part(struct ks_transfer *t, const struct ks_transfer_job *job,
				  enum ks_part which, struct ks_put_part *part)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	struct ks_part_row row = { 0 };
	part->packed.len = 0;
	part->base = 0;
	if (which < KS_PART_LISTS)
		put_order(t, &job->orders[which], &raw);
	else
		KS_TRY(ks_part_read(t->from, job->image, which, &raw, &part->nr));
	if (job->likes.nearest)
		KS_TRY(ks_part_load(t->into, job->likes.nearest, ks_part_name(which), &part->like,
				    &row));
	if (row.depth >= depth_of(job))
		part->like.len = 0;
	part->base = part->like.len ? job->likes.nearest : 0;
	KS_TRY(ks_buf_error(&raw));
	return ks_zstd_pack(&t->packers[0], ks_bytes_of(&part->like), ks_bytes_of(&raw),
			    &part->packed);
}

struct ks_error *ks_transfer_part(struct ks_transfer *t, const struct ks_transfer_job *job,
				  enum ks_part which, int64_t image, uint64_t *bytes)
{
	struct ks_put_part part = { 0 };
	bool done;
	struct ks_error *err = copy_part(t, job, which, &part, &done);
	if (!err && !done)
		err = pack_part(t, job, which, &part);
	if (!err && part.nr)
		err = ks_part_add(t->into, image, which, &part);
	*bytes += part.packed.len;
	ks_buf_deinit(&part.like);
	ks_buf_deinit(&part.packed);
	return err;
}
