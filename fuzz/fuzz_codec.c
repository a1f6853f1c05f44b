/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Definitions as a store keeps them: a store may come from anywhere. The first byte of an input picks what the rest
 * is decoded as (the letters below). What can be decoded is encoded again, and must come back as the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "surface/codec.h"
#include "surface/traits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** A declaration, and forms of it: what is encoded again is both. */
static struct ks_error *again_listed(struct ks_cursor *c, struct ks_arena *arena,
				     struct ks_buf *out)
{
	struct ks_decl listed;
	struct ks_forms forms;
	KS_TRY(ks_codec_get_decl(c, arena, &listed));
	KS_TRY(ks_codec_get_forms(c, arena, &listed, &forms));
	ks_codec_put_decl(out, &listed);
	ks_codec_put_forms(out, &forms);
	return NULL;
}

/** A piece of the input: a byte that says how long it is, and so many bytes. */
static struct ks_cursor piece(struct ks_cursor *c)
{
	uint8_t len = ks_cursor_u8(c);
	const uint8_t *at = ks_cursor_take(c, len);
	return ks_cursor_over(at ? at : (const uint8_t *)"", at ? len : 0, false);
}

static struct ks_facts pieces(struct ks_cursor *c)
{
	struct ks_facts facts;
	facts.lines = piece(c);
	facts.sizes = piece(c);
	facts.addrs = piece(c);
	return facts;
}

/**
 * The facts of a function by those of its base: streams of both, and the function behind them. What can be read is written as what
 * differs, and must come back.
 */
static struct ks_error *check_moved(struct ks_cursor *c, struct ks_arena *arena)
{
	static const struct ks_move at[] = { { 16, 64 }, { 4096, (uint64_t)-48 } };
	const struct ks_moves moves = { .anchor = 16, .base_anchor = 32, .at = at, .nr = 2 };
	const struct ks_facts first = pieces(c);
	struct ks_facts of_base = first, facts = pieces(c), last = first;
	struct ks_function was, fn, again;
	struct ks_cursor copy = *c, third = *c;
	ks_codec_same_lines_moved(facts.lines, of_base.lines);
	KS_TRY(ks_codec_get_function(c, arena, NULL, &was));
	KS_TRY(ks_codec_get_facts(&of_base, moves.base_anchor, &was));
	KS_TRY(ks_codec_get_function(&copy, arena, NULL, &fn));
	of_base = first;
	KS_TRY(ks_codec_get_facts(&of_base, moves.base_anchor, &fn));
	KS_TRY(ks_codec_get_moved(&facts, &moves, arena, &fn));
	struct ks_facts_buf out = { 0 }, twice = { 0 };
	ks_codec_put_moved(&out, &fn, &was, &moves);
	facts = (struct ks_facts){ ks_cursor_over(out.lines.at, out.lines.len, false),
				   ks_cursor_over(out.sizes.at, out.sizes.len, false),
				   ks_cursor_over(out.addrs.at, out.addrs.len, false) };
	struct ks_error *err = ks_codec_get_function(&third, arena, NULL, &again);
	if (!err)
		err = ks_codec_get_facts(&last, moves.base_anchor, &again);
	if (!err)
		err = ks_codec_get_moved(&facts, &moves, arena, &again);
	if (err && err->code != KS_ERR_NOMEM)
		abort();
	if (!err)
		ks_codec_put_moved(&twice, &again, &was, &moves);
	if (!err && (twice.addrs.len != out.addrs.len || twice.sizes.len != out.sizes.len ||
		     twice.lines.len != out.lines.len))
		abort();
	ks_facts_buf_deinit(&out);
	ks_facts_buf_deinit(&twice);
	return err;
}

/** Decode and, when that worked, encode again. */
static struct ks_error *again(char which, struct ks_cursor *c, struct ks_arena *arena,
			      struct ks_buf *out)
{
	struct ks_decl decl;
	struct ks_function fn;
	struct ks_tracepoint tp;
	struct ks_ambiguity ambiguity;
	struct ks_option option;
	struct ks_forms forms;
	struct ks_variable variable;
	switch (which) {
	case 'd':
		KS_TRY(ks_codec_get_decl(c, arena, &decl));
		ks_codec_put_decl(out, &decl);
		return NULL;
	case 'f':
		KS_TRY(ks_codec_get_function(c, arena, NULL, &fn));
		ks_codec_put_function(out, &fn, NULL);
		return NULL;
	case 't':
		KS_TRY(ks_codec_get_tracepoint(c, arena, &tp));
		ks_codec_put_tracepoint(out, &tp);
		return NULL;
	case 'a':
		KS_TRY(ks_codec_get_ambiguity(c, arena, &ambiguity));
		ks_codec_put_ambiguity(out, &ambiguity);
		return NULL;
	case 'o':
		KS_TRY(ks_codec_get_option(c, &option));
		ks_codec_put_option(out, &option);
		return NULL;
	case 'n':
		KS_TRY(ks_codec_get_forms(c, arena, NULL, &forms));
		ks_codec_put_forms(out, &forms);
		return NULL;
	case 'l':
		return again_listed(c, arena, out);
	case 'm':
		return check_moved(c, arena);
	case 'v':
		KS_TRY(ks_codec_get_variable(c, arena, &variable));
		ks_codec_put_variable(out, &variable);
		return NULL;
	default:
		return NULL;
	}
}

/** What can be read whole can be stepped over, to the same end. */
static void check_traits(const struct ks_buf *out)
{
	struct ks_cursor c = ks_cursor_over(out->at, out->len, false);
	struct ks_traits traits;
	if (ks_codec_get_traits(&c, &traits) || ks_cursor_more(&c))
		abort();
}

/** The bytes in out decode to something that is encoded just so: the encoding is canonical. */
static void check_canonical(char which, const struct ks_buf *out, struct ks_arena *arena)
{
	struct ks_cursor c = ks_cursor_over(out->at, out->len, false);
	struct ks_buf twice = { 0 };
	struct ks_error *err = again(which, &c, arena, &twice);
	if (err || twice.len != out->len || memcmp(twice.at, out->at, out->len) != 0)
		abort();
	ks_buf_deinit(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	// a copy of its own, so that a read behind its end is seen
	uint8_t *bytes = malloc(size);
	if (!bytes)
		return 0;
	memcpy(bytes, data + 1, size - 1);
	struct ks_cursor c = ks_cursor_over(bytes, size - 1, false);
	struct ks_arena arena = { 0 };
	struct ks_buf out = { 0 };
	struct ks_error *err = again((char)data[0], &c, &arena, &out);
	if (!err && out.len)
		check_canonical((char)data[0], &out, &arena);
	if (!err && data[0] == 'f')
		check_traits(&out);
	ks_error_free(err);
	ks_buf_deinit(&out);
	ks_arena_deinit(&arena);
	free(bytes);
	return 0;
}
