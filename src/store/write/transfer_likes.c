/* SPDX-License-Identifier: BSD-2-Clause */
/* An image that is a difference to none: what its new definitions may resemble here is found by their names. */
#include "store/kinds.h"
#include "store/names.h"
#include "store/write/transfer_private.h"

/** Walks over a list of one image. */
struct side {
	struct ks_store *store;
	sqlite3_stmt *stmt;
	struct ks_buf text, raw;
	struct ks_segment_names names;
	struct ks_columns columns;
	uint64_t numbers[2]; // of the name where it stands
};

static void side_deinit(struct side *side)
{
	ks_sql_resetp(&side->stmt);
	ks_buf_deinit(&side->text);
	ks_buf_deinit(&side->raw);
}
#define _cleanup_side_ __attribute__((__cleanup__(side_deinit)))

static struct ks_error *open_list(struct side *side, struct ks_store *store, int64_t image,
				  int list)
{
	*side = (struct side){ .store = store };
	KS_TRY(ks_sql_get(store, KS_SQL_LIST_OF_KIND, &side->stmt));
	sqlite3_bind_int64(side->stmt, 1, image);
	ks_sql_bind_text(side->stmt, 2, ks_list_name(list));
	return NULL;
}

/** The next name. @param[out] ret NULL: there is none */
static struct ks_error *next(struct side *side, const char **ret)
{
	*ret = NULL;
	while (!ks_segment_names_next(&side->names)) {
		bool row;
		KS_TRY(ks_sql_row(side->store, side->stmt, &row));
		if (!row)
			return NULL;
		side->raw.len = 0;
		KS_TRY(ks_columns_load(side->store, sqlite3_column_int64(side->stmt, 1),
				       &side->raw));
		KS_TRY(ks_columns_open(side->raw.at, side->raw.len, &side->columns));
		KS_TRY(ks_segment_names_load(side->store, sqlite3_column_int64(side->stmt, 0),
					     &side->text));
		side->names = ks_segment_names_over(ks_bytes_of(&side->text));
	}
	struct ks_row row;
	KS_TRY(ks_columns_next(&side->columns, &row));
	side->numbers[0] = row.first;
	side->numbers[1] = row.second;
	*ret = side->names.name;
	return NULL;
}

/** Of equal names: the definitions here are like those that come. */
static void pair(const struct ks_transfer *t, struct ks_transfer_job *job, const int tables[2],
		 const struct side *there, const struct side *here)
{
	for (int i = 0; i < 2; i++) {
		uint64_t number = there->numbers[i];
		uint64_t id = tables[i] >= 0 && number < t->nr_ids ? t->ids[number] : 0;
		if (id < job->first_new || !here->numbers[i] || here->numbers[i] >= job->first_new)
			continue;
		job->defs.new_defs.at[id - job->first_new].like = here->numbers[i];
	}
}

static struct ks_error *pair_list(struct ks_transfer *t, struct ks_transfer_job *job, int list,
				  const int tables[2])
{
	_cleanup_side_ struct side there = { 0 }, here = { 0 };
	const char *a, *b;
	KS_TRY(open_list(&there, t->from, job->image->id, list));
	KS_TRY(open_list(&here, t->into, job->likes.nearest, list));
	KS_TRY(next(&there, &a));
	KS_TRY(next(&here, &b));
	while (a && b) {
		int order = strcmp(a, b);
		if (order == 0)
			pair(t, job, tables, &there, &here);
		if (order <= 0)
			KS_TRY(next(&there, &a));
		if (order >= 0)
			KS_TRY(next(&here, &b));
	}
	return NULL;
}

struct ks_error *ks_transfer_likes(struct ks_transfer *t, struct ks_transfer_job *job)
{
	if (!job->likes.nearest || !job->defs.new_defs.len)
		return NULL;
	for (int list = 0; list < KS_NR_LISTS; list++) {
		int tables[2];
		ks_list_tables(list, tables);
		if (tables[0] >= 0)
			KS_TRY(pair_list(t, job, list, tables));
	}
	return NULL;
}
