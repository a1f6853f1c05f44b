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
	struct ks_bpf_program program = { .name = "program",
					  .section = sleeps ? "struct_ops.s/x" : "struct_ops/x",
					  .autoload = true,
					  .nr = 2,
					  .nr_main = 2,
					  .insns = insns };
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
	const struct ks_interp_input input = { .object = &object, .program = &program };
	struct tiny_judge frame;
	tiny_judge_prepare(&frame, &arena, view, &object, &program);
	tiny_judge_follow(&frame, &arena, &input);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_members_are_closed),
		cmocka_unit_test(schedulers_do_not_sleep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
