/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/columns.h"

#include "base/array.h"

void ks_columns_buf_deinit(struct ks_columns_buf *columns)
{
	ks_vector_deinit(&columns->numbers[0]);
	ks_vector_deinit(&columns->numbers[1]);
	ks_buf_deinit(&columns->lengths);
	ks_facts_buf_deinit(&columns->facts);
	ks_buf_deinit(&columns->ids);
	ks_buf_deinit(&columns->places);
}

void ks_columns_buf_clear(struct ks_columns_buf *columns)
{
	columns->numbers[0].len = columns->numbers[1].len = 0;
	columns->lengths.len = 0;
	columns->facts.lines.len = columns->facts.sizes.len = columns->facts.addrs.len = 0;
}

struct ks_error *ks_columns_put(struct ks_columns_buf *columns, const struct ks_columns_row *row,
				const struct ks_moves *moves)
{
	struct ks_facts_buf *facts = &columns->facts;
	size_t lines = facts->lines.len, sizes = facts->sizes.len, addrs = facts->addrs.len;
	if (row->was)
		ks_codec_put_moved(facts, row->fn, row->was, moves);
	else if (row->fn)
		ks_codec_put_facts(facts, row->fn, moves->anchor);
	ks_buf_uleb(&columns->lengths, facts->lines.len - lines);
	ks_buf_uleb(&columns->lengths, facts->sizes.len - sizes);
	ks_buf_uleb(&columns->lengths, facts->addrs.len - addrs);
	if (columns->numbers[0].len == KS_COLUMNS_MAX)
		return ks_error_new(KS_ERR_UNSUPPORTED, "a name stands too often in one list");
	return ks_vector_add(&columns->numbers[0], row->first) &&
			       ks_vector_add(&columns->numbers[1], row->second)
		       ? NULL
		       : &ks_nomem;
}

static void append(struct ks_buf *out, const struct ks_buf *stream)
{
	ks_buf_bytes(out, stream->at, stream->len);
	out->failed = out->failed || stream->failed;
}

static uint32_t width_of(const uint64_t *numbers, size_t nr)
{
	uint64_t all = 0;
	uint32_t width = 0;
	for (size_t i = 0; i < nr; i++)
		all |= numbers[i];
	for (; all; all >>= 8)
		width++;
	return width;
}

void ks_columns_put_numbers(const uint64_t *const numbers[2], size_t nr, struct ks_buf *out)
{
	uint32_t widths[2];
	ks_buf_char(out, 0);
	ks_buf_uleb(out, nr);
	for (int side = 0; side < 2; side++) {
		widths[side] = width_of(numbers[side], nr);
		ks_buf_uleb(out, widths[side]);
	}
	if (!ks_buf_reserve(out, nr * (widths[0] + widths[1])))
		return;
	for (int side = 0; side < 2; side++)
		for (uint32_t k = 0; k < widths[side]; k++)
			for (size_t i = 0; i < nr; i++)
				out->at[out->len++] = (char)(numbers[side][i] >> (8 * k));
}

void ks_columns_put_ids(const struct ks_columns_buf *columns, struct ks_buf *out)
{
	const uint64_t *const numbers[] = { columns->numbers[0].at, columns->numbers[1].at };
	ks_columns_put_numbers(numbers, columns->numbers[0].len, out);
}

/** Nothing where all is as in the base, or no name has a function. */
static void put_places(const struct ks_columns_buf *columns, struct ks_buf *out)
{
	const struct ks_buf *streams[] = { &columns->lengths, &columns->facts.lines,
					   &columns->facts.sizes, &columns->facts.addrs };
	enum { NR_STREAMS = KS_ARRAY_LEN(streams) };
	size_t total = 0;
	for (size_t i = 1; i < NR_STREAMS; i++) {
		total += streams[i]->len;
		out->failed = out->failed || streams[i]->failed;
	}
	if (!total)
		return;
	for (size_t i = 0; i < NR_STREAMS - 1; i++)
		ks_buf_uleb(out, streams[i]->len);
	for (size_t i = 0; i < NR_STREAMS; i++)
		append(out, streams[i]);
}

struct ks_error *ks_columns_pack(struct ks_columns_buf *columns, struct ks_zstd *zstd,
				 const struct ks_columns_like *like, struct ks_buf *out)
{
	struct ks_buf *ids = &columns->ids, *places = &columns->places;
	ids->len = places->len = 0;
	ks_columns_put_ids(columns, ids);
	put_places(columns, places);
	KS_TRY(ks_buf_error(ids));
	KS_TRY(ks_buf_error(places));
	KS_TRY(ks_zstd_pack(zstd, like->ids, ks_bytes_of(ids), out));
	return places->len ? ks_zstd_pack(zstd, like->places, ks_bytes_of(places), out) : NULL;
}

static struct ks_error *damaged(const char *why)
{
	return ks_error_new(KS_ERR_STORE, "the store is damaged: facts of an image: %s", why);
}

/** An old row: the first number was no 0. */
static void open_whole(struct ks_columns *ret, struct ks_cursor *c)
{
	uint64_t numbers = ks_cursor_uleb(c);
	for (size_t i = 0; i < KS_ARRAY_LEN(ret->lens); i++)
		ret->lens[i] = ks_cursor_uleb(c);
	const uint8_t *at = ks_cursor_take(c, numbers);
	ret->numbers = ks_cursor_over(at, at ? (size_t)numbers : 0, false);
	ret->places = *c;
	ret->whole = true;
}

static void open_sides(struct ks_columns *ret, struct ks_cursor *c)
{
	ret->nr = ks_cursor_uleb(c);
	for (int side = 0; side < 2; side++) {
		uint64_t width = ks_cursor_uleb(c);
		if (width > sizeof(uint64_t) || ret->nr > KS_COLUMNS_MAX)
			ks_cursor_fail(c, "impossible size");
		ret->sides[side].width = c->why ? 0 : (uint32_t)width;
	}
	for (int side = 0; side < 2 && !c->why; side++)
		ret->sides[side].at = ks_cursor_take(c, ret->nr * ret->sides[side].width);
	if (ks_cursor_more(c))
		ks_cursor_fail(c, "more bytes than names");
}

struct ks_error *ks_columns_open(const void *raw, size_t len, struct ks_columns *ret)
{
	struct ks_cursor c = ks_cursor_over(raw, len, false);
	*ret = (struct ks_columns){ .nr = ks_cursor_uleb(&c) };
	if (ret->nr)
		open_whole(ret, &c);
	else
		open_sides(ret, &c);
	return c.why ? damaged(c.why) : NULL;
}

static uint64_t number_at(const struct ks_columns *columns, int side, uint64_t at)
{
	const struct ks_columns_side *from = &columns->sides[side];
	uint64_t number = 0;
	for (uint32_t k = 0; k < from->width; k++)
		number |= (uint64_t)from->at[columns->nr * k + at] << (8 * k);
	return number;
}

struct ks_error *ks_columns_next(struct ks_columns *columns, struct ks_row *ret)
{
	if (columns->at >= columns->nr)
		return damaged("names and facts do not match");
	uint64_t at = columns->at++;
	if (!columns->whole) {
		ret->first = number_at(columns, 0, at);
		ret->second = number_at(columns, 1, at);
		return NULL;
	}
	ret->first = ks_cursor_uleb(&columns->numbers);
	ret->second = ks_cursor_uleb(&columns->numbers);
	return columns->numbers.why ? damaged(columns->numbers.why) : NULL;
}

struct ks_error *ks_columns_skip(struct ks_columns *columns, uint64_t n)
{
	if (n > columns->nr - columns->at)
		return damaged("names and facts do not match");
	if (columns->whole)
		ks_cursor_skip_ulebs(&columns->numbers, 2 * n);
	columns->at += n;
	return columns->numbers.why ? damaged(columns->numbers.why) : NULL;
}
