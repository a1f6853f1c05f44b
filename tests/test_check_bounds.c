/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that a verifier surely knows no bounds of. What each of them learns was asked of booted kernels
 * (tests/truth/idioms/bounds.c); the programs here are the same in small.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/rules/bounds.h"
#include "instructions.h"
#include "tiny_view.h"

enum { MAX = 64, HASH = 1, ARRAY = 2, RINGBUF = 27 };

struct written {
	struct ks_bpf_insn insns[MAX];
	uint32_t refs[MAX], nr;
	struct ks_bpf_ref table[8];
	uint32_t nr_refs;
	bool typed;
};

static void add(struct written *w, uint8_t code, uint8_t dst, uint8_t src, int16_t off, int32_t imm)
{
	assert_true(w->nr < MAX);
	w->refs[w->nr] = KS_NO_INDEX;
	w->insns[w->nr++] = (struct ks_bpf_insn){
		.code = code, .dst = dst, .src = src, .off = off, .imm = imm
	};
}
static void add_ref(struct written *w, uint8_t code, uint8_t dst, struct ks_bpf_ref ref)
{
	add(w, code, dst, 0, 0, 0);
	w->refs[w->nr - 1] = w->nr_refs;
	w->table[w->nr_refs++] = ref;
	if (code == 0x18)
		add(w, 0, 0, 0, 0, 0);
}
#define TO(w, at) ((int16_t)((at) - (w)->nr - 1))

/** r8 = a value of the map; r6 and r7 two numbers in it; r9 = the context. What follows begins with instruction FIRST. */
static struct written begin(void)
{
	struct written w = { 0 };
	add(&w, MOVX(9, 1));
	add(&w, MOV(1, 0));
	add(&w, STORE(10, -8, 1));
	add(&w, MOVX(2, 10));
	add(&w, ADD(2, -8));
	add_ref(&w, 0x18, 1, (struct ks_bpf_ref){ .kind = KS_REF_MAP, .index = 0 });
	add(&w, CALL(1));
	add(&w, 0x55, 0, 0, 2, 0); // if it is one
	add(&w, MOV(0, 0));
	add(&w, EXIT);
	add(&w, MOVX(8, 0));
	add(&w, LOAD(6, 8, 0));
	add(&w, LOAD(7, 8, 8));
	return w;
}
enum { END = 9, FIRST = 14 }; // END: r0 = 0, exit

static void use(struct written *w, uint8_t reg)
{
	add(w, MOVX(1, 8));
	add(w, ADDX(1, reg));
	add(w, LOADB(0, 1, 0));
	add(w, EXIT);
}

static struct ks_witness found_by(const struct written *w, bool learns, bool links)
{
	static const struct ks_bpf_map maps[] = {
		{ .name = "values", .type = HASH, .key_size = 8, .value_size = 256 },
		{ .name = "ring", .type = RINGBUF }
	};
	static const struct ks_bpf_data sections[] = { { .name = ".bss", .size = 16 },
						       { .name = ".addr_space.1", .size = 16 } };
	static const struct ks_interp_data data[2];
	static const struct ks_bpf_extern externs[] = { { .name = "bpf_throw" },
							{ .name = "bpf_rcu_read_lock" } };
	struct ks_bpf_object object = { .nr_refs = 8,
					.nr_maps = 2,
					.nr_data = 2,
					.refs = w->table,
					.maps = maps,
					.data = sections,
					.nr_externs = 2,
					.externs = externs };
	struct ks_bpf_program program = {
		.nr = w->nr, .nr_main = w->nr, .insns = w->insns, .refs = w->refs
	};
	struct ks_interp_input interp = { .object = &object, .program = &program, .data = data };
	uint64_t steps = 100000;
	struct ks_witness_input input = { .interp = &interp,
					  .numbers = !w->typed,
					  .learns = learns,
					  .links = links,
					  .steps = &steps };
	struct ks_witness witness;
	assert_ok(ks_witness_find(&input, &witness));
	return witness;
}

/** What verifiers before 6.4 and those since 6.8 find. */
static void expect(const struct written *w, enum ks_witness_how old, enum ks_witness_how recent)
{
	assert_int_equal(found_by(w, false, false).how, old);
	assert_int_equal(found_by(w, true, true).how, recent);
}

static void a_constant_bounds_a_number(void **state)
{
	(void)state;
	struct written w = begin();
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
	struct ks_witness witness = found_by(&w, false, false);
	assert_int_equal(witness.insn, w.nr - 2);
	assert_int_equal(witness.map, 1);
	assert_true(witness.number >= 1 << 29);
	w = begin();
	add(&w, JGT(6, 100, TO(&w, END)));
	use(&w, 6);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w = begin();
	add(&w, 0x57, 6, 0, 0, 127); // r6 &= 127
	use(&w, 6);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w = begin();
	add(&w, 0x65, 6, 0, TO(&w, END), 100); // if r6 s> 100: it may be negative
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
	w.nr -= 4;
	add(&w, JSLT(6, 0, TO(&w, END)));
	use(&w, 6);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
}

static void old_verifiers_learn_nothing_of_two_numbers(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, JGT(7, 100, TO(&w, END)));
	add(&w, JGTX(6, 7, TO(&w, END)));
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE);
	w = begin();
	add(&w, JGT(7, 100, TO(&w, END)));
	add(&w, JWGTX(6, 7, TO(&w, END)));
	add(&w, MOVWX(6, 6));
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE);
	w = begin();
	add(&w, MOV(7, 100)); // it is a constant
	add(&w, JGTX(6, 7, TO(&w, END)));
	use(&w, 6);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w = begin();
	add(&w, JGTX(6, 7, TO(&w, END))); // by what is not bounded
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
	w = begin();
	add(&w, JGT(7, 100, TO(&w, END)));
	add(&w, JNEX(6, 7, TO(&w, END))); // of what is equal they learn, by 64 bits
	use(&w, 6);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w = begin();
	add(&w, MOVWX(6, 6));
	add(&w, JGT(7, 100, TO(&w, END)));
	add(&w, JWNEX(6, 7, TO(&w, END)));
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE);
}

static void old_verifiers_learn_nothing_of_what_is_not_equal(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, JGT(6, 16, TO(&w, END)));
	add(&w, JEQ(6, 0, TO(&w, END)));
	add(&w, ADD(6, -1));
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE);
	w = begin();
	add(&w, JGT(6, 16, TO(&w, END)));
	add(&w, JLT(6, 1, TO(&w, END)));
	add(&w, ADD(6, -1));
	use(&w, 6);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
}

static void copies_are_bounded_together(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, MOVX(9, 6));
	add(&w, JGT(9, 100, TO(&w, END)));
	use(&w, 6);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w = begin();
	add(&w, LOADW(6, 8, 0));
	add(&w, MOVWX(9, 6));
	add(&w, JGT(9, 100, TO(&w, END)));
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE);
	assert_int_equal(found_by(&w, false, true).how, KS_WITNESS_NONE);
	w = begin(); // of what is computed nobody says anything about those that may learn of it
	add(&w, MOVX(9, 6));
	add(&w, ADD(9, 4));
	add(&w, JGT(9, 100, TO(&w, END)));
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE);
	w = begin();
	add(&w, STORE(10, -16, 6));
	add(&w, JGT(6, 100, TO(&w, END)));
	add(&w, LOAD(9, 10, -16));
	use(&w, 9);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE); // one that nothing is known of is not kept
	w.insns[FIRST] = (struct ks_bpf_insn){ JGT(6, 1000, -6) };
	w.insns[FIRST + 1] = (struct ks_bpf_insn){ STORE(10, -16, 6) };
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
}

static void what_is_computed_is_lost(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, 0x97, 6, 0, 0, 100); // r6 %= 100
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE);
	w = begin();
	add(&w, JGT(6, 15, TO(&w, END)));
	add(&w, JGT(7, 15, TO(&w, END)));
	add(&w, 0x4f, 6, 7, 0, 0); // r6 |= r7
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_NONE);
	w.insns[w.nr - 5] = (struct ks_bpf_insn){ .code = 0x0f, .dst = 6, .src = 7 }; // r6 += r7
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w.insns[w.nr - 5].code = 0x1f; // r6 -= r7: negative, though both are bounded
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
}

static void what_no_path_leads_to_is_not_looked_at(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, JGT(6, 10, TO(&w, END)));
	add(&w, JLT(6, 20, TO(&w, END)));
	use(&w, 7);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w = begin(); // of one number nobody asks in earnest
	add(&w, 0x1d, 6, 6, TO(&w, END), 0);
	use(&w, 7);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w = begin(); // what a helper gives that is not known may be known to the verifier
	add(&w, CALL(1000));
	add(&w, JEQ(0, 0, TO(&w, END)));
	use(&w, 7);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w = begin(); // what ends the program does not come back
	add_ref(&w, 0x85, 0, (struct ks_bpf_ref){ .kind = KS_REF_KFUNC, .index = 0 });
	use(&w, 7);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w.table[1].index = 1;
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
	w = begin(); // arguments with types may be known to it
	w.typed = true;
	add(&w, LOAD(9, 9, 0));
	use(&w, 9);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w.typed = false;
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
}

static void the_stack_is_512_bytes(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, JGT(6, 504, TO(&w, END)));
	add(&w, MOVX(1, 10));
	add(&w, ADD(1, -512));
	add(&w, ADDX(1, 6));
	add(&w, STORE(1, 0, 7));
	add(&w, EXIT);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w.insns[FIRST].imm = 505;
	expect(&w, KS_WITNESS_STACK, KS_WITNESS_STACK);
	assert_int_equal((int64_t)found_by(&w, false, false).number, -7);
}

static void sizes_are_bounded_too(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, JGT(6, 64, TO(&w, END)));
	add(&w, MOVX(1, 10));
	add(&w, ADD(1, -64));
	add(&w, MOVX(2, 6));
	add(&w, MOV(3, 0));
	add(&w, CALL(113)); // bpf_probe_read_kernel
	add(&w, EXIT);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w.insns[FIRST].imm = 65;
	expect(&w, KS_WITNESS_SIZE, KS_WITNESS_SIZE);
	assert_int_equal(found_by(&w, false, false).number, 65);
	w.insns[FIRST] = (struct ks_bpf_insn){ JA(0) };
	expect(&w, KS_WITNESS_SIZE, KS_WITNESS_SIZE);
	w = begin();
	add_ref(&w, 0x18, 1, (struct ks_bpf_ref){ .kind = KS_REF_MAP, .index = 1 });
	add(&w, MOVX(2, 6));
	add(&w, MOV(3, 0));
	add(&w, CALL(131)); // bpf_ringbuf_reserve
	add(&w, EXIT);
	expect(&w, KS_WITNESS_RESERVED, KS_WITNESS_RESERVED);
	w.insns[FIRST + 2] = (struct ks_bpf_insn){ MOV(2, 8) };
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
}

static void a_helper_leaves_any_number(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, MOV(9, 0));
	add(&w, STORE(10, -16, 9));
	add(&w, MOVX(1, 10));
	add(&w, ADD(1, -16));
	add(&w, MOV(2, 8));
	add(&w, MOVX(3, 8));
	add(&w, CALL(113));
	add(&w, LOAD(9, 10, -16));
	use(&w, 9);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
	w.insns[FIRST + 6].imm = 1000; // it may do something else
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
}

static void functions_are_looked_at_where_they_are_called(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, JGT(6, 100, TO(&w, END)));
	add(&w, MOVX(1, 8));
	add(&w, MOVX(2, 6));
	add_ref(&w, 0x85, 0, (struct ks_bpf_ref){ .kind = KS_REF_CALL, .offset = FIRST + 6 });
	add(&w, MOV(0, 0));
	add(&w, EXIT);
	add(&w, ADDX(1, 2)); // the function
	add(&w, LOADB(0, 1, 0));
	add(&w, EXIT);
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
	w.insns[FIRST] = (struct ks_bpf_insn){ JA(0) };
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
	assert_int_equal(found_by(&w, false, false).insn, FIRST + 7);
}

static void sections_of_data_are_bounded(void **state)
{
	(void)state;
	struct written w = begin();
	add_ref(&w, 0x18, 8, (struct ks_bpf_ref){ .kind = KS_REF_DATA, .index = 0 });
	use(&w, 6);
	expect(&w, KS_WITNESS_OFFSET, KS_WITNESS_OFFSET);
	assert_int_equal(found_by(&w, false, false).data, 1);
	assert_int_equal(found_by(&w, false, false).map, 0);
	w.table[1].index = 1; // of an arena
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
}

static void a_loop_ends(void **state)
{
	(void)state;
	struct written w = begin();
	add(&w, MOV(9, 0));
	add(&w, MOVX(1, 8)); // as long as r9 is below r6, which may be anything
	add(&w, ADDX(1, 9));
	add(&w, LOADB(1, 1, 0));
	add(&w, ADD(9, 1));
	add(&w, JGTX(6, 9, -5));
	add(&w, EXIT);
	(void)found_by(&w, false, false);
	w = begin();
	add(&w, JA(-1));
	expect(&w, KS_WITNESS_NONE, KS_WITNESS_NONE);
}

static void what_is_learnt_is_told_by_version_and_types(void **state)
{
	(void)state;
	static const struct ks_decl iterators = { .kind = KS_ENUM, .name = "bpf_iter_state" };
	static const struct ks_decl *const decls[] = { &iterators };
	static const struct {
		const char *version;
		bool newer, learns, links;
	} all[] = {
		{ "5.10.262", false, false, false },
		{ "5.15.0", false, false, true }, // not looked at: maybe
		{ "6.1.192", false, false, false },
		{ "6.1.193", false, false, true },
		{ "5.14.0", true, true, true }, // a newer verifier in it
		{ "6.6.1", true, true, true },
		{ "6.12.118", true, true, true },
		{ "", false, true, true },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		const struct tiny_image kernel = { .image = { .version = all[i].version,
							      .arch = "amd64",
							      .elf_class = 64,
							      .facts = UINT32_MAX },
						   .nr_decls = all[i].newer,
						   .decls = decls };
		_cleanup_view_ struct ks_view *view = tiny_view(&kernel);
		const struct ks_site site = ks_view_site(view, 0);
		const struct ks_bounds_known known = ks_bounds_known(&site);
		print_message("%s\n", all[i].version);
		assert_int_equal(known.learns, all[i].learns);
		assert_int_equal(known.links, all[i].links);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_constant_bounds_a_number),
		cmocka_unit_test(old_verifiers_learn_nothing_of_two_numbers),
		cmocka_unit_test(old_verifiers_learn_nothing_of_what_is_not_equal),
		cmocka_unit_test(copies_are_bounded_together),
		cmocka_unit_test(what_is_computed_is_lost),
		cmocka_unit_test(what_no_path_leads_to_is_not_looked_at),
		cmocka_unit_test(the_stack_is_512_bytes),
		cmocka_unit_test(sizes_are_bounded_too),
		cmocka_unit_test(a_helper_leaves_any_number),
		cmocka_unit_test(functions_are_looked_at_where_they_are_called),
		cmocka_unit_test(sections_of_data_are_bounded),
		cmocka_unit_test(a_loop_ends),
		cmocka_unit_test(what_is_learnt_is_told_by_version_and_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
