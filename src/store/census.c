/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "store/columns.h"
#include "store/names.h"
#include "store/private.h"

/** Blocks of definitions that one job reads. */
enum { RUN = 16 };

/** A function group of an image. The upper bit: not all its entries are on the same line. */
#define OTHER_LINES (1u << 31)
typedef uint32_t group_ref;

/** A block of definitions and the traits of those that are function groups. */
struct block {
	uint64_t first;
	uint32_t nr;
	bool wanted;
	struct ks_traits *traits; // one for each definition; NULL when not wanted
};

/** What is known of an image while counting. */
struct tallying {
	KS_VECTOR(group_ref) groups;
};

struct count {
	const struct ks_store_images *images;
	struct ks_siblings stores; // one per thread
	struct tallying *images_at;
	KS_VECTOR(struct block) blocks; // ascending
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
		if (row.second >= OTHER_LINES)
			return ks_store_damaged("definition is missing");
		group_ref ref = (group_ref)row.second;
		if (!ks_codec_same_lines(row.facts.lines))
			ref |= OTHER_LINES;
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
	return ks_kinds[kind].holds == KS_HOLDS_NUMBER || ks_kinds[kind].holds == KS_HOLDS_VALUE;
}

/** Names of every kind but functions, of which the columns tell. */
static struct ks_error *count_names(struct ks_store *store, const struct ks_store_image *image,
				    struct ks_census *census)
{
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		_cleanup_run_ struct ks_run_walk list = { .store = store,
							  .image = image->id,
							  .name = ks_list_name((int)kind) };
		bool row = kind != KS_FUNCTION;
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

/** Names, and the function groups to look at. */
static struct ks_error *read_image(void *arg, size_t job, unsigned int thread)
{
	struct count *count = arg;
	const struct ks_store_image *image = count->images->at[job];
	struct ks_store *store = count->stores.at[thread];
	KS_TRY(count_names(store, image, &count->ret[job]));
	_cleanup_buf_ struct ks_buf raw = { 0 };
	_cleanup_run_ struct ks_run_walk list = { .store = store,
						  .image = image->id,
						  .name = ks_list_name(KS_FUNCTION) };
	for (;;) {
		bool row;
		KS_TRY(ks_run_next(&list, &row));
		if (!row)
			return NULL;
		raw.len = 0;
		KS_TRY(ks_columns_load(store, list.row.columns, &raw));
		KS_TRY(read_columns(&count->images_at[job], &count->ret[job], &raw));
	}
}

/* ---- the definitions ---- */

static struct ks_error *read_blocks(struct count *count, struct ks_store *store)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, store->layout->blocks, &stmt));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		struct block block = {
			.first = (uint64_t)sqlite3_column_int64(stmt, 0),
			.nr = (uint32_t)sqlite3_column_int64(stmt, 1),
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
	size_t low = 0, high = count->blocks.len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct block *block = &count->blocks.at[middle];
		if (id < block->first)
			high = middle;
		else if (id - block->first >= block->nr)
			low = middle + 1;
		else
			return block;
	}
	return NULL;
}

/** Images share most definitions: those that no chosen image has stay packed. */
static struct ks_error *want_blocks(struct count *count)
{
	for (size_t i = 0; i < count->images->nr; i++) {
		struct block *block = NULL;
		const struct tallying *image = &count->images_at[i];
		for (size_t k = 0; k < image->groups.len; k++) {
			block = block_of(count, image->groups.at[k] & ~OTHER_LINES, block);
			if (!block)
				return ks_store_damaged("definition is missing");
			block->wanted = true;
		}
	}
	return NULL;
}

static struct ks_error *read_definition(uint64_t id, enum ks_def_class def_class,
					struct ks_cursor bytes, void *arg)
{
	struct block *block = arg;
	if (!block->traits) // only now the block's bytes vouch for its number
		block->traits = calloc(block->nr, sizeof(*block->traits));
	if (!block->traits)
		return &ks_nomem;
	if (def_class != KS_DEF_FUNCTION || id - block->first >= block->nr)
		return NULL;
	return ks_codec_get_traits(&bytes, &block->traits[id - block->first]);
}

static struct ks_error *read_run(void *arg, size_t job, unsigned int thread)
{
	struct count *count = arg;
	struct ks_store *store = count->stores.at[thread];
	for (size_t i = job * RUN; i < (job + 1) * RUN && i < count->blocks.len; i++) {
		struct block *block = &count->blocks.at[i];
		if (!block->wanted)
			continue;
		KS_TRY(ks_block_visit(store, block->first, read_definition, block));
	}
	return NULL;
}

/* ---- the counts ---- */

static void add_group(struct ks_census *census, const struct ks_traits *traits, bool same_lines)
{
	for (size_t t = 0; t < KS_NR_TRANSFORMS; t++)
		census->symbols[t] += traits->names[t];
	if (!traits->grouped)
		return;
	bool duplicated = traits->by_line && same_lines;
	census->nr_groups++;
	census->inlined[traits->inline_class][traits->declared]++;
	census->transforms[traits->transform]++;
	census->collisions[duplicated ? KS_STATIC_DUPLICATION : traits->collision]++;
}

static struct ks_error *add_image(void *arg, size_t job, unsigned int thread)
{
	(void)thread;
	struct count *count = arg;
	struct tallying *image = &count->images_at[job];
	struct block *block = NULL;
	for (size_t i = 0; i < image->groups.len; i++) {
		uint64_t id = image->groups.at[i] & ~OTHER_LINES;
		block = block_of(count, id, block);
		add_group(&count->ret[job], &block->traits[id - block->first],
			  !(image->groups.at[i] & OTHER_LINES));
	}
	struct ks_census *census = &count->ret[job];
	census->groups_known = census->symbols_known = census->nr_groups != 0;
	for (size_t t = 0; t < KS_NR_TRANSFORMS; t++)
		census->symbols_known = census->symbols_known || census->symbols[t];
	return NULL;
}

static struct ks_error *run(struct count *count, struct ks_store *store, unsigned int nr_threads)
{
	KS_TRY(ks_siblings_open(store, nr_threads, &count->stores));
	unsigned int nr = count->stores.nr;
	KS_TRY(ks_pool_run(nr, count->images->nr, read_image, count));
	KS_TRY(read_blocks(count, store));
	KS_TRY(want_blocks(count));
	KS_TRY(ks_pool_run(nr, (count->blocks.len + RUN - 1) / RUN, read_run, count));
	return ks_pool_run(nr_threads, count->images->nr, add_image, count);
}

struct ks_error *ks_store_census(struct ks_store *store, const struct ks_store_images *images,
				 unsigned int nr_threads, struct ks_census *ret)
{
	struct count count = { .images = images, .ret = ret };
	memset(ret, 0, images->nr * sizeof(*ret));
	count.images_at = calloc(images->nr + 1, sizeof(*count.images_at));
	struct ks_error *err = count.images_at ? run(&count, store, nr_threads) : &ks_nomem;
	ks_siblings_close(&count.stores);
	for (size_t i = 0; count.images_at && i < images->nr; i++)
		ks_vector_deinit(&count.images_at[i].groups);
	for (size_t i = 0; i < count.blocks.len; i++)
		free(count.blocks.at[i].traits);
	ks_vector_deinit(&count.blocks);
	free(count.images_at);
	return err;
}
