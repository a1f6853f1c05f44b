/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "diff/summary.h"
#include "sample.h"
#include "types.h"

enum { FILLERS = 3000 };

/** Two images in a store of their own, and the surfaces that they were made from. */
struct two {
	char dir[32], path[64];
	struct ks_surface *surfaces[2];
	struct ks_store *store;
	struct ks_arena arena;
	struct ks_store_images images;
};

static int make_two(void **state)
{
	struct two *two = calloc(1, sizeof(*two));
	assert_non_null(two);
	strcpy(two->dir, "/tmp/ksurf-compare-XXXXXX");
	assert_non_null(mkdtemp(two->dir));
	snprintf(two->path, sizeof(two->path), "%s/store", two->dir);
	for (unsigned int i = 0; i < 2; i++)
		two->surfaces[i] = sample_surface(i + 1, FILLERS);
	*state = two;
	return 0;
}

static int drop_two(void **state)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	struct two *two = *state;
	ks_store_close(two->store);
	ks_arena_deinit(&two->arena);
	for (int i = 0; i < 2; i++)
		ks_surface_free(two->surfaces[i]);
	for (size_t i = 0; i < KS_ARRAY_LEN(tails); i++) {
		char path[80];
		snprintf(path, sizeof(path), "%s%s", two->path, tails[i]);
		unlink(path);
	}
	rmdir(two->dir);
	free(two);
	return 0;
}

/** The declarations of the second image, to be changed before it is put. */
static struct ks_decl *decls_of(struct two *two, enum ks_kind kind)
{
	return (struct ks_decl *)two->surfaces[1]->decls[kind].at;
}

static void put_both(struct two *two)
{
	assert_ok(ks_store_open(two->path, KS_STORE_CREATE, &two->store));
	for (int i = 0; i < 2; i++) {
		struct ks_put_result result;
		assert_ok(ks_store_put(two->store, two->surfaces[i], 1, &result));
		free(result.label);
	}
	assert_ok(ks_store_images(two->store, &two->arena, &two->images));
	assert_int_equal(two->images.nr, 2);
}

static struct ks_summary compare(struct two *two, const struct ks_diff_scope *scope,
				 ks_difference_fn *fn, void *arg)
{
	struct ks_summary summary;
	assert_ok(ks_summary_make(two->store, two->images.at[0], two->images.at[1], scope, fn, arg,
				  &summary));
	return summary;
}

static const struct ks_decl *decl_named(const struct ks_surface *s, enum ks_kind kind,
					const char *name)
{
	for (size_t i = 0; i < s->decls[kind].nr; i++)
		if (strcmp(s->decls[kind].at[i].name, name) == 0)
			return &s->decls[kind].at[i];
	return NULL;
}

/** The same counted from the surfaces, every name against every other. */
static void count_slowly(const struct two *two, enum ks_kind kind, struct ks_tally *ret)
{
	const struct ks_surface *a = two->surfaces[0], *b = two->surfaces[1];
	_cleanup_diff_ struct ks_diff *diff = NULL;
	assert_ok(ks_diff_new(&diff));
	*ret = (struct ks_tally){ .old = a->decls[kind].nr, .new = b->decls[kind].nr };
	for (size_t i = 0; i < b->decls[kind].nr; i++)
		ret->added += !decl_named(a, kind, b->decls[kind].at[i].name);
	for (size_t i = 0; i < a->decls[kind].nr; i++) {
		const struct ks_decl *new = decl_named(b, kind, a->decls[kind].at[i].name);
		struct ks_changes changes = { 0 };
		if (new)
			assert_ok(ks_diff_decls(diff, &a->decls[kind].at[i], new, &changes));
		ret->removed += !new;
		ret->changed += changes.nr != 0;
		bool seen[KS_NR_CHANGES] = { false };
		for (size_t k = 0; k < changes.nr; k++) {
			ret->changes[changes.at[k].kind] += !seen[changes.at[k].kind];
			seen[changes.at[k].kind] = true;
		}
	}
}

static void expect_tally(const struct ks_tally *got, const struct ks_tally *want)
{
	assert_int_equal(got->old, want->old);
	assert_int_equal(got->new, want->new);
	assert_int_equal(got->added, want->added);
	assert_int_equal(got->removed, want->removed);
	assert_int_equal(got->changed, want->changed);
	for (int i = 0; i < KS_NR_CHANGES; i++)
		assert_int_equal(got->changes[i], want->changes[i]);
}

/** Prototypes come, go, and change here and there. */
static void shake(struct two *two)
{
	static const struct ks_type lng = { .kind = KS_TYPE_INT, .name = "long" }, nothing = { 0 };
	static const struct ks_param params[] = { { "y", &lng } };
	static const struct ks_type other = {
		.kind = KS_TYPE_PROTO, .nr_params = 1, .inner = &nothing, .params = params
	};
	struct ks_decl *decls = decls_of(two, KS_FUNCTION);
	two->surfaces[1]->decls[KS_FUNCTION].nr -= 40;
	for (size_t i = 3; i < two->surfaces[1]->decls[KS_FUNCTION].nr; i++) {
		if (i % 50 == 0)
			decls[i].type = &other;
		if (i % 70 == 0)
			decls[i].name = ks_arena_strndup(&two->arena, decls[i].name + 1,
							 strlen(decls[i].name) - 1);
	}
}

static void counts_are_those_of_the_whole_surfaces(void **state)
{
	struct two *two = *state;
	shake(two);
	put_both(two);
	struct ks_summary summary = compare(two, NULL, NULL, NULL);
	for (enum ks_kind kind = KS_FUNCTION; kind <= KS_TYPEDEF; kind++) {
		struct ks_tally want;
		count_slowly(two, kind, &want);
		expect_tally(&summary.kinds[kind], &want);
	}
	assert_true(summary.kinds[KS_FUNCTION].added > 10);
	assert_true(summary.kinds[KS_FUNCTION].removed > 40);
	assert_true(summary.kinds[KS_FUNCTION].changed > 10);
	assert_true(ks_summary_differs(&summary));
}

static void builds_of_the_same_source_do_not_differ(void **state)
{
	struct two *two = *state;
	put_both(two);
	struct ks_summary summary = compare(two, NULL, NULL, NULL);
	assert_false(ks_summary_differs(&summary));
	assert_int_equal(summary.kinds[KS_FUNCTION].old, 3 + FILLERS / 2);
	assert_int_equal(summary.kinds[KS_SYSCALL].old, 1); // the other's numbers lead to none
	assert_int_equal(summary.kinds[KS_CONFIG].new, 3);
}

static void what_an_image_cannot_know_is_not_counted(void **state)
{
	struct two *two = *state;
	two->surfaces[1]->decls[KS_UNION].nr = 0;
	two->surfaces[1]->known &= ~KS_KNOWS(KS_UNION);
	put_both(two);
	struct ks_summary summary = compare(two, NULL, NULL, NULL);
	assert_false(ks_summary_differs(&summary));
	assert_true(summary.kinds[KS_UNION].old_known);
	assert_false(summary.kinds[KS_UNION].new_known);
	assert_int_equal(summary.kinds[KS_UNION].old, 1);
}

/** Symbols name functions, but tell no prototypes, which are what counts. */
static void functions_without_types_are_not_counted(void **state)
{
	struct two *two = *state;
	two->surfaces[1]->decls[KS_STRUCT].nr = 0;
	two->surfaces[1]->known &= ~KS_KNOWS(KS_STRUCT);
	put_both(two);
	struct ks_summary summary = compare(two, NULL, NULL, NULL);
	const struct ks_tally *functions = &summary.kinds[KS_FUNCTION];
	assert_true(functions->old_counted && functions->new_known);
	assert_false(functions->new_counted);
	assert_false(ks_tally_tells_added(functions));
	assert_true(ks_tally_tells_removed(functions));
	assert_false(ks_tally_tells_changed(functions));
	assert_false(summary.kinds[KS_STRUCT].new_counted);
	assert_true(summary.kinds[KS_CONFIG].new_counted);
}

/** What a walk gave. */
struct seen {
	char last[64];
	size_t nr, nr_one_sided, nr_with_definition;
};

static struct ks_error *see(const struct ks_difference *difference, void *arg)
{
	struct seen *seen = arg;
	const struct ks_fact *only = !difference->old	? difference->new
				     : !difference->new ? difference->old
							: NULL;
	assert_true(strcmp(seen->last, difference->name) < 0);
	snprintf(seen->last, sizeof(seen->last), "%s", difference->name);
	seen->nr++;
	seen->nr_one_sided += only != NULL;
	seen->nr_with_definition += only && only->decl;
	if (only && only->decl)
		assert_string_equal(only->decl->name, difference->name);
	return NULL;
}

static void names_come_in_order_and_with_definitions_when_asked(void **state)
{
	struct two *two = *state;
	shake(two);
	put_both(two);
	struct ks_diff_scope scope = { .kinds = KS_KNOWS(KS_FUNCTION) };
	for (int one_sided = 0; one_sided < 2; one_sided++) {
		struct seen seen = { .last = "" };
		scope.one_sided = one_sided;
		struct ks_summary summary = compare(two, &scope, see, &seen);
		const struct ks_tally *tally = &summary.kinds[KS_FUNCTION];
		assert_int_equal(seen.nr, tally->added + tally->removed + tally->changed);
		assert_int_equal(seen.nr_one_sided, tally->added + tally->removed);
		assert_int_equal(seen.nr_with_definition, one_sided ? seen.nr_one_sided : 0);
		assert_int_equal(summary.kinds[KS_STRUCT].old, 0); // not asked for
	}
}

static void a_glob_and_a_choice_of_changes_narrow_the_counts(void **state)
{
	struct two *two = *state;
	shake(two);
	put_both(two);
	struct ks_summary all = compare(two, NULL, NULL, NULL);
	struct ks_diff_scope scope = { .glob = "iller_*" };
	struct ks_summary some = compare(two, &scope, NULL, NULL);
	assert_int_equal(some.kinds[KS_FUNCTION].old, 0);
	assert_int_equal(some.kinds[KS_FUNCTION].new, all.kinds[KS_FUNCTION].added);
	assert_int_equal(some.kinds[KS_FUNCTION].added, all.kinds[KS_FUNCTION].added);
	assert_int_equal(some.kinds[KS_FUNCTION].removed, 0);
	scope = (struct ks_diff_scope){ .changes = KS_CHANGE_BIT(KS_PARAM_ADDED) };
	some = compare(two, &scope, NULL, NULL);
	assert_int_equal(some.kinds[KS_FUNCTION].added, 0);
	assert_int_equal(some.kinds[KS_FUNCTION].removed, 0);
	assert_int_equal(some.kinds[KS_FUNCTION].changes[KS_PARAM_ADDED],
			 all.kinds[KS_FUNCTION].changes[KS_PARAM_ADDED]);
	assert_int_equal(some.kinds[KS_FUNCTION].changes[KS_RETURN_TYPE_CHANGED], 0);
	assert_int_equal(some.kinds[KS_FUNCTION].changed,
			 all.kinds[KS_FUNCTION].changes[KS_PARAM_ADDED]);
}

static void hooks_and_kfuncs_change_with_their_functions(void **state)
{
	struct two *two = *state;
	struct ks_decl *decls = decls_of(two, KS_FUNCTION);
	decls[0].type = PROTO(VOID, { "fresh", INT("int") }); // special
	decls[2].type = decls[0].type;			      // security_open
	put_both(two);
	struct ks_summary summary = compare(two, NULL, NULL, NULL);
	assert_int_equal(summary.kinds[KS_LSM].old, 2);
	assert_int_equal(summary.kinds[KS_LSM].changed, 1);
	assert_int_equal(summary.kinds[KS_KFUNC].changed, 1);
	assert_int_equal(summary.kinds[KS_KFUNC].changes[KS_PARAM_ADDED], 1);
}

static void callers_lost_are_a_matter_of_status(void **state)
{
	struct two *two = *state;
	put_both(two); // every third filler is called by a function of its own build
	struct ks_diff_scope scope = { .extras = KS_DIFF_STATUS };
	struct ks_summary summary = compare(two, &scope, NULL, NULL);
	assert_int_equal(summary.kinds[KS_FUNCTION].compiled, FILLERS / 3);
	assert_int_equal(summary.kinds[KS_FUNCTION].changes[KS_CALLERS_LOST], FILLERS / 3);
	assert_int_equal(summary.kinds[KS_FUNCTION].changed, 0);
	assert_true(ks_summary_differs(&summary));
}

static void issues_come_and_go(void **state)
{
	struct two *two = *state;
	struct ks_function *fn = (struct ks_function *)&two->surfaces[1]->functions[3];
	static const struct ks_symbol clone = { "filler_1.isra.0", ".text", 16, 4, 0, 2, 0, 0 };
	assert_string_equal(fn->name, "filler_1");
	fn->symbols = &clone;
	fn = (struct ks_function *)&two->surfaces[1]->functions[5];
	fn->nr_symbols = 0;
	put_both(two);
	struct ks_diff_scope scope = { .extras = KS_DIFF_STATUS };
	struct ks_summary there = compare(two, &scope, NULL, NULL), back;
	const struct ks_tally *tally = &there.kinds[KS_FUNCTION];
	assert_int_equal(tally->changes[KS_NEWLY_TRANSFORMED], 1);
	assert_int_equal(tally->changes[KS_NEWLY_FULL_INLINE], 1);
	assert_int_equal(tally->changes[KS_ISSUE_GONE], 0);
	assert_ok(ks_summary_make(two->store, two->images.at[1], two->images.at[0], &scope, NULL,
				  NULL, &back));
	assert_int_equal(back.kinds[KS_FUNCTION].changes[KS_ISSUE_GONE], 2);
}

/** Counts the names of functions that come or go. */
static struct ks_error *count_one_sided(const struct ks_difference *difference, void *arg)
{
	size_t *nr = arg;
	*nr += difference->kind == KS_FUNCTION && (!difference->old || !difference->new);
	return NULL;
}

static void functions_that_btf_leaves_out_are_not_removed(void **state)
{
	struct two *two = *state;
	struct ks_surface *new = two->surfaces[1];
	put_both(two);
	struct ks_summary before = compare(two, NULL, NULL, NULL);
	ks_store_close(two->store);
	two->store = NULL;
	unlink(two->path);
	new->image.tier = KS_TIER_BTF;
	new->image.facts &= ~(uint32_t)KS_FACT_INLINE;
	struct ks_decl *decls = decls_of(two, KS_FUNCTION);
	for (size_t i = 0; i < new->decls[KS_FUNCTION].nr; i++)
		if (strcmp(decls[i].name, "filler_1") == 0) // its symbol stays
			decls[i] = decls[--new->decls[KS_FUNCTION].nr];
	put_both(two);
	size_t one_sided = 0;
	struct ks_summary summary = compare(two, NULL, count_one_sided, &one_sided);
	const struct ks_tally *tally = &summary.kinds[KS_FUNCTION];
	assert_int_equal(tally->new, before.kinds[KS_FUNCTION].new - 1);
	assert_int_equal(tally->removed, before.kinds[KS_FUNCTION].removed);
	assert_int_equal(tally->added, before.kinds[KS_FUNCTION].added);
	assert_int_equal(one_sided, tally->removed + tally->added);
	// who only counts reads less
	struct ks_summary counted = compare(two, NULL, NULL, NULL);
	const struct ks_tally *alone = &counted.kinds[KS_FUNCTION];
	assert_int_equal(alone->new, tally->new);
	assert_int_equal(alone->removed, tally->removed);
	assert_int_equal(alone->added, tally->added);
	assert_int_equal(alone->changed, tally->changed);
	assert_memory_equal(alone->changes, tally->changes, sizeof(alone->changes));
}

static void layout_counts_when_asked_only(void **state)
{
	struct two *two = *state;
	struct ks_decl *zoo = decls_of(two, KS_STRUCT);
	struct ks_member members[5];
	memcpy(members, zoo->members, sizeof(members));
	members[1].bits_offset += 64;
	members[3].bitfield_size = 4;
	zoo->members = members;
	zoo->size = 40;
	put_both(two);
	struct ks_summary plain = compare(two, NULL, NULL, NULL);
	assert_false(ks_summary_differs(&plain));
	struct ks_diff_scope scope = { .extras = KS_DIFF_LAYOUT };
	struct ks_summary layout = compare(two, &scope, NULL, NULL);
	const struct ks_tally *tally = &layout.kinds[KS_STRUCT];
	assert_int_equal(tally->laid_out, 1);
	assert_int_equal(tally->changed, 0);
	assert_int_equal(tally->changes[KS_BYTES_CHANGED], 1);
	assert_int_equal(tally->changes[KS_FIELD_MOVED], 1);
	assert_int_equal(tally->changes[KS_FIELD_WIDTH_CHANGED], 1);
}

#define two_test(test) cmocka_unit_test_setup_teardown(test, make_two, drop_two)
int main(void)
{
	const struct CMUnitTest tests[] = {
		two_test(counts_are_those_of_the_whole_surfaces),
		two_test(builds_of_the_same_source_do_not_differ),
		two_test(what_an_image_cannot_know_is_not_counted),
		two_test(functions_without_types_are_not_counted),
		two_test(names_come_in_order_and_with_definitions_when_asked),
		two_test(a_glob_and_a_choice_of_changes_narrow_the_counts),
		two_test(hooks_and_kfuncs_change_with_their_functions),
		two_test(callers_lost_are_a_matter_of_status),
		two_test(issues_come_and_go),
		two_test(functions_that_btf_leaves_out_are_not_removed),
		two_test(layout_counts_when_asked_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
