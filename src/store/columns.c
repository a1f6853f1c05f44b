/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/columns.h"

#include "base/array.h"

void ks_columns_buf_deinit(struct ks_columns_buf *columns)
{
	ks_buf_deinit(&columns->numbers);
	ks_buf_deinit(&columns->lengths);
	ks_facts_buf_deinit(&columns->facts);
}

void ks_columns_put(struct ks_columns_buf *columns, uint64_t first, uint64_t second,
		    const struct ks_function *fn, uint64_t anchor)
{
	struct ks_facts_buf *facts = &columns->facts;
	size_t lines = facts->lines.len, sizes = facts->sizes.len, addrs = facts->addrs.len;
	if (fn)
		ks_codec_put_facts(facts, fn, anchor);
	ks_buf_uleb(&columns->numbers, first);
	ks_buf_uleb(&columns->numbers, second);
	ks_buf_uleb(&columns->lengths, facts->lines.len - lines);
	ks_buf_uleb(&columns->lengths, facts->sizes.len - sizes);
	ks_buf_uleb(&columns->lengths, facts->addrs.len - addrs);
	columns->nr++;
}

static void put_bytes(struct ks_columns_buf *columns, struct ks_buf *stream,
		      const struct ks_cursor *bytes)
{
	ks_buf_uleb(&columns->lengths, (uint64_t)(bytes->end - bytes->base));
	ks_buf_bytes(stream, bytes->base, (size_t)(bytes->end - bytes->base));
}

void ks_columns_put_row(struct ks_columns_buf *columns, const struct ks_row *row)
{
	ks_buf_uleb(&columns->numbers, row->first);
	ks_buf_uleb(&columns->numbers, row->second);
	put_bytes(columns, &columns->facts.lines, &row->facts.lines);
	put_bytes(columns, &columns->facts.sizes, &row->facts.sizes);
	put_bytes(columns, &columns->facts.addrs, &row->facts.addrs);
	columns->nr++;
}

void ks_columns_finish(const struct ks_columns_buf *columns, struct ks_buf *out)
{
	const struct ks_buf *streams[] = { &columns->numbers, &columns->lengths,
					   &columns->facts.lines, &columns->facts.sizes,
					   &columns->facts.addrs };
	enum { NR_STREAMS = KS_ARRAY_LEN(streams) };
	ks_buf_uleb(out, columns->nr);
	for (size_t i = 0; i < NR_STREAMS - 1; i++)
		ks_buf_uleb(out, streams[i]->len);
	for (size_t i = 0; i < NR_STREAMS; i++) {
		ks_buf_bytes(out, streams[i]->at, streams[i]->len);
		out->failed = out->failed || streams[i]->failed;
	}
}

static struct ks_error *damaged(const char *why)
{
	return ks_error_new(KS_ERR_STORE, "the store is damaged: facts of an image: %s", why);
}

struct ks_error *ks_columns_open(const void *raw, size_t len, struct ks_columns *ret)
{
	struct ks_cursor c = ks_cursor_over(raw, len, false);
	*ret = (struct ks_columns){ .nr = ks_cursor_uleb(&c) };
	struct ks_cursor *streams[] = { &ret->numbers, &ret->lengths, &ret->lines, &ret->sizes };
	enum { NR_STREAMS = KS_ARRAY_LEN(streams) };
	uint64_t lens[NR_STREAMS];
	for (size_t i = 0; i < NR_STREAMS; i++)
		lens[i] = ks_cursor_uleb(&c);
	for (size_t i = 0; i < NR_STREAMS; i++) {
		const uint8_t *at = ks_cursor_take(&c, lens[i]);
		*streams[i] = ks_cursor_over(at, at ? (size_t)lens[i] : 0, false);
	}
	if (c.why)
		return damaged(c.why);
	ret->addrs = ks_cursor_over(c.pos, (size_t)(c.end - c.pos), false);
	return NULL;
}

static struct ks_cursor take(struct ks_cursor *stream, struct ks_cursor *lengths)
{
	uint64_t len = ks_cursor_uleb(lengths);
	const uint8_t *at = ks_cursor_take(stream, len);
	return at ? ks_cursor_over(at, (size_t)len, false) : (struct ks_cursor){ 0 };
}

static struct ks_error *check(const struct ks_columns *columns)
{
	const struct ks_cursor *streams[] = { &columns->numbers, &columns->lengths, &columns->lines,
					      &columns->sizes, &columns->addrs };
	for (size_t i = 0; i < KS_ARRAY_LEN(streams); i++)
		if (streams[i]->why)
			return damaged(streams[i]->why);
	return NULL;
}

struct ks_error *ks_columns_next(struct ks_columns *columns, struct ks_row *ret)
{
	if (columns->at++ >= columns->nr)
		return damaged("names and facts do not match");
	ret->first = ks_cursor_uleb(&columns->numbers);
	ret->second = ks_cursor_uleb(&columns->numbers);
	ret->facts.lines = take(&columns->lines, &columns->lengths);
	ret->facts.sizes = take(&columns->sizes, &columns->lengths);
	ret->facts.addrs = take(&columns->addrs, &columns->lengths);
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
	uint64_t lens[3] = { 0 };
	if (n > columns->nr - columns->at)
		return damaged("names and facts do not match");
	skip_numbers(&columns->numbers, 2 * n);
	for (uint64_t i = 0; i < n; i++)
		for (size_t k = 0; k < 3; k++) {
			uint64_t len = ks_cursor_uleb(&columns->lengths);
			lens[k] = len > UINT32_MAX ? UINT32_MAX : lens[k] + len; // never wraps
		}
	struct ks_cursor *streams[] = { &columns->lines, &columns->sizes, &columns->addrs };
	for (size_t k = 0; k < 3; k++)
		ks_cursor_take(streams[k], lens[k]);
	columns->at += n;
	return check(columns);
}
