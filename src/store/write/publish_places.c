/* SPDX-License-Identifier: BSD-2-Clause */
/* Where functions lie: lines and sizes that many images share, addresses that hardly any two do. */
#include <endian.h>

#include "store/kinds.h"
#include "store/write/publish.h"

enum {
	ROW_BYTES = 8 << 10, // before packing; a name with more has a row of its own
	RECENT = 16,	     // values that another may be the same as
};

/* ---- facts, out of the store ---- */

/** A function that facts can be read into: images share it. */
static struct ks_error *function_of(struct ks_publish *publish, const struct ks_row *row,
				    struct ks_function **ret)
{
	uint32_t known = ks_numbers_get(&publish->functions, row->second);
	struct ks_cursor c;
	struct ks_decl listed;
	struct ks_function *fn;
	if (known) {
		*ret = &publish->at_functions.at[known - 1];
		return NULL;
	}
	if (row->first) {
		KS_TRY(ks_block_def(publish->from, row->first, KS_DEF_DECL, &publish->arena, &c));
		KS_TRY(ks_def_ops_of(KS_DEF_DECL)->get(&c, &publish->arena, &listed));
	}
	KS_TRY(ks_block_def(publish->from, row->second, KS_DEF_FUNCTION, &publish->arena, &c));
	fn = ks_vector_push(&publish->at_functions);
	if (!fn ||
	    !ks_numbers_set(&publish->functions, row->second, (uint32_t)publish->at_functions.len))
		return &ks_nomem;
	*ret = fn;
	return ks_codec_get_function(&c, &publish->arena, row->first ? &listed : NULL, fn);
}

static struct ks_error *keep(struct ks_publish *publish, const struct ks_buf *stream,
			     struct ks_cursor *ret)
{
	char *copy =
		stream->len ? ks_arena_strndup(&publish->arena, stream->at, stream->len) : NULL;
	if (stream->failed || (stream->len && !copy))
		return &ks_nomem;
	*ret = ks_cursor_over(copy, stream->len, false);
	return NULL;
}

struct ks_error *ks_publish_facts(struct ks_publish *publish, const struct ks_places *places,
				  const struct ks_moves *moves, const struct ks_row *row,
				  struct ks_facts *ret)
{
	struct ks_function *fn;
	struct ks_facts_buf *facts = &publish->facts;
	KS_TRY(function_of(publish, row, &fn));
	KS_TRY(ks_places_get(places, row->at, moves, &publish->arena, fn));
	facts->lines.len = facts->sizes.len = facts->addrs.len = 0;
	ks_codec_put_facts(facts, fn, moves->anchor);
	KS_TRY(keep(publish, &facts->lines, &ret->lines));
	KS_TRY(keep(publish, &facts->sizes, &ret->sizes));
	return keep(publish, &facts->addrs, &ret->addrs);
}

void ks_publish_facts_forget(struct ks_publish *publish)
{
	ks_numbers_deinit(&publish->functions);
	publish->functions = (struct ks_numbers){ 0 };
	publish->at_functions.len = 0;
}

/* ---- places, into the catalogue ---- */

typedef struct ks_cursor stream_of(const struct ks_facts *facts);

static struct ks_cursor lines_of(const struct ks_facts *facts)
{
	return facts->lines;
}

static struct ks_cursor sizes_of(const struct ks_facts *facts)
{
	return facts->sizes;
}

static size_t len_of(struct ks_cursor c)
{
	return (size_t)(c.end - c.base);
}

/** Which of the last values that is, counted from 1; a new one when it is none of them. */
static uint64_t value_of(struct ks_cursor c, struct ks_cursor *recent, uint64_t *nr,
			 struct ks_buf *values)
{
	for (uint64_t back = 1; back <= RECENT && back <= *nr; back++) {
		struct ks_cursor old = recent[(*nr - back) % RECENT];
		if (len_of(old) == len_of(c) && memcmp(old.base, c.base, len_of(c)) == 0)
			return *nr - back + 1;
	}
	recent[(*nr)++ % RECENT] = c;
	ks_buf_uleb(values, len_of(c));
	ks_buf_bytes(values, c.base, len_of(c));
	return *nr;
}

static void put_run(struct ks_buf *runs, uint64_t value, uint64_t len)
{
	if (!len)
		return;
	ks_buf_uleb(runs, value);
	ks_buf_uleb(runs, len - 1);
}

/** Values, then runs of images that have them. */
static struct ks_error *put_shared(struct ks_buf *out, stream_of *stream,
				   const struct ks_publish_cell *cells, size_t nr_cells)
{
	_cleanup_buf_ struct ks_buf values = { 0 }, runs = { 0 }, whole = { 0 };
	struct ks_cursor recent[RECENT];
	uint64_t nr = 0, value = 0, begin = 0;
	for (size_t i = 0; i < nr_cells; i++) {
		const struct ks_publish_cell *cell = &cells[i];
		uint64_t own =
			cell->second ? value_of(stream(&cell->facts), recent, &nr, &values) : 0;
		uint64_t behind = i ? cells[i - 1].image + 1 : 0;
		if (cell->image > behind && value) { // images without the name
			put_run(&runs, value, behind - begin);
			begin = behind;
			value = 0;
		}
		if (own == value)
			continue;
		put_run(&runs, value, cell->image - begin);
		begin = cell->image;
		value = own;
	}
	if (nr_cells)
		put_run(&runs, value, cells[nr_cells - 1].image + 1 - begin);
	ks_buf_uleb(&whole, nr);
	ks_buf_bytes(&whole, values.at, values.len);
	ks_buf_bytes(&whole, runs.at, runs.len);
	ks_buf_uleb(out, whole.len);
	ks_buf_bytes(out, whole.at, whole.len);
	KS_TRY(ks_buf_error(&values));
	KS_TRY(ks_buf_error(&runs));
	return ks_buf_error(&whole);
}

/** A length for each image, then all bytes. */
static void put_own(struct ks_buf *out, const struct ks_publish_cell *cells, size_t nr_cells)
{
	uint64_t nr = nr_cells ? cells[nr_cells - 1].image + 1 : 0;
	ks_buf_uleb(out, nr);
	for (uint64_t image = 0, i = 0; image < nr; image++) {
		bool here = cells[i].image == image;
		uint32_t len = here ? htole32((uint32_t)len_of(cells[i].facts.addrs)) : 0;
		ks_buf_bytes(out, &len, sizeof(len));
		i += here;
	}
	for (size_t i = 0; i < nr_cells; i++)
		ks_buf_bytes(out, cells[i].facts.addrs.base, len_of(cells[i].facts.addrs));
}

struct ks_error *ks_publish_places_end(struct ks_publish *publish)
{
	if (!publish->place_nr)
		return NULL;
	_cleanup_buf_ struct ks_buf raw = { 0 };
	ks_buf_bytes(&raw, publish->place_lengths.at, publish->place_lengths.len);
	ks_buf_bytes(&raw, publish->places.at, publish->places.len);
	KS_TRY(ks_buf_error(&raw));
	const int64_t values[] = { (int64_t)publish->place_last, (int64_t)publish->place_nr };
	KS_TRY(ks_publish_row(publish, publish->add_place, values, 2, ks_bytes_of(&raw)));
	publish->place_nr = publish->places.len = publish->place_lengths.len = 0;
	return NULL;
}

struct ks_error *ks_publish_places(struct ks_publish *publish, uint64_t name,
				   const struct ks_publish_cell *cells, size_t nr)
{
	_cleanup_buf_ struct ks_buf record = { 0 };
	KS_TRY(put_shared(&record, lines_of, cells, nr));
	KS_TRY(put_shared(&record, sizes_of, cells, nr));
	put_own(&record, cells, nr);
	if (publish->places.len + record.len > ROW_BYTES)
		KS_TRY(ks_publish_places_end(publish));
	ks_buf_uleb(&publish->place_lengths, record.len);
	ks_buf_bytes(&publish->places, record.at, record.len);
	publish->place_last = name;
	publish->place_nr++;
	KS_TRY(ks_buf_error(&record));
	return ks_buf_error(&publish->places);
}
