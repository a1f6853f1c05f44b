/* SPDX-License-Identifier: BSD-2-Clause */
/* From verdicts on programs to those on tools: what a loader does without, chooses among, or never loads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fnmatch.h>

#include "base/array.h"
#include "check.h"
#include "check/tools/causes.h"
#include "check/tools/plan.h"
#include "check/tools/tools.h"
#include "hand_check.h"

/** The verdicts on the first tool, a letter an image. */
static void expect(struct sample *sample, const char *toml, const char *wanted, const char *counted)
{
	_cleanup_policy_ struct ks_policy *policy = NULL;
	_cleanup_tools_ struct ks_tools *tools = NULL;
	assert_ok(ks_policy_read(toml, strlen(toml), &policy));
	sample->check.policy = policy;
	assert_ok(ks_tools_make(&sample->check, false, &tools));
	assert_int_equal(tools->nr, 1);
	for (size_t i = 0; i < sample->check.nr_images; i++) {
		const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, 0, i);
		if (ks_tool_verdicts[outcome->verdict].symbol[0] != wanted[i] ||
		    ks_verdicts[outcome->counted].symbol[0] != counted[i])
			fail_msg("%s: image %zu is %s (%s), not %c (%c)", toml, i,
				 ks_tool_verdicts[outcome->verdict].symbol,
				 ks_verdicts[outcome->counted].symbol, wanted[i], counted[i]);
	}
	sample->check.policy = NULL;
	free(sample);
}

static void worst_of_what_is_needed(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "...." }, { "b", ".?!A" } };
	expect(sample_new(rows, 2), "", ".?!X", ".?!A");
}

/** What is optional takes nothing from the exit status, but something from the tool. */
static void optional_is_in_part(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "...." }, { "b", ".?!L" } };
	expect(sample_new(rows, 2), "[[object]]\noptional = [\"b\"]\n", "..!!", "....");
	expect(sample_new(rows, 2), "[[object]]\nignored = [\"b\"]\n", "....", "....");
}

/** Loaded only where its target is: absent is lost, present and refused is fatal. */
static void present_is_needed(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "..." }, { "b", ".aA" } };
	expect(sample_new(rows, 2), "[[object]]\nif-present = [\"b\"]\n", ".!X", "..A");
	// others see what it saw
	expect(sample_new(rows, 2), "[[object]]\nif-present = [\"b\"]\n[object.loses]\nb = \"\"\n",
	       "..X", "..A");
	// nothing is left of it
	static const struct row alone[] = { { "a", ".aa" }, { "b", ".AL" } };
	expect(sample_new(alone, 1), "[[object]]\nif-present = [\"a\"]\n", ".XX", ".AA");
	expect(sample_new(alone, 2), "[[object]]\nif-present = [\"*\"]\n", ".XX", ".AL");
	expect(sample_new(alone, 1), "[[object]]\noptional = [\"a\"]\n", ".!!", "...");
	// who says first is believed
	expect(sample_new(rows, 2), "[[object]]\nneeded = [\"b\"]\noptional = [\"*\"]\n", ".XX",
	       ".AA");
	// nobody can make the call there, so nothing is missed
	static const struct row calls[] = { { "a", ".." }, { "b", ".s" } };
	expect(sample_new(calls, 2), "[[object]]\nif-present = [\"b\"]\n", "..", "..");
	expect(sample_new(calls, 2), "", ".X", ".A");
}

static void first_side_that_works(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\n[[object.choice]]\n"
				   "sides = [[\"a\", \"b\"], [\"c\"]]\n";
	static const struct row rows[] = { { "a", ".AAA" }, { "b", ".L.?" }, { "c", "A.?L" } };
	// both; only the second; perhaps the second; neither
	expect(sample_new(rows, 3), toml, "..?X", "..?L");
}

/** One side may be taken, and the other works: so the tool does. */
static void doubt_before_a_side_that_works(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\n[[object.choice]]\nsides = [[\"a\"], [\"b\"]]\n";
	static const struct row rows[] = { { "a", "?\?!" }, { "b", ".L." } };
	// the third: the first side works, and is taken with what is wrong about it
	expect(sample_new(rows, 2), toml, ".?!", ".?!");
}

/** A loader that looks whether a target is there does not see that it cannot be attached to. */
static void first_side_that_is_there(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\n[[object.choice]]\nby = \"presence\"\n"
				   "sides = [[\"a\"], [\"b\"]]\n";
	static const struct row rows[] = { { "a", ".aAa" }, { "b", "...a" } };
	expect(sample_new(rows, 2), toml, "..XX", "..AA");
}

/** A loader that asks whether one program could be attached does not see what is wrong with it, nor with the others. */
static void side_whose_first_can_be_attached(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\n[[object.choice]]\nby = \"probe\"\n"
				   "sides = [[\"a\", \"[ab]\"], [\"c\"]]\n";
	static const struct row others[] = { { "a", "...." }, { "b", ".!L?" }, { "c", ".L.." } };
	expect(sample_new(others, 3), toml, ".!X?", ".!L?");
	static const struct row first[] = { { "a", "aAL?" }, { "b", "LL.L" }, { "c", ".L.L" } };
	expect(sample_new(first, 3), toml, ".XX?", ".LL?");
	static const struct row doubt[] = { { "a", "??" }, { "b", ".L" }, { "c", ".." } };
	expect(sample_new(doubt, 3), toml, "..", "..");
}

static void one_of_several_is_enough(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\nalternatives = [[\"a\", \"b\"]]\n";
	static const struct row rows[] = { { "a", "!LL" }, { "b", ".!A" }, { "c", "..." } };
	expect(sample_new(rows, 3), toml, ".!X", ".!A");
}

static void modes_are_lost_one_by_one(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\nmodes = [\"a\", \"b\"]\n";
	static const struct row rows[] = { { "a", ".LL?" }, { "b", "..AL" }, { "c", "...." } };
	// the last: one mode is lost for certain, and of the other nobody knows
	expect(sample_new(rows, 3), toml, ".!X?", ".!L!");
}

static void targets_of_the_user_and_of_the_tool(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", ".aAL" } };
	expect(sample_new(rows, 1), "[[object]]\nchosen = [\"a\"]\n", "...X", "...L");
	expect(sample_new(rows, 1), "[[object]]\nrewritten = [\"a\"]\n", ".??X", ".??L");
}

/** Where it is known to what a program is attached then, that counts. */
static void targets_that_are_known(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\n[object.rewrites]\na = \"fentry/b\"\n";
	static const struct row rows[] = { { "a", ".aaa" } };
	static const struct row others[] = { { "a", "L.!A" } };
	struct sample *sample = sample_new(rows, 1), *other = sample_new(others, 1);
	other->checked[0].object = &sample->objects[0]; // the same, looked at once more
	sample->check.rewritten = &other->check;
	expect(sample, toml, "..!X", "..!A");
	free(other);
	expect(sample_new(rows, 1), toml, ".?\?\?", ".?\?\?"); // nobody looked
}

/** What the loader looks for is not there, or is, whatever the program's own target is. */
static void targets_that_are_looked_for(void **state)
{
	(void)state;
	static const char toml[] = "[[object]]\n[object.probes]\na = \"kprobe/c\"\n";
	static const struct row rows[] = { { "a", "..aL" }, { "b", "...." } };
	static const struct row others[] = { { "a", ".a.a" }, { "b", "...." } };
	struct sample *sample = sample_new(rows, 2), *other = sample_new(others, 2);
	other->checked[0].object = &sample->objects[0];
	sample->check.probed = &other->check;
	expect(sample, toml, ".!X!", "..A.");
	free(other);
}

/** What libbpf does not open is no matter to another loader; the kernel's word stays. */
static void loaders_of_their_own(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", ".lL?" } };
	expect(sample_new(rows, 1), "", ".XX?", ".LL?");
	expect(sample_new(rows, 1), "[[object]]\nloader = \"own\"\n", "..X?", "..L?");
}

static void programs_that_are_not_loaded(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "." }, { "b", "L" } };
	struct sample *sample = sample_new(rows, 2);
	sample->programs[1].autoload = false;
	expect(sample, "", ".", ".");
	sample = sample_new(rows, 2);
	sample->programs[1].autoload = false;
	expect(sample, "[[object]]\noptional = [\"b\"]\n", "!", ".");
}

static void objects_of_one_file_are_one_tool(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "L." }, { "b", ".." }, { "c", ".L" } };
	struct sample *sample = sample_new(rows, 3);
	sample_split(sample, "x.deb:usr/bin/multi");
	expect(sample, "", "XX", "LL");
	sample = sample_new(rows, 3);
	sample_split(sample, "x.deb:usr/bin/multi");
	expect(sample,
	       "[[tool]]\nmatch = \"multi\"\nsides = [[\"a\"], [\"b\"]]\nignored = [\"c\"]\n", "..",
	       "..");
	sample = sample_new(rows, 3);
	sample_split(sample, "lib/multi.so");
	expect(sample, "[[tool]]\nmatch = \"multi\"\nmodes = [\"?\"]\n", "!!", "!!");
}

/** What a tool finds out about a kernel, others that are made with it believe. */
static void side_that_another_tool_takes(void **state)
{
	(void)state;
	// of the library the first fails on the second image, and both on the third
	static const struct row rows[] = {
		{ "lib.0", ".LL" }, { "lib.1", "..L" }, { "x.0", "L.." }, { "x.1", ".L." }
	};
	static const char *const paths[] = { "a/lib.so", "a/lib.so", "a/x.so", "a/x.so" };
	static const struct {
		const char *toml, *wanted;
	} cases[] = {
		{ "[[tool]]\nmatch = \"x\"\nsides = [[\"x.0\"], [\"x.1\"]]\n", "..." },
		{ "[[tool]]\nmatch = \"x\"\nsides = [[\"x.0\"], [\"x.1\"]]\nside-of = \"lib*\"\n"
		  "[[tool]]\nmatch = \"lib*\"\nsides = [[\"lib.0\"], [\"lib.1\"]]\n",
		  "XX." },
		{ "[[tool]]\nmatch = \"x\"\nsides = [[\"x.0\"], [\"x.1\"]]\nside-of = \"other*\"\n",
		  "..." },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct sample *sample = sample_new(rows, 4);
		_cleanup_policy_ struct ks_policy *policy = NULL;
		_cleanup_tools_ struct ks_tools *tools = NULL;
		sample_split(sample, NULL);
		for (size_t k = 0; k < 4; k++)
			sample->checked[k].path = paths[k];
		assert_ok(ks_policy_read(cases[i].toml, strlen(cases[i].toml), &policy));
		sample->check.policy = policy;
		assert_ok(ks_tools_make(&sample->check, false, &tools));
		assert_int_equal(tools->nr, 2);
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(
				ks_tool_verdicts[ks_tool_outcome(tools, 1, k)->verdict].symbol[0],
				cases[i].wanted[k]);
		free(sample);
	}
}

/** Files of one folder whose names differ before the first '-' only are one tool, where somebody says so. */
static void files_that_are_one_tool(void **state)
{
	(void)state;
	static const char toml[] = "[[tool]]\nfiles = \"*/hid/*-*.o\"\n"
				   "[[tool]]\nsides = [[\"a\"], [\"c\"]]\n";
	static const char *const paths[] = { "x.deb:lib/hid/1-device-x.bpf.o",
					     "x.deb:lib/hid/1-other.bpf.o",
					     "x.deb:lib/hid/2-device-x.bpf.o" };
	static const struct row rows[] = { { "a", "L." }, { "b", ".L" }, { "c", ".L" } };
	struct sample *sample = sample_new(rows, 3);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	sample_split(sample, NULL);
	for (size_t i = 0; i < 3; i++)
		sample->checked[i].path = paths[i];
	for (int said = 0; said < 2; said++) {
		_cleanup_tools_ struct ks_tools *tools = NULL;
		if (said)
			assert_ok(ks_policy_read(toml, strlen(toml), &policy));
		sample->check.policy = policy;
		assert_ok(ks_tools_make(&sample->check, false, &tools));
		assert_int_equal(tools->nr, said ? 2 : 3);
		assert_string_equal(tools->at[0].name, said ? "device-x" : "a");
		assert_string_equal(tools->at[1].name, said ? "other" : "b");
		assert_int_equal(ks_tool_outcome(tools, 0, 0)->verdict,
				 said ? KS_TOOL_WORKS : KS_TOOL_FAILS);
		assert_int_equal(ks_tool_outcome(tools, 0, 1)->verdict, KS_TOOL_WORKS);
	}
	sample->check.policy = NULL;
	free(sample);
}

static void another_machine_is_no_failure(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", ".m" } };
	struct sample *sample = sample_new(rows, 1);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	assert_ok(ks_tools_make(&sample->check, false, &tools));
	assert_int_equal(ks_tool_outcome(tools, 0, 1)->verdict, KS_TOOL_FOREIGN);
	assert_int_equal(ks_tool_worst(tools, 0), KS_TOOL_WORKS);
	assert_int_equal(ks_tools_counted(tools), KS_VERDICT_OK);
	free(sample);
}

/** Unless there is no image of its own machine. */
static void another_machine_everywhere_is(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "mm" } };
	struct sample *sample = sample_new(rows, 1);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	assert_ok(ks_tools_make(&sample->check, false, &tools));
	assert_int_equal(ks_tools_counted(tools), KS_VERDICT_NO_LOAD);
	free(sample);
}

static void some_kernels_are_spared(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "L.LL" } };
	static const char toml[] = "[[tool]]\nmatch = \"to*\"\nkernels-required = [\"6.*\"]\n"
				   "kernels-optional = [\"6.1.0-47*\", \"6.12*\"]\n";
	struct sample *sample = sample_new(rows, 1);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	_cleanup_tools_ struct ks_tools *tools = NULL;
	assert_ok(ks_policy_read(toml, strlen(toml), &policy));
	sample->check.policy = policy;
	assert_ok(ks_tools_make(&sample->check, false, &tools));
	assert_int_equal(ks_tools_counted(tools), KS_VERDICT_OK);
	assert_true(ks_tool_outcome(tools, 0, 3)->spared); // not required
	assert_false(ks_tool_outcome(tools, 0, 1)->spared);
	assert_int_equal(ks_tool_outcome(tools, 0, 3)->verdict, KS_TOOL_FAILS);
	free(sample);
}

static void words_for_what_is_lost(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "." }, { "b", "L" } };
	static const char toml[] = "[[object]]\noptional = [\"b\"]\n"
				   "[object.loses]\n\"b*\" = \"no merged requests\"\n";
	struct sample *sample = sample_new(rows, 2);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	_cleanup_tools_ struct ks_tools *tools = NULL;
	assert_ok(ks_policy_read(toml, strlen(toml), &policy));
	sample->check.policy = policy;
	assert_ok(ks_tools_make(&sample->check, false, &tools));
	const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, 0, 0);
	assert_int_equal(outcome->nr, 1);
	assert_string_equal(outcome->losses[0].words, "no merged requests");
	assert_int_equal(outcome->losses[0].reason->kind, KS_REASON_CORE_RELO);
	free(sample);
}

/* ---- twins ---- */

/** Programs with hooks, of an object with two maps. */
struct twin {
	const char *program;
	enum ks_hook_kind kind;
	const char *target;
	bool on_return;
	uint32_t map;
};

/** How they are planned: the side of each, '-' where it is needed for itself. */
static void expect_sides(const struct twin *twins, size_t nr, const char *wanted)
{
	static const struct ks_bpf_map maps[2] = { { .name = "x" }, { .name = "y" } };
	static const struct ks_bpf_ref refs[2] = { { .kind = KS_REF_MAP, .index = 0 },
						   { .kind = KS_REF_MAP, .index = 1 } };
	struct ks_bpf_program programs[MAX_ROWS];
	uint32_t used[MAX_ROWS];
	for (size_t i = 0; i < nr; i++) {
		used[i] = twins[i].map;
		programs[i] = (struct ks_bpf_program){
			.name = twins[i].program,
			.section = "x",
			.autoload = true,
			.hook = { .kind = twins[i].kind,
				  .target = twins[i].target,
				  .on_return = twins[i].on_return },
			.nr = 1,
			.refs = &used[i],
		};
	}
	const struct ks_bpf_object object = { .name = "o",
					      .nr_maps = 2,
					      .maps = maps,
					      .nr_refs = 2,
					      .refs = refs,
					      .nr_programs = (uint32_t)nr,
					      .programs = programs };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_plan plan;
	char got[MAX_ROWS + 1] = "";
	assert_ok(ks_plan_object(&arena, &object, "x", NULL, NULL, true, &plan));
	for (size_t i = 0; i < nr; i++)
		got[i] = plan.parts[i].role == KS_ROLE_SIDE
				 ? (char)('a' + plan.parts[i].choice * 4 + plan.parts[i].side)
				 : '-';
	assert_string_equal(got, wanted);
}

static void twins_are_found(void **state)
{
	(void)state;
	static const struct twin vfs[] = {
		{ "fentry_vfs_read", KS_HOOK_FENTRY, "vfs_read", false, 0 },
		{ "kprobe_vfs_read", KS_HOOK_KPROBE, "vfs_read", false, 0 },
		{ "fexit_vfs_read", KS_HOOK_FENTRY, "vfs_read", true, 0 },
		{ "kprobe_vfs_read_exit", KS_HOOK_KPROBE, "vfs_read", true, 0 },
		{ "vfs_open", KS_HOOK_KPROBE, "vfs_open", false, 0 },
	};
	// all fentry programs or all kprobes; what has no twin is needed
	expect_sides(vfs, KS_ARRAY_LEN(vfs), "abab-");
	static const struct twin raw[] = {
		{ "sched_wakeup", KS_HOOK_TP_BTF, "sched_wakeup", false, 0 },
		{ "handle_sched_wakeup", KS_HOOK_RAW_TP, "sched_wakeup", false, 0 },
	};
	expect_sides(raw, KS_ARRAY_LEN(raw), "ab");
	static const struct twin folio[] = {
		{ "account_page_dirtied", KS_HOOK_KPROBE, "account_page_dirtied", false, 1 },
		{ "folio_account_dirtied", KS_HOOK_KPROBE, "folio_account_dirtied", false, 1 },
		{ "mark_page_accessed", KS_HOOK_KPROBE, "mark_page_accessed", false, 1 },
		{ "mark_folio_accessed", KS_HOOK_KPROBE, "mark_folio_accessed", false, 1 },
	};
	// words in another order are no known pattern
	expect_sides(folio, KS_ARRAY_LEN(folio), "--ab");
}

static void those_that_are_none(void **state)
{
	(void)state;
	static const struct twin maps[] = {
		{ "fentry_x", KS_HOOK_FENTRY, "vfs_read", false, 0 },
		{ "kprobe_x", KS_HOOK_KPROBE, "vfs_read", false, 1 }, // another map
	};
	expect_sides(maps, KS_ARRAY_LEN(maps), "--");
	static const struct twin both[] = {
		{ "entry", KS_HOOK_KPROBE, "vfs_read", false, 0 },
		{ "entry2", KS_HOOK_KPROBE, "vfs_read", false, 0 }, // both are attached
	};
	expect_sides(both, KS_ARRAY_LEN(both), "--");
	static const struct twin names[] = {
		{ "count_reads", KS_HOOK_FENTRY, "vfs_read", false, 0 },
		{ "trace_latency", KS_HOOK_KPROBE, "vfs_read", false, 0 },
	};
	expect_sides(names, KS_ARRAY_LEN(names), "--");
}

/* ---- the list of known loaders ---- */

static void list_is_read(void **state)
{
	(void)state;
	_cleanup_policy_ struct ks_policy *shipped = NULL;
	assert_ok(ks_shipped_read(&shipped));
	assert_true(shipped->nr_objects > 10 && shipped->nr_tools > 3);
	for (size_t i = 0; i < shipped->nr_objects; i++) { // each tells where it is from
		const struct ks_policy_object *object = &shipped->objects[i];
		for (size_t k = 0; k < object->nr_choices; k++)
			assert_non_null(object->choices[k].source);
		assert_true(object->source || object->nr_choices);
	}
	for (size_t i = 0; i < shipped->nr_tools; i++)
		assert_non_null(shipped->tools[i].source);
}

/** Whether the list has words for what is lost without a program, or without all programs of an object. */
static bool has_words(const struct ks_policy *list, const char *object, const char *program)
{
	const struct ks_policy_object *part;
	for (size_t i = 0; i < list->nr_objects; i++) {
		part = &list->objects[i];
		bool about =
			strcmp(part->match, object) == 0 || fnmatch(part->match, object, 0) == 0;
		for (size_t k = 0; about && k < part->nr_losses; k++)
			if (strcmp(part->losses[k].program, program) == 0 ||
			    fnmatch(part->losses[k].program, program, 0) == 0)
				return true;
	}
	return false;
}

static void expect_words(const struct ks_policy *list, const char *object,
			 const struct ks_policy_texts *programs)
{
	for (size_t i = 0; i < programs->nr; i++)
		if (!has_words(list, object, programs->at[i]))
			fail_msg("nothing says what %s lacks without %s", object, programs->at[i]);
}

/** "Works in part" says what is lost, wherever the list makes a tool do without something. */
static void list_has_words_for_what_is_lost(void **state)
{
	(void)state;
	_cleanup_policy_ struct ks_policy *shipped = NULL;
	assert_ok(ks_shipped_read(&shipped));
	for (size_t i = 0; i < shipped->nr_objects; i++) {
		const struct ks_policy_object *object = &shipped->objects[i];
		expect_words(shipped, object->match, &object->optional);
		expect_words(shipped, object->match, &object->present);
		expect_words(shipped, object->match, &object->modes);
		for (size_t k = 0; k < object->nr_probes; k++)
			assert_true(has_words(shipped, object->match, object->probes[k].program));
	}
	for (size_t i = 0; i < shipped->nr_tools; i++) {
		const struct ks_policy_tool *tool = &shipped->tools[i];
		const struct ks_policy_texts *lists[] = { &tool->optional, &tool->modes };
		for (size_t k = 0; k < KS_ARRAY_LEN(lists); k++)
			for (size_t at = 0; at < lists[k]->nr; at++) // any program of those objects
				if (!has_words(shipped, lists[k]->at[at], "any"))
					fail_msg("nothing says what %s lacks without %s",
						 tool->match, lists[k]->at[at]);
	}
}

/** Another tool of the same name, and the same as compiled. */
static void list_is_not_believed_blindly(void **state)
{
	(void)state;
	static const struct row known[] = { { "vfs_create", "." },
					    { "security_inode_create", "a" } };
	static const struct row other[] = { { "vfs_create", "." }, { "security_inode", "a" } };
	for (int i = 0; i < 3; i++) {
		struct sample *sample = sample_new(i == 1 ? other : known, 2);
		_cleanup_tools_ struct ks_tools *tools = NULL;
		sample->objects[0].name = "filelife";
		assert_ok(ks_tools_make(&sample->check, i == 2, &tools));
		assert_int_equal(ks_tool_outcome(tools, 0, 0)->verdict,
				 i == 0 ? KS_TOOL_PART : KS_TOOL_FAILS);
		assert_int_equal(tools->at[0].basis, i == 0 ? KS_BASIS_SHIPPED : KS_BASIS_COMPILED);
		free(sample);
	}
}

/** Programs that name no target are looked at where the list says that they are attached; those that do are another version's. */
static void list_tells_targets(void **state)
{
	(void)state;
	static const char *const names[] = { "blk_account_io_start", "blk_mq_start_request",
					     "blk_account_io_done" };
	// where it is attached at first; to something else; nowhere; the kernel refuses it
	static const char *const compiled = "?\?\?\?", *const told = ".aaA",
				 *const rewritten = "..aA";
	for (int named = 0; named < 2; named++) {
		const struct row rows[] = { { names[0], compiled },
					    { names[1], "...." },
					    { names[2], compiled } };
		const struct row first[] = { { names[0], told },
					     { names[1], "...." },
					     { names[2], told } };
		const struct row then[] = { { names[0], rewritten },
					    { names[1], "...." },
					    { names[2], rewritten } };
		struct sample *sample = sample_new(rows, 3), *at_first = sample_new(first, 3),
			      *elsewhere = sample_new(then, 3);
		sample->objects[0].name = "biotop";
		for (int i = 0; i < 3; i++)
			sample->programs[i].hook =
				(struct ks_hook){ .kind = KS_HOOK_KPROBE,
						  .program_type = "BPF_PROG_TYPE_KPROBE",
						  .needs_target = i != 1 && !named };
		at_first->checked[0].object = elsewhere->checked[0].object = &sample->objects[0];
		sample->check.told = &at_first->check;
		sample->check.rewritten = &elsewhere->check;
		expect(sample, "", named ? "?\?\?\?" : "..XX", named ? "?\?\?\?" : "..AA");
		free(at_first);
		free(elsewhere);
	}
}

/* ---- causes ---- */

static void causes_are_told_once(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", ".LL" }, { "b", ".LL" }, { "c", "!.." } };
	struct sample *sample = sample_new(rows, 3);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_causes causes;
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_causes_make(tools, NULL, NULL, &arena, &causes));
	assert_int_equal(causes.nr, 2); // two names that cost the same go together
	assert_int_equal(causes.at[0].verdict, KS_TOOL_FAILS);
	assert_int_equal(causes.at[0].nr_names, 2);
	assert_int_equal(causes.at[0].nr_rows, 2);
	assert_int_equal(causes.at[0].nr_images, 2);
	assert_int_equal(causes.at[0].images[0], 1);
	assert_int_equal(causes.at[1].verdict, KS_TOOL_PART);
	assert_string_equal(causes.at[1].names[0], "c");
	free(sample);
}

/** Different things are lost by one cause: all are told. */
static void causes_tell_all_that_is_lost(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "L" }, { "b", "L" }, { "c", "." } };
	static const char toml[] = "[[object]]\noptional = [\"a\", \"b\"]\n[object.loses]\n"
				   "a = \"no reads\"\n\"*\" = \"no writes\"\n";
	struct sample *sample = sample_new(rows, 3);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_causes causes;
	sample->reasons[0].name = sample->reasons[1].name = "task_struct::state";
	assert_ok(ks_policy_read(toml, strlen(toml), &policy));
	sample->check.policy = policy;
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_causes_make(tools, NULL, NULL, &arena, &causes));
	assert_int_equal(causes.nr, 1);
	assert_string_equal(causes.at[0].words, "no reads, no writes");
	free(sample);
}

/** One reason may be fatal to one tool and a loss to another. */
static void causes_are_told_by_weight(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "L." }, { "b", "L." } };
	static const char toml[] = "[[object]]\nmatch = \"b\"\noptional = [\"b\"]\n";
	struct sample *sample = sample_new(rows, 2);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_causes causes;
	sample_split(sample, NULL);
	sample->reasons[0].name = sample->reasons[2].name = "task_struct::state";
	assert_ok(ks_policy_read(toml, strlen(toml), &policy));
	sample->check.policy = policy;
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_causes_make(tools, NULL, NULL, &arena, &causes));
	assert_int_equal(causes.nr, 2);
	assert_int_equal(causes.at[0].verdict, KS_TOOL_FAILS);
	assert_int_equal(causes.at[0].tools[0], 0);
	assert_int_equal(causes.at[1].verdict, KS_TOOL_PART);
	assert_int_equal(causes.at[1].tools[0], 1);
	free(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worst_of_what_is_needed),
		cmocka_unit_test(optional_is_in_part),
		cmocka_unit_test(present_is_needed),
		cmocka_unit_test(first_side_that_works),
		cmocka_unit_test(doubt_before_a_side_that_works),
		cmocka_unit_test(first_side_that_is_there),
		cmocka_unit_test(side_whose_first_can_be_attached),
		cmocka_unit_test(one_of_several_is_enough),
		cmocka_unit_test(modes_are_lost_one_by_one),
		cmocka_unit_test(targets_of_the_user_and_of_the_tool),
		cmocka_unit_test(targets_that_are_known),
		cmocka_unit_test(targets_that_are_looked_for),
		cmocka_unit_test(loaders_of_their_own),
		cmocka_unit_test(programs_that_are_not_loaded),
		cmocka_unit_test(objects_of_one_file_are_one_tool),
		cmocka_unit_test(side_that_another_tool_takes),
		cmocka_unit_test(files_that_are_one_tool),
		cmocka_unit_test(another_machine_is_no_failure),
		cmocka_unit_test(another_machine_everywhere_is),
		cmocka_unit_test(some_kernels_are_spared),
		cmocka_unit_test(words_for_what_is_lost),
		cmocka_unit_test(twins_are_found),
		cmocka_unit_test(those_that_are_none),
		cmocka_unit_test(list_is_read),
		cmocka_unit_test(list_has_words_for_what_is_lost),
		cmocka_unit_test(list_is_not_believed_blindly),
		cmocka_unit_test(list_tells_targets),
		cmocka_unit_test(causes_are_told_once),
		cmocka_unit_test(causes_tell_all_that_is_lost),
		cmocka_unit_test(causes_are_told_by_weight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
