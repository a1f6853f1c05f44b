/* SPDX-License-Identifier: BSD-2-Clause */
/* An image that both stores have: what is a difference to it there is one to it here, when both say the same in the same rows. */
#include "store/layout.h"
#include "store/places.h"
#include "store/write/transfer_private.h"

static bool same_bytes(const struct ks_buf *a, const struct ks_buf *b)
{
	return a->len == b->len && (!a->len || memcmp(a->at, b->at, a->len) == 0);
}

static struct ks_error *same_places(struct ks_transfer *t, int64_t there, int64_t here, bool *ret)
{
	_cleanup_places_ struct ks_places *a = NULL, *b = NULL;
	KS_TRY(ks_places_load(t->from, there, KS_PLACES_ALL, &a));
	KS_TRY(ks_places_load(t->into, here, KS_PLACES_ALL, &b));
	*ret = !b->base && same_bytes(&a->raw, &b->raw);
	return NULL;
}

/** @param stmt stands on the row here */
static struct ks_error *same_row(struct ks_transfer *t, struct ks_transfer_row *row,
				 sqlite3_stmt *stmt, bool *ret)
{
	_cleanup_buf_ struct ks_buf ids = { 0 };
	const char *first = (const char *)sqlite3_column_text(stmt, 2);
	row->here = sqlite3_column_int64(stmt, 1);
	*ret = first && strcmp(first, row->first) == 0;
	if (!*ret)
		return NULL;
	KS_TRY(ks_transfer_numbers(t, row));
	KS_TRY(ks_columns_load(t->into, row->here, &ids));
	*ret = same_bytes(&row->ids, &ids);
	return *ret ? same_places(t, row->id, row->here, ret) : NULL;
}

static struct ks_error *same_rows(struct ks_transfer *t, struct ks_transfer_job *job, int64_t here,
				  bool *ret)
{
	size_t at = 0;
	*ret = true;
	for (int list = 0; list < KS_NR_LISTS && *ret; list++) {
		_cleanup_reset_ sqlite3_stmt *stmt = NULL;
		KS_TRY(ks_sql_get(t->into, KS_SQL_LIST_OF_KIND, &stmt));
		sqlite3_bind_int64(stmt, 1, here);
		ks_sql_bind_text(stmt, 2, ks_list_name(list));
		for (bool row = true; *ret;) {
			KS_TRY(ks_sql_row(t->into, stmt, &row));
			if (!row)
				break;
			*ret = at < job->rows.len && job->rows.at[at].list == list;
			if (*ret)
				KS_TRY(same_row(t, &job->rows.at[at++], stmt, ret));
		}
	}
	*ret = *ret && at == job->rows.len;
	return NULL;
}

/** Those that may be copied as they are: of the others, the orders, none is. */
static struct ks_error *same_parts(struct ks_transfer *t, const struct ks_transfer_job *job,
				   int64_t here, bool *ret)
{
	*ret = true;
	for (int i = KS_PART_LISTS; i < KS_NR_PARTS && *ret; i++) {
		_cleanup_buf_ struct ks_buf a = { 0 }, b = { 0 };
		struct ks_part_row row;
		const char *name = ks_part_name((enum ks_part)i);
		if (!name)
			continue;
		KS_TRY(ks_part_load(t->from, job->image->id, name, &a, &row));
		KS_TRY(ks_part_load(t->into, here, name, &b, &row));
		*ret = same_bytes(&a, &b);
	}
	return NULL;
}

static struct ks_error *same_anchor(struct ks_transfer *t, const struct ks_transfer_job *job,
				    int64_t here, bool *ret)
{
	struct ks_moves moves;
	KS_TRY(ks_moves_load(t->into, here, &moves));
	*ret = moves.anchor == job->image->anchor;
	return NULL;
}

struct ks_error *ks_transfer_same(struct ks_transfer *t, struct ks_transfer_job *job, int64_t here,
				  bool *ret)
{
	KS_TRY(ks_transfer_known(t, job, ret));
	if (*ret)
		KS_TRY(same_anchor(t, job, here, ret));
	if (*ret)
		KS_TRY(same_rows(t, job, here, ret));
	return *ret ? same_parts(t, job, here, ret) : NULL;
}
