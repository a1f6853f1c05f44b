/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of rules by which programs are judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check/rules/rules.h"

/** One of the rules that a reason comes from; NULL: from all of them, where an image cannot tell. */
static const char *const rules_of[KS_NR_REASONS] = {
	[KS_REASON_LOADER] = "loader",
	[KS_REASON_MACHINE] = "machine",
	[KS_REASON_CORE_RELO] = "relocations",
	[KS_REASON_KSYM_MISSING] = "externs",
	[KS_REASON_HELPER] = "helper-calls",
	[KS_REASON_KFUNC] = "references",
	[KS_REASON_PROG_TYPE] = "program-type",
	[KS_REASON_ATTACH_TYPE] = "program-type",
	[KS_REASON_MAP_TYPE] = "map-types",
	[KS_REASON_KCONFIG] = "externs",
	[KS_REASON_STRUCT_OPS] = "operations",
	[KS_REASON_INSN_SET] = "instructions",
	[KS_REASON_POINTER] = "typed-reads",
	[KS_REASON_BOUNDS] = "bounds",
	[KS_REASON_RESULT] = "returns",
	[KS_REASON_TARGET_ABSENT] = "kprobe",
	[KS_REASON_TARGET_INLINED] = "kprobe",
	[KS_REASON_TARGET_SUFFIXED] = "kprobe",
	[KS_REASON_TARGET_NOT_IN_BTF] = "function-by-btf",
	[KS_REASON_TARGET_NO_FTRACE] = "trampoline",
	[KS_REASON_TARGET_BLACKLISTED] = "kprobe",
	[KS_REASON_TARGET_AMBIGUOUS] = "kprobe",
	[KS_REASON_TARGET_SIGNATURE] = "function-by-btf",
	[KS_REASON_TARGET_REFUSED] = "function-by-btf",
	[KS_REASON_TARGET_MODULE] = "kprobe",
	[KS_REASON_TRACEPOINT_MISSING] = "event",
	[KS_REASON_SYSCALL_MISSING] = "syscall",
	[KS_REASON_LSM_MISSING] = "lsm-by-btf",
	[KS_REASON_ITER_MISSING] = "iterator",
	[KS_REASON_SELECTIVE_INLINE] = "missed-calls",
	[KS_REASON_CLONES] = "missed-calls",
	[KS_REASON_DUPLICATED] = "kprobe",
	[KS_REASON_SIGNATURE_CHANGED] = "parameters",
	[KS_REASON_FIELD_CHANGED] = "fields",
	[KS_REASON_CONTEXT_CHANGED] = "event-reads",
	[KS_REASON_BLIND_READ] = "blind-reads",
	[KS_REASON_TARGET_AT_RUN_TIME] = "unnamed",
	[KS_REASON_MATCHES] = "kprobe-multi",
};

static bool has_rule(const char *name)
{
	for (size_t i = 0; i < ks_nr_rules; i++)
		if (strcmp(ks_rules[i].name, name) == 0)
			return true;
	return false;
}

/** What programs read in JSON, and the guide lists. */
static void every_reason_has_a_name_that_the_guide_lists(void **state)
{
	(void)state;
	static char guide[64 << 10];
	FILE *file = fopen(KSURF_SOURCE_ROOT "/docs/check-json.md", "r");
	assert_non_null(file);
	size_t len = fread(guide, 1, sizeof(guide) - 1, file);
	fclose(file);
	guide[len] = '\0';
	for (enum ks_reason_kind kind = 0; kind < KS_NR_REASONS; kind++) {
		const struct ks_reason_info *row = &ks_reasons[kind];
		if (!row->name || !row->title)
			fail_msg("reason %d has no row in check/vocabulary.c", (int)kind);
		char quoted[64];
		snprintf(quoted, sizeof(quoted), "`%s`", row->name);
		if (!strstr(guide, quoted))
			fail_msg("docs/check-json.md leaves out %s", quoted);
	}
}

static void every_reason_comes_from_a_rule(void **state)
{
	(void)state;
	for (enum ks_reason_kind kind = 0; kind < KS_NR_REASONS; kind++) {
		if (kind == KS_REASON_TIER)
			continue;
		if (!rules_of[kind] || !has_rule(rules_of[kind]))
			fail_msg("no rule of rules_of[] makes the reason %s",
				 ks_reasons[kind].name);
	}
}

static void rules_have_names_of_their_own_and_are_about_something(void **state)
{
	(void)state;
	static const char *const stages[] = { "load", "attach", "run" };
	size_t counts[KS_ARRAY_LEN(stages)] = { 0 };
	for (size_t i = 0; i < ks_nr_rules; i++) {
		const struct ks_rule *rule = &ks_rules[i];
		print_message("%-24s", rule->name);
		for (size_t stage = 0; stage < KS_ARRAY_LEN(stages); stage++)
			if (rule->stages >> stage & 1) {
				counts[stage]++;
				print_message(" %s", stages[stage]);
			}
		print_message("\n");
		assert_in_range(rule->stages, 1, (1u << KS_ARRAY_LEN(stages)) - 1);
		assert_in_range(rule->hooks, 1, KS_HOOKS_ALL);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(ks_rules[j].name, rule->name);
	}
	for (size_t stage = 0; stage < KS_ARRAY_LEN(stages); stage++) {
		print_message("%zu rules about %s\n", counts[stage], stages[stage]);
		assert_int_not_equal(counts[stage], 0);
	}
}

/** Whole sentences, no two alike, for what keeps rules apart from findings. */
static void every_reason_is_explained(void **state)
{
	(void)state;
	for (int i = 0; i < KS_NR_REASONS; i++) {
		const struct ks_reason_info *info = &ks_reasons[i];
		if (!info->about || !info->remedy)
			fail_msg("%s is not explained", info->name);
		assert_int_equal(info->about[strlen(info->about) - 1], '.');
		for (int k = 0; k < i; k++)
			if (strcmp(info->about, ks_reasons[k].about) == 0)
				fail_msg("%s and %s are explained alike", info->name,
					 ks_reasons[k].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_is_explained),
		cmocka_unit_test(every_reason_has_a_name_that_the_guide_lists),
		cmocka_unit_test(every_reason_comes_from_a_rule),
		cmocka_unit_test(rules_have_names_of_their_own_and_are_about_something),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
