/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "same.h"
#include "sample.h"
#include "surface/codec.h"
#include "surface/image.h"
#include "surface/traits.h"

static struct ks_cursor over(const struct ks_buf *buf)
{
	return ks_cursor_over(buf->at, buf->len, false);
}

static void declarations_come_back(void **state)
{
	(void)state;
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 3);
	for (int kind = 0; kind <= KS_INT; kind++) {
		for (size_t i = 0; i < s->decls[kind].nr; i++) {
			_cleanup_buf_ struct ks_buf buf = { 0 };
			struct ks_decl back;
			ks_codec_put_decl(&buf, &s->decls[kind].at[i]);
			struct ks_cursor c = over(&buf);
			assert_ok(ks_codec_get_decl(&c, &s->arenas[0], &back));
			assert_true(same_decl(&s->decls[kind].at[i], &back));
			assert_false(ks_cursor_more(&c));
		}
	}
}

static void put_facts(struct ks_facts_buf *facts, const struct ks_function *fn, uint64_t anchor,
		      struct ks_facts *ret)
{
	ks_codec_put_facts(facts, fn, anchor);
	*ret = (struct ks_facts){ over(&facts->lines), over(&facts->sizes), over(&facts->addrs) };
}

static void functions_come_back_with_their_facts(void **state)
{
	(void)state;
	static const uint64_t anchors[] = { 0, 1, 0xffffffff81000000, UINT64_MAX };
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 3);
	for (size_t i = 0; i < s->nr_functions; i++) {
		for (size_t k = 0; k < KS_ARRAY_LEN(anchors); k++) {
			const struct ks_decl *listed = i ? NULL : &s->decls[KS_FUNCTION].at[0];
			_cleanup_buf_ struct ks_buf buf = { 0 };
			struct ks_facts_buf facts_buf = { 0 };
			struct ks_facts facts;
			struct ks_function back;
			ks_codec_put_function(&buf, &s->functions[i], listed);
			put_facts(&facts_buf, &s->functions[i], anchors[k], &facts);
			struct ks_cursor c = over(&buf);
			assert_ok(ks_codec_get_function(&c, &s->arenas[0], listed, &back));
			assert_ok(ks_codec_get_facts(&facts, anchors[k], &back));
			assert_true(same_function(&s->functions[i], &back));
			assert_false(ks_cursor_more(&c));
			assert_false(ks_cursor_more(&facts.addrs));
			ks_facts_buf_deinit(&facts_buf);
		}
	}
}

/** A function as its base has it, into which the facts of another build are read. */
static void check_moved(struct ks_surface *s, const struct ks_function *fn,
			const struct ks_function *was, const struct ks_moves *moves, bool foreseen)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	struct ks_facts_buf of_base_buf = { 0 }, buf_moved = { 0 };
	struct ks_facts of_base;
	struct ks_function back;
	ks_codec_put_function(&buf, fn, NULL);
	put_facts(&of_base_buf, was, moves->base_anchor, &of_base);
	ks_codec_put_moved(&buf_moved, fn, was, moves);
	struct ks_facts facts = { over(&buf_moved.lines), over(&buf_moved.sizes),
				  over(&buf_moved.addrs) };
	if (foreseen)
		assert_int_equal(buf_moved.lines.len + buf_moved.sizes.len + buf_moved.addrs.len,
				 0);
	struct ks_cursor c = over(&buf), lines = of_base.lines;
	assert_ok(ks_codec_get_function(&c, &s->arenas[0], NULL, &back));
	assert_ok(ks_codec_get_facts(&of_base, moves->base_anchor, &back));
	bool same = ks_cursor_more(&facts.lines) ? ks_codec_same_lines_moved(facts.lines, lines)
						 : ks_codec_same_lines(lines);
	bool want = fn->nr_entries != 0;
	for (uint32_t i = 1; i < fn->nr_entries; i++)
		want = want && fn->entries[i].line == fn->entries[0].line;
	assert_int_equal(same, want);
	assert_ok(ks_codec_get_moved(&facts, moves, &s->arenas[0], &back));
	assert_true(same_function(fn, &back));
	assert_false(ks_cursor_more(&facts.lines) || ks_cursor_more(&facts.sizes) ||
		     ks_cursor_more(&facts.addrs));
	ks_facts_buf_deinit(&of_base_buf);
	ks_facts_buf_deinit(&buf_moved);
}

static void functions_come_back_from_what_moved(void **state)
{
	(void)state;
	const struct ks_move wrong[] = { { 1, 3 }, { 0xffffffff81000100, (uint64_t)-7 } };
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 6), *t = sample_surface(4, 6);
	size_t nr_compared = 0;
	for (size_t i = 0; i < s->nr_functions; i++) {
		const struct ks_function *fn = &t->functions[i], *was = &s->functions[i];
		_cleanup_buf_ struct ks_buf a = { 0 }, b = { 0 };
		ks_codec_put_function(&a, fn, NULL);
		ks_codec_put_function(&b, was, NULL);
		if (a.len != b.len || memcmp(a.at, b.at, a.len) != 0)
			continue; // of another shape
		struct ks_moves none = { .anchor = 16, .base_anchor = 32 };
		struct ks_moves some = { .at = wrong, .nr = KS_ARRAY_LEN(wrong) };
		check_moved(s, was, was, &none, true);
		check_moved(s, was, was, &some, false);
		check_moved(s, fn, was, &none, false);
		check_moved(s, fn, was, &some, false);
		nr_compared++;
	}
	assert_true(nr_compared > 5);
}

static void addresses_move_with_what_is_before_them(void **state)
{
	(void)state;
	const struct ks_move at[] = { { 100, 16 }, { 200, (uint64_t)-32 } };
	const struct ks_moves moves = { .at = at, .nr = 2 };
	assert_int_equal(ks_moves_place(&moves, 0), 0); // is no address
	assert_int_equal(ks_moves_place(&moves, 99), 99);
	assert_int_equal(ks_moves_place(&moves, 100), 116);
	assert_int_equal(ks_moves_place(&moves, 199), 215);
	assert_int_equal(ks_moves_place(&moves, 200), 168);
	assert_int_equal(ks_moves_place(&moves, UINT64_MAX), UINT64_MAX - 32);
}

/** Moves that are kept packed say what the same ones say in full. */
static void packed_moves_are_those_in_full(void **state)
{
	(void)state;
	enum { NR = 3 * KS_MOVES_STEP + 5, STEPS = NR / KS_MOVES_STEP + 1, APART = 100 };
	struct ks_move all[NR], marks[STEPS];
	uint32_t behind[STEPS];
	_cleanup_buf_ struct ks_buf raw = { 0 };
	struct ks_move last = { 0 };
	for (size_t i = 0; i < NR; i++) {
		all[i] = (struct ks_move){ (i + 1) * APART, (uint64_t)(i % 3 ? 16 * i : -i) };
		ks_buf_uleb(&raw, all[i].from - last.from);
		ks_buf_zigzag(&raw, (int64_t)(all[i].shift - last.shift));
		last = all[i];
		if (i % KS_MOVES_STEP)
			continue;
		marks[i / KS_MOVES_STEP] = all[i];
		behind[i / KS_MOVES_STEP] = (uint32_t)raw.len;
	}
	const struct ks_moves full = { .at = all, .nr = NR };
	const struct ks_moves packed = { .at = marks,
					 .nr = STEPS,
					 .behind = behind,
					 .packed = ks_cursor_over(raw.at, raw.len, false) };
	for (uint64_t addr = 0; addr < (NR + 2) * APART; addr += APART / 4)
		assert_int_equal(ks_moves_place(&packed, addr), ks_moves_place(&full, addr));
}

static void function_bytes_hold_no_fact_of_the_build(void **state)
{
	(void)state;
	_cleanup_surface_ struct ks_surface *a = sample_surface(1, 0), *b = sample_surface(9, 0);
	_cleanup_buf_ struct ks_buf x = { 0 }, y = { 0 };
	assert_false(same_function(&a->functions[0], &b->functions[0]));
	ks_codec_put_function(&x, &a->functions[0], &a->decls[KS_FUNCTION].at[0]);
	ks_codec_put_function(&y, &b->functions[0], &b->decls[KS_FUNCTION].at[0]);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.at, y.at, x.len);
}

static void tracepoints_options_and_ambiguities_come_back(void **state)
{
	(void)state;
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 0);
	for (size_t i = 0; i < s->nr_tracepoints; i++) {
		_cleanup_buf_ struct ks_buf buf = { 0 };
		struct ks_tracepoint back;
		ks_codec_put_tracepoint(&buf, &s->tracepoints[i]);
		struct ks_cursor c = over(&buf);
		assert_ok(ks_codec_get_tracepoint(&c, &s->arenas[0], &back));
		assert_true(same_tracepoint(&s->tracepoints[i], &back));
	}
	_cleanup_buf_ struct ks_buf buf = { 0 };
	struct ks_ambiguity ambiguity;
	struct ks_option option;
	ks_codec_put_ambiguity(&buf, &s->ambiguities[0]);
	ks_codec_put_option(&buf, &s->options[1]);
	struct ks_cursor c = over(&buf);
	assert_ok(ks_codec_get_ambiguity(&c, &s->arenas[0], &ambiguity));
	assert_ok(ks_codec_get_option(&c, &option));
	assert_true(same_ambiguity(&s->ambiguities[0], &ambiguity));
	assert_string_equal(option.value, s->options[1].value);
	assert_false(ks_cursor_more(&c));
}

static void forms_and_variables_come_back(void **state)
{
	(void)state;
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 0);
	for (size_t i = 0; i < s->nr_forms; i++) {
		_cleanup_buf_ struct ks_buf buf = { 0 };
		struct ks_forms named, back;
		ks_codec_put_forms(&buf, &s->forms[i]);
		struct ks_cursor c = over(&buf);
		assert_ok(ks_codec_forms_name(c, &named));
		assert_int_equal(named.kind, s->forms[i].kind);
		assert_string_equal(named.name, s->forms[i].name);
		assert_ok(ks_codec_get_forms(&c, &s->arenas[0], s->forms[i].listed, &back));
		back.module = s->forms[i].module; // not part of the bytes
		if (!same_forms(&s->forms[i], &back))
			fail_msg("%s differs", s->forms[i].name);
		assert_false(ks_cursor_more(&c));
	}
	for (size_t i = 0; i < s->nr_variables; i++) {
		_cleanup_buf_ struct ks_buf buf = { 0 };
		struct ks_variable back;
		ks_codec_put_variable(&buf, &s->variables[i]);
		struct ks_cursor c = over(&buf);
		assert_ok(ks_codec_get_variable(&c, &s->arenas[0], &back));
		back.offset = s->variables[i].offset; // not part of the bytes
		assert_true(same_variable(&s->variables[i], &back));
		assert_false(ks_cursor_more(&c));
	}
}

/** What is listed is not repeated, and without it the bytes say nothing. */
static void forms_hold_what_is_not_listed(void **state)
{
	(void)state;
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 0);
	const struct ks_forms *zoo = &s->forms[1];
	_cleanup_buf_ struct ks_buf buf = { 0 };
	struct ks_forms back;
	ks_codec_put_forms(&buf, zoo);
	assert_null(memmem(buf.at, buf.len, "open", 4));
	assert_non_null(memmem(buf.at, buf.len, "user", 4));
	struct ks_cursor c = over(&buf);
	expect_error(ks_codec_get_forms(&c, &s->arenas[0], NULL, &back), KS_ERR_DATA, "listed");
	c = over(&buf);
	expect_error(ks_codec_get_forms(&c, &s->arenas[0], &s->decls[KS_STRUCT].at[1], &back),
		     KS_ERR_DATA, "members that are not listed");
}

/** Decode as everything; whatever comes, it must be a value or an error. */
static void decode_all(const uint8_t *bytes, size_t len, const struct ks_decl *listed)
{
	struct ks_arena arena = { 0 };
	struct ks_cursor start = ks_cursor_over(bytes, len, false), c = start;
	struct ks_decl decl;
	struct ks_function fn;
	struct ks_tracepoint tp;
	struct ks_ambiguity ambiguity;
	struct ks_variable variable;
	struct ks_forms forms;
	const struct ks_moves moves = { 0 };
	ks_error_free(ks_codec_get_decl(&c, &arena, &decl));
	c = start;
	ks_error_free(ks_codec_get_tracepoint(&c, &arena, &tp));
	c = start;
	ks_error_free(ks_codec_get_ambiguity(&c, &arena, &ambiguity));
	c = start;
	ks_error_free(ks_codec_get_variable(&c, &arena, &variable));
	for (int with = 0; with < 2; with++) {
		c = start;
		ks_error_free(ks_codec_get_forms(&c, &arena, with ? listed : NULL, &forms));
	}
	c = start;
	struct ks_error *err = ks_codec_get_function(&c, &arena, NULL, &fn);
	if (!err) {
		struct ks_facts facts = { start, start, start };
		err = ks_codec_get_facts(&facts, 0, &fn);
	}
	if (!err) {
		struct ks_facts facts = { start, start, start };
		err = ks_codec_get_moved(&facts, &moves, &arena, &fn);
	}
	ks_error_free(err);
	ks_arena_deinit(&arena);
}

static void damaged_bytes_are_an_error_or_a_value(void **state)
{
	(void)state;
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 0);
	const struct ks_decl *listed = &s->decls[KS_STRUCT].at[0];
	struct ks_buf bufs[7] = { 0 };
	ks_codec_put_function(&bufs[0], &s->functions[0], &s->decls[KS_FUNCTION].at[0]);
	ks_codec_put_decl(&bufs[1], &s->decls[KS_STRUCT].at[0]);
	ks_codec_put_tracepoint(&bufs[2], &s->tracepoints[0]);
	ks_codec_put_ambiguity(&bufs[3], &s->ambiguities[0]);
	ks_codec_put_forms(&bufs[4], &s->forms[1]);
	ks_codec_put_forms(&bufs[5], &s->forms[2]);
	ks_codec_put_variable(&bufs[6], &s->variables[0]);
	for (size_t i = 0; i < KS_ARRAY_LEN(bufs); i++) {
		uint8_t *bytes = (uint8_t *)bufs[i].at;
		for (size_t at = 0; at < bufs[i].len; at++) {
			static const uint8_t damage[] = { 0, 1, 0x7f, 0x80, 0xff };
			uint8_t *copy = malloc(at + 1); // exact, so that a sanitizer sees overruns
			assert_non_null(copy);
			memcpy(copy, bytes, at);
			decode_all(copy, at, listed);
			free(copy);
			uint8_t was = bytes[at];
			for (size_t k = 0; k < sizeof(damage); k++) {
				bytes[at] = damage[k];
				decode_all(bytes, bufs[i].len, listed);
			}
			bytes[at] = was;
		}
	}
	for (size_t i = 0; i < KS_ARRAY_LEN(bufs); i++)
		ks_buf_deinit(&bufs[i]);
}

static void deep_nesting_is_refused(void **state)
{
	(void)state;
	struct ks_arena arena = { 0 };
	uint8_t bytes[1000] = { KS_TYPEDEF, 0, 0 }; // kind, name, size
	memset(bytes + 3, KS_TYPE_PTR, sizeof(bytes) - 3);
	struct ks_cursor c = ks_cursor_over(bytes, sizeof(bytes), false);
	struct ks_decl decl;
	expect_error(ks_codec_get_decl(&c, &arena, &decl), KS_ERR_DATA, "");
	ks_arena_deinit(&arena);
}

/** Few types that refer to each other can spell out to more bytes than there are atoms. */
static void types_that_explode_are_cut(void **state)
{
	(void)state;
	enum { LEVELS = 90 };
	struct ks_type types[LEVELS];
	struct ks_decl bodies[LEVELS];
	struct ks_member members[LEVELS][2];
	for (int i = 0; i < LEVELS; i++) {
		const struct ks_type *below = i ? &types[i - 1] : NULL;
		members[i][0] = (struct ks_member){ "a", below, 0, 0 };
		members[i][1] = (struct ks_member){ "b", below, 64, 0 };
		bodies[i] = (struct ks_decl){ .kind = KS_STRUCT, .nr = 2, .members = members[i] };
		types[i] = (struct ks_type){ .kind = KS_TYPE_STRUCT, .body = &bodies[i] };
	}
	struct ks_decl decl = { .kind = KS_TYPEDEF, .name = "t", .type = &types[LEVELS - 1] }, back;
	_cleanup_buf_ struct ks_buf buf = { 0 }, twice = { 0 };
	struct ks_arena arena = { 0 };
	ks_codec_put_decl(&buf, &decl);
	assert_in_range(buf.len, KS_CODEC_TREE, KS_CODEC_TREE + 100 * LEVELS);
	struct ks_cursor c = over(&buf);
	assert_ok(ks_codec_get_decl(&c, &arena, &back));
	ks_codec_put_decl(&twice, &back);
	assert_int_equal(twice.len, buf.len);
	ks_arena_deinit(&arena);
}

/** A body belongs to what can be unnamed, and is. */
static void bodies_of_what_has_none_are_refused(void **state)
{
	(void)state;
	enum { BODY = 64, NAMED = 16 };
	static const uint8_t kinds[] = { KS_TYPE_INT, KS_TYPE_PTR, KS_TYPE_FWD_STRUCT,
					 KS_TYPE_STRUCT | NAMED };
	struct ks_arena arena = { 0 };
	for (size_t i = 0; i < sizeof(kinds); i++) {
		uint8_t bytes[] = { KS_TYPEDEF, 't', 0, 0, kinds[i] | BODY, 'x', 0, 0, 0, 0, 0 };
		struct ks_cursor c = ks_cursor_over(bytes, sizeof(bytes), false);
		struct ks_decl decl;
		expect_error(ks_codec_get_decl(&c, &arena, &decl), KS_ERR_DATA, "");
	}
	ks_arena_deinit(&arena);
}

/** What follows types without asking must find them: the bytes may leave them out. */
static void missing_types_are_void_or_an_error(void **state)
{
	(void)state;
	struct ks_arena arena = { 0 };
	enum { NO_TYPE = 15 };
	static const uint8_t pointer[] = { KS_TYPEDEF, 't', 0, 0, KS_TYPE_PTR, NO_TYPE };
	static const uint8_t bare[] = { KS_TYPEDEF, 't', 0, 0, NO_TYPE };
	static const uint8_t function[] = { KS_FUNCTION, 'f', 0, 0, KS_TYPE_VOID };
	struct ks_decl decl;
	struct ks_cursor c = ks_cursor_over(pointer, sizeof(pointer), false);
	assert_null(ks_codec_get_decl(&c, &arena, &decl));
	assert_int_equal(decl.type->kind, KS_TYPE_PTR);
	assert_int_equal(decl.type->inner->kind, KS_TYPE_VOID);
	c = ks_cursor_over(bare, sizeof(bare), false);
	expect_error(ks_codec_get_decl(&c, &arena, &decl), KS_ERR_DATA, "");
	c = ks_cursor_over(function, sizeof(function), false);
	expect_error(ks_codec_get_decl(&c, &arena, &decl), KS_ERR_DATA, "");
	ks_arena_deinit(&arena);
}

static void images_sort_by_version_flavor_arch_revision(void **state)
{
	(void)state;
	static const struct ks_image sorted[] = {
		{ .version = "4.4.0", .arch = "amd64" },
		{ .version = "4.15", .arch = "amd64" },
		{ .version = "5.4.0", .flavor = "aws", .arch = "amd64", .revision = "1009" },
		{ .version = "5.4.0", .flavor = "generic", .arch = "amd64", .revision = "9" },
		{ .version = "5.4.0", .flavor = "generic", .arch = "amd64", .revision = "26" },
		{ .version = "5.4.0", .flavor = "generic", .arch = "riscv64", .revision = "24" },
		{ .version = "5.15", .flavor = "generic", .arch = "amd64" },
		{ .version = "6.1.9", .arch = "amd64" },
		{ .version = "6.1.176", .arch = "amd64" },
	};
	size_t nr = KS_ARRAY_LEN(sorted);
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < nr; k++) {
			int order = ks_image_compare(&sorted[i], &sorted[k]);
			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declarations_come_back),
		cmocka_unit_test(functions_come_back_with_their_facts),
		cmocka_unit_test(functions_come_back_from_what_moved),
		cmocka_unit_test(addresses_move_with_what_is_before_them),
		cmocka_unit_test(packed_moves_are_those_in_full),
		cmocka_unit_test(function_bytes_hold_no_fact_of_the_build),
		cmocka_unit_test(tracepoints_options_and_ambiguities_come_back),
		cmocka_unit_test(forms_and_variables_come_back),
		cmocka_unit_test(forms_hold_what_is_not_listed),
		cmocka_unit_test(damaged_bytes_are_an_error_or_a_value),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(types_that_explode_are_cut),
		cmocka_unit_test(bodies_of_what_has_none_are_refused),
		cmocka_unit_test(missing_types_are_void_or_an_error),
		cmocka_unit_test(images_sort_by_version_flavor_arch_revision),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
