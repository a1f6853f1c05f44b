/* SPDX-License-Identifier: BSD-2-Clause */
/* The engine that says what can be attached, way by way, on made-up images. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <string.h>

#include "attach/attach.h"
#include "base/array.h"
#include "types.h"

enum {
	TABLES = KS_FACT_FTRACE | KS_FACT_KPROBE | KS_FACT_INJECT | KS_FACT_INIT | KS_FACT_BTF,
};

/** What an image says of other names than that of the question. */
struct world {
	struct ks_image image;
	const char *set[8]; // options that are "y"
	bool config;	    // the others are not set; else nothing is known of any
	bool modules;	    // those of the store count
	bool counts;	    // kprobes count the functions of a name
	bool multi;	    // its enum has kprobe.multi
	struct ks_fact event, call, tracepoint, function, option, hooks;
	const char *only; // the function is asked for by this name; NULL: by any
	uint64_t record;  // bytes of a struct by value
};

static const struct ks_enumerator types[] = { { "BPF_TRACE_KPROBE_MULTI", 42 } };
static const struct ks_decl with_multi = {
	.kind = KS_ENUM, .nr = 1, .name = "bpf_attach_type", .values = types
};

static const struct ks_fact *world_fact(const void *arg, enum ks_kind kind, const char *name)
{
	struct world *world = (struct world *)arg;
	static const struct ks_fact unknown,
		none = { .known = true },
		enum_of_types = { .known = true, .present = true, .decl = &with_multi };
	static const struct ks_symbol count = { .name = "count_symbols", .section = ".text" };
	static const struct ks_function counter = { "count_symbols", 0, 1, NULL, &count, 0 };
	static const struct ks_fact counting = { .known = true,
						 .present = true,
						 .function = &counter };
	world->option = (struct ks_fact){ .known = world->config };
	switch (kind) {
	case KS_CONFIG:
		for (size_t i = 0; i < KS_ARRAY_LEN(world->set); i++)
			if (world->set[i] && strcmp(world->set[i], name) == 0)
				world->option = (struct ks_fact){ .known = true,
								  .present = true,
								  .value = "y" };
		return &world->option;
	case KS_ENUM:
		return world->multi ? &enum_of_types : &unknown;
	case KS_TRACEPOINT:
		return &world->event;
	case KS_SYSCALL:
		return &world->call;
	case KS_TYPEDEF:
		return &world->tracepoint;
	case KS_FUNCTION:
		if (world->counts && strcmp(name, "count_symbols") == 0)
			return &counting;
		return world->only && strcmp(world->only, name) != 0 ? &none : &world->function;
	case KS_UNION:
		return &world->hooks;
	default:
		return &unknown;
	}
}

static enum ks_presence world_symbol(const void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return KS_ABSENT;
}

static struct ks_passed world_passed(const void *arg, const struct ks_type *type)
{
	const struct world *world = arg;
	if (!type || type->kind == KS_TYPE_VOID)
		return (struct ks_passed){ KS_PASSED_NOTHING, 0 };
	if (type->kind == KS_TYPE_STRUCT)
		return (struct ks_passed){ KS_PASSED_RECORD, world->record };
	return (struct ks_passed){ KS_PASSED_WORD, 8 };
}
static const struct ks_attach_source source = { world_fact, world_symbol, world_passed };

static const struct ks_member hook_members[] = { { .name = "file_open" },
						 { .name = "task_to_inode" },
						 { .name = "bpf_token_create" },
						 { .name = "bprm_committed_creds" } };
static const struct ks_decl all_hooks = { .kind = KS_UNION,
					  .nr = KS_ARRAY_LEN(hook_members),
					  .name = "security_list_options",
					  .members = hook_members };

/** A usual kernel of that version and machine, with its configuration. */
static struct world usual(const char *arch, const char *version)
{
	return (struct world){
		.image = { .arch = arch, .version = version, .tier = KS_TIER_BTF, .facts = TABLES },
		.set = { "CONFIG_DYNAMIC_FTRACE", "CONFIG_DEBUG_INFO_BTF", "CONFIG_FPROBE",
			 "CONFIG_FTRACE_SYSCALLS", "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
			 "CONFIG_BPF_JIT", "CONFIG_BPF_JIT_DEFAULT_ON" },
		.hooks = { .known = true, .present = true, .decl = &all_hooks },
		.config = true,
		.multi = true,
	};
}
enum { FPROBE = 2, DIRECT = 4, JIT = 5 }; // in .set

static struct ks_attach_result asked;
static enum ks_answer ask(const struct world *world, const struct ks_attach_question *question)
{
	struct ks_attach_facts facts = ks_attach_facts_of(&world->image);
	facts.source = &source;
	facts.arg = world;
	facts.modules = world->modules;
	ks_attach_ask(&facts, question, &asked);
	return asked.answer;
}

/** A function f with these bits and parameters. */
static enum ks_answer ask_function(struct world *world, enum ks_attach_way way, const char *name,
				   uint8_t attach, const struct ks_type *proto)
{
	const struct ks_symbol symbol = {
		.name = name, .section = ".text", .addr = 0x1000, .attach = attach
	};
	const struct ks_function function = { name, 0, 1, NULL, &symbol, 1 };
	const struct ks_decl decl = { .kind = KS_FUNCTION, .name = name, .type = proto };
	world->function = (struct ks_fact){ .image = &world->image,
					    .known = true,
					    .present = true,
					    .decl = proto ? &decl : NULL,
					    .function = &function };
	return ask(world, &(struct ks_attach_question){ .way = way, .name = name });
}

static bool found(enum ks_attach_why why)
{
	for (uint32_t i = 0; i < asked.nr; i++)
		if (asked.at[i].why == why)
			return true;
	return false;
}

#define NO KS_ANSWER_NO
#define YES KS_ANSWER_YES
#define UNKNOWN KS_ANSWER_UNKNOWN

/** Functions of the kernel need direct calls beside trampolines; the configuration counts more than the version. */
static void trampolines_are_there_since(void **state)
{
	(void)state;
	static const struct {
		const char *arch, *version;
		enum ks_answer by_version;
	} cases[] = {
		{ "amd64", "5.4.1", NO },     { "amd64", "5.5.0", YES },
		{ "arm64", "6.1.176", NO },   { "arm64", "6.3.9", NO },
		{ "arm64", "6.4.0", YES },    { "riscv64", "6.7.1", NO },
		{ "riscv64", "6.8.0", YES },  { "s390x", "6.2.9", NO },
		{ "s390x", "6.3.0", YES },    { "ppc64el", "6.12.1", NO },
		{ "ppc64el", "6.13.0", YES }, { "loong64", "6.16.1", NO },
		{ "loong64", "6.17.0", YES }, { "armhf", "7.2.0", NO },
		{ "ppc64", "7.2.0", NO },     { "vax", "7.2.0", NO },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct world world = usual(cases[i].arch, cases[i].version);
		world.config = false;
		memset(world.set, 0, sizeof(world.set));
		if (ask_function(&world, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, NULL) !=
		    cases[i].by_version)
			fail_msg("%s %s", cases[i].arch, cases[i].version);
	}
	struct world backport = usual("arm64", "6.1.176"), without = usual("arm64", "6.12.1");
	assert_int_equal(ask_function(&backport, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, NULL), YES);
	without.set[DIRECT] = NULL;
	assert_int_equal(ask_function(&without, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, NULL), NO);
	assert_true(found(KS_WHY_NO_TRAMPOLINES));
	without.image.arch = NULL;
	assert_int_equal(ask_function(&without, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, NULL),
			 UNKNOWN);
}

static void arguments_are_counted_in_words(void **state)
{
	(void)state;
	const struct ks_type *seven = PROTO(
		INT("int"), { "a", INT("int") }, { "b", INT("int") }, { "c", INT("int") },
		{ "d", INT("int") }, { "e", INT("int") }, { "f", INT("int") }, { "g", INT("int") });
	const struct ks_type *record = PROTO(INT("int"), { "s", STRUCT("s") });
	const struct ks_type *varied = PROTO(INT("int"), { "s", INT("int") }, { "(anon)", VOID });
	static const struct {
		const char *arch, *version;
		enum ks_answer seven, record;
	} cases[] = {
		{ "amd64", "5.10.1", NO, NO },	  { "amd64", "6.1.1", NO, YES },
		{ "amd64", "6.6.0", YES, YES },	  { "arm64", "6.4.0", YES, NO },
		{ "arm64", "6.5.0", YES, YES },	  { "loong64", "6.17.0", YES, NO },
		{ "loong64", "7.1.0", YES, YES },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct world world = usual(cases[i].arch, cases[i].version);
		world.record = 16;
		if (ask_function(&world, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, seven) !=
		    cases[i].seven)
			fail_msg("%s %s: seven", cases[i].arch, cases[i].version);
		if (ask_function(&world, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, record) !=
		    cases[i].record)
			fail_msg("%s %s: a struct", cases[i].arch, cases[i].version);
		assert_int_equal(ask_function(&world, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, varied),
				 NO);
		assert_true(found(KS_WHY_VARIADIC));
		world.record = 24;
		assert_int_equal(ask_function(&world, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, record),
				 NO);
	}
}

static void kprobe_multi_needs_fprobe(void **state)
{
	(void)state;
	struct world world = usual("amd64", "6.1.1");
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE_MULTI, "f", KS_ATTACH_FTRACE, NULL),
			 YES);
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE_MULTI, "f", 0, NULL), NO);
	world.set[FPROBE] = NULL;
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE_MULTI, "f", KS_ATTACH_FTRACE, NULL),
			 NO);
	assert_true(found(KS_WHY_NO_FPROBE));
	world.config = false;
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE_MULTI, "f", KS_ATTACH_FTRACE, NULL),
			 UNKNOWN);
	// without a configuration, the code tells
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE_MULTI, "register_fprobe_ips",
				      KS_ATTACH_FTRACE, NULL),
			 YES);
	world.multi = false;
	world.image.version = "5.17.3";
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE_MULTI, "f", KS_ATTACH_FTRACE, NULL),
			 NO);
	assert_true(found(KS_WHY_NO_MULTI));
}

/** What has a suffix is listed with its function: of the kernel, or of a module. */
static void clones_have_entries_of_their_own(void **state)
{
	(void)state;
	static const struct ks_symbol symbols[] = {
		{ .name = "f.isra.0", .section = ".text", .addr = 1, .attach = KS_ATTACH_FTRACE },
		{ .name = "f.cold", .section = ".text", .addr = 2 },
		{ .name = "f", .section = ".text", .addr = 3, .attach = KS_ATTACH_FTRACE },
		{ .name = "f.part.0", .section = ".text", .addr = 4, .module = "m" },
	};
	const struct ks_function kernel = { "f", 0, 3, NULL, symbols, 1 },
				 module = { "f", 0, 1, NULL, &symbols[3], 1 };
	static const enum ks_attach_way ways[] = { KS_WAY_KPROBE, KS_WAY_KPROBE_MULTI };
	for (size_t i = 0; i < KS_ARRAY_LEN(ways); i++) {
		struct world world = usual("amd64", "6.1.1");
		const struct ks_fact of_module = {
			.image = &world.image, .known = true, .present = true, .function = &module
		};
		struct ks_attach_question question = { .way = ways[i], .name = "f.isra.0" };
		world.only = "f";
		world.function = (struct ks_fact){ .image = &world.image,
						   .known = true,
						   .present = true,
						   .function = &kernel,
						   .modules = &of_module };
		assert_int_equal(ask(&world, &question), YES);
		question.name = "f.cold";
		const enum ks_answer piece = ways[i] == KS_WAY_KPROBE ? YES : NO;
		assert_int_equal(ask(&world, &question), piece);
		assert_int_equal(found(KS_WHY_NO_FTRACE), piece == NO);
		question.name = "f.isra.1";
		assert_int_equal(ask(&world, &question), NO);
		assert_true(found(KS_WHY_NO_FUNCTION));
		question.name = "f.part.0";
		assert_int_equal(ask(&world, &question), NO);
		assert_true(found(KS_WHY_NO_FUNCTION));
		world.modules = true;
		assert_int_equal(ask(&world, &question), piece);
		assert_int_equal(found(KS_WHY_NO_FTRACE), piece == NO);
	}
}

static void kprobes_need_an_entry_unless_configured(void **state)
{
	(void)state;
	struct world world = usual("amd64", "6.1.1");
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_FTRACE, NULL), YES);
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", 0, NULL), NO);
	assert_true(found(KS_WHY_NO_FTRACE));
	world.set[FPROBE] = "CONFIG_KPROBE_EVENTS_ON_NOTRACE";
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", 0, NULL), YES);
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_NO_KPROBE, NULL), NO);
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_INIT, NULL), NO);
	world = usual("amd64", "4.19.1"); // it did not look
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", 0, NULL), YES);
	world = usual("amd64", "6.1.1");
	world.config = false;
	memset(world.set, 0, sizeof(world.set));
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", 0, NULL), UNKNOWN);
	world.image.facts &= ~(uint32_t)KS_FACT_KPROBE;
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_FTRACE, NULL), UNKNOWN);
}

/** riscv64 6.12.117 refused every kprobe on vfs_read, 7.2.13 took them. */
static void kprobes_are_not_where_ftrace_patches(void **state)
{
	(void)state;
	struct world world = usual("riscv64", "6.12.117");
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_FTRACE, NULL), NO);
	assert_true(found(KS_WHY_ON_FTRACE));
	const struct ks_symbol wrapper = { .name = "__riscv_sys_f", .attach = KS_ATTACH_FTRACE };
	const struct ks_function function = { wrapper.name, 0, 1, NULL, &wrapper, 1 };
	const struct ks_attach_question call = { .way = KS_WAY_KSYSCALL, .name = "f" };
	world.call = (struct ks_fact){ .image = &world.image, .known = true, .present = true };
	world.function = world.call;
	world.function.function = &function;
	assert_int_equal(ask(&world, &call), NO);
	assert_true(found(KS_WHY_ON_FTRACE));
	world.set[FPROBE] = "CONFIG_KPROBES_ON_FTRACE";
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_FTRACE, NULL), YES);
	world.set[FPROBE] = NULL;
	world.config = false;
	memset(world.set, 0, sizeof(world.set));
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_FTRACE, NULL), UNKNOWN);
	assert_true(found(KS_WHY_ON_FTRACE_UNTOLD));
	static const char *const others[][2] = { { "riscv64", "7.2.13" },
						 { "arm64", "6.12.118" },
						 { "amd64", "6.12.117" } };
	for (size_t i = 0; i < KS_ARRAY_LEN(others); i++) {
		world = usual(others[i][0], others[i][1]);
		assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_FTRACE, NULL),
				 YES);
	}
}

/** s390x of Debian 7.2.13 is built for machines that its compiler of programs does not know. */
static void trampolines_are_compiled(void **state)
{
	(void)state;
	struct world world = usual("s390x", "7.2.13");
	assert_int_equal(ask_function(&world, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, NULL), YES);
	world.set[JIT] = NULL;
	assert_int_equal(ask_function(&world, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, NULL), NO);
	assert_true(found(KS_WHY_NO_JIT));
	assert_true(asked.at[0].at_load);
	assert_int_equal(ask_function(&world, KS_WAY_KPROBE, "f", KS_ATTACH_FTRACE, NULL), YES);
}

static void fmod_ret_needs_a_function_that_may_change(void **state)
{
	(void)state;
	struct world world = usual("amd64", "7.1.3");
	assert_int_equal(ask_function(&world, KS_WAY_FMOD_RET, "f", KS_ATTACH_FTRACE, NULL), NO);
	assert_true(found(KS_WHY_NOT_INJECTABLE));
	assert_int_equal(ask_function(&world, KS_WAY_FMOD_RET, "f",
				      KS_ATTACH_FTRACE | KS_ATTACH_INJECT, NULL),
			 YES);
	assert_int_equal(
		ask_function(&world, KS_WAY_FMOD_RET, "security_file_open", KS_ATTACH_FTRACE, NULL),
		YES);
	// built without error injection: 7.0.13 refuses it, 7.1.3 takes it
	assert_int_equal(
		ask_function(&world, KS_WAY_FMOD_RET, "__x64_sys_bpf", KS_ATTACH_FTRACE, NULL),
		YES);
	world.set[FPROBE] = "CONFIG_FUNCTION_ERROR_INJECTION";
	assert_int_equal(
		ask_function(&world, KS_WAY_FMOD_RET, "__x64_sys_bpf", KS_ATTACH_FTRACE, NULL), NO);
	world = usual("amd64", "7.0.13");
	assert_int_equal(
		ask_function(&world, KS_WAY_FMOD_RET, "__x64_sys_bpf", KS_ATTACH_FTRACE, NULL), NO);
	world = usual("amd64", "7.1.3");
	world.config = false;
	assert_int_equal(
		ask_function(&world, KS_WAY_FMOD_RET, "__x64_sys_bpf", KS_ATTACH_FTRACE, NULL),
		UNKNOWN);
	world = usual("amd64", "7.1.3");
	assert_int_equal(
		ask_function(&world, KS_WAY_FENTRY, "migrate_disable", KS_ATTACH_FTRACE, NULL), NO);
	assert_true(found(KS_WHY_DENIED));
}

/** Gates that nobody can look behind: neither yes nor no. */
static void an_unknown_version_decides_nothing(void **state)
{
	(void)state;
	const struct ks_type *record = PROTO(INT("int"), { "s", STRUCT("s") });
	const struct ks_symbol symbols[] = {
		{ .name = "f", .section = ".text", .addr = 0x1000, .attach = KS_ATTACH_FTRACE },
		{ .name = "f", .section = ".text", .addr = 0x2000, .attach = KS_ATTACH_FTRACE },
	};
	const struct ks_function twice = { "f", 0, 2, NULL, symbols, 1 };
	const struct ks_attach_question kprobe = { .way = KS_WAY_KPROBE, .name = "f" };
	struct world world = usual("amd64", NULL);
	world.record = 16;
	assert_int_equal(ask_function(&world, KS_WAY_FENTRY, "f", KS_ATTACH_FTRACE, record),
			 UNKNOWN);
	assert_int_equal(
		ask_function(&world, KS_WAY_FMOD_RET, "__x64_sys_bpf", KS_ATTACH_FTRACE, NULL),
		UNKNOWN);
	assert_int_equal(
		ask_function(&world, KS_WAY_FMOD_RET, "bpf_fentry_test1", KS_ATTACH_FTRACE, NULL),
		UNKNOWN);
	assert_int_equal(ask_function(&world, KS_WAY_FMOD_RET, "f", KS_ATTACH_FTRACE, NULL), NO);
	world.function.function = &twice;
	assert_int_equal(ask(&world, &kprobe), UNKNOWN);
	world.image.version = "6.1.59";
	assert_int_equal(ask(&world, &kprobe), YES);
	assert_true(found(KS_WHY_FIRST));
	world.image.version = "6.1.60";
	assert_int_equal(ask(&world, &kprobe), NO);
	assert_true(found(KS_WHY_SEVERAL));
	// the image tells, whatever its version
	static const char *const versions[] = { "5.10.223", "5.10.262", NULL };
	for (size_t i = 0; i < KS_ARRAY_LEN(versions); i++) {
		world.image.version = versions[i];
		world.counts = false;
		assert_int_equal(ask(&world, &kprobe), versions[i] ? YES : UNKNOWN);
		world.counts = true;
		assert_int_equal(ask(&world, &kprobe), NO);
	}
}

static void events_and_calls_are_asked_for_by_name(void **state)
{
	(void)state;
	struct world world = usual("amd64", "6.1.1");
	const struct ks_tracepoint event = { .event = "e", .system = "sched" };
	const struct ks_attach_question tracepoint = { .way = KS_WAY_TRACEPOINT, .name = "e" },
					other = { .way = KS_WAY_TRACEPOINT,
						  .name = "e",
						  .group = "irq" },
					raw = { .way = KS_WAY_RAW_TP, .name = "e" },
					btf = { .way = KS_WAY_TP_BTF, .name = "e" },
					call = { .way = KS_WAY_KSYSCALL, .name = "c" },
					call_event = { .way = KS_WAY_SYSCALL_TP, .name = "c" };
	assert_int_equal(ask(&world, &tracepoint), UNKNOWN);
	assert_int_equal(ask(&world, &call), UNKNOWN);
	world.event = world.call = world.tracepoint = (struct ks_fact){ .known = true };
	assert_int_equal(ask(&world, &tracepoint), NO);
	assert_int_equal(ask(&world, &raw), NO);
	assert_int_equal(ask(&world, &btf), NO);
	assert_int_equal(ask(&world, &call), NO);
	world.event.present = true;
	world.event.tracepoint = &event;
	assert_int_equal(ask(&world, &tracepoint), YES);
	assert_int_equal(ask(&world, &other), NO);
	assert_true(found(KS_WHY_OTHER_GROUP));
	assert_int_equal(ask(&world, &raw), YES);
	assert_int_equal(ask(&world, &btf), NO); // no typedef in its BTF
	world.call.present = true;
	world.image.facts |= KS_FACT_TRACED;
	assert_int_equal(ask(&world, &call), YES);
	assert_int_equal(ask(&world, &call_event), NO);
	world.call.traced = true;
	assert_int_equal(ask(&world, &call_event), YES);
}

static void lsm_needs_a_hook_and_trampolines(void **state)
{
	(void)state;
	struct world world = usual("amd64", "6.1.1");
	assert_int_equal(ask_function(&world, KS_WAY_LSM, "file_open", 0, NULL), YES);
	world.image.arch = "arm64";
	world.set[DIRECT] = NULL;
	assert_int_equal(ask_function(&world, KS_WAY_LSM, "file_open", 0, NULL), NO);
	assert_true(found(KS_WHY_NO_TRAMPOLINES));
	world = usual("amd64", "6.1.1");
	world.function = (struct ks_fact){ .image = &world.image, .known = true };
	assert_int_equal(
		ask(&world, &(struct ks_attach_question){ .way = KS_WAY_LSM, .name = "file_open" }),
		NO);
	assert_true(found(KS_WHY_NO_HOOK));
}

/** As the lists of 6.12.118 and 7.2.13 have it; of an image that does not tell them the tables speak, or nobody. */
static void lists_of_the_image_count_more_than_tables(void **state)
{
	(void)state;
	struct world world = usual("amd64", "7.2.13");
	enum { TRACED = KS_ATTACH_FTRACE };
	world.image.facts |= KS_FACT_LISTS;
	assert_int_equal(ask_function(&world, KS_WAY_FENTRY, "___migrate_enable",
				      TRACED | KS_ATTACH_DENIED, NULL),
			 NO);
	assert_true(found(KS_WHY_DENIED));
	assert_int_equal(
		ask_function(&world, KS_WAY_FENTRY, "rcu_read_unlock_strict", TRACED, NULL),
		YES); // in the table, and not in that kernel's list
	struct ks_attach_question question = { .way = KS_WAY_FENTRY, .name = "do_exit" };
	ask_function(&world, KS_WAY_FENTRY, "do_exit", TRACED | KS_ATTACH_NO_RETURN, NULL);
	assert_int_equal(asked.answer, YES);
	const struct ks_symbol exit_symbol = { .name = "do_exit",
					       .section = ".text",
					       .addr = 0x1000,
					       .attach = TRACED | KS_ATTACH_NO_RETURN };
	const struct ks_function exit_function = { "do_exit", 0, 1, NULL, &exit_symbol, 1 };
	world.function.function = &exit_function;
	question.on_return = true;
	assert_int_equal(ask(&world, &question), NO);
	assert_true(found(KS_WHY_NEVER_RETURNS));
}

static enum ks_answer ask_hook(struct world *world, const char *name, uint8_t bits)
{
	char called[64];
	snprintf(called, sizeof(called), "bpf_lsm_%s", name);
	const struct ks_symbol symbol = {
		.name = called, .section = ".text", .addr = 0x1000, .attach = bits
	};
	const struct ks_function function = { called, 0, 1, NULL, &symbol, 1 };
	world->function = (struct ks_fact){
		.image = &world->image, .known = true, .present = true, .function = &function
	};
	const struct ks_attach_question question = { .way = KS_WAY_LSM,
						     .name = name,
						     .sleepable = true };
	return ask(world, &question);
}

static void sleeping_hooks_are_listed_in_the_image(void **state)
{
	(void)state;
	struct world world = usual("amd64", "6.12.118");
	world.image.facts |= KS_FACT_LISTS;
	assert_int_equal(ask_hook(&world, "task_to_inode", KS_ATTACH_SLEEPS), YES);
	assert_int_equal(ask_hook(&world, "file_open", 0), NO);
	assert_true(found(KS_WHY_AWAKE));
	assert_int_equal(ask_hook(&world, "file_open", KS_ATTACH_SLEEPS | KS_ATTACH_DENIED), NO);
	assert_true(found(KS_WHY_HOOK_CLOSED));
	world.image.facts &= ~(uint32_t)KS_FACT_LISTS;
	assert_int_equal(ask_hook(&world, "file_open", 0), YES); // as in all lists
	assert_int_equal(ask_hook(&world, "bpf_token_create", 0), UNKNOWN);
	assert_true(found(KS_WHY_HOOK_LISTS_UNTOLD));
	world.image.version = "5.10.262";
	assert_int_equal(ask_hook(&world, "file_open", 0), NO);
	assert_int_equal(ask_hook(&world, "bprm_committed_creds", 0), YES);
}

static void without_a_source_little_is_claimed(void **state)
{
	(void)state;
	const struct ks_image image = { .arch = "amd64", .version = "6.1.1", .tier = KS_TIER_BTF };
	const struct ks_symbol symbol = { .name = "f", .section = ".text" };
	const struct ks_function function = { "f", 0, 1, NULL, &symbol, 1 };
	const struct ks_fact fact = {
		.image = &image, .known = true, .present = true, .function = &function
	};
	const struct ks_attach_facts facts = ks_attach_facts_of(&image);
	for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++)
		assert_int_equal(ks_attach_answer(&facts, &fact, way), UNKNOWN);
}

static void every_reason_has_words(void **state)
{
	(void)state;
	for (enum ks_attach_why why = 0; why < KS_NR_WHYS; why++) {
		_cleanup_buf_ struct ks_buf text = { 0 };
		const struct ks_attach_finding finding = {
			.why = why, .answer = KS_ANSWER_NO, .nr = 7, .most = 6, .text = "a struct"
		};
		ks_attach_why(&finding, &text);
		// of offsets and modules only programs can be told
		assert_int_equal(text.len == 0,
				 why == KS_WHY_INSIDE || why == KS_WHY_NOT_IN_MODULE);
		if (text.len && strstr(ks_buf_text(&text), "words"))
			assert_string_equal(text.at, "7 words of arguments, 6 can be traced");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trampolines_are_there_since),
		cmocka_unit_test(arguments_are_counted_in_words),
		cmocka_unit_test(kprobe_multi_needs_fprobe),
		cmocka_unit_test(clones_have_entries_of_their_own),
		cmocka_unit_test(kprobes_need_an_entry_unless_configured),
		cmocka_unit_test(kprobes_are_not_where_ftrace_patches),
		cmocka_unit_test(trampolines_are_compiled),
		cmocka_unit_test(fmod_ret_needs_a_function_that_may_change),
		cmocka_unit_test(an_unknown_version_decides_nothing),
		cmocka_unit_test(events_and_calls_are_asked_for_by_name),
		cmocka_unit_test(lsm_needs_a_hook_and_trampolines),
		cmocka_unit_test(lists_of_the_image_count_more_than_tables),
		cmocka_unit_test(sleeping_hooks_are_listed_in_the_image),
		cmocka_unit_test(without_a_source_little_is_claimed),
		cmocka_unit_test(every_reason_has_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
