/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs of names of another store: those that are here already, and others, which may be differences to some here. */
#include "store/names.h"
#include "store/write/transfer_private.h"

/** A whole segment here whose names are about the same. @param[out] names of it */
static struct ks_error *find_like(struct ks_transfer *t, const struct ks_transfer_job *job,
				  const struct ks_transfer_row *row, int64_t *ret,
				  struct ks_buf *names)
{
	int64_t base;
	*ret = 0;
	KS_TRY(ks_segment_names_base(t->from, row->segment, &base));
	if (base)
		*ret = ks_id_map_find(&t->segments, base);
	if (*ret) { // what it is a difference to there
		KS_TRY(ks_segment_names_base(t->into, *ret, &base));
		*ret = base ? base : *ret;
		return ks_segment_names_load(t->into, *ret, names);
	}
	return job->likes.nearest ? ks_put_find_names_like(t->into, job->likes.nearest, row->list,
							   row->first, ret, names)
				  : NULL;
}

static struct ks_error *check_names(struct ks_bytes text, const struct ks_transfer_row *row)
{
	struct ks_segment_names names = ks_segment_names_over(text);
	uint64_t nr = 0;
	while (ks_segment_names_next(&names))
		if (!nr++ && strcmp(names.name, row->first) != 0)
			return ks_store_damaged("list of names begins with another");
	return nr == row->nr ? NULL : ks_store_damaged("list of names has another length");
}

static struct ks_error *write(struct ks_transfer *t, const struct ks_transfer_job *job,
			      const struct ks_transfer_row *row, int64_t id, struct ks_bytes names,
			      uint64_t *bytes)
{
	_cleanup_buf_ struct ks_buf like = { 0 }, packed = { 0 };
	int64_t like_id;
	KS_TRY(find_like(t, job, row, &like_id, &like));
	KS_TRY(ks_zstd_pack(&t->into->zstd, ks_bytes_of(&like), names, &packed));
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(t->into, KS_SQL_SEGMENT_ADD, &stmt));
	sqlite3_bind_int64(stmt, 1, id);
	sqlite3_bind_int64(stmt, 2, (int64_t)row->nr);
	ks_sql_bind_bytes(stmt, 3, ks_bytes_of(&packed));
	ks_sql_bind_id(stmt, 4, like_id);
	*bytes += packed.len;
	return ks_sql_run(t->into, stmt);
}

struct ks_error *ks_transfer_segment(struct ks_transfer *t, const struct ks_transfer_job *job,
				     const struct ks_transfer_row *row, int64_t *ret,
				     uint64_t *bytes)
{
	_cleanup_buf_ struct ks_buf names = { 0 }, scratch = { 0 };
	bool is_new;
	*ret = ks_id_map_find(&t->segments, row->segment);
	if (*ret)
		return NULL;
	KS_TRY(ks_segment_names_load(t->from, row->segment, &names));
	KS_TRY(check_names(ks_bytes_of(&names), row));
	*ret = ks_segment_names_id(ks_bytes_of(&names), &scratch);
	KS_TRY(ks_buf_error(&scratch));
	KS_TRY(ks_put_find_segment(t->into, ks_bytes_of(&names), ret, &is_new));
	if (is_new)
		KS_TRY(write(t, job, row, *ret, ks_bytes_of(&names), bytes));
	return ks_id_map_add(&t->segments, row->segment, *ret);
}
