/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/index.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "store/names.h"

struct ks_idmap_slot {
	uint64_t key;
	uint64_t value; // plus 1; 0 is free
};

static bool idmap_grow(struct ks_idmap *map)
{
	struct ks_idmap old = *map;
	size_t nr = old.nr_slots ? old.nr_slots * 2 : 1024;
	map->slots = calloc(nr, sizeof(*map->slots));
	if (!map->slots) {
		*map = old;
		return false;
	}
	map->nr_slots = nr;
	for (size_t i = 0; i < old.nr_slots; i++) {
		if (!old.slots[i].value)
			continue;
		size_t k = old.slots[i].key & (nr - 1);
		while (map->slots[k].value)
			k = (k + 1) & (nr - 1);
		map->slots[k] = old.slots[i];
	}
	free(old.slots);
	return true;
}

/** The slot of a key from *at on, or the free one it would get; *at moves behind it. NULL out of memory. */
static struct ks_idmap_slot *idmap_find(struct ks_idmap *map, uint64_t key, size_t *at)
{
	if (map->nr * 2 >= map->nr_slots && !idmap_grow(map))
		return NULL;
	for (;; ++*at) {
		struct ks_idmap_slot *slot = &map->slots[(key + *at) & (map->nr_slots - 1)];
		if (slot->value && slot->key != key)
			continue;
		++*at;
		return slot;
	}
}

static void idmap_set(struct ks_idmap *map, struct ks_idmap_slot *slot, uint64_t key,
		      uint64_t value)
{
	*slot = (struct ks_idmap_slot){ .key = key, .value = value + 1 };
	map->nr++;
}

void ks_index_deinit(struct ks_index *index)
{
	ks_arena_deinit(&index->arena);
	ks_vector_deinit(&index->names);
	ks_vector_deinit(&index->members);
	ks_vector_deinit(&index->rows);
	free(index->segments.slots);
	free(index->by_hash.slots);
}

/** The index of a name, which is added when it is new. */
static struct ks_error *intern(struct ks_index *index, const char *name, size_t len, uint32_t *ret)
{
	uint64_t hash = ks_hash64_of(name, len);
	struct ks_idmap_slot *slot;
	for (size_t at = 0; (slot = idmap_find(&index->by_hash, hash, &at)) && slot->value;) {
		const char *other = index->names.at[slot->value - 1];
		if (strncmp(other, name, len) == 0 && !other[len]) {
			*ret = (uint32_t)(slot->value - 1);
			return NULL;
		}
	}
	char *copy = ks_arena_strndup(&index->arena, name, len);
	if (!slot || !copy || index->names.len == KS_INDEX_NONE ||
	    !ks_vector_add(&index->names, copy))
		return &ks_nomem;
	*ret = (uint32_t)(index->names.len - 1);
	idmap_set(&index->by_hash, slot, hash, *ret);
	return NULL;
}

static struct ks_error *add_member(struct ks_index *index, const struct ks_segment_names *names,
				   const char *glob, struct ks_buf *scratch)
{
	uint32_t *member = ks_vector_push(&index->members);
	if (!member)
		return &ks_nomem;
	if (glob) {
		scratch->len = 0;
		ks_buf_bytes(scratch, names->name, names->len);
		const char *text = ks_buf_text(scratch);
		if (!text)
			return &ks_nomem;
		if (fnmatch(glob, text, 0) != 0) {
			*member = KS_INDEX_NONE;
			return NULL;
		}
	}
	return intern(index, names->name, names->len, member);
}

static struct ks_error *add_segment(struct ks_index *index, struct ks_store *store, int64_t id,
				    const char *glob, struct ks_index_row *list_row)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	struct ks_bytes json;
	KS_TRY(ks_segment_names_fetch(store, id, &stmt, &json));
	_cleanup_names_ struct ks_segment_names names = ks_segment_names_over(json);
	_cleanup_buf_ struct ks_buf scratch = { 0 };
	list_row->from = index->members.len;
	while (ks_segment_names_next(&names))
		KS_TRY(add_member(index, &names, glob, &scratch));
	list_row->nr = index->members.len - list_row->from;
	return ks_segment_names_error(&names);
}

static struct ks_error *add_row(struct ks_index *index, struct ks_store *store, uint32_t image,
				sqlite3_stmt *list, const char *glob)
{
	int64_t segment = sqlite3_column_int64(list, 0);
	struct ks_index_row row = { .image = image, .columns = sqlite3_column_int64(list, 1) };
	size_t at = 0;
	struct ks_idmap_slot *slot = idmap_find(&index->segments, (uint64_t)segment, &at);
	if (!slot)
		return &ks_nomem;
	if (slot->value) {
		row.from = index->rows.at[slot->value - 1].from;
		row.nr = index->rows.at[slot->value - 1].nr;
	} else {
		KS_TRY(add_segment(index, store, segment, glob, &row));
		idmap_set(&index->segments, slot, (uint64_t)segment, index->rows.len);
	}
	return ks_vector_add(&index->rows, row) ? NULL : &ks_nomem;
}

/** The list of one image. @param number of the image that has its names */
static struct ks_error *add_image(struct ks_index *index, struct ks_store *store, int64_t id,
				  uint32_t number, enum ks_kind kind, const char *glob)
{
	_cleanup_reset_ sqlite3_stmt *list = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_LIST_OF_KIND, &list));
	sqlite3_bind_int64(list, 1, id);
	ks_sql_bind_text(list, 2, ks_kinds[kind].name);
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, list, &row));
		if (!row)
			return NULL;
		KS_TRY(add_row(index, store, number, list, glob));
	}
}

struct ks_error *ks_index_fill(struct ks_index *index, struct ks_store *store,
			       const struct ks_store_images *images, enum ks_kind kind,
			       const char *glob, bool modules)
{
	for (size_t i = 0; i < images->nr; i++) {
		const struct ks_store_image *image = images->at[i];
		KS_TRY(add_image(index, store, image->id, (uint32_t)i, kind, glob));
		if (modules && image->modules)
			KS_TRY(add_image(index, store, image->modules->id, (uint32_t)i, kind,
					 glob));
	}
	return NULL;
}
