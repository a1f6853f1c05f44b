/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/delta.h"

#include <stdlib.h>
#include <string.h>

enum {
	GRAM = 8,	// bytes that are looked up
	SHORTEST = 5,	// bytes worth a turn
	SLOTS_MIN = 64, //
	SAVES = 2,	// a difference has at most one byte for so many
};

void ks_delta_deinit(struct ks_delta *delta)
{
	free(delta->slots);
	*delta = (struct ks_delta){ 0 };
}

static size_t slot_of(const struct ks_delta *delta, const uint8_t *at)
{
	uint64_t gram;
	memcpy(&gram, at, sizeof(gram));
	return (size_t)(gram * 0x9e3779b97f4a7c15 >> 32) & (delta->nr_slots - 1);
}

/** The first place of every run of GRAM bytes. */
static bool index_like(struct ks_delta *delta, struct ks_bytes like)
{
	size_t nr = SLOTS_MIN;
	while (nr < like.len)
		nr *= 2;
	uint32_t *slots = realloc(delta->slots, nr * sizeof(*slots));
	if (!slots)
		return false;
	delta->slots = slots;
	delta->nr_slots = nr;
	memset(slots, 0, nr * sizeof(*slots));
	for (size_t i = like.len < GRAM ? 0 : like.len - GRAM + 1; i-- > 0;)
		slots[slot_of(delta, (const uint8_t *)like.at + i)] = (uint32_t)i + 1;
	return true;
}

static size_t common(const uint8_t *a, const uint8_t *a_end, const uint8_t *b, const uint8_t *b_end)
{
	const uint8_t *from = b;
	while (a_end - a >= 8 && b_end - b >= 8 && memcmp(a, b, 8) == 0) {
		a += 8;
		b += 8;
	}
	while (a < a_end && b < b_end && *a == *b) {
		a++;
		b++;
	}
	return (size_t)(b - from);
}

/** How many bytes of raw stand at a place of like. */
static size_t match(struct ks_bytes like, size_t from, struct ks_bytes raw, size_t at)
{
	const uint8_t *a = like.at, *b = raw.at;
	return from < like.len ? common(a + from, a + like.len, b + at, b + raw.len) : 0;
}

/** Bytes at the end that both have; those before have been looked at. */
static size_t common_tail(struct ks_bytes like, struct ks_bytes raw, size_t head)
{
	const uint8_t *a = like.at, *b = raw.at;
	size_t nr = 0, most = (like.len < raw.len ? like.len : raw.len) - head;
	while (nr < most && a[like.len - 1 - nr] == b[raw.len - 1 - nr])
		nr++;
	return nr;
}

/** A turn that is being made. */
struct turn {
	size_t literal; // where the bytes that follow begin
	size_t last;	// end of what was copied
};

static void put_turn(struct ks_buf *out, struct turn *turn, struct ks_bytes raw, size_t at,
		     size_t from, size_t len)
{
	size_t literals = at - turn->literal;
	ks_buf_uleb(out, literals);
	ks_buf_bytes(out, (const uint8_t *)raw.at + turn->literal, literals);
	if (!len)
		return;
	ks_buf_uleb(out, len);
	ks_buf_zigzag(out, (int64_t)from - (int64_t)(turn->last + literals));
	turn->literal = at + len;
	turn->last = from + len;
}

/** The turns of raw from one place up to another; like is indexed. */
static void put_turns(const struct ks_delta *delta, struct ks_bytes like, struct ks_bytes raw,
		      size_t end, struct turn *turn, struct ks_buf *out)
{
	struct ks_bytes part = { raw.at, end };
	const uint8_t *bytes = raw.at;
	for (size_t at = turn->literal; at < end;) {
		size_t from = turn->last + (at - turn->literal), len = match(like, from, part, at);
		if (len < GRAM && end - at >= GRAM) {
			uint32_t place = delta->slots[slot_of(delta, bytes + at)];
			size_t other = place ? match(like, place - 1, part, at) : 0;
			if (other > len && other >= GRAM) {
				len = other;
				from = place - 1;
			}
		}
		if (len < SHORTEST) {
			at++;
			continue;
		}
		put_turn(out, turn, raw, at, from, len);
		at += len;
	}
}

struct ks_error *ks_delta_make(struct ks_delta *delta, struct ks_bytes like, struct ks_bytes raw,
			       struct ks_buf *out, bool *ret_worth)
{
	size_t start = out->len;
	struct turn turn = { 0 };
	ks_buf_uleb(out, raw.len);
	size_t head = match(like, 0, raw, 0), tail = common_tail(like, raw, head);
	if (head >= SHORTEST)
		put_turn(out, &turn, raw, 0, 0, head);
	size_t end = raw.len - (tail >= SHORTEST ? tail : 0);
	if (end - turn.literal >= GRAM && !index_like(delta, like))
		return &ks_nomem;
	if (end - turn.literal >= GRAM)
		put_turns(delta, like, raw, end, &turn, out);
	if (end < raw.len)
		put_turn(out, &turn, raw, end, like.len - tail, tail);
	if (turn.literal < raw.len)
		put_turn(out, &turn, raw, raw.len, 0, 0);
	size_t len = out->len - start;
	*ret_worth = len <= raw.len / SAVES && raw.len <= KS_DELTA_GROWTH * (like.len + len);
	return ks_buf_error(out);
}

static struct ks_error *damaged(void)
{
	return ks_error_new(KS_ERR_STORE, "the store is damaged: a difference does not fit");
}

struct ks_error *ks_delta_apply(struct ks_bytes like, struct ks_cursor c, struct ks_buf *out)
{
	size_t room = KS_DELTA_GROWTH * (like.len + (size_t)(c.end - c.pos));
	uint64_t len = ks_cursor_uleb(&c), last = 0;
	if (c.why || len > room || len > KS_ZSTD_LIMIT)
		return damaged();
	if (!ks_buf_reserve(out, (size_t)len + 1))
		return &ks_nomem;
	while (len) {
		uint64_t literals = ks_cursor_uleb(&c);
		const uint8_t *bytes = ks_cursor_take(&c, literals);
		if (!bytes || literals > len)
			return damaged();
		ks_buf_bytes(out, bytes, (size_t)literals);
		len -= literals;
		if (!len)
			break;
		uint64_t copied = ks_cursor_uleb(&c);
		uint64_t from = last + literals + (uint64_t)ks_cursor_zigzag(&c);
		if (c.why || !copied || copied > len || from > like.len || copied > like.len - from)
			return damaged();
		ks_buf_bytes(out, (const uint8_t *)like.at + from, (size_t)copied);
		last = from + copied;
		len -= copied;
	}
	return ks_cursor_more(&c) ? damaged() : ks_buf_error(out);
}
