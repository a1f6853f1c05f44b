/* SPDX-License-Identifier: BSD-2-Clause */
/* Which instructions can be reached, by hand-made programs; the verifier's own rules say what must not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "check/interp/interp.h"
#include "instructions.h"

enum { MAX = 64 };

/** A program, with a reference and a relocation for each instruction that has one. */
struct written {
	struct ks_bpf_insn insns[MAX];
	uint32_t refs[MAX], cores[MAX], nr;
	struct ks_bpf_ref table[8];
	struct ks_known known[8], externs[2];
	const uint8_t *rodata;
};

static const uint8_t zero_rodata[16];

static void add(struct written *w, uint8_t code, uint8_t dst, uint8_t src, int16_t off, int32_t imm)
{
	assert_true(w->nr < MAX);
	w->refs[w->nr] = w->cores[w->nr] = KS_NO_INDEX;
	w->insns[w->nr++] = (struct ks_bpf_insn){
		.code = code, .dst = dst, .src = src, .off = off, .imm = imm
	};
}
static void ref(struct written *w, uint32_t index, struct ks_bpf_ref value)
{
	w->table[index] = value;
	w->refs[w->nr - 1] = index;
}

/** "111?01": reached, reached by some values of what is not told, or not reached; one for each instruction. */
static void expect_reached(struct written *w, const char *expected)
{
	static const uint8_t constants[16] = { 1, 0, 0, 0, 2, 0, 0, 0 };
	struct ks_bpf_data section = { .name = ".rodata", .size = 16, .constant = true };
	struct ks_interp_data data = { .bytes = w->rodata ? w->rodata : constants,
				       .constant = true };
	struct ks_bpf_extern ext[2] = { { .kind = KS_EXTERN_KCONFIG, .size = 4 },
					{ .kind = KS_EXTERN_KSYM } };
	struct ks_bpf_object object = { .nr_refs = 8,
					.nr_cores = 8,
					.nr_data = 1,
					.nr_externs = 2,
					.refs = w->table,
					.data = &section,
					.externs = ext };
	struct ks_bpf_program program = {
		.nr = w->nr, .nr_main = w->nr, .insns = w->insns, .refs = w->refs, .cores = w->cores
	};
	struct ks_interp_input input = { .object = &object,
					 .program = &program,
					 .cores = w->known,
					 .externs = w->externs,
					 .data = &data };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_reach reach;
	assert_ok(ks_interp(&input, &arena, &reach));
	char got[MAX + 1] = "";
	for (uint32_t i = 0; i < w->nr; i++)
		got[i] = !reach.at[i].reached				  ? '0'
			 : ks_reach_is_sure(&object, &program, &reach, i) ? '1'
									  : '?';
	assert_string_equal(got, expected);
}

static void a_relocation_decides_a_branch(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, MOV(1, 1));
	w.cores[0] = 0;
	add(&w, JEQ(1, 0, 1));
	add(&w, CALL(7));
	add(&w, EXIT);
	w.known[0] = (struct ks_known){ KS_KNOWN_VALUE, 0 };
	expect_reached(&w, "1101");
	w.known[0].value = 1;
	expect_reached(&w, "1111");
	w.known[0].how = KS_KNOWN_NOT; // one of both ways
	expect_reached(&w, "11?1");
}

/** r1 = *(u32 *)section + offset; if r1 == value goto over a call. */
static struct written guarded(enum ks_bpf_ref_kind kind, uint64_t offset, int32_t value)
{
	struct written w = { 0 };
	add(&w, 0x18, 1, 0, 0, 0);
	ref(&w, 0, (struct ks_bpf_ref){ .kind = kind, .offset = offset });
	add(&w, 0, 0, 0, 0, 0);
	add(&w, 0x61, 1, 1, 0, 0);
	add(&w, JEQ(1, value, 1));
	add(&w, CALL(7));
	add(&w, EXIT);
	return w;
}

static void read_only_data_and_options_are_constants(void **state)
{
	(void)state;
	struct written w = guarded(KS_REF_DATA, 4, 2);
	expect_reached(&w, "111101");
	w = guarded(KS_REF_DATA, 0, 2);
	expect_reached(&w, "111111");
	w = guarded(KS_REF_DATA, 4, 0);
	w.rodata = zero_rodata; // as the tool sets it
	expect_reached(&w, "111101");
	w = guarded(KS_REF_KCONFIG, 0, 1000);
	w.externs[0] = (struct ks_known){ KS_KNOWN_VALUE, 1000 };
	expect_reached(&w, "111101");
	w.externs[0].how = KS_KNOWN_NOT;
	expect_reached(&w, "1111?1");
	w = guarded(KS_REF_KCONFIG, 0, 'g' | 'c' << 8 | 'c' << 16);
	w.externs[0] = (struct ks_known){ KS_KNOWN_TEXT, 0, "\"gcc\"" };
	expect_reached(&w, "111101");
	w.externs[0].text = "\"gcc-10\""; // libbpf cuts it to what is declared
	expect_reached(&w, "111101");
	w.externs[0].text = "\"gc\"";
	expect_reached(&w, "111111");
	w = guarded(KS_REF_DATA, 100, 0); // outside: nothing is known
	expect_reached(&w, "111111");
}

static void what_both_ways_lead_to_is_sure(void **state)
{
	(void)state;
	struct written w = guarded(KS_REF_KCONFIG, 0, 1000);
	w.externs[0].how = KS_KNOWN_NOT;
	w.nr -= 3;
	add(&w, MOVX(6, 1));
	add(&w, JEQ(6, 1000, 1)); // one of both ways has a call,
	add(&w, CALL(7));
	add(&w, JA(1)); // and both go on, over what nothing leads to;
	add(&w, CALL(7));
	add(&w, 0x67, 6, 0, 0, 4);
	add(&w, JNE(6, 0, 2)); // it tells as little when it is shifted
	add(&w, CALL(7));
	add(&w, JA(1));
	add(&w, CALL(7));
	add(&w, CALL(7));
	add(&w, EXIT);
	expect_reached(&w, "11111?10"
			   "11???11");
	// in the function that is called whatever it is, too, and not in that of one way
	w = guarded(KS_REF_KCONFIG, 0, 1000);
	w.externs[0].how = KS_KNOWN_NOT;
	w.nr -= 2;
	add(&w, 0x85, 0, 1, 0, 0);
	ref(&w, 1, (struct ks_bpf_ref){ .kind = KS_REF_CALL, .offset = 7 });
	add(&w, 0x85, 0, 1, 0, 0);
	ref(&w, 2, (struct ks_bpf_ref){ .kind = KS_REF_CALL, .offset = 9 });
	add(&w, EXIT);
	add(&w, CALL(7));
	add(&w, EXIT);
	add(&w, CALL(7));
	add(&w, EXIT);
	expect_reached(&w, "1111?11"
			   "??"
			   "11");
}

/** Of what was not followed nobody knows which way it goes: one that leads to an instruction on both of them does. */
static void what_was_not_followed_is_not_sure(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, CALL(7));
	add(&w, JEQ(0, 0, 1));
	add(&w, CALL(7)); // on one way
	add(&w, CALL(7)); // on both
	add(&w, EXIT);
	struct ks_bpf_object object = { 0 };
	struct ks_bpf_program program = {
		.nr = w.nr, .nr_main = w.nr, .insns = w.insns, .refs = w.refs, .cores = w.cores
	};
	static const struct {
		uint64_t steps;
		const char *sure;
	} cases[] = { { 1, "11011" }, { 1000, "11111" } };
	for (size_t i = 0; i < 2; i++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		uint64_t steps = cases[i].steps;
		const struct ks_interp_input input = { .object = &object,
						       .program = &program,
						       .steps = &steps };
		struct ks_reach reach;
		assert_ok(ks_interp(&input, &arena, &reach));
		assert_int_equal(reach.complete, i == 1);
		for (uint32_t k = 0; k < w.nr; k++) {
			assert_true(reach.at[k].reached);
			assert_int_equal(ks_reach_is_sure(&object, &program, &reach, k),
					 cases[i].sure[k] == '1');
		}
	}
}

static void a_weak_symbol_that_is_missing_is_zero(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, 0x18, 1, 0, 0, 0);
	ref(&w, 0, (struct ks_bpf_ref){ .kind = KS_REF_KSYM, .index = 1 });
	add(&w, 0, 0, 0, 0, 0);
	add(&w, JEQ(1, 0, 1));
	add(&w, CALL(7));
	add(&w, EXIT);
	w.externs[1] = (struct ks_known){ KS_KNOWN_VALUE, 0 };
	expect_reached(&w, "11101");
	w.externs[1] = (struct ks_known){ KS_KNOWN_POINTER, 0 };
	expect_reached(&w, "11111");
}

static void constants_survive_the_stack_but_not_a_helper_that_writes_there(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, MOV(1, 5));
	add(&w, 0x7b, 10, 1, -8, 0); // *(u64 *)(r10 - 8) = r1
	add(&w, 0x79, 2, 10, -8, 0);
	add(&w, JEQ(2, 5, 1));
	add(&w, CALL(7));
	add(&w, EXIT);
	expect_reached(&w, "111101");
	w.nr = 2;
	add(&w, MOVX(1, 10));
	add(&w, 0x07, 1, 0, 0, -8);
	add(&w, MOV(2, 8));
	add(&w, CALL(4));
	add(&w, 0x79, 2, 10, -8, 0);
	add(&w, JEQ(2, 5, 1));
	add(&w, CALL(7));
	add(&w, EXIT);
	expect_reached(&w, "1111111111");
}

static void functions_are_followed_with_their_arguments(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, MOV(1, 3));
	add(&w, 0x85, 0, 1, 0, 0);
	ref(&w, 0, (struct ks_bpf_ref){ .kind = KS_REF_CALL, .offset = 5 });
	add(&w, JEQ(0, 8, 1)); // it gives 3 + 5
	add(&w, CALL(7));
	add(&w, EXIT);
	add(&w, MOVX(0, 1));
	add(&w, 0x07, 0, 0, 0, 5);
	add(&w, JNE(1, 3, 1));
	add(&w, EXIT);
	add(&w, EXIT);
	expect_reached(&w, "1110111110");
}

static void a_callback_is_reached_with_anything(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, 0x18, 2, 4, 0, 0);
	ref(&w, 0, (struct ks_bpf_ref){ .kind = KS_REF_POINTER, .offset = 4 });
	add(&w, 0, 0, 0, 0, 0);
	add(&w, CALL(181));
	add(&w, EXIT);
	add(&w, JEQ(1, 3, 1));
	add(&w, EXIT);
	add(&w, EXIT);
	expect_reached(&w, "1111111");
}

static void narrow_jumps_look_at_half_a_register(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, 0x18, 1, 0, 0, 7);
	add(&w, 0, 0, 0, 0, 1);	   // r1 = 0x100000007
	add(&w, 0x16, 1, 0, 1, 7); // if w1 == 7
	add(&w, CALL(7));
	add(&w, JEQ(1, 7, 1));
	add(&w, EXIT);
	add(&w, CALL(8));
	expect_reached(&w, "1110110");
}

static void a_loop_ends_whatever_it_counts(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, MOV(1, 0));
	add(&w, 0x07, 1, 0, 0, 1);
	add(&w, JNE(1, 1000000, -2));
	add(&w, JA(0));
	add(&w, EXIT);
	expect_reached(&w, "11111");
	w.nr = 2;
	add(&w, JA(-2)); // without an end
	expect_reached(&w, "111");
}

static void reads_of_the_context_are_noted(void **state)
{
	(void)state;
	static const struct ks_bpf_insn insns[] = { { 0x79, 2, 1, 112, 0 },
						    { 0x07, 1, 0, 0, 16 },
						    { 0x61, 3, 1, 8, 0 },
						    { 0x95, 0, 0, 0, 0 } };
	struct ks_bpf_object object = { 0 };
	struct ks_bpf_program program = { .nr = 4, .nr_main = 4, .insns = insns };
	struct ks_interp_input input = { .object = &object, .program = &program };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_reach reach;
	assert_ok(ks_interp(&input, &arena, &reach));
	assert_int_equal(reach.at[0].ctx_offset, 112);
	assert_int_equal(reach.at[0].ctx_size, 8);
	assert_false(reach.at[0].modified_ctx);
	assert_int_equal(reach.at[2].ctx_offset, 24);
	assert_int_equal(reach.at[2].ctx_size, 4);
	assert_true(reach.at[2].modified_ctx);
}

static void relocations_move_writes_of_the_context_too(void **state)
{
	(void)state;
	static const struct ks_bpf_insn insns[] = { { 0xb7, 2, 0, 0, 0 },
						    { 0x63, 1, 2, 8, 0 },
						    { 0x95, 0, 0, 0, 0 } };
	static const uint32_t cores[] = { KS_NO_INDEX, 0, KS_NO_INDEX };
	static const struct ks_known known = { .how = KS_KNOWN_VALUE, .value = 12 };
	struct ks_bpf_object object = { .nr_cores = 1 };
	struct ks_bpf_program program = { .nr = 3, .nr_main = 3, .insns = insns, .cores = cores };
	struct ks_interp_input input = { .object = &object, .program = &program, .cores = &known };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_reach reach;
	assert_ok(ks_interp(&input, &arena, &reach));
	assert_int_equal(reach.at[1].ctx_offset, 12);
	assert_int_equal(reach.at[1].ctx_size, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_relocation_decides_a_branch),
		cmocka_unit_test(read_only_data_and_options_are_constants),
		cmocka_unit_test(what_both_ways_lead_to_is_sure),
		cmocka_unit_test(what_was_not_followed_is_not_sure),
		cmocka_unit_test(a_weak_symbol_that_is_missing_is_zero),
		cmocka_unit_test(constants_survive_the_stack_but_not_a_helper_that_writes_there),
		cmocka_unit_test(functions_are_followed_with_their_arguments),
		cmocka_unit_test(a_callback_is_reached_with_anything),
		cmocka_unit_test(narrow_jumps_look_at_half_a_register),
		cmocka_unit_test(a_loop_ends_whatever_it_counts),
		cmocka_unit_test(reads_of_the_context_are_noted),
		cmocka_unit_test(relocations_move_writes_of_the_context_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
