/* SPDX-License-Identifier: BSD-2-Clause */
/* Which names of a catalogue have some trigrams in them: groups of a few neighbours, as the index has them. */
#include "store/catalogue_index.h"

/** A group, and how many of the trigrams it has. */
struct counted {
	uint64_t group;
	size_t nr;
};
struct counts {
	KS_VECTOR(struct counted) at;
};

static struct ks_error *fetch(struct ks_store *store, const struct ks_trigrams *trigrams)
{
	int64_t ids[KS_TRIGRAMS_MOST] = { 0 };
	for (size_t i = 0; i < trigrams->nr; i++)
		ids[i] = trigrams->at[i];
	return ks_catalogue_fetch(store, "trigram", ids, trigrams->nr);
}

/** The groups that have a trigram, as they are written. @param out holds the bytes @return none when no name has it */
static struct ks_error *read_list(struct ks_store *store, uint32_t trigram, struct ks_buf *out,
				  struct ks_cursor *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	*ret = ks_cursor_over(NULL, 0, false);
	bool there;
	KS_TRY(ks_sql_find(store, KS_SQL_CATALOGUE_TRIGRAM, trigram, &stmt, &there));
	if (!there || sqlite3_column_int64(stmt, 0) > trigram)
		return NULL;
	uint64_t at = (uint64_t)sqlite3_column_int64(stmt, 0) - 1;
	out->len = 0;
	KS_TRY(ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, ks_sql_bytes(stmt, 2), out));
	struct ks_cursor c = ks_cursor_over(out->at, out->len, false);
	while (ks_cursor_more(&c) && at != trigram) {
		at += ks_cursor_uleb(&c);
		uint64_t len = ks_cursor_uleb(&c);
		const uint8_t *list = ks_cursor_take(&c, len);
		if (at == trigram && list)
			*ret = ks_cursor_over(list, (size_t)len, false);
	}
	return c.why ? ks_store_damaged(c.why) : NULL;
}

/** The next group of a list that is in the rows; false at the end. */
static bool next_group(struct ks_cursor *list, const struct ks_catalogue_rows *rows,
		       uint64_t *group)
{
	while (ks_cursor_more(list)) {
		uint64_t further = ks_cursor_uleb(list);
		if (!further || further > UINT64_MAX - *group)
			ks_cursor_fail(list, "names are not in order");
		*group += further;
		uint64_t row = *group / KS_CATALOGUE_GROUPS;
		if (row > rows->last)
			return false;
		if (row >= rows->first)
			return !list->why;
	}
	return false;
}

/** Count the groups of one more list; those that cannot come to so many any more are left out. @param left lists behind it */
static struct ks_error *count(struct counts *counts, struct ks_cursor *list,
			      const struct ks_catalogue_rows *rows, size_t least, size_t left)
{
	struct counts merged = { 0 };
	uint64_t group = 0;
	bool ok = true, more = next_group(list, rows, &group);
	for (size_t i = 0; ok && (i < counts->at.len || more);) {
		bool old = i < counts->at.len && (!more || counts->at.at[i].group <= group);
		struct counted next = old ? counts->at.at[i] : (struct counted){ group, 0 };
		i += old;
		if (more && next.group == group) {
			next.nr++;
			more = next_group(list, rows, &group);
		}
		if (next.nr + left >= least)
			ok = ks_vector_add(&merged.at, next);
	}
	ks_vector_deinit(&counts->at);
	*counts = merged;
	if (list->why)
		return ks_store_damaged(list->why);
	return ok ? NULL : &ks_nomem;
}

static struct ks_error *count_all(struct ks_store *store, const struct ks_trigrams *trigrams,
				  const struct ks_catalogue_rows *rows, struct counts *counts)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	KS_TRY(fetch(store, trigrams));
	for (size_t i = 0; i < trigrams->nr; i++) {
		struct ks_cursor list;
		KS_TRY(read_list(store, trigrams->at[i], &raw, &list));
		KS_TRY(count(counts, &list, rows, trigrams->least, trigrams->nr - i - 1));
	}
	return NULL;
}

struct ks_error *ks_catalogue_rows_with(struct ks_store *store, const struct ks_trigrams *trigrams,
					const struct ks_catalogue_rows *rows,
					struct ks_catalogue_ids *ret)
{
	struct counts counts = { 0 };
	struct ks_error *err = count_all(store, trigrams, rows, &counts);
	for (size_t i = 0; !err && i < counts.at.len; i++) {
		int64_t id = (int64_t)(counts.at.at[i].group / KS_CATALOGUE_GROUPS);
		bool again = ret->at.len && ret->at.at[ret->at.len - 1] == id;
		if (!again && !ks_vector_add(&ret->at, id))
			err = &ks_nomem;
	}
	ks_vector_deinit(&counts.at);
	return err;
}
