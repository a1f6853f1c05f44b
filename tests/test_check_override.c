/* SPDX-License-Identifier: BSD-2-Clause */
/* bpf_override_return() on functions that may and may not be made to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "tiny_judge.h"
#include "tiny_view.h"

static const struct ks_symbol open_symbol = { .name = "may_fail",
					      .attach = KS_ATTACH_FTRACE | KS_ATTACH_INJECT },
			      closed_symbol = { .name = "never_fails", .attach = KS_ATTACH_FTRACE };
static const struct ks_function open_function = { .name = "may_fail",
						  .nr_symbols = 1,
						  .symbols = &open_symbol },
				closed_function = { .name = "never_fails",
						    .nr_symbols = 1,
						    .symbols = &closed_symbol };
static const struct ks_function *const functions[] = { &open_function, &closed_function };

static enum ks_verdict verdict_of(uint32_t facts, const char *section, bool calls)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const struct tiny_image tiny = { .image = { .label = "6.1.50",
						    .version = "6.1.50",
						    .arch = "amd64",
						    .elf_class = 64,
						    .facts = facts },
					 .nr_functions = KS_ARRAY_LEN(functions),
					 .functions = functions };
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	// r2 = 1; override_return(ctx, 1), or r0 = 0; exit
	const struct ks_bpf_insn insns[] = { { 0xb7, 2, 0, 0, 1 },
					     { calls ? 0x85 : 0xb7, 0, 0, 0, calls ? 58 : 0 },
					     { 0xb7, 0, 0, 0, 0 },
					     { 0x95, 0, 0, 0, 0 } };
	struct ks_bpf_program program = tiny_program(section, insns, 4);
	const struct ks_bpf_object object = { .license = "GPL",
					      .nr_programs = 1,
					      .programs = &program };
	struct tiny_judge frame;
	tiny_judge_plain(&frame, &arena, view, &object, &program);
	ks_judge_override(&frame.judge);
	enum ks_verdict verdict = frame.judge.untold[KS_STAGE_ATTACH] ? KS_VERDICT_UNKNOWN
				  : frame.judge.reasons.len ? frame.judge.reasons.at[0]->verdict
							    : KS_VERDICT_OK;
	ks_vector_deinit(&frame.judge.reasons);
	return verdict;
}

static void results_are_changed_of_what_may_fail(void **state)
{
	(void)state;
	assert_int_equal(verdict_of(UINT32_MAX, "kprobe/may_fail", true), KS_VERDICT_OK);
	assert_int_equal(verdict_of(UINT32_MAX, "kprobe/never_fails", true), KS_VERDICT_NO_ATTACH);
	assert_int_equal(verdict_of(UINT32_MAX, "kprobe/never_fails", false), KS_VERDICT_OK);
	assert_int_equal(verdict_of(UINT32_MAX, "kprobe/nowhere", true), KS_VERDICT_OK);
	assert_int_equal(verdict_of(UINT32_MAX & ~KS_FACT_INJECT, "kprobe/never_fails", true),
			 KS_VERDICT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		results_are_changed_of_what_may_fail) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
