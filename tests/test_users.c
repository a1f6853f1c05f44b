/* SPDX-License-Identifier: BSD-2-Clause */
/* Which tools depend on names, and whom changes touch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/inputs.h"
#include "check/tools/impact.h"
#include "report/check/users.h"

static const char *tool_names[] = { "biotop", "opensnoop" };
static struct ks_use uses[] = {
	// sorted
	{ KS_DEP_FUNCTION, "vfs_open", 0, "biotop", "a" },
	{ KS_DEP_FUNCTION, "vfs_open", 0, "biotop", "b" },
	{ KS_DEP_FUNCTION, "vfs_open", 1, "opensnoop", "c" },
	{ KS_DEP_FUNCTION, "vfs_read", 1, "opensnoop", "c" },
	{ KS_DEP_STRUCT, "request", 0, "biotop", "a" },
	{ KS_DEP_FIELD, "request::rq_disk", 0, "biotop", "a" },
	{ KS_DEP_HELPER, "vfs_open", 1, "opensnoop", NULL }, // another kind
};
static const struct ks_users users = {
	.nr_tools = 2, .tools = tool_names, .nr = KS_ARRAY_LEN(uses), .uses = uses
};

static void finds_names(void **state)
{
	(void)state;
	size_t first;
	assert_int_equal(ks_users_find(&users, KS_DEP_FUNCTION, "vfs_open", &first), 3);
	assert_int_equal(first, 0);
	assert_int_equal(ks_users_count_tools(&users, first, 3), 2);
	assert_int_equal(ks_users_find(&users, KS_DEP_FUNCTION, "vfs_read", &first), 1);
	assert_int_equal(first, 3);
	assert_int_equal(ks_users_find(&users, KS_DEP_HELPER, "vfs_open", &first), 1);
	assert_int_equal(ks_users_find(&users, KS_DEP_FUNCTION, "vfs", &first), 0);
	assert_int_equal(ks_users_find(&users, KS_DEP_KFUNC, "vfs_open", &first), 0);
}

/** Of an object as it is compiled: its programs by the names that its source has. */
static void reads_objects(void **state)
{
	(void)state;
	const char *folder = getenv("KSURF_OBJECTS");
	if (!folder) // no clang, or not under meson
		skip();
	_cleanup_inputs_ struct ks_check_inputs inputs = { 0 };
	_cleanup_users_ struct ks_users *found = NULL;
	char path[512];
	snprintf(path, sizeof(path), "%s/tracing.bpfel.o", folder);
	const char *const paths[] = { path };
	assert_ok(ks_check_inputs_open(paths, 1, NULL, NULL, &inputs));
	assert_ok(ks_users_make(inputs.at, inputs.nr, &found));
	assert_int_equal(found->nr_tools, 1);
	size_t first;
	assert_int_equal(ks_users_find(found, KS_DEP_FUNCTION, "do_unlinkat", &first), 1);
	assert_string_equal(found->uses[first].program, "on_unlink");
	assert_int_equal(ks_users_find(found, KS_DEP_TRACEPOINT, "sched_switch", &first), 1);
	assert_int_equal(ks_users_find(found, KS_DEP_ARGUMENT, "1", &first), 0);
}

/* ---- impact ---- */

static void differ(struct ks_impact *impact, enum ks_kind kind, const char *name,
		   const struct ks_change *changes, size_t nr, const char *sides)
{
	static const struct ks_fact fact;
	const struct ks_difference difference = { .kind = kind,
						  .name = name,
						  .old = sides[0] == 'x' ? &fact : NULL,
						  .new = sides[1] == 'x' ? &fact : NULL,
						  .changes = { nr, changes } };
	assert_ok(ks_impact_add(&difference, impact));
}

static void takes_what_is_used(void **state)
{
	(void)state;
	static const struct ks_change param[] = {
		{ .kind = KS_CALLERS_LOST }, // says nothing to a program
		{ .kind = KS_PARAM_ADDED, .name = "idmap" },
		{ .kind = KS_RETURN_TYPE_CHANGED },
	};
	static const struct ks_change fields[] = {
		{ .kind = KS_FIELD_ADDED, .name = "part" },
		{ .kind = KS_FIELD_REMOVED, .name = "rq_disk" },
		{ .kind = KS_FIELD_REMOVED, .name = "other" },
	};
	_cleanup_impact_ struct ks_impact impact = { .users = &users };
	differ(&impact, KS_FUNCTION, "vfs_read", NULL, 0, "x.");
	differ(&impact, KS_FUNCTION, "vfs_open", param, 3, "xx");
	differ(&impact, KS_FUNCTION, "vfs_open", param, 1, "xx"); // nothing that tells
	differ(&impact, KS_FUNCTION, "unused", param, 3, "xx");
	differ(&impact, KS_STRUCT, "request", fields, 3, "xx");
	differ(&impact, KS_TRACEPOINT, "vfs_open", NULL, 0, ".x"); // of another kind
	assert_ok(ks_impact_finish(&impact));
	assert_int_equal(impact.nr, 3);
	assert_int_equal(impact.nr_tools, 2);
	const struct ks_touch *open = &impact.at[0], *read = &impact.at[1], *disk = &impact.at[2];
	assert_string_equal(open->name, "vfs_open"); // the most tools first
	assert_int_equal(open->nr_tools, 2);
	assert_int_equal(open->change, KS_PARAM_ADDED);
	assert_string_equal(open->part, "idmap");
	assert_int_equal(open->nr_more, 1);
	assert_string_equal(read->name, "vfs_read");
	assert_true(read->removed);
	assert_string_equal(disk->name, "request::rq_disk"); // not the struct itself
	assert_int_equal(disk->change, KS_FIELD_REMOVED);
}

static void texts(void **state)
{
	(void)state;
	static const struct ks_change param[] = { { .kind = KS_PARAM_ADDED, .name = "idmap" } };
	_cleanup_impact_ struct ks_impact impact = { .users = &users };
	_cleanup_buf_ struct ks_buf out = { 0 }, quiet = { 0 }, who = { 0 };
	const struct ks_users_report report = { .columns = 80 },
				     all = { .columns = 80, .verbose = true };
	assert_ok(ks_impact_finish(&impact));
	assert_ok(ks_impact_write(&report, &impact, "6.1", "6.12", &quiet));
	assert_string_equal(ks_buf_text(&quiet),
			    "6.1 -> 6.12: nothing changed that 2 tools depend on\n");
	differ(&impact, KS_FUNCTION, "vfs_open", param, 1, "xx");
	assert_ok(ks_impact_finish(&impact));
	assert_ok(ks_impact_write(&report, &impact, "6.1", "6.12", &out));
	assert_string_equal(ks_buf_text(&out),
			    "6.1 -> 6.12: 2 of 2 tools depend on 1 name that changed\n"
			    "  vfs_open (function): Param added (idmap): 2 tools\n"
			    "    biotop, opensnoop\n");
	assert_ok(ks_who_write(&all, &users, "vfs_*", &who));
	assert_string_equal(ks_buf_text(&who), "vfs_open (function): 2 of 2 tools\n"
					       "    biotop: a, b\n"
					       "    opensnoop: c\n"
					       "vfs_read (function): 1 of 2 tools\n"
					       "    opensnoop: c\n"
					       "vfs_open (helper): 1 of 2 tools\n"
					       "    opensnoop: as a whole\n");
	expect_error(ks_who_write(&report, &users, "nothing", &who), KS_ERR_NOTFOUND,
		     "none of 2 tools depends on 'nothing'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_names),
		cmocka_unit_test(reads_objects),
		cmocka_unit_test(takes_what_is_used),
		cmocka_unit_test(texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
