/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of a catalogue by a pattern: those alone are read first, and of what the images say only the rows that have a name which is
 * wanted.
 */
#include <fnmatch.h>

#include "store/catalogue.h"
#include "store/names.h"
#include "store/pages.h"

/** Rows that are fetched at once. */
enum { WAVE = 1024 };

struct search {
	struct ks_store *store;
	const struct ks_find *find;
	enum ks_kind kind;
	const struct ks_catalogue_list *list;
	size_t from, to; // rows of the list that the pattern can be in
	struct ks_arena arena;
	KS_VECTOR(int64_t) hits; // ids of rows that have such a name
};

/** The rows whose names can begin as the pattern does. */
static struct ks_error *narrow(struct search *search)
{
	const struct ks_catalogue_list *list = search->list;
	const char *glob = search->find->glob ? search->find->glob : "";
	size_t len = strcspn(glob, "*?[\\+@!(");
	char *prefix = ks_arena_strndup(&search->arena, glob, len);
	if (!prefix)
		return &ks_nomem;
	int64_t first = ks_catalogue_row_of(list, prefix);
	search->from = first < 0 ? 0 : (size_t)first;
	search->to = list->nr;
	for (size_t i = search->from; i < list->nr && search->to == list->nr; i++)
		if (strncmp(list->rows[i].first, prefix, len) > 0)
			search->to = i;
	return NULL;
}

static bool is_wanted(const struct search *search, const char *name)
{
	const struct ks_find *find = search->find;
	return (!find->glob || fnmatch(find->glob, name, 0) == 0) &&
	       (!find->wanted || find->wanted(search->kind, name, find->arg));
}

/** Which of some rows have a wanted name. @param first row of the list that the names begin with */
static struct ks_error *look_at(struct search *search, struct ks_bytes text, size_t first,
				size_t nr)
{
	struct ks_segment_names names = ks_segment_names_over(text);
	for (size_t row = first; row < first + nr && row < search->list->nr; row++) {
		bool hit = false;
		for (uint32_t i = 0; i < search->list->rows[row].nr; i++) {
			if (!ks_segment_names_next(&names))
				return ks_store_damaged("names and their number do not match");
			hit = hit || (row >= search->from && row < search->to &&
				      is_wanted(search, names.name));
		}
		int64_t id = (int64_t)(search->list->from + row + 1);
		if (hit && !ks_vector_add(&search->hits, id))
			return &ks_nomem;
	}
	return NULL;
}

/** The row of words that has a row of names. @param out its names @return *ret_first, *ret_nr rows of names that it has */
static struct ks_error *read_words(struct search *search, size_t row, struct ks_buf *out,
				   size_t *ret_first, size_t *ret_nr)
{
	struct ks_store *store = search->store;
	uint64_t id = search->list->from + row + 1;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_CATALOGUE_WORD, &stmt));
	sqlite3_bind_int64(stmt, 1, (int64_t)id);
	bool there;
	KS_TRY(ks_sql_row(store, stmt, &there));
	uint64_t first = there ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
	uint64_t nr = there ? (uint64_t)sqlite3_column_int64(stmt, 1) : 0;
	if (!there || first <= search->list->from || id - first >= nr || nr > search->list->nr)
		return ks_store_damaged("names of the catalogue are missing");
	out->len = 0;
	KS_TRY(ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, ks_sql_bytes(stmt, 2), out));
	if (!out->len || out->at[out->len - 1])
		return ks_store_damaged("list of names has no end");
	*ret_first = (size_t)(first - search->list->from - 1);
	*ret_nr = (size_t)nr;
	return NULL;
}

static struct ks_error *fetch_words(struct search *search)
{
	KS_VECTOR(int64_t) keys = { 0 };
	struct ks_error *err = NULL;
	for (size_t row = search->from; row < search->to && !err; row++)
		err = ks_vector_add(&keys, (int64_t)(search->list->from + row + 1)) ? NULL
										    : &ks_nomem;
	if (!err)
		err = ks_catalogue_fetch(search->store, "word", keys.at, keys.len);
	ks_vector_deinit(&keys);
	return err;
}

static struct ks_error *find_rows(struct search *search)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	size_t first = 0, nr = 0;
	KS_TRY(fetch_words(search));
	for (size_t row = search->from; row < search->to; row = first + nr) {
		KS_TRY(read_words(search, row, &text, &first, &nr));
		KS_TRY(look_at(search, ks_bytes_of(&text), first, nr));
	}
	return NULL;
}

/* ---- which images have them ---- */

/** Add the images that a record says have the name. */
static void add_images(struct ks_cursor record, uint64_t base, const struct ks_store_images *images,
		       uint64_t *in, const char **ret_why)
{
	uint64_t first, second;
	for (size_t i = 0; i < images->nr && !*ret_why; i++) {
		const struct ks_store_image *image = images->at[i], *modules = image->modules;
		bool has = ks_catalogue_value(record, base, (uint64_t)image->id - 1, &first,
					      &second, ret_why);
		if (!has && modules && !*ret_why)
			has = ks_catalogue_value(record, base, (uint64_t)modules->id - 1, &first,
						 &second, ret_why);
		if (has)
			in[i / 64] |= (uint64_t)1 << i % 64;
	}
}

static struct ks_error *tell(struct search *search, const char *text, struct ks_cursor record,
			     uint64_t base, uint64_t *in)
{
	const struct ks_store_images *images = search->find->images;
	size_t words = (images->nr + 63) / 64;
	struct ks_store_name name = { .kind = search->kind, .name = text, .in = in };
	const char *why = NULL;
	memset(in, 0, (words + 1) * sizeof(*in));
	add_images(record, base, images, in, &why);
	if (why)
		return ks_store_damaged(why);
	for (size_t i = 0; i < words; i++)
		name.nr_images += (size_t)__builtin_popcountll(in[i]);
	return name.nr_images ? search->find->fn(&name, search->find->arg) : NULL;
}

/** @param row of all in table names */
static struct ks_error *tell_row(struct search *search, size_t row, uint64_t *in)
{
	struct ks_catalogue_chunk chunk;
	const char *last = NULL;
	KS_TRY(ks_catalogue_chunk(search->store, row, &chunk));
	struct ks_segment_names names = ks_segment_names_over(chunk.names);
	for (; ks_segment_names_next(&names); last = names.name) {
		struct ks_cursor record;
		KS_TRY(ks_catalogue_record(&chunk, &record));
		bool again = last && strcmp(last, names.name) == 0;
		if (again || !is_wanted(search, names.name))
			continue;
		KS_TRY(tell(search, names.name, record, chunk.base, in));
	}
	return NULL;
}

static struct ks_error *tell_all(struct search *search)
{
	size_t words = (search->find->images->nr + 63) / 64;
	uint64_t *in = ks_arena_array(&search->arena, words + 1, sizeof(*in));
	if (!in)
		return &ks_nomem;
	for (size_t i = 0; i < search->hits.len; i++) {
		size_t left = search->hits.len - i;
		if (i % WAVE == 0)
			KS_TRY(ks_catalogue_fetch(search->store, "names", search->hits.at + i,
						  left < WAVE ? left : WAVE));
		KS_TRY(tell_row(search, (size_t)search->hits.at[i] - 1, in));
	}
	return NULL;
}

struct ks_error *ks_catalogue_find(struct ks_store *store, const struct ks_find *find,
				   enum ks_kind kind)
{
	struct search search = { .store = store, .find = find, .kind = kind };
	KS_TRY(ks_catalogue_list(store, ks_list_name((int)kind), &search.list));
	if (!search.list)
		return NULL;
	struct ks_error *err = narrow(&search);
	if (!err)
		err = find_rows(&search);
	if (!err)
		err = tell_all(&search);
	ks_vector_deinit(&search.hits);
	ks_arena_deinit(&search.arena);
	return err;
}
