/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/index.h"

#include "store/layout.h"
#include "store/names.h"
#include "store/trigrams.h"

void ks_index_deinit(struct ks_index *index)
{
	ks_arena_deinit(&index->arena);
	ks_intern_deinit(&index->names);
	ks_vector_deinit(&index->members);
	ks_vector_deinit(&index->rows);
	ks_numbers_deinit(&index->segments);
	ks_vector_deinit(&index->runs);
	ks_intern_deinit(&index->seen);
	ks_vector_deinit(&index->numbers);
}

struct filling {
	struct ks_index *index;
	struct ks_store *store;
	const struct ks_index_ask *ask;
	const char *begin; // what names that are meant begin with; NULL: nothing
	size_t begin_len;
};

/** The number of a name that may be meant; @param[out] ret 0: it is not */
static struct ks_error *number_of(struct filling *filling, const struct ks_segment_names *name,
				  uint32_t *ret)
{
	struct ks_index *index = filling->index;
	const struct ks_index_ask *ask = filling->ask;
	uint32_t seen = ks_intern_number(&index->seen, name->name, name->len);
	if (seen && seen <= index->numbers.len) {
		*ret = index->numbers.at[seen - 1];
		return NULL;
	}
	*ret = 0;
	if (seen && ks_find_wants(ask->find, ask->kind, name->name) &&
	    !(*ret = ks_intern_number(&index->names, name->name, name->len)))
		return &ks_nomem;
	return seen && ks_vector_add(&index->numbers, *ret) ? NULL : &ks_nomem;
}

static struct ks_error *add_member(struct filling *filling, const struct ks_segment_names *name)
{
	struct ks_index *index = filling->index;
	uint32_t number;
	if (filling->ask->find) {
		KS_TRY(number_of(filling, name, &number));
		if (!number)
			return NULL;
	} else {
		number = ks_intern_number(&index->names, name->name, name->len);
	}
	return number && ks_vector_add(&index->members, number - 1) ? NULL : &ks_nomem;
}

/** The names of a segment that are meant. */
static struct ks_error *add_segment(struct filling *filling, int64_t id)
{
	struct ks_index *index = filling->index;
	_cleanup_buf_ struct ks_buf text = { 0 };
	KS_TRY(ks_segment_names_load(filling->store, id, &text));
	struct ks_index_row run = { .from = index->members.len };
	struct ks_segment_names names = ks_segment_names_over(ks_bytes_of(&text));
	while (ks_segment_names_next(&names))
		KS_TRY(add_member(filling, &names));
	run.nr = index->members.len - run.from;
	return ks_vector_add(&index->runs, run) && ks_numbers_set(&index->segments, (uint64_t)id,
								  (uint32_t)index->runs.len)
		       ? NULL
		       : &ks_nomem;
}

static struct ks_error *add_row(struct filling *filling, uint32_t image,
				const struct ks_run_row *list)
{
	struct ks_index *index = filling->index;
	uint32_t run = ks_numbers_get(&index->segments, (uint64_t)list->segment);
	if (!run) {
		KS_TRY(add_segment(filling, list->segment));
		run = (uint32_t)index->runs.len;
	}
	struct ks_index_row row = index->runs.at[run - 1];
	row.image = image;
	row.columns = list->columns;
	return !row.nr || ks_vector_add(&index->rows, row) ? NULL : &ks_nomem;
}

/** The list of one image. @param number of the image that has its names */
static struct ks_error *add_image(struct filling *filling, int64_t id, uint32_t number)
{
	_cleanup_run_ struct ks_run_walk list = { .store = filling->store,
						  .image = id,
						  .name = filling->ask->list,
						  .from = filling->begin };
	for (;;) {
		bool row;
		KS_TRY(ks_run_next(&list, &row));
		if (!row || (filling->begin &&
			     strncmp(list.row.first, filling->begin, filling->begin_len) > 0))
			return NULL;
		KS_TRY(add_row(filling, number, &list.row));
	}
}

/** Only where names that are meant can be needs to be looked at. */
static struct ks_error *begin(struct filling *filling)
{
	const struct ks_find *find = filling->ask->find;
	bool only;
	filling->begin_len = find && find->glob ? ks_glob_prefix(find->glob, &only) : 0;
	if (filling->begin_len)
		filling->begin =
			ks_arena_strndup(&filling->index->arena, find->glob, filling->begin_len);
	return filling->begin || !filling->begin_len ? NULL : &ks_nomem;
}

struct ks_error *ks_index_fill(struct ks_index *index, struct ks_store *store,
			       const struct ks_index_ask *ask)
{
	struct filling filling = { .index = index, .store = store, .ask = ask };
	index->names.arena = index->seen.arena = &index->arena;
	KS_TRY(begin(&filling));
	for (size_t i = 0; i < ask->images->nr; i++) {
		const struct ks_store_image *image = ask->images->at[i];
		KS_TRY(add_image(&filling, image->id, (uint32_t)i));
		if (ask->modules && image->modules)
			KS_TRY(add_image(&filling, image->modules->id, (uint32_t)i));
	}
	return NULL;
}
