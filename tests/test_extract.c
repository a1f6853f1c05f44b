/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions of the mini kernels: what is expected stands as "Facts:" beside their sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "mini.h"
#include "surface/issue.h"

static const char A[] = "kernel/unit_a.c", B[] = "kernel/unit_b.c";

static bool calls_through_pointers_are_described(const struct mini *mini)
{
	return strcmp(mini->arch, "i386") != 0; // GCC claims all tail calls there, not all calls
}

/* ---- groups ---- */

static void check_group(const struct mini *mini, const char *name, const char *expected)
{
	const struct ks_function *fn = mini_function(mini, name);
	struct ks_buf got = { 0 };
	ks_buf_printf(&got, "%u entries, %s, %s%s:", fn->nr_entries,
		      ks_collision_texts[ks_function_collision(fn)],
		      ks_inline_class_texts[ks_function_inline_class(fn)],
		      ks_function_transformed(fn) ? ", transformed" : "");
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		ks_buf_printf(&got, " %s", fn->symbols[i].name);
	mini_equal(mini, name, expected, &got);
}

static void groups(const struct mini *mini)
{
	check_group(mini, "twin", "2 entries, Static-Static Collision, No: twin twin");
	check_group(mini, "mixed", "2 entries, Static-Global Collision, No: mixed mixed");
	check_group(mini, "header_plain", "2 entries, Static Duplication, Full:");
	check_group(mini, "header_big", "2 entries, Static Duplication, No: header_big header_big");
	check_group(mini, "innermost", "1 entries, Unique Static, Full:");
	check_group(mini, "middle", "1 entries, Unique Static, Full:");
	check_group(mini, "outer_caller", "1 entries, Unique Global, No: outer_caller");
	check_group(mini, "partly_inlined", "1 entries, Unique Global, Selective: partly_inlined");
	check_group(mini, "varied", "1 entries, Unique Global, No: varied");
	check_group(mini, "unnamed_param", "1 entries, Unique Static, No: unnamed_param");
	// a name that only a declaration tells of, and one that only the symbol table does
	check_group(mini, "asm_only", "1 entries, Unique Global, No: asm_only");
	check_group(mini, "aliased_too", "0 entries, Static Duplication, No: aliased_too");
}

/** What checks of indirect calls put in front of functions, and the entries of their jump tables. */
static void checked_functions(const struct mini *mini)
{
	if (strcmp(mini->arch, "amd64") != 0)
		return;
	check_group(
		mini, "cfi_checked",
		"0 entries, Static Duplication, No, transformed: cfi_checked.cfi_jt cfi_checked");
	assert_null(find_function(mini->surface, "__cfi_cfi_checked"));
	assert_int_equal(ks_suffix_of("cfi_checked.cfi_jt"), KS_SUFFIX_FRAGMENT);
}

static void transformed_groups(const struct mini *mini)
{
	bool gcc = mini->gcc;
	check_group(mini, "only_field",
		    gcc ? "1 entries, Unique Static, Selective, transformed: only_field.isra.0"
			: "1 entries, Unique Static, No: only_field");
	check_group(
		mini, "always_four",
		gcc ? "1 entries, Unique Static, Selective, transformed: always_four.constprop.0"
		    : "1 entries, Unique Static, No: always_four");
	if (!gcc)
		check_group(mini, "split", "1 entries, Unique Static, Full:");
	else if (strcmp(mini->arch, "amd64") != 0 && strcmp(mini->arch, "i386") != 0)
		check_group(mini, "split",
			    "1 entries, Unique Static, Selective, transformed: "
			    "split.part.0");
	else
		check_group(mini, "split",
			    "1 entries, Unique Static, Selective, transformed: "
			    "split.part.0 split.part.0.cold");
}

static void functions_are_grouped_by_name(void **state)
{
	(void)state;
	minis_each(groups);
	minis_each(transformed_groups);
	minis_each(checked_functions);
}

/* ---- entries ---- */

static void check_entry(const struct mini *mini, const char *name, const char *unit, bool external,
			const char *source, const char *text, enum ks_inline inlined)
{
	const struct ks_entry *entry = mini_entry(mini, name, unit);
	struct ks_buf expected = { 0 }, got = { 0 };
	ks_buf_printf(&expected, "%s %s:%u of %s, %s", external ? "external" : "static", source,
		      mini_line(source, text), unit, ks_inline_texts[inlined]);
	ks_buf_printf(&got, "%s %s:%u of %s, %s", entry->external ? "external" : "static",
		      entry->loc_file, entry->line, entry->file, ks_inline_texts[entry->inlined]);
	mini_equal(mini, name, ks_buf_text(&expected), &got);
	ks_buf_deinit(&expected);
}

static void entries(const struct mini *mini)
{
	// clang does not tell whether the source says inline
	enum ks_inline always = mini->gcc ? KS_INLINE_DECLARED_INLINED : KS_INLINE_INLINED;
	enum ks_inline clone = mini->gcc ? KS_INLINE_INLINED : KS_INLINE_UNKNOWN;
	const enum ks_inline none = KS_INLINE_UNKNOWN;
	check_entry(mini, "twin", A, false, A, "int twin(", none);
	check_entry(mini, "twin", B, false, B, "int twin(", none);
	check_entry(mini, "mixed", A, false, A, "int mixed(", none);
	check_entry(mini, "mixed", B, true, B, "int mixed(", none);
	check_entry(mini, "global_call", A, true, A, "int global_call(", none);
	check_entry(mini, "innermost", A, false, A, "int innermost(", always);
	check_entry(mini, "header_plain", A, false, "include/mini.h", "int header_plain(", always);
	check_entry(mini, "header_plain", B, false, "include/mini.h", "int header_plain(", always);
	check_entry(mini, "partly_inlined", A, true, A, "int partly_inlined(", KS_INLINE_INLINED);
	check_entry(mini, "always_four", A, false, A, "int always_four(", clone);
	const struct ks_entry *declared = mini_entry(mini, "asm_only", NULL);
	mini_equal_number(mini, "asm_only", KS_INLINE_NOT_SEEN, declared->inlined);
	assert_null(declared->file);
	assert_null(declared->loc_file);
	assert_int_equal(declared->line, KS_NO_LINE);
	assert_int_equal(declared->addr, 0);
}

static void entries_say_where_functions_come_from(void **state)
{
	(void)state;
	minis_each(entries);
}

static void addresses(const struct mini *mini)
{
	static const char *const names[] = { "global_call", "weigh", "types_user" };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		const struct ks_function *fn = mini_function(mini, names[i]);
		uint64_t addr = fn->symbols[0].addr;
		if (strcmp(mini->arch, "armhf") == 0)
			addr &= ~(uint64_t)1; // Thumb code
		mini_equal_number(mini, names[i], addr, fn->entries[0].addr);
	}
}

static void addresses_are_those_of_the_symbols(void **state)
{
	(void)state;
	minis_each(addresses);
}

/* ---- callers ---- */

static void check_callers(const struct mini *mini, const char *name, const char *unit, bool inlined,
			  const char *expected)
{
	const struct ks_entry *entry = mini_entry(mini, name, unit);
	struct ks_buf got = { 0 };
	spell_callers(&got, inlined ? entry->inline_callers : entry->direct_callers,
		      inlined ? entry->nr_inline_callers : entry->nr_direct_callers);
	mini_equal(mini, name, expected, &got);
}

static void direct_callers(const struct mini *mini)
{
	// GCC describes the functions of a unit from the last to the first, clang the other way round
	check_callers(mini, "global_call", A, false,
		      mini->gcc ? "kernel/unit_a.c:tail_caller tail, kernel/unit_a.c:direct_twice, "
				  "kernel/unit_a.c:direct_twice, kernel/unit_b.c:weigh"
				: "kernel/unit_a.c:direct_twice, kernel/unit_a.c:direct_twice, "
				  "kernel/unit_a.c:tail_caller tail, kernel/unit_b.c:weigh");
	check_callers(mini, "twin", A, false, "kernel/unit_a.c:outer_caller");
	check_callers(mini, "twin", B, false, "kernel/unit_b.c:weigh");
	check_callers(mini, "mixed", A, false, "kernel/unit_a.c:outer_caller");
	check_callers(mini, "mixed", B, false, "kernel/unit_b.c:weigh");
	check_callers(mini, "varied", A, false, "kernel/unit_b.c:weigh");
	check_callers(mini, "asm_only", NULL, false, "kernel/unit_b.c:weigh");
	check_callers(mini, "outer_caller", A, false, "");
	check_callers(mini, "header_big", B, false, "kernel/unit_b.c:weigh");
	// one declaration inside a function, one definition in another unit: the same function
	check_callers(mini, "partly_inlined", A, false, "kernel/unit_b.c:local_declaration tail");
}

static void inline_callers(const struct mini *mini)
{
	check_callers(mini, "middle", A, true, "kernel/unit_a.c:outer_caller");
	check_callers(mini, "innermost", A, true, "kernel/unit_a.c:outer_caller in middle");
	check_callers(mini, "header_plain", A, true, "kernel/unit_a.c:outer_caller in middle");
	check_callers(mini, "header_plain", B, true, "kernel/unit_b.c:weigh");
	check_callers(mini, "partly_inlined", A, true,
		      mini->gcc ? "kernel/unit_a.c:partly_user_two, kernel/unit_a.c:partly_user_one"
				: "kernel/unit_a.c:partly_user_one, "
				  "kernel/unit_a.c:partly_user_two");
}

static void clone_callers(const struct mini *mini)
{
	if (!mini->gcc)
		return;
	// below a clone and below what splitting left: kept, and marked
	check_callers(mini, "header_big", A, false,
		      "kernel/unit_a.c:outer_caller in innermost, "
		      "kernel/unit_a.c:unused_param own");
	check_callers(mini, "report", B, false, "kernel/unit_a.c:split own");
	check_callers(mini, "always_four", A, false,
		      "kernel/unit_a.c:clone_user #1, kernel/unit_a.c:clone_user #1");
	check_callers(mini, "split", A, false,
		      "kernel/unit_a.c:split_user_two in split #1, "
		      "kernel/unit_a.c:split_user_two in split #1, "
		      "kernel/unit_a.c:split_user_one in split #1 tail");
}

static void callers_stand_in_walking_order(void **state)
{
	(void)state;
	minis_each(direct_callers);
	minis_each(inline_callers);
	minis_each(clone_callers);
}

static void indirect_calls(const struct mini *mini)
{
	bool known = calls_through_pointers_are_described(mini);
	const struct ks_entry *entry = mini_entry(mini, "indirect_caller", A);
	mini_equal_number(mini, "indirect_caller", known ? 2 : 0, entry->nr_indirect_calls);
	if (mini->gcc && known) // in split.part.0, which is split's own code
		mini_equal_number(mini, "split", 3,
				  mini_entry(mini, "split", A)->nr_indirect_calls);
	mini_equal_number(mini, "twin", 0, mini_entry(mini, "twin", A)->nr_indirect_calls);
	assert_true(entry->calls_known);
}

static void calls_through_pointers_are_counted(void **state)
{
	(void)state;
	minis_each(indirect_calls);
}

/* ---- clones ---- */

/** @param params names of those it still takes, in order */
static void check_clone(const struct mini *mini, const char *name, const char *symbol,
			const char *params)
{
	const struct ks_function *fn = mini_function(mini, name);
	const struct ks_entry *entry = mini_entry(mini, name, A);
	assert_int_equal(entry->nr_clones, 1);
	const struct ks_clone *clone = &entry->clones[0];
	const struct ks_symbol *sym = fn->symbols;
	while (strcmp(sym->name, symbol) != 0)
		assert_true(++sym < fn->symbols + fn->nr_symbols);
	bool thumb = strcmp(mini->arch, "armhf") == 0;
	mini_equal_number(mini, symbol, sym->addr & ~(uint64_t)thumb, clone->addr);
	mini_equal_number(mini, symbol, sym->size, clone->size);
	struct ks_buf got = { 0 };
	ks_buf_printf(&got, "%s(", clone->symbol);
	for (uint16_t i = 0; i < clone->nr_params; i++)
		ks_buf_printf(&got, "%s%s", i ? ", " : "",
			      entry->proto->params[clone->params[i]].name);
	ks_buf_printf(&got, ")");
	struct ks_buf expected = { 0 };
	ks_buf_printf(&expected, "%s(%s)", symbol, params);
	mini_equal(mini, name, ks_buf_text(&expected), &got);
	ks_buf_deinit(&expected);
	assert_true(clone->params_known);
}

static void clones(const struct mini *mini)
{
	if (!mini->gcc) {
		mini_equal_number(mini, "clones", 0, mini_entry(mini, "always_four", A)->nr_clones);
		return;
	}
	check_clone(mini, "always_four", "always_four.constprop.0", "dev");
	check_clone(mini, "unused_param", "unused_param.constprop.0", "dev");
	check_clone(mini, "only_field", "only_field.isra.0", "");
	check_clone(mini, "split", "split.part.0", "dev, n");
}

static void clones_say_what_they_still_take(void **state)
{
	(void)state;
	minis_each(clones);
}

/* ---- prototypes ---- */

static void check_proto(const struct mini *mini, const char *name, const char *unit,
			const char *expected)
{
	const struct ks_entry *entry = mini_entry(mini, name, unit);
	struct ks_buf got = { 0 };
	assert_non_null(entry->proto);
	spell_type(&got, entry->proto);
	mini_equal(mini, name, expected, &got);
}

static void prototypes(const struct mini *mini)
{
	check_proto(mini, "global_call", A, "function (dev: ptr struct device, flags: int) int");
	check_proto(mini, "header_plain", A, "function (dev: ptr const struct device) int");
	check_proto(mini, "innermost", A, "function (dev: ptr struct device) int");
	check_proto(mini, "always_four", A, "function (dev: ptr struct device, n: int) int");
	check_proto(mini, "varied", A, "function (fmt: ptr const char, (anon): void) int");
	check_proto(mini, "unnamed_param", A, "function (n: int, (anon): int) int");
	check_proto(mini, "chooser", A,
		    "function (which: int) ptr function ((anon): ptr struct device, (anon-1): int) "
		    "int");
}

/** Listed are only functions with a symbol of exactly that name, all of whose parameters have names. */
static void listed_prototypes(const struct mini *mini)
{
	static const char *const listed[] = { "global_call", "twin", "header_big", "varied" };
	static const char *const left_out[] = { "header_plain", "innermost",   "unnamed_param",
						"asm_only",	"aliased_too", "split" };
	for (size_t i = 0; i < KS_ARRAY_LEN(listed); i++)
		if (!mini_decl(mini, KS_FUNCTION, listed[i]))
			fail_msg("%s: %s is not listed", mini->name, listed[i]);
	for (size_t i = 0; i < KS_ARRAY_LEN(left_out); i++)
		if (mini_decl(mini, KS_FUNCTION, left_out[i]))
			fail_msg("%s: %s is listed", mini->name, left_out[i]);
	assert_true(!mini->gcc == (mini_decl(mini, KS_FUNCTION, "always_four") != NULL));
}

static void functions_without_symbols_have_prototypes(void **state)
{
	(void)state;
	minis_each(prototypes);
	minis_each(listed_prototypes);
}

/* ---- what it comes to ---- */

static void check_usage(const struct mini *mini, const char *name, const char *expected)
{
	struct ks_usage usage;
	assert_null(ks_function_usage(mini_function(mini, name), &usage));
	struct ks_buf got = { 0 };
	ks_buf_printf(&got, "inlined at %zu in %zu, called at %zu in %zu, %zu of them tail calls",
		      usage.inlined, usage.inliners, usage.called, usage.callers,
		      usage.tail_called);
	mini_equal(mini, name, expected, &got);
}

static void usages(const struct mini *mini)
{
	check_usage(mini, "global_call",
		    "inlined at 0 in 0, called at 4 in 3, 1 of them tail calls");
	check_usage(mini, "partly_inlined",
		    "inlined at 2 in 2, called at 1 in 1, 1 of them tail calls");
	check_usage(mini, "always_four",
		    "inlined at 0 in 0, called at 2 in 1, 0 of them tail calls");
	check_usage(mini, "innermost", "inlined at 1 in 1, called at 0 in 0, 0 of them tail calls");
}

static void usage_counts_places_and_functions(void **state)
{
	(void)state;
	minis_each(usages);
}

static void a_piece_of_a_function_in_itself_is_no_inlining(void **state)
{
	(void)state;
	const struct ks_caller callers[] = {
		{ .unit = "a.c", .function = "split" }, // concrete: split around itself
		{ .unit = "a.c", .function = "user", .via = "split" }, // the same, inlined
		{ .unit = "a.c", .function = "user" },
	};
	const struct ks_symbol symbol = { .name = "split", .section = ".text" };
	struct ks_entry entry = { .file = "a.c",
				  .inline_callers = callers,
				  .nr_inline_callers = 2 };
	const struct ks_function fn = { "split", 1, 1, &entry, &symbol };
	const struct ks_image image = { .tier = KS_TIER_FULL };
	const struct ks_fact fact = {
		.image = &image, .known = true, .present = true, .function = &fn
	};
	struct ks_usage usage;
	assert_null(ks_function_usage(&fn, &usage));
	assert_int_equal(usage.inlined, 0);
	assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact), 0);
	entry.nr_inline_callers = 3;
	assert_null(ks_function_usage(&fn, &usage));
	assert_int_equal(usage.inlined, 1);
	assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact),
			 KS_ISSUE_BIT(KS_ISSUE_SELECTIVE_INLINE));
	entry.file = "b.c"; // another static function of that name
	assert_null(ks_function_usage(&fn, &usage));
	assert_int_equal(usage.inlined, 3);
}

/** The function goes on in its piece; a clone is the function itself, also where that calls it. */
static void a_call_to_an_own_piece_is_no_call(void **state)
{
	(void)state;
	const struct ks_clone clones[] = { { .symbol = "split.part.0" },
					   { .symbol = "split.isra.0" } };
	const struct ks_caller callers[] = {
		{ .unit = "a.c", .function = "split", .clone = 1 },
		{ .unit = "a.c", .function = "user", .via = "split", .clone = 1 }, // inlined there
		{ .unit = "a.c", .function = "split", .clone = 2 },
		{ .unit = "a.c", .function = "split" }, // recursion
		{ .unit = "a.c", .function = "user" },
	};
	struct ks_entry entry = { .file = "a.c",
				  .direct_callers = callers,
				  .nr_direct_callers = 5,
				  .clones = clones,
				  .nr_clones = 2 };
	const struct ks_function fn = { "split", 1, 0, &entry, NULL };
	struct ks_usage usage;
	assert_null(ks_function_usage(&fn, &usage));
	assert_int_equal(usage.called, 3);
	assert_int_equal(usage.callers, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_grouped_by_name),
		cmocka_unit_test(entries_say_where_functions_come_from),
		cmocka_unit_test(addresses_are_those_of_the_symbols),
		cmocka_unit_test(callers_stand_in_walking_order),
		cmocka_unit_test(calls_through_pointers_are_counted),
		cmocka_unit_test(clones_say_what_they_still_take),
		cmocka_unit_test(functions_without_symbols_have_prototypes),
		cmocka_unit_test(usage_counts_places_and_functions),
		cmocka_unit_test(a_piece_of_a_function_in_itself_is_no_inlining),
		cmocka_unit_test(a_call_to_an_own_piece_is_no_call),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
