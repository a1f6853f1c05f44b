/* SPDX-License-Identifier: BSD-2-Clause */
/* The names alone of rows of a catalogue: what a search looks at that knows no better. */
#include "store/catalogue_find.h"

/** A row of table word. */
struct words {
	struct ks_buf raw;
	struct ks_segment_names names; // the next
	uint64_t next, end;	       // ids of the rows of names that it has still
};

struct ks_error *ks_find_fetch(struct ks_find_names *search, const char *table)
{
	KS_VECTOR(int64_t) ids = { 0 };
	bool ok = true;
	for (size_t i = 0; i < search->nr_parts; i++)
		for (size_t k = 0; ok && k < search->parts[i].ids.len; k++)
			ok = ks_vector_add(&ids, search->parts[i].ids.at[k]);
	struct ks_error *err =
		ok ? ks_catalogue_fetch(search->store, table, ids.at, ids.len) : &ks_nomem;
	ks_vector_deinit(&ids);
	return err;
}

/** The row of words that has a row of names. */
static struct ks_error *read_words(struct ks_find_names *search, const struct ks_find_part *part,
				   int64_t id, struct words *words)
{
	struct ks_store *store = search->store;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	bool there;
	KS_TRY(ks_sql_find(store, KS_SQL_CATALOGUE_WORD, id, &stmt, &there));
	uint64_t first = there ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
	uint64_t nr = there ? (uint64_t)sqlite3_column_int64(stmt, 1) : 0;
	if (!there || first <= part->list->from || (uint64_t)id - first >= nr ||
	    nr > part->list->nr)
		return ks_store_damaged("names of the catalogue are missing");
	words->raw.len = 0;
	KS_TRY(ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, ks_sql_bytes(stmt, 2),
			      &words->raw));
	if (!words->raw.len || words->raw.at[words->raw.len - 1])
		return ks_store_damaged("list of names has no end");
	words->names = ks_segment_names_over(ks_bytes_of(&words->raw));
	words->next = first;
	words->end = first + nr;
	return NULL;
}

/** Whether a row of names has one that is wanted; those before it are passed over. */
static struct ks_error *look_at(struct ks_find_names *search, const struct ks_find_part *part,
				uint64_t id, struct words *words, bool *ret)
{
	*ret = false;
	for (; words->next <= id; words->next++) {
		size_t row = (size_t)(words->next - part->list->from - 1);
		uint32_t nr = row < part->list->nr ? part->list->rows[row].nr : 0;
		for (uint32_t i = 0; i < nr; i++) {
			if (!ks_segment_names_next(&words->names))
				return ks_store_damaged("names and their number do not match");
			*ret = *ret || (words->next == id &&
					ks_find_wants(search->find, part->kind, words->names.name));
		}
	}
	return NULL;
}

static struct ks_error *look_at_part(struct ks_find_names *search, struct ks_find_part *part,
				     struct words *words)
{
	size_t kept = 0;
	words->next = words->end = 0;
	for (size_t i = 0; i < part->ids.len; i++) {
		int64_t id = part->ids.at[i];
		bool hit;
		if ((uint64_t)id >= words->end)
			KS_TRY(read_words(search, part, id, words));
		KS_TRY(look_at(search, part, (uint64_t)id, words, &hit));
		part->ids.at[kept] = id;
		kept += hit;
	}
	part->ids.len = kept;
	return NULL;
}

struct ks_error *ks_find_look(struct ks_find_names *search)
{
	struct words words = { 0 };
	struct ks_error *err = ks_find_fetch(search, "word");
	for (size_t i = 0; !err && i < search->nr_parts; i++)
		err = look_at_part(search, &search->parts[i], &words);
	ks_buf_deinit(&words.raw);
	return err;
}
