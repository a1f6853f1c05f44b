/* SPDX-License-Identifier: BSD-2-Clause */
/* ksurf.toml: what is read, and what is refused in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check/policy.h"

static void reads_everything(void **state)
{
	(void)state;
	static const char text[] = "# what we support\n"
				   "on = [\"6.*\", # new ones\n"
				   "  '5.10*',\n"
				   "]\n"
				   "base = \"6.1.0-50-\\u0061md64\"\r\n"
				   "fail-on = 'failure'\n"
				   "modules = true\n"
				   "\n"
				   "[[object]]\n"
				   "match = \"bio*\"\n"
				   "optional = []\n"
				   "alternatives = [[\"a\", \"b\"], [\"c\"]]\n"
				   "[object.constants]\n"
				   "targ_ms = true\n"
				   "\"min lat\" = -0x1_0\n"
				   "[object.targets]\n"
				   "\"dummy_*\" = \"fentry/vfs_read\"\n"
				   "[[ object ]]\n"
				   "optional = [\"*_exit\"]";
	_cleanup_policy_ struct ks_policy *policy = NULL;
	assert_null(ks_policy_read(text, strlen(text), &policy));
	assert_int_equal(policy->on.nr, 2);
	assert_string_equal(policy->on.at[1], "5.10*");
	assert_string_equal(policy->base, "6.1.0-50-amd64");
	assert_string_equal(policy->fail_on, "failure");
	assert_true(policy->modules);
	assert_int_equal(policy->nr_objects, 2);
	const struct ks_policy_object *first = &policy->objects[0], *second = first + 1;
	assert_string_equal(first->match, "bio*");
	assert_int_equal(first->optional.nr, 0);
	assert_int_equal(first->nr_alternatives, 2);
	assert_string_equal(first->alternatives[0].at[1], "b");
	assert_int_equal(first->nr_constants, 2);
	assert_int_equal(first->constants[0].value, 1);
	assert_string_equal(first->constants[1].name, "min lat");
	assert_int_equal(first->constants[1].value, -16);
	assert_int_equal(first->nr_targets, 1);
	assert_string_equal(first->targets[0].section, "fentry/vfs_read");
	assert_string_equal(second->match, "*");
	assert_string_equal(second->optional.at[0], "*_exit");
}

static const struct {
	const char *text, *error;
} refusals[] = {
	{ "on = 5", "line 1: on: an array is expected" },
	{ "\n\nbas = \"x\"", "line 3: unknown key 'bas'; did you mean base?" },
	{ "base = x", "line 1: base: a string in quotes is expected" },
	{ "base = \"x", "line 1: a string does not end" },
	{ "base = \"x\" y", "line 1: something follows where the line should end" },
	{ "base = \"\"\"x\"\"\"", "line 1: strings of several lines are not read here" },
	{ "base = \"\\q\"", "line 1: a backslash that escapes nothing known" },
	{ "base = \"\\ud800\"", "line 1: \\u names no character" },
	{ "on = [\"a\" \"b\"]", "line 1: on: no comma between two elements" },
	{ "on = [\"a\",\n\"b\"", "line 2: on: an array does not end" },
	{ "fail-on = \"no\"", "line 1: fail-on: unknown, risk, failure or never is expected" },
	{ "modules = 1", "line 1: modules: true or false is expected" },
	{ "[object]", "line 1: unknown table 'object'; tables are [[object]] [object.constants] "
		      "[object.targets] [object.rewrites] [object.probes] [object.loses] "
		      "[[object.choice]] [[tool]] [[waiver]]" },
	{ "[[object.choice]]", "line 1: [object.choice] without an [[object]] before it" },
	{ "[[object]]\nloader = \"x\"", "line 2: loader: libbpf or own is expected" },
	{ "[[object]]\n[[object.choice]]\nby = \"luck\"",
	  "line 3: by: trial, presence or probe is expected" },
	{ "[[waiver]]\nuntil = \"2027-13-01\"",
	  "line 2: until: a date as \"2027-01-31\" is expected" },
	{ "[[waiver]]\nreason = \"x\"", "line 2: the waiver of line 1 needs a reason and until" },
	{ "[object.targets]", "line 1: [object.targets] without an [[object]] before it" },
	{ "[[object]]\nnew = 1", "line 2: unknown key 'new' in object" },
	{ "a = 1", "line 1: unknown key 'a'" }, // nothing is near
	{ "om = 1", "line 1: unknown key 'om'; did you mean on?" },
	{ "modules = true\nmodules = false", "line 2: 'modules' is given twice" },
	{ "[[object]]\n[object.constants]\na = 1\na = 2", "line 4: 'a' is given twice" },
	{ "[[wavier]]",
	  "line 1: unknown table 'wavier'; tables are [[object]] [object.constants] "
	  "[object.targets] "
	  "[object.rewrites] [object.probes] [object.loses] [[object.choice]] [[tool]] [[waiver]]; "
	  "did you mean waiver?" },
	{ "fail-on = \"failur\"",
	  "line 1: fail-on: unknown, risk, failure or never is expected; did you mean failure?" },
	{ "[[object]]\n[object.targets]\np = \"fentri/vfs_read\"",
	  "line 3: libbpf knows no section 'fentri/vfs_read'; did you mean fentry?" },
	{ "[[object]]\n[object.rewrites]\np = \"zzz\"", "line 3: libbpf knows no section 'zzz'" },
	{ "[[object]]\n[object.targets]\np = \"kprobefoo/vfs_read\"",
	  "line 3: libbpf knows no section 'kprobefoo/vfs_read'" },
	{ "[[object]]\n[object.constants]\nx = 1.5", "line 3: x: an integer is expected" },
	{ "[[object]]\n[object.constants]\nx = 9223372036854775808",
	  "line 3: x: an integer is expected" },
	{ "a.b = 1", "line 1: keys with dots are not read here: make it a table" },
	{ "= 1", "line 1: a key or the name of a table is missing" },
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < KS_ARRAY_LEN(refusals); i++) {
		struct ks_policy *policy = NULL;
		struct ks_error *err =
			ks_policy_read(refusals[i].text, strlen(refusals[i].text), &policy);
		assert_non_null(err);
		assert_int_equal(err->code, KS_ERR_DATA);
		char *text = ks_error_text(err);
		assert_string_equal(text, refusals[i].error);
		free(text);
		ks_error_free(err);
	}
}

/** Every beginning of a good file is read or refused, never more. */
/** What must have some programs is about the version of an object that has them, whatever it says. */
static void parts_may_want_programs(void **state)
{
	(void)state;
	static const char text[] =
		"[[object]]\nprograms = [\"start\", \"do*\"]\noptional = [\"start\"]\n"
		"[object.constants]\nnumber = 1\n"
		"[object.targets]\nstart = \"fentry/vfs_read\"\n";
	struct ks_bpf_program programs[] = { { .name = "start" }, { .name = "done" } };
	const struct ks_bpf_object whole = { .name = "tool",
					     .nr_programs = 2,
					     .programs = programs },
				   older = { .name = "tool",
					     .nr_programs = 1,
					     .programs = programs };
	_cleanup_policy_ struct ks_policy *policy = NULL;
	assert_null(ks_policy_read(text, strlen(text), &policy));
	assert_true(ks_policy_optional(policy, &whole, "start"));
	assert_false(ks_policy_optional(policy, &older, "start"));
	assert_non_null(ks_policy_constant(policy, &whole, "number"));
	assert_null(ks_policy_constant(policy, &older, "number"));
	assert_non_null(ks_policy_section(policy, &whole, "start"));
	assert_null(ks_policy_section(policy, &older, "start"));
}

static void survives_truncation(void **state)
{
	(void)state;
	static const char text[] = "on = [\"6.*\"]\n[[object]]\nalternatives = [[\"a\\u00e9\"]]\n"
				   "[object.constants]\nx = 0x10\n";
	for (size_t len = 0; len < sizeof(text); len++) {
		_cleanup_policy_ struct ks_policy *policy = NULL;
		char *copy = malloc(len ? len : 1);
		memcpy(copy, text, len);
		ks_error_free(ks_policy_read(copy, len, &policy));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_everything),
		cmocka_unit_test(refuses),
		cmocka_unit_test(parts_may_want_programs),
		cmocka_unit_test(survives_truncation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
