/* SPDX-License-Identifier: BSD-2-Clause */
/* Every kind has all of its rows, and a name of it goes the whole way: list, store, comparison, reports. */
#include "place.h"

#include <stdlib.h>

#include "report/kinds.h"
#include "report/show/show.h"
#include "store/compare.h"

#define NAME "walked"

static void each_kind_is_spelled(void **state)
{
	(void)state;
	for (enum ks_kind kind = 0; kind < KS_NR_KINDS; kind++) {
		const struct ks_kind_info *row = &ks_kinds[kind];
		if (!row->name || !row->title || !row->folder || row->holds >= KS_NR_HOLDS)
			fail_msg("kind %d has no row in surface/kind.c", (int)kind);
		if (ks_kind_by_name(row->name) != kind)
			fail_msg("%s is the name of two kinds", row->name);
		if (row->holds != KS_HOLDS_MEMBER && (!row->part || !row->list.record))
			fail_msg("%s has no list in surface/kind.c", row->name);
		for (enum ks_kind other = 0; other < kind; other++)
			if (row->part && ks_kinds[other].part &&
			    strcmp(row->part, ks_kinds[other].part) == 0)
				fail_msg("%s and %s have one part of the store", row->name,
					 ks_kinds[other].name);
	}
}

static void each_kind_is_reported(void **state)
{
	(void)state;
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		const struct ks_report_kind *row = &ks_report_kinds[kind];
		const char *name = ks_kinds[kind].name;
		if (!row->head || !row->table || !row->title || !row->definition)
			fail_msg("%s has no row in report/kinds.c", name);
		assert_memory_equal(row->table, "changes-", 8);
		assert_string_equal(row->table + 8, name);
		for (enum ks_kind other = 0; other < kind; other++)
			assert_string_not_equal(row->head, ks_report_kinds[other].head);
	}
}

/** A record of a kind, as its list has it. */
union record {
	struct ks_decl decl;
	struct ks_tracepoint tracepoint;
	struct ks_syscall call;
	struct ks_option option;
	const char *name;
};

static union record record_of(enum ks_kind kind)
{
	static const struct ks_type number = { .kind = KS_TYPE_INT, .name = "int" };
	static const struct ks_type proto = { .kind = KS_TYPE_PROTO, .inner = &number };
	union record record = { 0 };
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_FUNCTION:
		record.decl = (struct ks_decl){ .kind = kind, .name = NAME, .type = &proto };
		break;
	case KS_HOLDS_TYPE:
		record.decl = (struct ks_decl){ .kind = kind,
						.name = NAME,
						.type = kind == KS_TYPEDEF ? &number : NULL };
		break;
	case KS_HOLDS_TRACEPOINT:
		record.tracepoint.event = NAME;
		break;
	case KS_HOLDS_NUMBER:
		record.call = (struct ks_syscall){ .number = 7, .name = NAME };
		break;
	case KS_HOLDS_NAME:
		record.name = NAME;
		break;
	case KS_HOLDS_VALUE:
		record.option = (struct ks_option){ .name = NAME, .value = "y" };
		break;
	case KS_HOLDS_MEMBER:
	case KS_NR_HOLDS:
		fail_msg("%s has no list", ks_kinds[kind].name);
	}
	return record;
}

static void put_one(struct ks_store *store, const char *digest, bool filled)
{
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	union record records[KS_FIELD];
	struct ks_put_result result;
	assert_non_null(surface);
	surface->image = (struct ks_image){ .label = digest,
					    .version = "6.1",
					    .arch = "amd64",
					    .flavor = "",
					    .digest = digest,
					    .facts = KS_FACT_INLINE | KS_FACT_TRACED };
	surface->known = KS_KNOWS(KS_FIELD) - 1;
	for (enum ks_kind kind = 0; kind < KS_FIELD && filled; kind++) {
		records[kind] = record_of(kind);
		ks_surface_set_list(surface, kind, &records[kind], 1);
		assert_int_equal(ks_surface_count(surface, kind), 1);
		assert_string_equal(ks_surface_name(surface, kind, 0), NAME);
	}
	assert_ok(ks_store_put(store, surface, 1, &result));
	free(result.label);
}

static void shown(const struct ks_groups *groups, enum ks_format format,
		  const struct ks_history *history)
{
	_cleanup_report_ struct ks_report *report = NULL;
	_cleanup_buf_ struct ks_buf out = { 0 };
	assert_ok(ks_report_new(format, groups, NULL, &report));
	assert_ok(ks_report_write(report, history, &out));
	const char *text = ks_buf_text(&out), *name = ks_kinds[history->kind].name;
	if (!strstr(text, NAME) || !strstr(text, name))
		fail_msg("no %s of %s:\n%s", ks_formats[format].name, name, text);
}

static struct ks_error *count_one(const char *name, const struct ks_fact *old,
				  const struct ks_fact *new, void *arg)
{
	assert_string_equal(name, NAME);
	assert_non_null(old);
	assert_null(new);
	++*(int *)arg;
	return NULL;
}

static void each_kind_goes_the_whole_way(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_groups_ struct ks_groups *groups = NULL;
	_cleanup_surface_ struct ks_surface *back = NULL;
	struct ks_store_images images;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	put_one(store, "00000000000000000000000000000001", true);
	put_one(store, "00000000000000000000000000000002", false);
	assert_ok(ks_store_images(store, &arena, &images));
	assert_int_equal(images.nr, 2);
	const struct ks_image *infos[] = { &images.at[0]->image, &images.at[1]->image };
	assert_ok(ks_groups_new(infos, 2, NULL, &groups));
	assert_ok(ks_store_surface(store, images.at[0], &back));
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		struct ks_history history;
		struct ks_compare_count count;
		const struct ks_compare_want want = { .one_sided = true };
		int nr = 0;
		if (ks_surface_count(back, kind) != 1)
			fail_msg("%s does not come back from the store", ks_kinds[kind].name);
		assert_string_equal(ks_surface_name(back, kind, 0), NAME);
		assert_ok(ks_store_history(store, &images, kind, NAME, &arena, &history));
		assert_true(history.facts[0].present);
		assert_false(history.facts[1].present);
		shown(groups, KS_FORMAT_TERMINAL, &history);
		shown(groups, KS_FORMAT_JSON, &history);
		assert_ok(ks_store_compare(store, images.at[0], images.at[1], kind, &want,
					   count_one, &nr, &count));
		assert_int_equal(nr, 1);
		assert_int_equal(count.old, 1);
		assert_int_equal(count.new, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_spelled),
		cmocka_unit_test(each_kind_is_reported),
		TEST(each_kind_goes_the_whole_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
