/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of an image in a store: one row a run. */
#include "store/layout.h"

struct ks_error *ks_rows_next(struct ks_run_walk *list, bool *ret)
{
	*ret = false;
	if (!list->stmt) {
		enum ks_sql which = list->counts ? KS_SQL_LIST_COUNTED
				    : list->from ? KS_SQL_LIST_FROM
						 : KS_SQL_LIST_OF_KIND;
		KS_TRY(ks_sql_get(list->store, which, &list->stmt));
		sqlite3_bind_int64(list->stmt, 1, list->image);
		ks_sql_bind_text(list->stmt, 2, list->name);
		if (list->from)
			ks_sql_bind_text(list->stmt, 3, list->from);
	}
	KS_TRY(ks_sql_row(list->store, list->stmt, ret));
	if (!*ret)
		return NULL;
	const char *first = (const char *)sqlite3_column_text(list->stmt, 2);
	list->row = (struct ks_run_row){ .segment = sqlite3_column_int64(list->stmt, 0),
					 .columns = sqlite3_column_int64(list->stmt, 1),
					 .first = first ? first : "",
					 .nr = (uint64_t)sqlite3_column_int64(list->stmt, 3) };
	return NULL;
}
