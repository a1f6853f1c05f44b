/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that are going to be looked up in a catalogue on a server: first the rows of all of them are fetched, then all
 * definitions and places that those name, so that each wave is a few requests and not one for each name.
 */
#include "base/array.h"
#include "base/sort.h"
#include "store/catalogue.h"
#include "store/kinds.h"
#include "store/names.h"
#include "store/pages.h"

/** A name of a list. */
struct asked {
	const char *list, *name;
	bool definitions, places, symbol;
	bool common; // the head has it
};

struct keys {
	KS_VECTOR(int64_t) at;
};

struct wave {
	struct ks_store *store;
	const struct ks_store_images *images;
	const struct ks_store_want *wants;
	size_t nr_wants;
	struct ks_arena arena;
	KS_VECTOR(struct asked) asked;
	struct keys names, blocks, places, symbols;
};

static struct ks_error *ask(struct wave *wave, enum ks_kind kind, const char *prefix,
			    const char *name, size_t len, bool symbol)
{
	struct ks_buf text = { 0 };
	ks_buf_str(&text, prefix);
	ks_buf_bytes(&text, name, len);
	const char *whole = ks_buf_text(&text);
	struct asked asked = {
		.list = ks_list_name((int)kind),
		.name = whole ? ks_arena_strdup(&wave->arena, whole) : NULL,
		.definitions = ks_kind_def_class(kind) != 0,
		.places = kind == KS_FUNCTION,
		.symbol = symbol,
	};
	ks_buf_deinit(&text);
	return asked.name && ks_vector_add(&wave->asked, asked) ? NULL : &ks_nomem;
}

/** The names of lists that the history of a name asks for. */
static struct ks_error *ask_for(struct wave *wave, const struct ks_store_want *want)
{
	size_t len = strlen(want->name);
	if (want->kind == KS_FIELD) {
		const char *colons = strstr(want->name, "::");
		len = colons ? (size_t)(colons - want->name) : len;
		KS_TRY(ask(wave, KS_STRUCT, "", want->name, len, false));
		return ask(wave, KS_UNION, "", want->name, len, false);
	}
	KS_TRY(ask(wave, want->kind, "", want->name, len, want->symbol));
	if (!ks_kind_of_functions(want->kind))
		return NULL;
	return ask(wave, KS_FUNCTION, ks_kinds[want->kind].function, want->name, len, false);
}

/** Rows of a table. @param ids sorted here */
static struct ks_error *want_rows(struct ks_store *store, const char *table, int64_t *ids,
				  size_t nr, struct ks_pages_want *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_ROOT, &stmt));
	ks_sql_bind_text(stmt, 1, table);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	ks_sort_ids(ids, nr);
	*ret = (struct ks_pages_want){ .root = row ? (uint32_t)sqlite3_column_int64(stmt, 0) : 0,
				       .keys = ids,
				       .nr = nr };
	return NULL;
}

struct ks_error *ks_catalogue_fetch(struct ks_store *store, const char *table, int64_t *ids,
				    size_t nr)
{
	struct ks_pages_want want;
	if (!store->pages)
		return NULL;
	KS_TRY(want_rows(store, table, ids, nr, &want));
	return ks_pages_fetch(store->pages, &want, 1);
}

/** Whether the head has a name, so that no row is needed. */
static struct ks_error *look_in_head(struct wave *wave, struct asked *asked)
{
	struct ks_catalogue *catalogue;
	struct ks_cursor record;
	KS_TRY(ks_catalogue_get(wave->store, &catalogue));
	return ks_catalogue_common(catalogue, asked->list, asked->name, &asked->common, &record);
}

static struct ks_error *find_rows(struct wave *wave)
{
	for (size_t i = 0; i < wave->asked.len; i++) {
		struct asked *asked = &wave->asked.at[i];
		const struct ks_catalogue_list *list = NULL;
		KS_TRY(look_in_head(wave, asked));
		if (!asked->common)
			KS_TRY(ks_catalogue_list(wave->store, asked->list, &list));
		int64_t row = list ? ks_catalogue_row_of(list, asked->name) : -1;
		if (row >= 0 && !ks_vector_add(&wave->names.at, (int64_t)list->from + row + 1))
			return &ks_nomem;
	}
	return ks_catalogue_fetch(wave->store, "names", wave->names.at.at, wave->names.at.len);
}

/** A definition that is not here. */
static bool add_block(struct wave *wave, uint64_t id)
{
	struct keys *keys = &wave->blocks;
	size_t len = keys->at.len;
	struct ks_bytes kept;
	if (!id || (len && keys->at.at[len - 1] == (int64_t)id) ||
	    ks_cache_get(&wave->store->kept_defs, (int64_t)id, &kept))
		return true;
	return ks_vector_add(&keys->at, (int64_t)id);
}

/** The definitions that an image has of a name. */
static struct ks_error *add_image(struct wave *wave, const struct asked *asked,
				  struct ks_cursor record, uint64_t base, uint64_t image,
				  bool *placed)
{
	uint64_t first, second;
	const char *why;
	if (!ks_catalogue_value(record, base, image, &first, &second, &why))
		return why ? ks_store_damaged(why) : NULL;
	*placed = *placed || (asked->places && second);
	return add_block(wave, first) && add_block(wave, second) ? NULL : &ks_nomem;
}

/** The row of a symbol. */
static struct ks_error *add_symbol(struct wave *wave, const char *name)
{
	const struct ks_catalogue_list *list;
	KS_TRY(ks_catalogue_list(wave->store, KS_CATALOGUE_SYMBOLS, &list));
	int64_t row = list ? ks_catalogue_row_of(list, name) : -1;
	return row < 0 || ks_vector_add(&wave->symbols.at, (int64_t)list->from + row + 1)
		       ? NULL
		       : &ks_nomem;
}

static struct ks_error *find_ids(struct wave *wave, const struct asked *asked)
{
	const struct ks_catalogue_name *named;
	bool placed = false, everywhere;
	if (!asked->definitions)
		return NULL;
	KS_TRY(ks_catalogue_look_up(wave->store, asked->list, asked->name, &named));
	everywhere = named->found;
	struct ks_cursor record = ks_cursor_over(named->record.at, named->record.len, false);
	for (size_t i = 0; named->found && i < wave->images->nr; i++) {
		const struct ks_store_image *image = wave->images->at[i];
		bool here = false;
		KS_TRY(add_image(wave, asked, record, named->base, (uint64_t)image->id - 1, &here));
		everywhere = everywhere && here;
		placed = placed || here;
		if (image->modules)
			KS_TRY(add_image(wave, asked, record, named->base,
					 (uint64_t)image->modules->id - 1, &placed));
	}
	if (placed && !ks_vector_add(&wave->places.at, (int64_t)named->in_list))
		return &ks_nomem;
	return everywhere || !asked->symbol ? NULL : add_symbol(wave, asked->name);
}

static struct ks_error *run(struct ks_store *store, void *arg)
{
	struct wave *wave = arg;
	const struct {
		const char *table;
		struct keys *keys;
	} waves[] = { { "block", &wave->blocks },
		      { "place", &wave->places },
		      { "names", &wave->symbols } };
	struct ks_pages_want wants[KS_ARRAY_LEN(waves)];
	for (size_t i = 0; i < wave->nr_wants; i++)
		KS_TRY(ask_for(wave, &wave->wants[i]));
	KS_TRY(find_rows(wave));
	for (size_t i = 0; i < wave->asked.len; i++)
		KS_TRY(find_ids(wave, &wave->asked.at[i]));
	for (size_t i = 0; i < KS_ARRAY_LEN(waves); i++)
		KS_TRY(want_rows(store, waves[i].table, waves[i].keys->at.at, waves[i].keys->at.len,
				 &wants[i]));
	return ks_pages_fetch(store->pages, wants, KS_ARRAY_LEN(wants));
}

struct ks_error *ks_store_want(struct ks_store *store, const struct ks_store_images *images,
			       const struct ks_store_want *wants, size_t nr)
{
	if (!store->pages)
		return NULL;
	struct wave wave = { .store = store, .images = images, .wants = wants, .nr_wants = nr };
	struct ks_error *err = ks_sql_read(store, run, &wave);
	ks_vector_deinit(&wave.asked);
	ks_vector_deinit(&wave.names.at);
	ks_vector_deinit(&wave.blocks.at);
	ks_vector_deinit(&wave.places.at);
	ks_vector_deinit(&wave.symbols.at);
	ks_arena_deinit(&wave.arena);
	return err;
}
