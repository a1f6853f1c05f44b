/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs read that is something else than in the base: two made-up kernels, whose layouts tell what must come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/prepare.h"
#include "check/rules/rules.h"
#include "instructions.h"
#include "records.h"
#include "tiny_view.h"

/* ---- kernels ---- */

static const struct ks_type t_int = { .kind = KS_TYPE_INT, .name = "int" };
static const struct ks_type t_long = { .kind = KS_TYPE_INT, .name = "long" };
static const struct ks_type t_thing = { .kind = KS_TYPE_STRUCT, .name = "thing" };
static const struct ks_type t_inner = { .kind = KS_TYPE_STRUCT, .name = "inner" };
static const struct ks_type t_idmap = { .kind = KS_TYPE_STRUCT, .name = "idmap" };
static const struct ks_type p_thing = { .kind = KS_TYPE_PTR, .inner = &t_thing };
static const struct ks_type c_thing = { .kind = KS_TYPE_CONST, .inner = &t_thing };
static const struct ks_type pc_thing = { .kind = KS_TYPE_PTR, .inner = &c_thing };
static const struct ks_type p_idmap = { .kind = KS_TYPE_PTR, .inner = &t_idmap };
static const struct ks_type t_tail = { .kind = KS_TYPE_STRUCT, .name = "tail" };
static const struct ks_type p_tail = { .kind = KS_TYPE_PTR, .inner = &t_tail };
static const struct ks_type t_open = { .kind = KS_TYPE_ARRAY, .inner = &t_long, .n = 0 };
static const struct ks_type t_array = { .kind = KS_TYPE_ARRAY, .inner = &t_inner, .n = 2 };

static const struct ks_member inner_members[] = { MEMBER("x", &t_int, 0), MEMBER("y", &t_int, 4) };
static const struct ks_member tail_members[] = { MEMBER("nr", &t_long, 0),
						 MEMBER("at", &t_open, 8) };
static const struct ks_member old_members[] = { MEMBER("a", &t_long, 0), MEMBER("b", &t_int, 8),
						MEMBER("next", &p_thing, 16),
						MEMBER("table", &t_array, 24),
						MEMBER("name", &t_long, 48) };
static const struct ks_member new_members[] = {
	MEMBER("a", &t_long, 0), MEMBER("c", &t_long, 8),	MEMBER("next", &p_thing, 16),
	MEMBER("b", &t_int, 24), MEMBER("table", &t_array, 28), MEMBER("title", &t_long, 48)
};
static const struct ks_decl ints[] = { { .kind = KS_INT, .name = "int", .size = 4 },
				       { .kind = KS_INT, .name = "long", .size = 8 } };
static const struct ks_decl inner = RECORD("inner", 8, inner_members),
			    idmap = RECORD("idmap", 8, inner_members),
			    tail = RECORD("tail", 8, tail_members);
static const struct ks_decl old_thing = RECORD("thing", 56, old_members),
			    new_thing = RECORD("thing", 64, new_members),
			    old_task = RECORD("task_struct", 56, old_members),
			    new_task = RECORD("task_struct", 56, new_members);

#define PROTO(p)                                                                                   \
	{                                                                                          \
		.kind = KS_TYPE_PROTO, .inner = &t_int, .nr_params = KS_ARRAY_LEN(p),              \
		.params = (p)                                                                      \
	}
static const struct ks_param old_params[] = { { "thing", &p_thing }, { "how", &p_idmap } };
static const struct ks_param new_params[] = { { "map", &p_idmap }, { "thing", &p_thing } };
static const struct ks_param one_params[] = { { "flags", &t_int }, { "how", &p_idmap } };
static const struct ks_param two_params[] = { { "block", &t_int }, { "flags", &t_int } };
static const struct ks_param half_params[] = { { "thing", &p_thing }, { "other", &p_thing } };
static const struct ks_param pure_params[] = { { "thing", &pc_thing }, { "how", &p_idmap } };
static const struct ks_param tail_params[] = { { "tail", &p_tail } };
static const struct ks_type tail_proto = PROTO(tail_params);
static const struct ks_type pure_proto = PROTO(pure_params);
static const struct ks_type one_proto = PROTO(one_params), two_proto = PROTO(two_params);
static const struct ks_type old_proto = PROTO(old_params), new_proto = PROTO(new_params),
			    half_proto = PROTO(half_params);
static const struct ks_decl same = { .kind = KS_FUNCTION, .name = "same", .type = &old_proto },
			    was = { .kind = KS_FUNCTION, .name = "moved", .type = &old_proto },
			    pure_was = { .kind = KS_FUNCTION, .name = "pure", .type = &old_proto },
			    tailed = { .kind = KS_FUNCTION, .name = "tailed", .type = &tail_proto },
			    pure_is = { .kind = KS_FUNCTION, .name = "pure", .type = &pure_proto },
			    flags_was = { .kind = KS_FUNCTION,
					  .name = "flags",
					  .type = &one_proto },
			    flags_is = { .kind = KS_FUNCTION, .name = "flags", .type = &two_proto },
			    half_was = { .kind = KS_FUNCTION, .name = "half", .type = &old_proto },
			    half_is = { .kind = KS_FUNCTION, .name = "half", .type = &half_proto },
			    is = { .kind = KS_FUNCTION, .name = "moved", .type = &new_proto };

static const struct ks_decl *const old_decls[] = { &ints[0],   &ints[1],  &inner,     &idmap,
						   &old_thing, &same,	  &was,	      &half_was,
						   &old_task,  &pure_was, &flags_was, &tail,
						   &tailed };
static const struct ks_decl *const new_decls[] = { &ints[0],   &ints[1], &inner,    &idmap,
						   &new_thing, &same,	 &is,	    &half_is,
						   &new_task,  &pure_is, &flags_is, &tail,
						   &tailed };
static const struct tiny_image old_kernel = {
	.image = { .label = "old", .version = "6.1.1", .arch = "amd64", .elf_class = 64 },
	.nr_decls = KS_ARRAY_LEN(old_decls),
	.decls = old_decls,
}, new_kernel = {
	.image = { .label = "new", .version = "6.12.1", .arch = "amd64", .elf_class = 64 },
	.nr_decls = KS_ARRAY_LEN(new_decls),
	.decls = new_decls,
};

/* ---- programs ---- */

enum { MAX = 32 };
struct written {
	struct ks_bpf_insn insns[MAX];
	uint32_t refs[MAX], cores[MAX], nr;
	struct ks_known here, base; // what CO-RE makes of the one relocation
};
static void add(struct written *w, uint8_t code, uint8_t dst, uint8_t src, int16_t off, int32_t imm)
{
	assert_true(w->nr < MAX);
	w->refs[w->nr] = w->cores[w->nr] = KS_NO_INDEX;
	w->insns[w->nr++] = (struct ks_bpf_insn){ code, dst, src, off, imm };
}

/** bpf_probe_read_kernel(r10 - 8, size, register + offset) */
static void copy(struct written *w, uint8_t from, int32_t offset, int32_t size)
{
	add(w, MOVX(1, 10));
	add(w, ADD(1, -8));
	add(w, MOV(2, size));
	add(w, MOVX(3, from));
	add(w, ADD(3, offset));
	add(w, CALL(113));
}

static const struct ks_bpf_ref to_map = { .kind = KS_REF_MAP };
static const struct ks_bpf_map map = { .name = "map", .key_size = 8, .value_size = 4 };

static bool never_null(const void *types, const struct ks_path *paths, uint32_t path)
{
	(void)types, (void)paths, (void)path;
	return false;
}

static void follow(const struct ks_bpf_object *object, const struct ks_known *known,
		   struct ks_arena *arena, struct ks_reach *ret)
{
	const struct ks_interp_input input = { .object = object,
					       .program = object->programs,
					       .cores = known,
					       .paths = true,
					       .may_be_null = never_null };
	assert_ok(ks_interp(&input, arena, ret));
	assert_true(ret->complete);
}

/** What is said of a program on the new kernel, when it was written for the old one: "NAME; NAME". */
static void expect_said(const char *section, struct written *w, const char *expected)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *here_view = tiny_view(&new_kernel),
				      *base_view = tiny_view(&old_kernel);
	add(w, MOV(0, 0));
	add(w, EXIT);
	struct ks_bpf_program program = { .name = "program",
					  .section = section,
					  .nr = w->nr,
					  .nr_main = w->nr,
					  .insns = w->insns,
					  .refs = w->refs,
					  .cores = w->cores };
	assert_ok(ks_hook_parse(&arena, section, &program.hook));
	const struct ks_bpf_object object = { .name = "object",
					      .nr_programs = 1,
					      .programs = &program,
					      .nr_cores = 1,
					      .nr_refs = 1,
					      .refs = &to_map,
					      .nr_maps = 1,
					      .maps = &map };
	struct ks_site site = ks_view_site(here_view, 0), base = ks_view_site(base_view, 0);
	struct ks_core_spec spec = { .kind = KS_CORE_FIELD_EXISTS };
	const struct ks_core_spec *specs[] = { &spec };
	const struct ks_prepared prepared = { .object = &object,
					      .specs = specs,
					      .hooks = &program.hook };
	const struct ks_core_result cores[1] = { 0 };
	const struct ks_resolution resolution = {
		.prepared = &prepared, .site = site, .base = base, .cores = cores
	};
	struct ks_reach here_reach, base_reach;
	follow(&object, &w->here, &arena, &here_reach);
	follow(&object, &w->base, &arena, &base_reach);
	struct ks_judge judge = { .arena = &arena,
				  .scratch = &arena,
				  .resolution = &resolution,
				  .site = &resolution.site,
				  .program = &program,
				  .hook = &program.hook,
				  .reach = &here_reach,
				  .base_reach = &base_reach };
	for (size_t i = 0; i < ks_nr_rules; i++)
		if (ks_rules[i].needs & KS_RULE_BASE && ks_rule_applies(&ks_rules[i], &judge))
			ks_rules[i].judge(&judge);
	_cleanup_buf_ struct ks_buf said = { 0 };
	for (size_t i = 0; i < judge.reasons.len; i++)
		ks_buf_printf(&said, "%s%s %s", i ? "; " : "",
			      ks_reasons[judge.reasons.at[i]->kind].name,
			      judge.reasons.at[i]->name);
	assert_string_equal(said.at ? ks_buf_text(&said) : "", expected);
	ks_vector_deinit(&judge.reasons);
}

static void a_field_that_moved_is_a_risk(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, LOAD(6, 1, 0));
	copy(&w, 6, 8, 4);
	expect_said("fentry/same", &w, "blind-read thing::b");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 0));
	copy(&w, 6, 0, 8);
	expect_said("fentry/same", &w, "");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 0));
	copy(&w, 6, 36, 4); // table[1].y
	expect_said("fentry/same", &w, "blind-read thing::table.y");
}

static void another_name_in_the_same_place_is_none(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, LOAD(6, 1, 0));
	copy(&w, 6, 48, 8);
	expect_said("fentry/same", &w, "");
}

static void pointers_are_followed(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, LOAD(6, 1, 0));
	copy(&w, 6, 16, 8);
	add(&w, LOAD(7, 10, -8));
	copy(&w, 7, 8, 4);
	expect_said("fentry/same", &w, "blind-read thing::b");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 0));
	add(&w, LOAD(7, 6, 16)); // as trampolines allow
	add(&w, LOAD(8, 7, 48));
	add(&w, 0x61, 8, 7, 8, 0);
	expect_said("fentry/same", &w, "blind-read thing::b");
}

static void behind_a_struct_that_grew_others_stand(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, LOAD(6, 1, 0));
	copy(&w, 6, 64, 8); // of what begins with a thing
	expect_said("fentry/same", &w, "blind-read thing");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 8));
	// of what begins with an idmap, which is as large: others may have changed
	copy(&w, 6, 64, 8);
	expect_said("fentry/same", &w, "tier idmap");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 0));
	copy(&w, 6, 64, 8); // an element of its own array
	expect_said("fentry/tailed", &w, "");
}

static void registers_are_the_image_s_where_the_object_has_none(void **state)
{
	enum { DI = 112, SI = 104 };
	(void)state;
	struct written w = { 0 };
	add(&w, LOAD(6, 1, DI));
	copy(&w, 6, 8, 4);
	expect_said("kprobe/same", &w, "blind-read thing::b");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, SI));
	copy(&w, 6, 0, 8);
	expect_said("kprobe/moved", &w, "signature-changed moved");
}

static void of_the_same_type_it_may_be_another(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, LOAD(6, 1, 0));
	add(&w, JNE(6, 0, 0));
	expect_said("fentry/flags", &w, "signature-changed flags");
}

static void qualifiers_are_the_same_to_readers(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, LOAD(6, 1, 0));
	copy(&w, 6, 0, 8);
	expect_said("fentry/pure", &w, "");
}

static void what_helpers_give_is_followed(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, CALL(158)); // bpf_get_current_task_btf()
	add(&w, 0x61, 8, 0, 8, 0);
	expect_said("fentry/same", &w, "blind-read task_struct::b");
	w = (struct written){ 0 };
	add(&w, CALL(158));
	add(&w, 0x61, 8, 0, 8, 0);
	expect_said("tc", &w, "blind-read task_struct::b");
	w = (struct written){ 0 };
	add(&w, CALL(158));
	add(&w, LOAD(8, 0, 0));
	expect_said("tc", &w, "");
	w = (struct written){ 0 };
	add(&w, CALL(35)); // bpf_get_current_task(), a number to the verifier
	add(&w, MOVX(6, 0));
	copy(&w, 6, 8, 4);
	expect_said("kprobe/same", &w, "blind-read task_struct::b");
	w = (struct written){ 0 };
	add(&w, CALL(35));
	add(&w, MOVX(6, 0));
	copy(&w, 6, 16, 8);
	add(&w, LOAD(7, 10, -8));
	copy(&w, 7, 8, 4);
	expect_said("tracepoint/a/b", &w, "blind-read thing::b");
}

static void what_co_re_moves_or_nobody_knows_is_left_alone(void **state)
{
	(void)state;
	struct written w = { .here = { KS_KNOWN_VALUE, 8 }, .base = { KS_KNOWN_VALUE, 8 } };
	add(&w, LOAD(6, 1, 0));
	add(&w, MOV(7, 8));
	w.cores[w.nr - 1] = 0;
	add(&w, ADDX(6, 7));
	copy(&w, 6, 0, 4);
	expect_said("fentry/same", &w, "");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 0));
	add(&w, CALL(7));
	add(&w, ADDX(6, 0));
	copy(&w, 6, 8, 4);
	expect_said("fentry/same", &w, "");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 8)); // that struct is the same
	copy(&w, 6, 4, 4);
	expect_said("fentry/same", &w, "");
}

/** Both arguments are read, and a guard says which one is the thing. */
static void add_guarded(struct written *w)
{
	add(w, LOAD(6, 1, 0));
	add(w, LOAD(7, 1, 8));
	add(w, MOV(8, 0));
	w->cores[w->nr - 1] = 0;
	add(w, JNE(8, 0, 1)); // the thing comes second
	add(w, MOVX(7, 6));
	copy(w, 7, 0, 8);
}

static void only_arguments_that_are_used_count(void **state)
{
	(void)state;
	struct written w = { .here = { KS_KNOWN_VALUE, 1 }, .base = { KS_KNOWN_VALUE, 0 } };
	add_guarded(&w);
	expect_said("fentry/moved", &w, "");
	w = (struct written){ .here = { KS_KNOWN_VALUE, 0 }, .base = { KS_KNOWN_VALUE, 0 } };
	add_guarded(&w);
	expect_said("fentry/moved", &w, "signature-changed moved");
	w = (struct written){ 0 }; // both ways
	add_guarded(&w);
	expect_said("fentry/moved", &w, "signature-changed moved");
}

static void what_is_handed_over_is_used(void **state)
{
	(void)state;
	struct written w = { 0 };
	add(&w, LOAD(6, 1, 0));
	add(&w, 0x7b, 10, 6, -16, 0); // on the stack, which a helper reads
	add(&w, MOVX(2, 10));
	add(&w, ADD(2, -16));
	add(&w, CALL(1));
	expect_said("fentry/moved", &w, "signature-changed moved");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 0));
	add(&w, 0x7b, 10, 6, -16, 0); // on the stack, and forgotten
	add(&w, CALL(14));
	expect_said("fentry/moved", &w, "");
	w = (struct written){ 0 };
	add(&w, LOAD(6, 1, 0));
	add(&w, JNE(6, 0, 0)); // compared
	expect_said("fentry/moved", &w, "signature-changed moved");
}

/** The first parameter, which is the same, at r10 - 16, and the second at r10 - 8; r2 points to the first. */
static struct written with_both_on_the_stack(void)
{
	struct written w = { 0 };
	add(&w, LOAD(6, 1, 0));
	add(&w, LOAD(7, 1, 8));
	add(&w, 0x7b, 10, 6, -16, 0);
	add(&w, 0x7b, 10, 7, -8, 0);
	add(&w, 0x18, 1, 0, 0, 0);
	w.refs[w.nr - 1] = 0;
	add(&w, 0, 0, 0, 0, 0);
	add(&w, MOVX(2, 10));
	add(&w, ADD(2, -16));
	return w;
}

static void a_helper_gets_no_more_than_it_asks_for(void **state)
{
	(void)state;
	struct written w = with_both_on_the_stack();
	add(&w, CALL(1)); // a key of 8 bytes
	expect_said("fentry/half", &w, "");
	w = with_both_on_the_stack();
	add(&w, CALL(200)); // nobody knows
	expect_said("fentry/half", &w, "signature-changed half");
	w = with_both_on_the_stack();
	add(&w, CALL(1)); // which leaves the stack as it was
	add(&w, LOAD(8, 10, -8));
	add(&w, JNE(8, 0, 0));
	expect_said("fentry/half", &w, "signature-changed half");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_that_moved_is_a_risk),
		cmocka_unit_test(another_name_in_the_same_place_is_none),
		cmocka_unit_test(pointers_are_followed),
		cmocka_unit_test(what_helpers_give_is_followed),
		cmocka_unit_test(behind_a_struct_that_grew_others_stand),
		cmocka_unit_test(registers_are_the_image_s_where_the_object_has_none),
		cmocka_unit_test(of_the_same_type_it_may_be_another),
		cmocka_unit_test(qualifiers_are_the_same_to_readers),
		cmocka_unit_test(what_co_re_moves_or_nobody_knows_is_left_alone),
		cmocka_unit_test(only_arguments_that_are_used_count),
		cmocka_unit_test(what_is_handed_over_is_used),
		cmocka_unit_test(a_helper_gets_no_more_than_it_asks_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
