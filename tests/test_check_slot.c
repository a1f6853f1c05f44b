/* SPDX-License-Identifier: BSD-2-Clause */
/* The slot of a function's result, which is one of its arguments on another kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/rules/rules.h"
#include "tiny_judge.h"
#include "tiny_view.h"

/* ---- int create(long), and on another kernel int create(long, bool), int create(long, int) ---- */

static const struct ks_type t_int = { .kind = KS_TYPE_INT, .name = "int" };
static const struct ks_type t_long = { .kind = KS_TYPE_INT, .name = "long" };
static const struct ks_type t_bool = { .kind = KS_TYPE_INT, .name = "_Bool" };
static const struct ks_type t_flags = { .kind = KS_TYPE_INT, .name = "unsigned int" };
static const struct ks_decl d_flags = { .kind = KS_INT, .name = "unsigned int", .size = 4 };
static const struct ks_decl d_int = { .kind = KS_INT, .name = "int", .size = 4 },
			    d_long = { .kind = KS_INT, .name = "long", .size = 8 },
			    d_bool = { .kind = KS_INT, .name = "_Bool", .size = 1 };
static const struct ks_param bool_params[] = { { "mode", &t_long }, { "want_excl", &t_bool } },
			     int_params[] = { { "mode", &t_long }, { "flags", &t_int } },
			     flag_params[] = { { "mode", &t_long }, { "flags", &t_flags } };
#define CREATE(n, p)                                                                               \
	{                                                                                          \
		.kind = KS_TYPE_PROTO, .inner = &t_int, .nr_params = (n), .params = (p)            \
	}
static const struct ks_type short_proto = CREATE(1, bool_params),
			    bool_proto = CREATE(2, bool_params), int_proto = CREATE(2, int_params),
			    flag_proto = CREATE(2, flag_params);
static const struct ks_decl
	short_create = { .kind = KS_FUNCTION, .name = "create", .type = &short_proto },
	bool_create = { .kind = KS_FUNCTION, .name = "create", .type = &bool_proto },
	int_create = { .kind = KS_FUNCTION, .name = "create", .type = &int_proto };
static const struct ks_decl flag_create = { .kind = KS_FUNCTION,
					    .name = "create",
					    .type = &flag_proto };
static const struct ks_symbol symbol = { .name = "create", .attach = KS_ATTACH_FTRACE };
static const struct ks_function create = {
	.name = "create", .nr_symbols = 1, .symbols = &symbol, .nr_btf = 1
};
static const struct ks_function *const functions[] = { &create };
static const struct ks_decl *const short_decls[] = { &d_int, &d_long, &d_bool, &short_create };
static const struct ks_decl *const bool_decls[] = { &d_int, &d_long, &d_bool, &bool_create };
static const struct ks_decl *const int_decls[] = { &d_int, &d_long, &d_bool, &int_create };
static const struct ks_decl *const flag_decls[] = { &d_flags, &d_long, &d_bool, &flag_create };
#define KERNEL(d)                                                                                  \
	{                                                                                          \
		.image = { .label = #d,                                                            \
			   .version = "6.1.1",                                                     \
			   .arch = "amd64",                                                        \
			   .elf_class = 64,                                                        \
			   .facts = UINT32_MAX },                                                  \
		.nr_decls = KS_ARRAY_LEN(d), .decls = (d), .nr_functions = 1,                      \
		.functions = functions                                                             \
	}
static const struct tiny_image with_short = KERNEL(short_decls), with_bool = KERNEL(bool_decls),
			       with_int = KERNEL(int_decls), with_flags = KERNEL(flag_decls);

/* ---- programs ---- */

enum { MAX = 8 };
static bool told(const struct tiny_image *kernel, const struct tiny_image *base,
		 const char *section, const struct ks_bpf_insn *insns)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(kernel),
				      *base_view = tiny_view(base ? base : kernel);
	struct ks_bpf_program program = { .name = "program", .section = section, .autoload = true };
	program.insns = insns;
	while (insns[program.nr].code != 0x95)
		program.nr++;
	program.nr_main = ++program.nr;
	struct ks_bpf_object object = { .nr_programs = 1, .programs = &program };
	struct ks_site base_site = ks_view_site(base_view, 0);
	struct tiny_judge frame;
	tiny_judge_prepare(&frame, &arena, view, &object, &program);
	assert_ok(ks_resolution_make(&arena, &frame.prepared, &frame.site, base ? &base_site : NULL,
				     &frame.resolution));
	const struct ks_interp_input input = { .object = &object, .program = &program };
	tiny_judge_follow(&frame, &arena, &input);
	frame.judge.base_reach = base ? &frame.reach : NULL;
	ks_judge_result_slot(&frame.judge);
	size_t nr = frame.judge.reasons.len;
	if (nr) {
		assert_int_equal(frame.judge.reasons.at[0]->kind, KS_REASON_SIGNATURE_CHANGED);
		assert_int_equal(frame.judge.reasons.at[0]->verdict, KS_VERDICT_RISK);
	}
	ks_vector_deinit(&frame.judge.reasons);
	return nr != 0;
}

#define LOAD(dst, off) 0x79, dst, 1, off, 0
#define EXIT 0x95, 0, 0, 0, 0
static const struct ks_bpf_insn reads[MAX] = { { LOAD(2, 8) }, { EXIT } };
static const struct ks_bpf_insn reads_first[MAX] = { { LOAD(2, 0) }, { EXIT } };

static void the_base_says_what_is_the_result(void **state)
{
	(void)state;
	assert_true(told(&with_bool, &with_short, "fexit/create", reads));
	assert_true(told(&with_int, &with_short, "fexit/create", reads));
	assert_true(told(&with_int, &with_short, "fmod_ret/create", reads));
	assert_false(told(&with_int, &with_short, "fexit/create", reads_first));
	assert_false(told(&with_short, &with_bool, "fexit/create", reads)); // of another rule
	assert_false(told(&with_int, &with_bool, "fexit/create", reads));
	assert_false(told(&with_bool, NULL, "fexit/create", reads));
	assert_false(told(&with_bool, &with_short, "fentry/create", reads));
}

static void only_a_number_with_a_sign_is_asked_for_it(void **state)
{
	(void)state;
	// compilers ask "is it negative" in many ways
	static const struct ks_bpf_insn ways[][MAX] = {
		{ { LOAD(2, 8) }, { 0x66, 2, 0, 0, -1 }, { EXIT } }, // if w2 s> -1
		{ { LOAD(2, 8) }, { 0xc5, 2, 0, 0, 0 }, { EXIT } },  // if r2 s< 0
		{ { LOAD(2, 8) },
		  { 0x18, 3, 0, 0, INT32_MIN },
		  { 0 },
		  { 0x5f, 2, 3, 0, 0 },
		  { EXIT } }, // r2 &= 0x80000000
		{ { LOAD(2, 8) }, { 0x67, 2, 0, 0, 32 }, { 0xc7, 2, 0, 0, 32 }, { EXIT } },
		{ { LOAD(2, 8) }, { 0xbf, 3, 2, 0, 0 }, { 0x74, 3, 0, 0, 31 }, { EXIT } },
	};
	static const struct ks_bpf_insn others[][MAX] = {
		{ { LOAD(2, 8) }, { 0x15, 2, 0, 0, 0 }, { EXIT } }, // if r2 == 0
		{ { LOAD(2, 8) }, { 0x57, 2, 0, 0, 1 }, { EXIT } },
		{ { LOAD(2, 8) }, { 0x67, 2, 0, 0, 32 }, { 0x77, 2, 0, 0, 32 }, { EXIT } },
		{ { LOAD(2, 8) }, { LOAD(2, 0) }, { 0xc5, 2, 0, 0, 0 }, { EXIT } },
		{ { LOAD(2, 0) }, { 0xc5, 2, 0, 0, 0 }, { EXIT } }, // a long may be negative
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(ways); i++) {
		if (!told(&with_bool, NULL, "fexit/create", ways[i]))
			fail_msg("way %zu", i);
		assert_false(told(&with_int, NULL, "fexit/create", ways[i]));
		assert_false(told(&with_short, NULL, "fexit/create", ways[i]));
	}
	// the upper bit of flags may be one of them, but these are not compared with 0
	assert_true(told(&with_flags, NULL, "fexit/create", ways[0]));
	assert_false(told(&with_flags, NULL, "fexit/create", ways[2]));
	for (size_t i = 0; i < KS_ARRAY_LEN(others); i++)
		if (told(&with_bool, NULL, "fexit/create", others[i]))
			fail_msg("other %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_base_says_what_is_the_result),
		cmocka_unit_test(only_a_number_with_a_sign_is_asked_for_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
