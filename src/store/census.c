/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/pool.h"
#include "store/names.h"
#include "store/places.h"

/** Blocks of definitions that one job reads. */
enum { RUN = 16 };

/** A function group of an image, and where its facts are. */
struct group_ref {
	uint32_t id;
	uint32_t run, at; // which of the image's rows of columns, and which name of it
};

/** A block of definitions and the traits of those that are function groups. */
struct block {
	uint64_t first;
	uint32_t nr;
	bool wanted, differs;	  // differs: some of them are differences
	struct ks_traits *traits; // one for each definition; NULL when not wanted
};

/** A difference that is wanted: it is read where the definition lies that it is made of in the end. */
struct difference {
	uint64_t root, id, like;
};

/** What is known of an image while counting. */
struct tallying {
	KS_VECTOR(struct group_ref) groups;
	KS_VECTOR(int64_t) runs; // rows of columns
};

struct count {
	const struct ks_store_images *images;
	struct ks_siblings stores; // one per thread
	struct tallying *images_at;
	KS_VECTOR(struct block) blocks; // ascending
	KS_VECTOR(struct difference) differences;
	struct ks_census *ret;
};

/* ---- the lists of an image ---- */

static struct ks_error *read_columns(struct tallying *image, struct ks_census *census,
				     const struct ks_buf *raw)
{
	struct ks_columns columns;
	KS_TRY(ks_columns_open(raw->at, raw->len, &columns));
	if (!ks_vector_reserve(&image->groups, columns.nr < raw->len ? columns.nr : raw->len))
		return &ks_nomem;
	while (columns.at < columns.nr) {
		struct ks_row row;
		KS_TRY(ks_columns_next(&columns, &row));
		census->names[KS_FUNCTION] += row.first != 0;
		if (!row.second)
			continue;
		struct group_ref ref = { .id = (uint32_t)row.second,
					 .run = (uint32_t)image->runs.len - 1,
					 .at = (uint32_t)columns.at - 1 };
		if (row.second > UINT32_MAX)
			return ks_store_damaged("definition is missing");
		if (!ks_vector_add(&image->groups, ref))
			return &ks_nomem;
	}
	return NULL;
}

/** How many different names a segment holds: some kinds list a name more than once. */
static struct ks_error *count_different(struct ks_store *store, int64_t segment, uint64_t *nr)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	const char *last = NULL;
	KS_TRY(ks_segment_names_load(store, segment, &text));
	struct ks_segment_names names = ks_segment_names_over(ks_bytes_of(&text));
	for (; ks_segment_names_next(&names); last = names.name)
		*nr += !last || strcmp(names.name, last) != 0;
	return NULL;
}

/** The list of a kind may have a name twice. */
static bool may_repeat(enum ks_kind kind)
{
	return ks_kinds[kind].holds == KS_HOLDS_VALUE;
}

/** Names of every kind but functions, of which the columns tell. */
static struct ks_error *count_names(struct ks_store *store, const struct ks_store_image *image,
				    struct ks_census *census)
{
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		_cleanup_run_ struct ks_run_walk list = { .store = store,
							  .image = image->id,
							  .name = ks_list_name((int)kind),
							  .counts = true };
		bool row =
			kind != KS_FUNCTION && kind != KS_SYSCALL; // of which count_calls() tells
		while (row) {
			KS_TRY(ks_run_next(&list, &row));
			if (row && may_repeat(kind))
				KS_TRY(count_different(store, list.row.segment,
						       &census->names[kind]));
			else if (row)
				census->names[kind] += list.row.nr;
		}
	}
	return NULL;
}

/** Numbers that lead to a call (ks_syscall_implemented()). */
static struct ks_error *count_calls(struct ks_store *store, const struct ks_store_image *image,
				    uint64_t *nr)
{
	_cleanup_run_ struct ks_run_walk list = { .store = store,
						  .image = image->id,
						  .name = ks_list_name(KS_SYSCALL) };
	for (;;) {
		bool row;
		_cleanup_buf_ struct ks_buf text = { 0 }, raw = { 0 };
		KS_TRY(ks_run_next(&list, &row));
		if (!row)
			return NULL;
		KS_TRY(ks_segment_names_load(store, list.row.segment, &text));
		KS_TRY(ks_columns_load(store, list.row.columns, &raw));
		struct ks_segment_names names = ks_segment_names_over(ks_bytes_of(&text));
		struct ks_columns columns;
		KS_TRY(ks_columns_open(raw.at, raw.len, &columns));
		while (columns.at < columns.nr && ks_segment_names_next(&names)) {
			struct ks_row at;
			KS_TRY(ks_columns_next(&columns, &at));
			*nr += ks_syscall_implemented((uint32_t)at.first, names.name);
		}
	}
}

/** Names, and the function groups to look at. */
static struct ks_error *read_image(void *arg, size_t job, unsigned int thread)
{
	struct count *count = arg;
	const struct ks_store_image *image = count->images->at[job];
	struct ks_store *store = count->stores.at[thread];
	KS_TRY(count_names(store, image, &count->ret[job]));
	KS_TRY(count_calls(store, image, &count->ret[job].names[KS_SYSCALL]));
	_cleanup_buf_ struct ks_buf raw = { 0 };
	_cleanup_run_ struct ks_run_walk list = { .store = store,
						  .image = image->id,
						  .name = ks_list_name(KS_FUNCTION) };
	for (;;) {
		bool row;
		KS_TRY(ks_run_next(&list, &row));
		if (!row)
			return NULL;
		if (!ks_vector_add(&count->images_at[job].runs, list.row.columns))
			return &ks_nomem;
		raw.len = 0;
		KS_TRY(ks_columns_load(store, list.row.columns, &raw));
		KS_TRY(read_columns(&count->images_at[job], &count->ret[job], &raw));
	}
}

/* ---- the definitions ---- */

/** Of stores, versions 1 and 2 have no differences. */
static struct ks_error *get_blocks(struct ks_store *store, sqlite3_stmt **ret, bool *ret_differ)
{
	int64_t version;
	KS_TRY(ks_sql_number(store, KS_SQL_VERSION, &version));
	*ret_differ = store->published || version >= 3;
	return ks_sql_get(store, *ret_differ ? store->layout->blocks : KS_SQL_BLOCKS, ret);
}

static struct ks_error *read_blocks(struct count *count, struct ks_store *store)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	bool differ;
	KS_TRY(get_blocks(store, &stmt, &differ));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		struct block block = {
			.first = (uint64_t)sqlite3_column_int64(stmt, 0),
			.nr = (uint32_t)sqlite3_column_int64(stmt, 1),
			.differs = differ && sqlite3_column_int(stmt, 2),
		};
		if (!ks_vector_add(&count->blocks, block))
			return &ks_nomem;
	}
}

/** The block that holds a definition. @param near where the last one was */
static struct block *block_of(struct count *count, uint64_t id, struct block *near)
{
	if (near && id - near->first < near->nr) // wraps to a large number when id is lower
		return near;
	struct block *all = count->blocks.at;
	size_t behind = KS_FIRST_NOT(0, count->blocks.len, i, all[i].first <= id);
	struct block *block = behind ? &all[behind - 1] : NULL;
	return block && id - block->first < block->nr ? block : NULL;
}

/** Images share most definitions: those that no chosen image has stay packed. */
static struct ks_error *want_blocks(struct count *count)
{
	for (size_t i = 0; i < count->images->nr; i++) {
		struct block *block = NULL;
		const struct tallying *image = &count->images_at[i];
		for (size_t k = 0; k < image->groups.len; k++) {
			block = block_of(count, image->groups.at[k].id, block);
			if (!block)
				return ks_store_damaged("definition is missing");
			block->wanted = true;
		}
	}
	return NULL;
}

/* ---- differences ---- */

/** Make room for the traits of a block that has been unpacked: only then its bytes vouch for its number. */
static struct ks_error *make_room(struct block *block)
{
	if (!block->traits)
		block->traits = calloc(block->nr, sizeof(*block->traits));
	return block->traits ? NULL : &ks_nomem;
}

static struct ks_error *note_difference(uint64_t id, uint64_t like, void *arg)
{
	struct count *count = arg;
	struct difference difference = { .id = id, .like = like };
	return ks_vector_add(&count->differences, difference) ? NULL : &ks_nomem;
}

static int compare_differences(const void *a, const void *b)
{
	const struct difference *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static int compare_roots(const void *a, const void *b)
{
	const struct difference *x = a, *y = b;
	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	return compare_differences(a, b);
}

/** What a difference is made of in the end, as far as the way there is known. They are sorted by id. */
static uint64_t root_of(const struct count *count, const struct difference *difference)
{
	for (unsigned int depth = 0; depth < KS_DEF_DEPTH; depth++) {
		struct difference key = { .id = difference->like };
		const struct difference *next =
			bsearch(&key, count->differences.at, count->differences.len, sizeof(key),
				compare_differences);
		if (!next)
			break;
		difference = next;
	}
	return difference->like;
}

/** List the differences in the order of what they are made of. */
static struct ks_error *find_differences(struct count *count, struct ks_store *store)
{
	for (size_t i = 0; i < count->blocks.len; i++) {
		struct block *block = &count->blocks.at[i];
		if (!block->wanted || !block->differs)
			continue;
		KS_TRY(ks_block_differences(store, block->first, note_difference, count));
		KS_TRY(make_room(block)); // threads fill it that read others
	}
	struct difference *at = count->differences.at;
	size_t nr = count->differences.len;
	struct block *block = NULL;
	for (size_t i = 0; i < nr; i++)
		at[i].root = root_of(count, &at[i]);
	if (nr)
		qsort(at, nr, sizeof(*at), compare_roots);
	for (size_t i = 0; i < nr; i++) {
		block = block_of(count, at[i].root, block);
		if (!block)
			return ks_store_damaged("definition is missing");
		block->wanted = true;
	}
	return NULL;
}

/** The first of the differences that are made of a definition or of one behind it. */
static size_t seek_difference(const struct count *count, uint64_t root)
{
	return KS_FIRST_NOT(0, count->differences.len, i, count->differences.at[i].root < root);
}

/* ---- reading them ---- */

static struct ks_error *read_definition(uint64_t id, enum ks_def_class def_class,
					struct ks_cursor bytes, void *arg)
{
	struct block *block = arg;
	KS_TRY(make_room(block));
	if (def_class != KS_DEF_FUNCTION || id - block->first >= block->nr)
		return NULL;
	return ks_codec_get_traits(&bytes, &block->traits[id - block->first]);
}

/** The definitions of a block that are whole, and all that is made of some of this block. */
static struct ks_error *read_block(struct count *count, struct ks_store *store, struct block *block)
{
	bool all;
	KS_TRY(ks_block_visit(store, block->first, read_definition, block, &all));
	if (!all && !block->differs)
		return ks_store_damaged("block of definitions does not name what it needs");
	struct block *other = NULL;
	for (size_t i = seek_difference(count, block->first); i < count->differences.len; i++) {
		const struct difference *difference = &count->differences.at[i];
		if (difference->root - block->first >= block->nr)
			break;
		other = block_of(count, difference->id, other);
		KS_TRY(ks_block_visit_one(store, difference->id, read_definition, other));
	}
	return NULL;
}

static struct ks_error *read_run(void *arg, size_t job, unsigned int thread)
{
	struct count *count = arg;
	struct ks_store *store = count->stores.at[thread];
	for (size_t i = job * RUN; i < (job + 1) * RUN && i < count->blocks.len; i++)
		if (count->blocks.at[i].wanted)
			KS_TRY(read_block(count, store, &count->blocks.at[i]));
	return NULL;
}

/* ---- the counts ---- */

static void add_group(struct ks_census *census, const struct ks_traits *traits, bool same_lines)
{
	census->nr_untold += traits->code == KS_CODE_UNTOLD;
	for (size_t t = 0; t < KS_NR_TRANSFORMS && traits->code == KS_CODE_FUNCTION; t++)
		census->symbols[t] += traits->names[t];
	if (!traits->grouped)
		return;
	bool duplicated = traits->by_line && same_lines;
	census->nr_groups++;
	census->inlined[traits->inline_class][traits->declared]++;
	census->transforms[traits->transform]++;
	census->collisions[duplicated ? KS_STATIC_DUPLICATION : traits->collision]++;
}

/** Whether all entries of a group are on the same line. @param places of the last one that was asked for, or NULL */
static struct ks_error *same_lines(struct ks_store *store, const struct tallying *image,
				   const struct group_ref *ref, struct ks_places **places,
				   uint32_t *run, bool *ret)
{
	bool apart = store->layout->apart;
	if (!*places || *run != ref->run || apart) {
		ks_places_free(ks_take(*places));
		KS_TRY(ks_places_load(store, image->runs.at[ref->run],
				      apart ? ref->at : KS_PLACES_ALL, places));
		*run = ref->run;
	}
	*ret = ks_places_same_lines(*places, ref->at);
	return NULL;
}

static struct ks_error *add_image(void *arg, size_t job, unsigned int thread)
{
	struct count *count = arg;
	struct tallying *image = &count->images_at[job];
	struct block *block = NULL;
	_cleanup_places_ struct ks_places *places = NULL;
	uint32_t run = 0;
	for (size_t i = 0; i < image->groups.len; i++) {
		const struct group_ref *ref = &image->groups.at[i];
		block = block_of(count, ref->id, block);
		const struct ks_traits *traits = &block->traits[ref->id - block->first];
		bool same = false;
		if (traits->by_line)
			KS_TRY(same_lines(count->stores.at[thread], image, ref, &places, &run,
					  &same));
		add_group(&count->ret[job], traits, same);
	}
	struct ks_census *census = &count->ret[job];
	census->groups_known = census->symbols_known = census->nr_groups != 0;
	for (size_t t = 0; t < KS_NR_TRANSFORMS; t++)
		census->symbols_known = census->symbols_known || census->symbols[t];
	const struct ks_image *what = &count->images->at[job]->image;
	census->untold_known = census->symbols_known &&
			       (what->tier == KS_TIER_FULL || what->tier == KS_TIER_IMPORTED ||
				what->facts & KS_FACT_LABELS);
	return NULL;
}

static struct ks_error *run(struct count *count, struct ks_store *store, unsigned int nr_threads)
{
	KS_TRY(ks_siblings_open(store, nr_threads, &count->stores));
	unsigned int nr = count->stores.nr;
	for (unsigned int i = 0; i < nr; i++)
		KS_TRY(ks_store_expect(count->stores.at[i], count->images));
	KS_TRY(ks_pool_run(nr, count->images->nr, read_image, count));
	KS_TRY(read_blocks(count, store));
	KS_TRY(want_blocks(count));
	KS_TRY(find_differences(count, store));
	KS_TRY(ks_pool_run(nr, (count->blocks.len + RUN - 1) / RUN, read_run, count));
	return ks_pool_run(nr, count->images->nr, add_image, count);
}

struct ks_error *ks_store_census(struct ks_store *store, const struct ks_store_images *images,
				 unsigned int nr_threads, struct ks_census *ret)
{
	struct count count = { .images = images, .ret = ret };
	memset(ret, 0, images->nr * sizeof(*ret));
	count.images_at = calloc(images->nr + 1, sizeof(*count.images_at));
	struct ks_error *err = count.images_at ? run(&count, store, nr_threads) : &ks_nomem;
	ks_siblings_close(&count.stores);
	for (size_t i = 0; count.images_at && i < images->nr; i++) {
		ks_vector_deinit(&count.images_at[i].groups);
		ks_vector_deinit(&count.images_at[i].runs);
	}
	for (size_t i = 0; i < count.blocks.len; i++)
		free(count.blocks.at[i].traits);
	ks_vector_deinit(&count.blocks);
	ks_vector_deinit(&count.differences);
	free(count.images_at);
	return err;
}
