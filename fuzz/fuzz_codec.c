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
