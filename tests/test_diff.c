/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "diff/diff.h"
#include "report/text/c_text.h"
#include "types.h"

/** All changes as one text: "param-added int x|param-reordered a,b>b". */
static void expect_changes(const struct ks_decl *old, const struct ks_decl *new, const char *want)
{
	_cleanup_diff_ struct ks_diff *diff = NULL;
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_changes changes;
	assert_null(ks_diff_new(&diff));
	assert_null(ks_diff_decls(diff, old, new, &changes));
	for (size_t i = 0; i < changes.nr; i++) {
		const struct ks_change *change = &changes.at[i];
		const struct ks_change_info *info = &ks_changes_infos[change->kind];
		ks_buf_printf(&text, "%s%s", i ? "|" : "", info->name);
		for (int new_side = 0; new_side < 2; new_side++) {
			if (!(new_side ? info->has_new : info->has_old))
				continue;
			ks_buf_char(&text, new_side && info->has_old ? '>' : ' ');
			const struct ks_name_list *names =
				new_side ? &change->new_names : &change->old_names;
			if (info->form == KS_FORM_NUMBER)
				ks_buf_printf(&text, "%s=%lld", change->name,
					      (long long)(new_side ? change->new_number
								   : change->old_number));
			else if (info->form == KS_FORM_NAMES)
				for (size_t j = 0; j < names->nr; j++)
					ks_buf_printf(&text, "%s%s", j ? "," : "", names->at[j]);
			else if (info->form == KS_FORM_TYPE)
				ks_c_text_late.type(&text,
						    new_side ? change->new_type : change->old_type);
			else if (info->form == KS_FORM_DECL)
				ks_c_text_late.decl(&text,
						    new_side ? change->new_type : change->old_type,
						    change->name);
		}
	}
	assert_string_equal(ks_buf_text(&text), want);
}

static void equal_functions_have_no_changes(void **state)
{
	(void)state;
	expect_changes(FUNCTION("f", PROTO(INT("int"), { "a", PTR(STRUCT("s")) })),
		       FUNCTION("f", PROTO(INT("int"), { "a", PTR(STRUCT("s")) })), "");
}

static void bodies_of_unnamed_types_are_no_change(void **state)
{
	(void)state;
	const struct ks_decl *one = RECORD(NULL, { "counter", INT("int"), 0, 0 });
	const struct ks_decl *other = RECORD(NULL, { "count", INT("long"), 0, 0 });
	const struct ks_type with = { .kind = KS_TYPE_STRUCT, .body = one };
	const struct ks_type changed = { .kind = KS_TYPE_STRUCT, .body = other };
	const struct ks_type without = { .kind = KS_TYPE_STRUCT };
	const struct ks_decl old = { .kind = KS_TYPEDEF, .name = "t", .type = &with };
	const struct ks_decl new = { .kind = KS_TYPEDEF, .name = "t", .type = &changed };
	const struct ks_decl bare = { .kind = KS_TYPEDEF, .name = "t", .type = &without };
	expect_changes(&old, &new, "");
	expect_changes(&bare, &new, ""); // of a store of version 1
	expect_changes(RECORD("s", { "m", &with, 0, 0 }), RECORD("s", { "m", &changed, 0, 0 }), "");
}

static void parameters_change_in_the_published_order(void **state)
{
	(void)state;
	expect_changes(FUNCTION("f", PROTO(INT("int"), { "a", INT("int") }, { "b", INT("int") },
					   { "c", INT("int") })),
		       FUNCTION("f", PROTO(INT("long"), { "n", INT("int") }, { "c", INT("char") },
					   { "a", INT("int") })),
		       "param-added int n|param-removed int b|param-reordered a,b,c>n,c,a|"
		       "param-type-changed int c>char c|return-type-changed int>long");
}

static void an_inserted_parameter_moves_those_behind_it(void **state)
{
	(void)state;
	expect_changes(FUNCTION("f", PROTO(VOID, { "a", INT("int") })),
		       FUNCTION("f", PROTO(VOID, { "n", INT("int") }, { "a", INT("int") })),
		       "param-added int n|param-reordered a>n,a");
	expect_changes(FUNCTION("f", PROTO(VOID, { "a", INT("int") })),
		       FUNCTION("f", PROTO(VOID, { "a", INT("int") }, { "n", INT("int") })),
		       "param-added int n");
}

static void a_repeated_name_keeps_its_first_place_and_last_type(void **state)
{
	(void)state;
	const struct ks_decl *twice =
		RECORD("s", { .name = "x", .type = INT("int") },
		       { .name = "y", .type = INT("int") }, { .name = "x", .type = INT("long") });
	expect_changes(twice,
		       RECORD("s", { .name = "x", .type = INT("long") },
			      { .name = "y", .type = INT("int") }),
		       "");
	expect_changes(twice, RECORD("s", { .name = "x", .type = INT("int") }),
		       "field-removed int y|field-type-changed long x>int x");
}

static void fields_change_by_name_whatever_their_place(void **state)
{
	(void)state;
	struct ks_decl old = *RECORD("s", { "a", INT("int"), 0, 0 }, { "b", INT("int"), 32, 0 },
				     { "c", INT("int"), 64, 0 });
	struct ks_decl new = *RECORD("s", { "c", INT("int"), 0, 0 }, { "a", INT("int"), 35, 3 });
	old.size = 12;
	new.size = 8;
	expect_changes(&old, &new, "field-removed int b");
	new = *RECORD("s", { "d", INT("int"), 0, 0 }, { "c", INT("int"), 0, 0 },
		      { "b", INT("u32"), 0, 0 });
	expect_changes(&old, &new,
		       "field-added int d|field-removed int a|field-type-changed int b>u32 b");
}

static void types_that_read_the_same_may_differ(void **state)
{
	(void)state;
	const struct {
		const struct ks_type *a, *b;
		bool differ;
	} cases[] = {
		{ STRUCT("s"), STRUCT("s"), false },
		{ STRUCT("s"), FWD("s"), true },
		{ ENUM("e", 4), ENUM("e", 8), true },
		{ ENUM(NULL, 4), ENUM(NULL, 4), false },
		{ STRUCT("s"), STRUCT(NULL), true },
		{ ARRAY(INT("int"), 2), ARRAY(INT("int"), 3), true },
		{ PTR(PROTO(VOID, { "a", INT("int") })), PTR(PROTO(VOID, { "b", INT("int") })),
		  true },
		{ PTR(CONST(INT("int"))), CONST(PTR(INT("int"))), true },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_diff_ struct ks_diff *diff = NULL;
		struct ks_changes changes;
		assert_null(ks_diff_new(&diff));
		assert_null(ks_diff_decls(diff, RECORD("s", { "m", cases[i].a, 0, 0 }),
					  RECORD("s", { "m", cases[i].b, 0, 0 }), &changes));
		assert_int_equal(changes.nr, cases[i].differ);
	}
}

static void values_change_by_name(void **state)
{
	(void)state;
	expect_changes(
		VALUES("e", { "A", 0 }, { "B", 1 }, { "C", -1 }),
		VALUES("e", { "C", -1 }, { "B", INT64_MIN }, { "D", 7 }),
		"value-added D=7|value-removed A=0|value-changed B=1>B=-9223372036854775808");
}

static void long_lists_are_compared_by_name(void **state)
{
	(void)state;
	enum { NR = 3000 };
	static char names[NR][8];
	static struct ks_enumerator old_values[NR], new_values[NR];
	for (size_t i = 0; i < NR; i++) {
		snprintf(names[i], sizeof(names[i]), "V%zu", i);
		old_values[i] = (struct ks_enumerator){ names[i], (int64_t)i };
		new_values[NR - 1 - i] = old_values[i];
	}
	new_values[0].value = 5;
	expect_changes(&(struct ks_decl){ .kind = KS_ENUM, .nr = NR, .values = old_values },
		       &(struct ks_decl){ .kind = KS_ENUM, .nr = NR, .values = new_values },
		       "value-changed V2999=2999>V2999=5");
	expect_changes(&(struct ks_decl){ .kind = KS_ENUM, .nr = NR, .values = old_values },
		       &(struct ks_decl){ .kind = KS_ENUM, .nr = NR - 1, .values = old_values },
		       "value-removed V2999=2999");
}

/** The kinds of change between two facts. */
static void expect_kinds(enum ks_kind kind, const struct ks_fact *old, const struct ks_fact *new,
			 size_t nr, const enum ks_change_kind *want)
{
	_cleanup_diff_ struct ks_diff *diff = NULL;
	struct ks_changes changes;
	assert_null(ks_diff_new(&diff));
	assert_true(ks_fact_comparable(kind, old) && ks_fact_comparable(kind, new));
	assert_null(ks_diff_facts(diff, kind, old, new, &changes));
	assert_int_equal(changes.nr, nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(changes.at[i].kind, want[i]);
}

static void a_tracepoint_tells_which_half_changed(void **state)
{
	(void)state;
	const struct ks_decl *thin = RECORD("r", { "a", INT("int"), 0, 0 });
	const struct ks_decl *wide =
		RECORD("r", { "a", INT("int"), 0, 0 }, { "b", INT("int"), 0, 0 });
	const struct ks_decl *f = FUNCTION("f", PROTO(VOID, { "a", INT("int") }));
	const struct ks_decl *g = FUNCTION("f", PROTO(VOID, { "a", INT("long") }));
	const struct ks_tracepoint events[] = {
		{ .event = "e", .record = thin, .func = f },
		{ .event = "e", .record = wide, .func = g },
		{ .event = "e", .record = thin, .func = g },
		{ .event = "e", .func = f }, // the record is unknown: no change can be told
	};
	struct ks_fact facts[4];
	for (size_t i = 0; i < 4; i++)
		facts[i] = (struct ks_fact){ .present = true, .tracepoint = &events[i] };
	expect_kinds(KS_TRACEPOINT, &facts[0], &facts[1], 4,
		     (enum ks_change_kind[]){ KS_EVENT_CHANGED, KS_FIELD_ADDED, KS_FUNC_CHANGED,
					      KS_PARAM_TYPE_CHANGED });
	expect_kinds(KS_TRACEPOINT, &facts[0], &facts[2], 2,
		     (enum ks_change_kind[]){ KS_FUNC_CHANGED, KS_PARAM_TYPE_CHANGED });
	expect_kinds(KS_TRACEPOINT, &facts[0], &facts[3], 0, NULL);
}

static void other_kinds_have_changes_of_their_own(void **state)
{
	(void)state;
	struct ks_fact a = { .present = true, .value = "y" }, b = { .present = true, .value = "m" };
	expect_kinds(KS_CONFIG, &a, &b, 1, (enum ks_change_kind[]){ KS_OPTION_CHANGED });
	expect_kinds(KS_CONFIG, &a, &a, 0, NULL);
	const struct ks_member fields[] = { { "f", INT("int"), 0, 0 }, { "f", INT("long"), 8, 0 } };
	a = (struct ks_fact){ .present = true, .member = &fields[0] };
	b = (struct ks_fact){ .present = true, .member = &fields[1] };
	expect_kinds(KS_FIELD, &a, &b, 1, (enum ks_change_kind[]){ KS_FIELD_TYPE_CHANGED });
	const struct ks_decl decls[] = {
		{ .kind = KS_TYPEDEF, .name = "t", .type = INT("int") },
		{ .kind = KS_TYPEDEF, .name = "t", .type = INT("long") },
		{ .kind = KS_INT, .name = "i", .size = 4 },
		{ .kind = KS_INT, .name = "i", .size = 8 },
	};
	struct ks_fact facts[4];
	for (size_t i = 0; i < 4; i++)
		facts[i] = (struct ks_fact){ .present = true, .decl = &decls[i] };
	expect_kinds(KS_TYPEDEF, &facts[0], &facts[1], 1,
		     (enum ks_change_kind[]){ KS_ALIAS_CHANGED });
	expect_kinds(KS_INT, &facts[2], &facts[3], 1, (enum ks_change_kind[]){ KS_SIZE_CHANGED });
	facts[2].decl_id = facts[3].decl_id = 9; // the same definition: not looked at
	expect_kinds(KS_INT, &facts[2], &facts[3], 0, NULL);
}

/** BTF may be made from the weak stub of a system call; debug information tells which of both is linked. */
static void a_weak_stub_is_no_change(void **state)
{
	(void)state;
	const struct ks_image btf = { .tier = KS_TIER_BTF }, full = { .tier = KS_TIER_FULL };
	const struct ks_type *regs = PTR(CONST(STRUCT("pt_regs")));
	const struct ks_decl *own = FUNCTION("s", PROTO(INT("long"), { "regs", regs }));
	const struct ks_decl *weak = FUNCTION("s", PROTO(INT("long"), { "__unused", regs }));
	const struct ks_decl *others[] = {
		FUNCTION("s", PROTO(INT("long"), { "other", regs })),
		FUNCTION("s", PROTO(INT("long"), { "__unused", PTR(STRUCT("pt_regs")) })),
		FUNCTION("s", PROTO(INT("long"), { "__unused", regs }, { "more", regs })),
		FUNCTION("s", PROTO(INT("int"), { "__unused", regs })),
	};
	struct ks_fact a = { .image = &btf, .present = true, .decl = own };
	struct ks_fact b = { .image = &btf, .present = true, .decl = weak };
	const enum ks_change_kind renamed[] = { KS_PARAM_ADDED, KS_PARAM_REMOVED };
	_cleanup_diff_ struct ks_diff *diff = NULL;
	struct ks_changes changes;
	assert_null(ks_diff_new(&diff));
	expect_kinds(KS_FUNCTION, &a, &b, 0, NULL);
	expect_kinds(KS_FUNCTION, &b, &a, 0, NULL);
	for (size_t i = 0; i < KS_ARRAY_LEN(others); i++) {
		b.decl = others[i];
		assert_null(ks_diff_facts(diff, KS_FUNCTION, &a, &b, &changes));
		assert_true(changes.nr > 0);
	}
	b.decl = weak;
	a.image = &full;
	expect_kinds(KS_FUNCTION, &a, &b, 0, NULL);
	b.image = &full;
	expect_kinds(KS_FUNCTION, &a, &b, 2, renamed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_functions_have_no_changes),
		cmocka_unit_test(bodies_of_unnamed_types_are_no_change),
		cmocka_unit_test(parameters_change_in_the_published_order),
		cmocka_unit_test(an_inserted_parameter_moves_those_behind_it),
		cmocka_unit_test(a_repeated_name_keeps_its_first_place_and_last_type),
		cmocka_unit_test(fields_change_by_name_whatever_their_place),
		cmocka_unit_test(types_that_read_the_same_may_differ),
		cmocka_unit_test(values_change_by_name),
		cmocka_unit_test(long_lists_are_compared_by_name),
		cmocka_unit_test(a_tracepoint_tells_which_half_changed),
		cmocka_unit_test(other_kinds_have_changes_of_their_own),
		cmocka_unit_test(a_weak_stub_is_no_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
