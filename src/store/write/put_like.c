/* SPDX-License-Identifier: BSD-2-Clause */
/* Which older definition each new one may resemble: that of its name in the image that is most like the new one. */
#include "store/columns.h"
#include "store/kinds.h"
#include "store/names.h"
#include "store/write/put_lists.h"

/** The lists of both images, side by side. */
struct pairing {
	const struct ks_put_lists *lists;
	struct ks_put_defs *defs;
	int list, tables[2];
	size_t at; // row of the new image
};

/** Of equal names: the older definitions are like the new ones. */
static void pair(struct pairing *p, const struct ks_put_row *row, const uint64_t numbers[2])
{
	struct ks_put_defs *defs = p->defs;
	uint64_t first_new = defs->new_defs.at[0].def->id;
	for (int side = 0; side < 2; side++) {
		uint64_t id = ks_put_defs_of_side(defs, p->tables[side], row->index[side]);
		if (id >= first_new && numbers[side] && numbers[side] < first_new)
			defs->new_defs.at[id - first_new].like = numbers[side];
	}
}

static struct ks_error *pair_segment(struct pairing *p, struct ks_store *store, int64_t segment,
				     int64_t id)
{
	_cleanup_buf_ struct ks_buf raw = { 0 }, text = { 0 };
	struct ks_columns columns;
	KS_TRY(ks_columns_load(store, id, &raw));
	KS_TRY(ks_columns_open(raw.at, raw.len, &columns));
	KS_TRY(ks_segment_names_load(store, segment, &text));
	struct ks_segment_names names = ks_segment_names_over(ks_bytes_of(&text));
	const struct ks_put_row *rows = p->lists->rows[p->list].at;
	size_t nr = p->lists->rows[p->list].len;
	while (p->at < nr && ks_segment_names_next(&names)) {
		struct ks_row row;
		KS_TRY(ks_columns_next(&columns, &row));
		const uint64_t numbers[2] = { row.first, row.second };
		int order = -1;
		while (p->at < nr && (order = strcmp(rows[p->at].name, names.name)) < 0)
			p->at++;
		if (p->at < nr && order == 0)
			pair(p, &rows[p->at++], numbers);
	}
	return NULL;
}

struct ks_error *ks_put_lists_like(const struct ks_put_lists *lists, struct ks_put_defs *defs,
				   struct ks_store *store, int64_t image)
{
	if (!defs->new_defs.len)
		return NULL;
	for (int list = 0; list < KS_NR_LISTS; list++) {
		struct pairing p = { .lists = lists, .defs = defs, .list = list };
		ks_list_tables(list, p.tables);
		if (p.tables[0] < 0)
			continue;
		_cleanup_reset_ sqlite3_stmt *stmt = NULL;
		KS_TRY(ks_sql_get(store, KS_SQL_LIST_OF_KIND, &stmt));
		sqlite3_bind_int64(stmt, 1, image);
		ks_sql_bind_text(stmt, 2, ks_list_name(list));
		for (bool row = true;;) {
			KS_TRY(ks_sql_row(store, stmt, &row));
			if (!row)
				break;
			KS_TRY(pair_segment(&p, store, sqlite3_column_int64(stmt, 0),
					    sqlite3_column_int64(stmt, 1)));
		}
	}
	return NULL;
}
