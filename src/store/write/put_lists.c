/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/write/put_lists.h"

#include <endian.h>
#include <stdlib.h>

#include "base/radix.h"
#include "store/columns.h"
#include "store/kinds.h"
#include "store/names.h"

/* Where a segment ends depends on its own names only, so that equal runs of two images are cut alike. */
enum {
	SEGMENT_MIN = 64,
	SEGMENT_MAX = 512,
	SEGMENT_ODDS = 128, // one name in so many is the first of a segment
};

/** Lowest address of a function's symbol: the other addresses are near it. */
static uint64_t find_anchor(const struct ks_surface *s)
{
	uint64_t lowest = UINT64_MAX;
	for (size_t i = 0; i < s->nr_functions; i++)
		for (uint32_t k = 0; k < s->functions[i].nr_symbols; k++) {
			uint64_t addr = s->functions[i].symbols[k].addr;
			lowest = addr && addr < lowest ? addr : lowest;
		}
	return lowest == UINT64_MAX ? 0 : lowest & ~(uint64_t)15;
}

struct ks_error *ks_put_lists_init(struct ks_put_lists *lists, const struct ks_surface *surface)
{
	lists->surface = surface;
	lists->moves.anchor = find_anchor(surface);
	lists->listed = calloc(surface->nr_functions + 1, sizeof(*lists->listed));
	return lists->listed ? NULL : &ks_nomem;
}

void ks_put_lists_deinit(struct ks_put_lists *lists)
{
	for (int list = 0; list < KS_NR_LISTS; list++) {
		ks_vector_deinit(&lists->sides[list][0].keys);
		ks_vector_deinit(&lists->sides[list][1].keys);
		ks_vector_deinit(&lists->rows[list]);
	}
	for (size_t i = 0; i < lists->segments.len; i++) {
		ks_buf_deinit(&lists->segments.at[i].names);
		ks_buf_deinit(&lists->segments.at[i].names_like);
		ks_buf_deinit(&lists->segments.at[i].packed_names);
		ks_buf_deinit(&lists->segments.at[i].like);
		ks_buf_deinit(&lists->segments.at[i].packed);
		ks_put_was_deinit(&lists->segments.at[i].was);
	}
	ks_vector_deinit(&lists->segments);
	ks_arena_deinit(&lists->arena);
	free(lists->listed);
}

static uint64_t prefix_of(const char *name)
{
	char bytes[8] = { 0 };
	for (size_t i = 0; i < sizeof(bytes) && name[i]; i++)
		bytes[i] = name[i];
	uint64_t prefix;
	memcpy(&prefix, bytes, sizeof(prefix));
	return be64toh(prefix);
}

static int compare_names(const struct ks_put_key *a, const struct ks_put_key *b)
{
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	return a->prefix & 0xff ? strcmp(a->name + 8, b->name + 8) : 0; // else both end before
}

static int compare_keys(const void *a, const void *b)
{
	const struct ks_put_key *x = a, *y = b;
	int order = compare_names(x, y);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/** Put keys in the order of their prefixes. Names that share one are then few, and compared. */
static struct ks_error *sort_keys(struct ks_put_key *keys, size_t nr)
{
	struct ks_radix *order = calloc(nr + 1, 2 * sizeof(*order));
	struct ks_put_key *sorted = calloc(nr + 1, sizeof(*sorted));
	struct ks_error *err = order && sorted ? NULL : &ks_nomem;
	for (size_t i = 0; !err && i < nr; i++)
		order[i] = (struct ks_radix){ keys[i].prefix, i };
	if (!err)
		ks_radix_sort(order, order + nr, nr);
	for (size_t i = 0; !err && i < nr; i++)
		sorted[i] = keys[order[i].value];
	for (size_t from = 0, to; !err && from < nr; from = to) {
		for (to = from + 1; to < nr && sorted[to].prefix == sorted[from].prefix;)
			to++;
		if (to - from > 1)
			qsort(sorted + from, to - from, sizeof(*sorted), compare_keys);
	}
	if (!err)
		memcpy(keys, sorted, nr * sizeof(*keys));
	free(order);
	free(sorted);
	return err;
}

struct ks_error *ks_put_lists_sort(struct ks_put_lists *lists, size_t job)
{
	int list = (int)(job / 2), side = job % 2;
	struct ks_put_keys *keys = &lists->sides[list][side];
	size_t nr = ks_list_count(lists->surface, list, side);
	if (!ks_vector_reserve(&keys->keys, nr))
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		const char *name = ks_list_record_name(lists->surface, list, side, i);
		if (name)
			keys->keys.at[keys->keys.len++] = (struct ks_put_key){
				.prefix = prefix_of(name), .name = name, .index = i
			};
	}
	return keys->keys.len ? sort_keys(keys->keys.at, keys->keys.len) : NULL;
}

/** Both sides become one list; equal names of both sides share a row. */
static struct ks_error *merge_sides(struct ks_put_lists *lists, int list)
{
	const struct ks_put_keys *a = &lists->sides[list][0], *b = &lists->sides[list][1];
	if (!ks_vector_reserve(&lists->rows[list], a->keys.len + b->keys.len))
		return &ks_nomem;
	for (size_t i = 0, k = 0; i < a->keys.len || k < b->keys.len;) {
		int order = i == a->keys.len   ? 1
			    : k == b->keys.len ? -1
					       : compare_names(&a->keys.at[i], &b->keys.at[k]);
		struct ks_put_row row = { .index = { KS_NO_SIDE, KS_NO_SIDE } };
		if (order >= 0) {
			row.name = b->keys.at[k].name;
			row.index[1] = b->keys.at[k++].index;
		}
		if (order <= 0) {
			row.name = a->keys.at[i].name;
			row.index[0] = a->keys.at[i++].index;
		}
		lists->rows[list].at[lists->rows[list].len++] = row;
	}
	return NULL;
}

static struct ks_error *cut_segments(struct ks_put_lists *lists, int list)
{
	const struct ks_put_row *rows = lists->rows[list].at;
	size_t nr = lists->rows[list].len;
	for (size_t from = 0, to; from < nr; from = to) {
		for (to = from + 1; to < nr; to++) {
			const char *name = rows[to].name;
			if (to - from < SEGMENT_MIN)
				continue;
			if (strcmp(name, rows[to - 1].name) == 0)
				continue; // a seek finds the segment that begins with the name
			if (to - from >= SEGMENT_MAX ||
			    ks_hash64_of(name, strlen(name)) % SEGMENT_ODDS == 0)
				break;
		}
		struct ks_put_segment segment = { .list = list, .from = from, .to = to };
		if (!ks_vector_add(&lists->segments, segment))
			return &ks_nomem;
	}
	return NULL;
}

struct ks_error *ks_put_lists_merge(struct ks_put_lists *lists)
{
	for (int list = 0; list < KS_NR_LISTS; list++) {
		KS_TRY(merge_sides(lists, list));
		KS_TRY(cut_segments(lists, list));
	}
	const struct ks_surface *surface = lists->surface;
	for (size_t i = 0; i < lists->rows[KS_FUNCTION].len; i++) {
		const struct ks_put_row *row = &lists->rows[KS_FUNCTION].at[i];
		if (row->index[0] != KS_NO_SIDE && row->index[1] != KS_NO_SIDE)
			lists->listed[row->index[1]] =
				&surface->decls[KS_FUNCTION].at[row->index[0]];
	}
	return NULL;
}

struct ks_error *ks_put_lists_name(struct ks_put_lists *lists, size_t index)
{
	struct ks_put_segment *segment = &lists->segments.at[index];
	_cleanup_buf_ struct ks_buf scratch = { 0 };
	for (size_t i = segment->from; i < segment->to; i++)
		ks_buf_strz(&segment->names, lists->rows[segment->list].at[i].name);
	KS_TRY(ks_buf_error(&segment->names));
	segment->id = ks_segment_names_id(ks_bytes_of(&segment->names), &scratch);
	return ks_buf_error(&scratch);
}

/** Compress the names of a segment that the store does not have. */
static struct ks_error *pack_names(struct ks_put_segment *segment, struct ks_zstd *zstd)
{
	return segment->is_new ? ks_zstd_pack(zstd, ks_bytes_of(&segment->names_like),
					      ks_bytes_of(&segment->names), &segment->packed_names)
			       : NULL;
}

/** The numbers of a row: what columns.h says for each list. */
static void row_numbers(const struct ks_put_lists *lists, const struct ks_put_defs *defs, int list,
			const struct ks_put_row *row, uint64_t numbers[2])
{
	int tables[2];
	ks_list_tables(list, tables);
	numbers[0] = numbers[1] = 0;
	if (list < KS_NR_KINDS && ks_kinds[list].holds == KS_HOLDS_NUMBER) {
		const struct ks_syscall *call =
			ks_surface_record(lists->surface, (enum ks_kind)list, row->index[0]);
		numbers[0] = call->number;
		numbers[1] = ks_syscall_trace(call);
	}
	for (int side = 0; side < 2; side++)
		if (tables[side] >= 0)
			numbers[side] = ks_put_defs_of_side(defs, tables[side], row->index[side]);
}

/** The function of a row, whose facts are put; NULL: it has none. */
static const struct ks_function *row_function(const struct ks_put_lists *lists, int list,
					      const struct ks_put_row *row)
{
	return list == KS_FUNCTION && row->index[1] != KS_NO_SIDE
		       ? &lists->surface->functions[row->index[1]]
		       : NULL;
}

struct ks_error *ks_put_lists_was(struct ks_put_lists *lists, const struct ks_put_defs *defs,
				  size_t index, struct ks_zstd *zstd)
{
	struct ks_put_segment *segment = &lists->segments.at[index];
	size_t nr = segment->to - segment->from;
	if (!segment->like_id || segment->list != KS_FUNCTION)
		return NULL;
	KS_TRY(ks_places_unpack(zstd, ks_bytes_of(&segment->like), &segment->was.base));
	struct ks_put_was_row *rows = calloc(nr + 1, sizeof(*rows));
	if (!rows)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		const struct ks_put_row *row = &lists->rows[segment->list].at[segment->from + i];
		uint64_t numbers[2];
		row_numbers(lists, defs, segment->list, row, numbers);
		rows[i].group = numbers[1];
		rows[i].fn = row_function(lists, segment->list, row);
	}
	struct ks_error *err = ks_put_was_fill(&segment->was, lists->moves.base_anchor, rows, nr);
	free(rows);
	return err;
}

struct ks_error *ks_put_lists_moves(struct ks_put_lists *lists)
{
	KS_VECTOR(struct ks_radix) all = { 0 };
	size_t nr = 0;
	for (size_t i = 0; i < lists->segments.len; i++)
		nr += lists->segments.at[i].was.pairs.len;
	if (!ks_vector_reserve(&all, nr + 1))
		return &ks_nomem;
	for (size_t i = 0; i < lists->segments.len; i++) {
		const struct ks_put_was *was = &lists->segments.at[i].was;
		for (size_t k = 0; k < was->pairs.len; k++)
			all.at[all.len++] = was->pairs.at[k];
	}
	struct ks_error *err = ks_put_moves_make(all.at, all.len, &lists->arena, &lists->moves);
	ks_vector_deinit(&all);
	return err;
}

/** The base's row, which that of a segment resembles. @param own holds the ids when they had to be unpacked */
static struct ks_error *row_like(const struct ks_put_segment *segment, struct ks_zstd *zstd,
				 struct ks_buf *own, struct ks_columns_like *ret)
{
	struct ks_bytes ids, rest;
	*ret = (struct ks_columns_like){ 0 };
	if (segment->was.base) {
		ret->ids = ks_bytes_of(&segment->was.base->ids);
		ret->places = ks_bytes_of(&segment->was.base->raw);
	} else if (segment->like_id) {
		KS_TRY(ks_zstd_split(ks_bytes_of(&segment->like), &ids, &rest));
		KS_TRY(ks_zstd_unpack(zstd, (struct ks_bytes){ 0 }, ids, own));
		ret->ids = ks_bytes_of(own);
	}
	return NULL;
}

struct ks_error *ks_put_lists_pack(struct ks_put_lists *lists, const struct ks_put_defs *defs,
				   size_t index, struct ks_columns_buf *columns,
				   struct ks_zstd *zstd)
{
	struct ks_put_segment *segment = &lists->segments.at[index];
	_cleanup_buf_ struct ks_buf own = { 0 };
	struct ks_columns_like like;
	ks_columns_buf_clear(columns);
	KS_TRY(pack_names(segment, zstd));
	for (size_t i = segment->from; i < segment->to; i++) {
		const struct ks_put_row *row = &lists->rows[segment->list].at[i];
		uint64_t numbers[2];
		row_numbers(lists, defs, segment->list, row, numbers);
		struct ks_columns_row put = { .first = numbers[0], .second = numbers[1] };
		put.fn = row_function(lists, segment->list, row);
		put.was = segment->was.at ? segment->was.at[i - segment->from] : NULL;
		KS_TRY(ks_columns_put(columns, &put, &lists->moves));
	}
	KS_TRY(row_like(segment, zstd, &own, &like));
	KS_TRY(ks_columns_pack(columns, zstd, &like, &segment->packed));
	ks_put_was_deinit(&segment->was);
	return NULL;
}
