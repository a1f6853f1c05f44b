/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/index.h"

#include <fnmatch.h>

#include "store/names.h"
#include "store/trigrams.h"

void ks_index_deinit(struct ks_index *index)
{
	ks_arena_deinit(&index->arena);
	ks_intern_deinit(&index->names);
	ks_vector_deinit(&index->members);
	ks_vector_deinit(&index->rows);
	ks_numbers_deinit(&index->segments);
}

static struct ks_error *add_member(struct ks_index *index, const struct ks_segment_names *names,
				   const char *glob)
{
	uint32_t *member = ks_vector_push(&index->members);
	if (!member)
		return &ks_nomem;
	if (glob && fnmatch(glob, names->name, 0) != 0) {
		*member = KS_INDEX_NONE;
		return NULL;
	}
	uint32_t number = ks_intern_number(&index->names, names->name, names->len);
	*member = number - 1;
	return number ? NULL : &ks_nomem;
}

static struct ks_error *add_segment(struct ks_index *index, struct ks_store *store, int64_t id,
				    const char *glob, struct ks_index_row *list_row)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	KS_TRY(ks_segment_names_load(store, id, &text));
	struct ks_segment_names names = ks_segment_names_over(ks_bytes_of(&text));
	list_row->from = index->members.len;
	while (ks_segment_names_next(&names))
		KS_TRY(add_member(index, &names, glob));
	list_row->nr = index->members.len - list_row->from;
	return NULL;
}

static struct ks_error *add_row(struct ks_index *index, struct ks_store *store, uint32_t image,
				const struct ks_run_row *list, const char *glob)
{
	int64_t segment = list->segment;
	struct ks_index_row row = { .image = image, .columns = list->columns };
	uint32_t same = ks_numbers_get(&index->segments, (uint64_t)segment);
	if (same) {
		row.from = index->rows.at[same - 1].from;
		row.nr = index->rows.at[same - 1].nr;
	} else {
		KS_TRY(add_segment(index, store, segment, glob, &row));
		if (!ks_numbers_set(&index->segments, (uint64_t)segment,
				    (uint32_t)index->rows.len + 1))
			return &ks_nomem;
	}
	return ks_vector_add(&index->rows, row) ? NULL : &ks_nomem;
}

/** A pattern, and what names that it matches begin with. */
struct begin {
	const char *glob, *text;
	size_t len;
};

/** The list of one image. @param number of the image that has its names */
static struct ks_error *add_image(struct ks_index *index, struct ks_store *store, int64_t id,
				  uint32_t number, const char *name, const struct begin *begin)
{
	_cleanup_run_ struct ks_run_walk list = {
		.store = store, .image = id, .name = name, .from = begin->text
	};
	for (;;) {
		bool row;
		KS_TRY(ks_run_next(&list, &row));
		if (!row || (begin->text && strncmp(list.row.first, begin->text, begin->len) > 0))
			return NULL;
		KS_TRY(add_row(index, store, number, &list.row, begin->glob));
	}
}

struct ks_error *ks_index_fill(struct ks_index *index, struct ks_store *store,
			       const struct ks_store_images *images, const char *list,
			       const char *glob, bool modules)
{
	struct begin begin = { .glob = glob };
	bool only;
	index->names.arena = &index->arena;
	begin.len = glob ? ks_glob_prefix(glob, &only) : 0;
	if (begin.len && !(begin.text = ks_arena_strndup(&index->arena, glob, begin.len)))
		return &ks_nomem;
	for (size_t i = 0; i < images->nr; i++) {
		const struct ks_store_image *image = images->at[i];
		KS_TRY(add_image(index, store, image->id, (uint32_t)i, list, &begin));
		if (modules && image->modules)
			KS_TRY(add_image(index, store, image->modules->id, (uint32_t)i, list,
					 &begin));
	}
	return NULL;
}
