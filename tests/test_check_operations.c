/* SPDX-License-Identifier: BSD-2-Clause */
/* Members of struct_ops that no program may stand for, or none that sleeps: as booted 6.12 and 7.3 had it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "tiny_judge.h"
#include "tiny_view.h"

static const char *const stubs[] = { "Qdisc_ops__enqueue",
				     "Qdisc_ops__init",
				     "sched_ext_ops__enqueue",
				     "sched_ext_ops__init",
				     "sched_ext_ops__sub_caps_updated",
				     NULL };
static const char *const nothing[] = { NULL };

static bool refused(const char *const *symbols, const char *operations, const char *member,
		    bool sleeps)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const struct tiny_image kernel = { .image = { .label = "7.3.4",
						      .version = "7.3.4",
						      .arch = "amd64",
						      .elf_class = 64,
						      .facts = UINT32_MAX },
					   .symbols = symbols };
	_cleanup_view_ struct ks_view *view = tiny_view(&kernel);
	static const struct ks_bpf_insn insns[] = { { 0xb7, 0, 0, 0, 0 }, { 0x95, 0, 0, 0, 0 } };
	struct ks_bpf_program program =
		tiny_program(sleeps ? "struct_ops.s/x" : "struct_ops/x", insns, 2);
	const struct ks_bpf_map map = { .name = "map",
					.struct_ops = operations,
					.autocreate = true };
	const struct ks_bpf_struct_op op = { .member = member };
	const struct ks_bpf_object object = { .nr_programs = 1,
					      .programs = &program,
					      .nr_maps = 1,
					      .maps = &map,
					      .nr_struct_ops = 1,
					      .struct_ops = &op };
	struct tiny_judge frame;
	tiny_judge_plain(&frame, &arena, view, &object, &program);
	struct ks_judge *judge = &frame.judge;
	ks_judge_refused_operation(judge);
	size_t nr = judge->reasons.len;
	if (nr)
		assert_int_equal(judge->reasons.at[0]->verdict, KS_VERDICT_NO_LOAD);
	ks_vector_deinit(&judge->reasons);
	return nr != 0;
}

static void some_members_are_closed(void **state)
{
	(void)state;
	assert_true(refused(stubs, "Qdisc_ops", "peek", false));
	assert_false(refused(stubs, "Qdisc_ops", "init", false));
	assert_false(refused(nothing, "Qdisc_ops", "peek",
			     false)); // nothing tells that they are called so
	assert_false(refused(NULL, "Qdisc_ops", "peek", false));
	assert_true(refused(stubs, "sched_ext_ops", "sub_caps_updated", false));
	assert_false(refused(stubs, "sched_ext_ops_cid", "dispatch", false));
	assert_true(refused(nothing, "tcp_congestion_ops___v2", "get_info", false));
	assert_false(refused(nothing, "tcp_congestion_ops", "ssthresh", false));
}

static void schedulers_do_not_sleep(void **state)
{
	(void)state;
	assert_true(refused(stubs, "sched_ext_ops", "enqueue", true));
	assert_true(refused(stubs, "sched_ext_ops_cid", "yield", true));
	assert_false(refused(stubs, "sched_ext_ops", "init", true));
	assert_false(refused(stubs, "sched_ext_ops", "enqueue", false));
}

/** As libbpf 1.7 fits an object's struct into that of the kernel. */
static void members_fit_those_of_the_kernel(void **state)
{
	(void)state;
	static const struct ks_type t_u32 = { .kind = KS_TYPE_INT, .name = "unsigned int" },
				    t_char = { .kind = KS_TYPE_INT, .name = "char" },
				    name16 = { .kind = KS_TYPE_ARRAY, .inner = &t_char, .n = 16 },
				    proto = { .kind = KS_TYPE_PROTO, .inner = &t_u32 },
				    pointer = { .kind = KS_TYPE_PTR, .inner = &proto };
	static const struct ks_member members[] = {
		{ .name = "run", .type = &pointer },
		{ .name = "flags", .type = &t_u32, .bits_offset = 64 },
		{ .name = "name", .type = &name16, .bits_offset = 96 },
	};
	static const struct ks_decl u32 = { .kind = KS_INT, .name = "unsigned int", .size = 4 },
				    byte = { .kind = KS_INT, .name = "char", .size = 1 },
				    ops = { .kind = KS_STRUCT,
					    .name = "operations",
					    .size = 32,
					    .nr = 3,
					    .members = members },
				    value = { .kind = KS_STRUCT,
					      .name = "bpf_struct_ops_operations",
					      .size = 64 };
	static const struct ks_decl *const decls[] = { &u32, &byte, &ops, &value };
	static const struct {
		struct ks_bpf_struct_member member;
		const char *said;
	} all[] = {
		{ { 0, "run", KS_BTF_PTR, 8, false }, "" },
		{ { 0, "flags", KS_BTF_INT, 4, true }, "" },
		{ { 0, "name", KS_BTF_ARRAY, 16, true }, "" },
		{ { 0, "later", KS_BTF_INT, 4, false }, "" },
		{ { 0, "later", KS_BTF_INT, 4, true }, "no member later, which the object sets" },
		{ { 0, "flags", KS_BTF_PTR, 8, false }, "the object has flags as something else" },
		{ { 0, "flags", KS_BTF_INT, 8, false },
		  "the object has flags of 8 bytes, the kernel of 4" },
		{ { 0, "name", KS_BTF_ARRAY, 32, false },
		  "the object has name of 32 bytes, the kernel of 16" },
		{ { 1, "flags", KS_BTF_PTR, 8, true }, "" }, // of another map
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		const struct tiny_image kernel = { .image = { .label = "6.1.50",
							      .version = "6.1.50",
							      .arch = "amd64",
							      .elf_class = 64,
							      .facts = UINT32_MAX },
						   .nr_decls = KS_ARRAY_LEN(decls),
						   .decls = decls };
		_cleanup_view_ struct ks_view *view = tiny_view(&kernel);
		static const struct ks_bpf_insn insns[] = { { 0xb7, 0, 0, 0, 0 },
							    { 0x95, 0, 0, 0, 0 } };
		struct ks_bpf_program program = tiny_program("kprobe/vfs_read", insns, 2);
		const struct ks_bpf_map map = { .name = "map",
						.struct_ops = "operations",
						.autocreate = true };
		const struct ks_bpf_object object = { .nr_programs = 1,
						      .programs = &program,
						      .nr_maps = 1,
						      .maps = &map,
						      .nr_struct_members = 1,
						      .struct_members = &all[i].member };
		struct tiny_judge frame;
		tiny_judge_plain(&frame, &arena, view, &object, &program);
		ks_judge_operations(&frame.judge);
		assert_int_equal(frame.judge.reasons.len, all[i].said[0] != '\0');
		if (frame.judge.reasons.len)
			assert_string_equal(frame.judge.reasons.at[0]->detail, all[i].said);
		ks_vector_deinit(&frame.judge.reasons);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_members_are_closed),
		cmocka_unit_test(schedulers_do_not_sleep),
		cmocka_unit_test(members_fit_those_of_the_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
