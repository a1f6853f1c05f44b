/* SPDX-License-Identifier: BSD-2-Clause */
/* A kprobe that reads a parameter which its function does not have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <bpf/btf.h>

#include "base/array.h"
#include "check.h"
#include "tiny_judge.h"
#include "tiny_view.h"

/* ---- the kernel: long two(unsigned long a, unsigned long b), and one that takes a struct by value ---- */

static const struct ks_type t_long = { .kind = KS_TYPE_INT, .name = "long unsigned int" };
static const struct ks_type t_pair = { .kind = KS_TYPE_STRUCT, .name = "pair" };
static const struct ks_param two_params[] = { { "a", &t_long }, { "b", &t_long } };
static const struct ks_param pair_params[] = { { "pair", &t_pair } };
static const struct ks_type two_proto = {
	.kind = KS_TYPE_PROTO, .inner = &t_long, .nr_params = 2, .params = two_params
};
static const struct ks_type pair_proto = {
	.kind = KS_TYPE_PROTO, .inner = &t_long, .nr_params = 1, .params = pair_params
};
static const struct ks_member pair_members[] = { { "x", &t_long, 0, 0 }, { "y", &t_long, 64, 0 } };
static const struct ks_decl d_long = { .kind = KS_INT, .name = "long unsigned int", .size = 8 };
static const struct ks_decl d_pair = {
	.kind = KS_STRUCT, .name = "pair", .size = 16, .nr = 2, .members = pair_members
};
static const struct ks_decl d_two = { .kind = KS_FUNCTION, .name = "two", .type = &two_proto };
static const struct ks_decl d_by_value = { .kind = KS_FUNCTION,
					   .name = "by_value",
					   .type = &pair_proto };
static const struct ks_decl *const decls[] = { &d_long, &d_pair, &d_two, &d_by_value };
static const struct ks_symbol symbols[] = { { .name = "two", .attach = KS_ATTACH_FTRACE },
					    { .name = "by_value", .attach = KS_ATTACH_FTRACE } };
static const struct ks_function functions[] = {
	{ .name = "two", .nr_symbols = 1, .symbols = &symbols[0], .nr_btf = 1 },
	{ .name = "by_value", .nr_symbols = 1, .symbols = &symbols[1], .nr_btf = 1 },
};
static const struct ks_function *const all_functions[] = { &functions[0], &functions[1] };

static bool reads_absent(const char *section, const char *arch, unsigned int elf_class,
			 int16_t offset)
{
	const struct tiny_image tiny = { .image = { .label = "6.1.50",
						    .version = "6.1.50",
						    .arch = arch,
						    .elf_class = elf_class,
						    .facts = UINT32_MAX },
					 .nr_decls = KS_ARRAY_LEN(decls),
					 .decls = decls,
					 .nr_functions = KS_ARRAY_LEN(all_functions),
					 .functions = all_functions };
	// r0 = *(u64 *)(r1 + offset); exit
	const struct ks_bpf_insn insns[] = { { 0x79, 0, 1, offset, 0 }, { 0x95, 0, 0, 0, 0 } };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	struct btf *btf = btf__new_empty();
	int word = btf__add_int(btf, "unsigned long", 8, 0);
	btf__add_struct(btf, "pt_regs", 168);
	btf__add_field(btf, "di", word, 112 * 8, 0);
	uint32_t size;
	const void *bytes = btf__raw_data(btf, &size);
	struct ks_bpf_program program = tiny_program(section, insns, KS_ARRAY_LEN(insns));
	struct ks_bpf_object object = { .nr_programs = 1, .programs = &program };
	assert_ok(ks_btf_open(bytes, size, NULL, &object.btf));
	struct tiny_judge frame;
	tiny_judge_plain(&frame, &arena, view, &object, &program);
	struct ks_judge *judge = &frame.judge;
	ks_judge_absent_parameters(judge);
	size_t nr = judge->reasons.len;
	if (nr)
		assert_int_equal(judge->reasons.at[0]->kind, KS_REASON_SIGNATURE_CHANGED);
	ks_vector_deinit(&judge->reasons);
	ks_btf_close(object.btf);
	btf__free(btf);
	return nr != 0;
}

static void parameters_that_are_not_there_are_told(void **state)
{
	(void)state;
	// struct pt_regs of amd64: di 112, si 104, dx 96, cx 88, r8 72, r9 64, ip 128
	assert_false(reads_absent("kprobe/two", "amd64", 64, 112));
	assert_false(reads_absent("kprobe/two", "amd64", 64, 104));
	assert_true(reads_absent("kprobe/two", "amd64", 64, 96));
	assert_true(reads_absent("kprobe/two", "amd64", 64, 64));
	assert_false(reads_absent("kprobe/two", "amd64", 64, 128)); // no parameter
}

static void what_may_lie_elsewhere_is_not(void **state)
{
	(void)state;
	assert_false(reads_absent("kprobe/two+0x8", "amd64", 64, 96));
	assert_false(reads_absent("kretprobe/two", "amd64", 64, 96));
	assert_false(reads_absent("kprobe/by_value", "amd64", 64, 104)); // its second half
	assert_false(reads_absent("kprobe/unknown", "amd64", 64, 64));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_that_are_not_there_are_told),
		cmocka_unit_test(what_may_lie_elsewhere_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
