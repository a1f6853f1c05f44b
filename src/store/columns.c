/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/columns.h"

#include "base/array.h"

void ks_columns_buf_deinit(struct ks_columns_buf *columns)
{
	ks_buf_deinit(&columns->numbers);
	ks_buf_deinit(&columns->lengths);
	ks_facts_buf_deinit(&columns->facts);
}

void ks_columns_put(struct ks_columns_buf *columns, const struct ks_columns_row *row,
		    const struct ks_moves *moves)
{
	struct ks_facts_buf *facts = &columns->facts;
	size_t lines = facts->lines.len, sizes = facts->sizes.len, addrs = facts->addrs.len;
	if (row->was)
		ks_codec_put_moved(facts, row->fn, row->was, moves);
	else if (row->fn)
		ks_codec_put_facts(facts, row->fn, moves->anchor);
	ks_buf_uleb(&columns->numbers, row->first);
	ks_buf_uleb(&columns->numbers, row->second);
	ks_buf_uleb(&columns->lengths, facts->lines.len - lines);
	ks_buf_uleb(&columns->lengths, facts->sizes.len - sizes);
	ks_buf_uleb(&columns->lengths, facts->addrs.len - addrs);
	columns->nr++;
}

static void append(struct ks_buf *out, const struct ks_buf *stream)
{
	ks_buf_bytes(out, stream->at, stream->len);
	out->failed = out->failed || stream->failed;
}

static void put_ids(const struct ks_columns_buf *columns, struct ks_buf *out)
{
	ks_buf_char(out, 0);
	ks_buf_uleb(out, columns->nr);
	append(out, &columns->numbers);
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

struct ks_error *ks_columns_pack(const struct ks_columns_buf *columns, struct ks_zstd *zstd,
				 struct ks_bytes like, struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf ids = { 0 }, places = { 0 };
	put_ids(columns, &ids);
	put_places(columns, &places);
	KS_TRY(ks_buf_error(&ids));
	KS_TRY(ks_buf_error(&places));
	KS_TRY(ks_zstd_pack(zstd, like, ks_bytes_of(&ids), out));
	return places.len ? ks_zstd_pack(zstd, (struct ks_bytes){ 0 }, ks_bytes_of(&places), out)
			  : NULL;
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

struct ks_error *ks_columns_open(const void *raw, size_t len, struct ks_columns *ret)
{
	struct ks_cursor c = ks_cursor_over(raw, len, false);
	*ret = (struct ks_columns){ .nr = ks_cursor_uleb(&c) };
	if (ret->nr) {
		open_whole(ret, &c);
	} else {
		ret->nr = ks_cursor_uleb(&c);
		ret->numbers = ks_cursor_over(c.pos, (size_t)(c.end - c.pos), false);
	}
	return c.why ? damaged(c.why) : NULL;
}

static struct ks_error *check(const struct ks_columns *columns)
{
	return columns->numbers.why ? damaged(columns->numbers.why) : NULL;
}

struct ks_error *ks_columns_next(struct ks_columns *columns, struct ks_row *ret)
{
	if (columns->at++ >= columns->nr)
		return damaged("names and facts do not match");
	ret->first = ks_cursor_uleb(&columns->numbers);
	ret->second = ks_cursor_uleb(&columns->numbers);
	return check(columns);
}

/** Step over n numbers without their values: the last byte of each has no upper bit. */
static void skip_numbers(struct ks_cursor *c, uint64_t n)
{
	while (n >= 8 && c->end - c->pos >= 8) {
		uint64_t bytes;
		memcpy(&bytes, c->pos, sizeof(bytes));
		c->pos += sizeof(bytes);
		n -= (uint64_t)__builtin_popcountll(~bytes & 0x8080808080808080);
	}
	while (n && !c->why)
		n -= !(ks_cursor_u8(c) & 0x80);
}

struct ks_error *ks_columns_skip(struct ks_columns *columns, uint64_t n)
{
	if (n > columns->nr - columns->at)
		return damaged("names and facts do not match");
	skip_numbers(&columns->numbers, 2 * n);
	columns->at += n;
	return check(columns);
}
