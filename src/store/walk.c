/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "store/fact.h"
#include "store/index.h"
#include "store/layout.h"
#include "store/places.h"
#include "surface/image.h"

/**
 * Blocks a visiting thread keeps unpacked, 8 MiB: neighbours in the walk lie together in each image's definitions,
 * so a few blocks an image are enough.
 */
enum { WALK_BLOCKS = 256 };

/** What an image says of a name: numbers, and which row of its columns has the facts. */
struct walk_row {
	uint32_t columns, first, second, at;
};

struct ks_walk {
	const struct ks_store_images *images;
	struct ks_store_images own; // what images points to
	enum ks_kind kind;
	struct ks_index index;
	KS_VECTOR(struct ks_places *) columns; // of functions
	KS_VECTOR(struct walk_row) rows;
	uint32_t *cells; // of name and image: index into rows plus 1; 0: absent
	uint32_t *order; // index of the i-th name
};

void ks_walk_free(struct ks_walk *walk)
{
	if (!walk)
		return;
	for (size_t i = 0; i < walk->columns.len; i++)
		ks_places_free(walk->columns.at[i]);
	ks_vector_deinit(&walk->columns);
	ks_vector_deinit(&walk->rows);
	ks_index_deinit(&walk->index);
	free(walk->own.at);
	free(walk->cells);
	free(walk->order);
	free(walk);
}

static struct ks_error *read_rows(struct ks_walk *walk, const struct ks_index_row *list,
				  struct ks_bytes ids)
{
	struct ks_columns columns;
	KS_TRY(ks_columns_open(ids.at, ids.len, &columns));
	for (size_t i = 0; i < list->nr; i++) {
		struct ks_row row;
		KS_TRY(ks_columns_next(&columns, &row));
		struct walk_row walk_row = {
			.columns = (uint32_t)(walk->columns.len - 1),
			.first = (uint32_t)row.first,
			.second = (uint32_t)row.second,
			.at = (uint32_t)i,
		};
		size_t name = walk->index.members.at[list->from + i];
		uint32_t *cell = &walk->cells[name * walk->images->nr + list->image];
		if (*cell)
			continue; // a name twice in one list: the first counts, as in a seek
		if (walk->rows.len >= UINT32_MAX || !ks_vector_add(&walk->rows, walk_row))
			return &ks_nomem;
		*cell = (uint32_t)walk->rows.len;
	}
	return NULL;
}

struct sort_key {
	uint32_t id, name;
};

static int compare_keys(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

/** By the lowest id: in the order in which the images had the names, not by alphabet. */
static struct ks_error *sort_names(struct ks_walk *walk)
{
	size_t nr = walk->index.names.all.len;
	struct sort_key *keys = calloc(nr + 1, sizeof(*keys));
	walk->order = calloc(nr + 1, sizeof(*walk->order));
	if (!keys || !walk->order) {
		free(keys);
		return &ks_nomem;
	}
	for (size_t i = 0; i < nr; i++) {
		keys[i] = (struct sort_key){ .id = UINT32_MAX, .name = (uint32_t)i };
		for (size_t k = 0; k < walk->images->nr; k++) {
			uint32_t cell = walk->cells[i * walk->images->nr + k];
			if (!cell)
				continue;
			const struct walk_row *row = &walk->rows.at[cell - 1];
			uint32_t id =
				walk->kind == KS_FUNCTION && row->second ? row->second : row->first;
			keys[i].id = id < keys[i].id ? id : keys[i].id;
		}
	}
	qsort(keys, nr, sizeof(*keys), compare_keys);
	for (size_t i = 0; i < nr; i++)
		walk->order[i] = keys[i].name;
	free(keys);
	return NULL;
}

/** The rows of a segment of an image; of functions the facts are kept. */
static struct ks_error *read_list(struct ks_walk *walk, struct ks_store *store,
				  const struct ks_index_row *list)
{
	if (walk->kind != KS_FUNCTION) {
		_cleanup_buf_ struct ks_buf ids = { 0 };
		KS_TRY(ks_columns_load(store, list->columns, &ids));
		return read_rows(walk, list, ks_bytes_of(&ids));
	}
	_cleanup_places_ struct ks_places *places = NULL;
	KS_TRY(ks_places_load(store, list->columns, KS_PLACES_ALL, &places));
	if (!ks_vector_add(&walk->columns, places))
		return &ks_nomem;
	const struct ks_places *kept = ks_take(places);
	return read_rows(walk, list, ks_bytes_of(&kept->ids));
}

static struct ks_error *fill(struct ks_store *store, void *arg)
{
	struct ks_walk *walk = arg;
	const struct ks_index_ask ask = { .images = walk->images,
					  .kind = walk->kind,
					  .list = ks_list_name((int)walk->kind) };
	KS_TRY(ks_store_expect(store, walk->images));
	KS_TRY(ks_index_fill(&walk->index, store, &ask));
	walk->cells =
		calloc(walk->index.names.all.len * walk->images->nr + 1, sizeof(*walk->cells));
	if (!walk->cells)
		return &ks_nomem;
	for (size_t i = 0; i < walk->index.rows.len; i++) {
		KS_TRY(read_list(walk, store, &walk->index.rows.at[i]));
	}
	return sort_names(walk);
}

struct ks_error *ks_walk_new(struct ks_store *store, const struct ks_store_images *images,
			     enum ks_kind kind, struct ks_walk **ret)
{
	if (kind >= KS_FIELD)
		return ks_error_new(KS_ERR_USAGE, "fields cannot be listed");
	_cleanup_walk_ struct ks_walk *walk = calloc(1, sizeof(*walk));
	if (!walk)
		return &ks_nomem;
	walk->kind = kind;
	walk->images = &walk->own;
	walk->own.at = calloc(images->nr + 1, sizeof(*walk->own.at));
	if (!walk->own.at)
		return &ks_nomem;
	walk->own.nr = images->nr;
	for (size_t i = 0; i < images->nr; i++)
		walk->own.at[i] = images->at[i];
	KS_TRY(ks_sql_read(store, fill, walk));
	*ret = ks_take(walk);
	return NULL;
}

size_t ks_walk_nr(const struct ks_walk *walk)
{
	return walk->index.names.all.len;
}

const char *ks_walk_name(const struct ks_walk *walk, size_t i)
{
	return ks_intern_at(&walk->index.names, walk->order[i] + 1);
}

static struct ks_error *read_fact(const struct ks_walk *walk, struct ks_fact_reader *reader,
				  size_t image, uint32_t cell, struct ks_fact *fact)
{
	const struct walk_row *walk_row = &walk->rows.at[cell - 1];
	struct ks_row row = { .first = walk_row->first,
			      .second = walk_row->second,
			      .at = walk_row->at };
	if (walk->kind == KS_FUNCTION)
		row.places = walk->columns.at[walk_row->columns];
	return ks_fact_fill(reader, walk->images->at[image], walk->kind, &row, fact);
}

struct ks_error *ks_walk_history(const struct ks_walk *walk, struct ks_store *store, size_t i,
				 struct ks_arena *arena, struct ks_history *ret)
{
	const char *name = ks_walk_name(walk, i);
	if (ks_kind_of_functions(walk->kind)) // facts of other names: few enough
		return ks_store_history(store, walk->images, walk->kind, name, arena, ret);
	if (store->blocks.cap < WALK_BLOCKS)
		ks_blocks_keep(&store->blocks, WALK_BLOCKS);
	struct ks_fact *facts = ks_arena_array(arena, walk->images->nr + 1, sizeof(*facts));
	if (!facts)
		return &ks_nomem;
	_cleanup_fact_reader_ struct ks_fact_reader reader = { .store = store, .arena = arena };
	for (size_t k = 0; k < walk->images->nr; k++) {
		const struct ks_store_image *image = walk->images->at[k];
		uint32_t cell = walk->cells[walk->order[i] * walk->images->nr + k];
		facts[k] = (struct ks_fact){ .image = &image->image };
		facts[k].known = image->known & KS_KNOWS(walk->kind) &&
				 (cell || ks_image_lists_all(&image->image, walk->kind));
		if (cell)
			KS_TRY(read_fact(walk, &reader, k, cell, &facts[k]));
	}
	*ret = (struct ks_history){
		.kind = walk->kind, .name = name, .nr = walk->images->nr, .facts = facts
	};
	return NULL;
}
