/* SPDX-License-Identifier: BSD-2-Clause */
/* Verdicts on made-up programs and kernels; the expectations are what booted kernels did (docs/check.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/rules/hint.h"
#include "check/rules/pattern.h"
#include "check/rules/rules.h"
#include "tiny_judge.h"
#include "tiny_view.h"

/* ---- kernels ---- */

static const struct ks_type t_int = { .kind = KS_TYPE_INT, .name = "int" };
static const struct ks_type t_by_value = { .kind = KS_TYPE_STRUCT, .name = "kuid" };
static const struct ks_param seven[] = { { "a", &t_int }, { "b", &t_int }, { "c", &t_int },
					 { "d", &t_int }, { "e", &t_int }, { "f", &t_int },
					 { "g", &t_int } };
static const struct ks_param by_value[] = { { "uid", &t_by_value } };
static const struct ks_param variadic[] = { { "fmt", &t_int }, { "...", NULL } };
#define PROTO(nr, at)                                                                              \
	&(const struct ks_type)                                                                    \
	{                                                                                          \
		.kind = KS_TYPE_PROTO, .inner = &t_int, .nr_params = (nr), .params = (at)          \
	}
#define FUNCTION(n, proto)                                                                         \
	{                                                                                          \
		.kind = KS_FUNCTION, .name = n, .type = (proto)                                    \
	}

static const struct ks_decl protos[] = {
	FUNCTION("plain", PROTO(1, seven)),	      FUNCTION("inline_one", PROTO(1, seven)),
	FUNCTION("black", PROTO(1, seven)),	      FUNCTION("twice", PROTO(1, seven)),
	FUNCTION("long_one", PROTO(7, seven)),	      FUNCTION("with_struct", PROTO(1, by_value)),
	FUNCTION("printing", PROTO(2, variadic)),     FUNCTION("starting", PROTO(1, seven)),
	FUNCTION("migrate_disable", PROTO(1, seven)), FUNCTION("part_only", PROTO(1, seven)),
	FUNCTION("injected", PROTO(1, seven)),	      FUNCTION("security_thing", PROTO(1, seven)),
	FUNCTION("bpf_lsm_hook", PROTO(1, seven)),    FUNCTION("hashed", PROTO(1, seven)),
	FUNCTION("bpf_lsm_tool", PROTO(1, seven)),
};
static const struct ks_member hooks[] = { { .name = "hook" } };
static const struct ks_decl hook_list = {
	.kind = KS_UNION, .name = "security_list_options", .nr = 1, .members = hooks
};
static const struct ks_decl kuid = { .kind = KS_STRUCT, .name = "kuid", .size = 4 };
static const struct ks_decl number = { .kind = KS_INT, .name = "int", .size = 4 };
static const struct ks_enumerator types[] = { { "BPF_PROG_TYPE_KPROBE", 2 },
					      { "BPF_PROG_TYPE_TRACING", 26 },
					      { "BPF_PROG_TYPE_LSM", 29 } };
static const struct ks_enumerator attach_types[] = { { "BPF_TRACE_FENTRY", 24 },
						     { "BPF_TRACE_FEXIT", 25 },
						     { "BPF_MODIFY_RETURN", 26 },
						     { "BPF_LSM_MAC", 27 },
						     { "BPF_TRACE_KPROBE_MULTI", 42 } };
static const struct ks_enumerator helpers[] = { { "BPF_FUNC_map_lookup_elem", 1 },
						{ "BPF_FUNC_get_current_comm", 16 },
						{ "BPF_FUNC_skb_store_bytes", 9 } };
static const struct ks_decl enums[] = {
	{ .kind = KS_ENUM, .name = "bpf_prog_type", .nr = 3, .values = types },
	{ .kind = KS_ENUM, .name = "bpf_attach_type", .nr = 5, .values = attach_types },
	{ .kind = KS_ENUM, .name = "bpf_func_id", .nr = 3, .values = helpers },
};

#define SYMBOL(n, bits)                                                                            \
	{                                                                                          \
		.name = n, .attach = (bits)                                                        \
	}
static const struct ks_symbol symbols[] = {
	SYMBOL("plain", KS_ATTACH_FTRACE),
	SYMBOL("inline_one", 0),
	SYMBOL("black", KS_ATTACH_FTRACE | KS_ATTACH_NO_KPROBE),
	SYMBOL("twice", KS_ATTACH_FTRACE),
	SYMBOL("twice", KS_ATTACH_FTRACE),
	SYMBOL("long_one", KS_ATTACH_FTRACE),
	SYMBOL("with_struct", KS_ATTACH_FTRACE),
	SYMBOL("printing", KS_ATTACH_FTRACE),
	SYMBOL("starting", KS_ATTACH_INIT),
	SYMBOL("migrate_disable", KS_ATTACH_FTRACE | KS_ATTACH_DENIED),
	SYMBOL("part_only.part.0", KS_ATTACH_FTRACE),
	SYMBOL("injected", KS_ATTACH_FTRACE | KS_ATTACH_INJECT),
	SYMBOL("security_thing", KS_ATTACH_FTRACE),
	SYMBOL("bpf_lsm_hook", KS_ATTACH_FTRACE),
	SYMBOL("not_in_btf", KS_ATTACH_FTRACE),
	SYMBOL("partly", KS_ATTACH_FTRACE),
	SYMBOL("partly", 0),
	SYMBOL("plain.cold", 0),
	SYMBOL("hashed.llvm.123", KS_ATTACH_FTRACE),
	SYMBOL("bpf_lsm_tool", KS_ATTACH_FTRACE),
};
static const struct {
	const char *name;
	uint32_t first, nr;
	uint8_t nr_btf;
} groups[] = { { "inline_one", 1, 1, 1 },      { "black", 2, 1, 1 },
	       { "twice", 3, 2, 1 },	       { "long_one", 5, 1, 1 },
	       { "with_struct", 6, 1, 1 },     { "printing", 7, 1, 1 },
	       { "starting", 8, 1, 1 },	       { "migrate_disable", 9, 1, 1 },
	       { "part_only", 10, 1, 1 },      { "injected", 11, 1, 1 },
	       { "security_thing", 12, 1, 1 }, { "bpf_lsm_hook", 13, 1, 1 },
	       { "not_in_btf", 14, 1, 0 },     { "partly", 15, 2, 0 },
	       { "hashed", 18, 1, 1 },	       { "bpf_lsm_tool", 19, 1, 1 } };
enum { NR_GROUPS = KS_ARRAY_LEN(groups), NR_PROTOS = KS_ARRAY_LEN(protos) };

/** A kernel of a version, with all of the above. */
struct kernel {
	struct tiny_image tiny;
	struct ks_function functions[NR_GROUPS + 1];
	const struct ks_function *at[NR_GROUPS + 1];
	const struct ks_decl *decls[NR_PROTOS + 6];
};
static const struct tiny_option options[] = { { "CONFIG_DEBUG_INFO_BTF", "y" },
					      { "CONFIG_DYNAMIC_FTRACE", "y" },
					      { "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "y" },
					      { "CONFIG_BPF_JIT", "y" },
					      { "CONFIG_BPF_LSM", "y" },
					      { "CONFIG_FPROBE", "y" },
					      { "CONFIG_KPROBE_EVENTS", "y" },
					      { "CONFIG_LSM", "\"apparmor,bpf\"" },
					      { "CONFIG_LTO_CLANG", "y" } };
static const char *const unsure[] = {
	"some_data",	    "__pfx_plain",	"__pfx_part_only.part.0",
	"part_only.part.0", "part_only.part.1", NULL
};
static const struct ks_symbol plain_symbols[] = { SYMBOL("plain", KS_ATTACH_FTRACE),
						  SYMBOL("plain.cold", 0) };

static void set_kernel(struct kernel *kernel, const char *version)
{
	*kernel = (struct kernel){ 0 };
	kernel->functions[0] = (struct ks_function){
		.name = "plain", .nr_symbols = 2, .symbols = plain_symbols, .nr_btf = 1
	};
	for (size_t i = 0; i < NR_GROUPS; i++)
		kernel->functions[i + 1] =
			(struct ks_function){ .name = groups[i].name,
					      .nr_symbols = groups[i].nr,
					      .symbols = &symbols[groups[i].first],
					      .nr_btf = groups[i].nr_btf };
	for (size_t i = 0; i <= NR_GROUPS; i++)
		kernel->at[i] = &kernel->functions[i];
	for (size_t i = 0; i < NR_PROTOS; i++)
		kernel->decls[i] = &protos[i];
	for (size_t i = 0; i < 3; i++)
		kernel->decls[NR_PROTOS + i] = &enums[i];
	kernel->decls[NR_PROTOS + 3] = &kuid;
	kernel->decls[NR_PROTOS + 4] = &number;
	kernel->decls[NR_PROTOS + 5] = &hook_list;
	kernel->tiny = (struct tiny_image){ .image = { .label = version,
						       .version = version,
						       .arch = "amd64",
						       .elf_class = 64,
						       .facts = ~(uint32_t)KS_FACT_TYPES },
					    .nr_decls = NR_PROTOS + 6,
					    .decls = kernel->decls,
					    .nr_functions = NR_GROUPS + 1,
					    .functions = kernel->at,
					    .nr_options = KS_ARRAY_LEN(options),
					    .options = options,
					    .unsure = unsure };
}

/* ---- programs ---- */

static const struct ks_bpf_insn nothing[] = { { 0xb7, 0, 0, 0, 0 }, { 0x95, 0, 0, 0, 0 } };

typedef void look_fn(struct ks_judge *judge, void *arg);

/** Judge a program in a section on a kernel, and look at what comes of it. */
static void judge_program(const char *version, const char *section, const struct ks_bpf_insn *insns,
			  uint32_t nr, look_fn *look, void *arg)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct kernel kernel;
	set_kernel(&kernel, version);
	_cleanup_view_ struct ks_view *view = tiny_view(&kernel.tiny);
	struct ks_bpf_program program = tiny_program(section, insns, nr);
	struct ks_bpf_object object = {
		.name = "object", .license = "GPL", .nr_programs = 1, .programs = &program
	};
	struct tiny_judge frame;
	tiny_judge_plain(&frame, &arena, view, &object, &program);
	look(&frame.judge, arg);
	ks_vector_deinit(&frame.judge.reasons);
	assert_null(ks_view_error(view));
}

/** Judge by one rule: its reasons are about the stages of its row. */
static void judge_by(const struct ks_rule *rule, struct ks_judge *judge)
{
	enum { MOST = 64 };
	static const enum ks_verdict verdicts[] = { KS_VERDICT_NO_LOAD, KS_VERDICT_NO_ATTACH,
						    KS_VERDICT_RISK };
	enum ks_verdict before[MOST];
	bool untold[KS_ARRAY_LEN(verdicts)];
	size_t nr = judge->reasons.len;
	assert_true(nr <= MOST);
	for (size_t i = 0; i < nr; i++)
		before[i] = judge->reasons.at[i]->verdict;
	memcpy(untold, judge->untold, sizeof(untold));
	rule->judge(judge);
	for (uint32_t stage = 0; stage < KS_ARRAY_LEN(verdicts); stage++) {
		bool said = judge->untold[stage] != untold[stage];
		for (size_t i = 0; i < judge->reasons.len; i++) {
			enum ks_verdict now = judge->reasons.at[i]->verdict;
			said |= now == verdicts[stage] && (i >= nr || now != before[i]);
		}
		if (said && !(rule->stages >> stage & 1))
			fail_msg("%s has a reason of stage %u", rule->name, stage);
	}
}

/** A reason of a program; kind is KS_NR_REASONS when there is none. */
struct worst {
	enum ks_reason_kind kind;
	enum ks_verdict verdict;
};
static void find_worst(struct ks_judge *judge, void *arg)
{
	struct worst *ret = arg;
	for (size_t i = 0; i < ks_nr_rules; i++)
		if (ks_rule_applies(&ks_rules[i], judge))
			judge_by(&ks_rules[i], judge);
	*ret = (struct worst){ KS_NR_REASONS, KS_VERDICT_OK };
	for (size_t i = 0; i < judge->reasons.len; i++) {
		const struct ks_reason *reason = judge->reasons.at[i];
		if (!reason->soft && reason->verdict > ret->verdict)
			*ret = (struct worst){ reason->kind, reason->verdict };
	}
}

/** The worst reason of a program in a section on a kernel; KS_NR_REASONS when there is none. */
static enum ks_reason_kind worst(const char *version, const char *section,
				 const struct ks_bpf_insn *insns, uint32_t nr,
				 enum ks_verdict *ret_verdict)
{
	struct worst found;
	judge_program(version, section, insns, nr, find_worst, &found);
	*ret_verdict = found.verdict;
	return found.kind;
}

struct expectation {
	const char *version, *section;
	enum ks_reason_kind reason;
	enum ks_verdict verdict;
};
static void expect_all(const struct expectation *all, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		enum ks_verdict verdict;
		enum ks_reason_kind reason =
			worst(all[i].version, all[i].section, nothing, 2, &verdict);
		if (reason != all[i].reason || verdict != all[i].verdict)
			fail_msg("%s on %s: reason %d, verdict %d", all[i].section, all[i].version,
				 reason, verdict);
	}
}
#define EXPECT(...)                                                                                \
	do {                                                                                       \
		static const struct expectation all_[] = { __VA_ARGS__ };                          \
		expect_all(all_, KS_ARRAY_LEN(all_));                                              \
	} while (0)
#define NONE KS_NR_REASONS
#define OK KS_VERDICT_OK
#define LOAD KS_VERDICT_NO_LOAD
#define ATTACH KS_VERDICT_NO_ATTACH

static void kprobes_need_a_symbol_that_may_be_probed(void **state)
{
	(void)state;
	EXPECT({ "6.1.176", "kprobe/plain", NONE, OK },
	       { "6.1.176", "kprobe/none", KS_REASON_TARGET_ABSENT, ATTACH },
	       { "6.1.176", "kprobe/part_only", KS_REASON_TARGET_SUFFIXED, ATTACH },
	       { "6.1.176", "kprobe/inline_one", KS_REASON_TARGET_NO_FTRACE, ATTACH },
	       { "6.1.176", "kprobe/plain.cold", NONE, OK }, // a piece of what is traced
	       { "6.1.176", "kprobe/black", KS_REASON_TARGET_BLACKLISTED, ATTACH },
	       { "6.1.176", "kprobe/starting", KS_REASON_TARGET_REFUSED, ATTACH },
	       { "6.1.176", "kprobe/not_in_btf", NONE, OK },
	       { "6.1.176", "kprobe/some_data", KS_REASON_TIER, KS_VERDICT_UNKNOWN },
	       { "6.1.176", "kprobe/__pfx_plain", KS_REASON_TARGET_REFUSED, ATTACH },
	       { "6.1.176", "kprobe/__pfx_part_only.part.0", KS_REASON_TARGET_REFUSED, ATTACH },
	       { "4.19.300", "kprobe/__pfx_plain", KS_REASON_TIER, KS_VERDICT_UNKNOWN },
	       { "6.1.176", "kprobe/plain+4", KS_REASON_TIER, KS_VERDICT_UNKNOWN },
	       { "6.1.176", "kprobe/module:plain", KS_REASON_TARGET_ABSENT, ATTACH });
}

static void a_name_of_two_functions_is_refused_since_6_6_and_in_stable_kernels(void **state)
{
	(void)state;
	EXPECT({ "5.10.223", "kprobe/twice", KS_REASON_DUPLICATED, KS_VERDICT_RISK },
	       { "6.1.59", "kprobe/twice", KS_REASON_DUPLICATED, KS_VERDICT_RISK },
	       { "6.1.60", "kprobe/twice", KS_REASON_TARGET_AMBIGUOUS, ATTACH },
	       { "6.6.0", "kprobe/twice", KS_REASON_TARGET_AMBIGUOUS, ATTACH },
	       { "6.12.1", "fentry/twice", KS_REASON_DUPLICATED, KS_VERDICT_RISK });
}

/** ThinLTO's hash is a part of the name since 6.11. */
static void hashes_are_taken_off_names_before_6_11(void **state)
{
	(void)state;
	EXPECT({ "6.1.176", "kprobe/hashed", NONE, OK }, { "6.10.3", "fentry/hashed", NONE, OK },
	       { "6.12.1", "kprobe/hashed", KS_REASON_TARGET_SUFFIXED, ATTACH },
	       { "6.12.1", "fentry/hashed", KS_REASON_TARGET_SUFFIXED, LOAD },
	       { "6.12.1", "kprobe/hashed.llvm.123", NONE, OK });
}

static void fentry_needs_btf_an_ftrace_entry_and_few_arguments(void **state)
{
	(void)state;
	EXPECT({ "6.1.176", "fentry/plain", NONE, OK }, { "6.1.176", "fentry/black", NONE, OK },
	       { "6.1.176", "fentry/none", KS_REASON_TARGET_ABSENT, LOAD },
	       { "6.1.176", "fentry/not_in_btf", KS_REASON_TARGET_NOT_IN_BTF, LOAD },
	       { "6.1.176", "fentry/some_data", KS_REASON_TARGET_NOT_IN_BTF, LOAD },
	       { "6.1.176", "fentry/part_only", KS_REASON_TARGET_SUFFIXED, LOAD },
	       { "6.1.176", "fentry/inline_one", KS_REASON_TARGET_NO_FTRACE, ATTACH },
	       { "6.1.176", "fexit/starting", KS_REASON_TARGET_REFUSED, ATTACH },
	       { "6.1.176", "fentry/printing", KS_REASON_TARGET_SIGNATURE, LOAD },
	       { "6.1.176", "fentry/long_one", KS_REASON_TARGET_SIGNATURE, ATTACH },
	       { "6.6.1", "fentry/long_one", NONE, OK },
	       { "5.10.223", "fentry/with_struct", KS_REASON_TARGET_SIGNATURE, LOAD },
	       { "6.1.176", "fentry/with_struct", NONE, OK },
	       { "6.1.176", "fentry/migrate_disable", KS_REASON_TARGET_REFUSED, LOAD },
	       { "6.1.176", "fentry/vmlinux:plain", NONE, OK },
	       { "6.1.176", "fentry/module:plain", KS_REASON_TARGET_ABSENT, LOAD },
	       { "6.1.176", "fentry", KS_REASON_TARGET_AT_RUN_TIME, KS_VERDICT_UNKNOWN });
}

static void what_changes_results_or_sleeps_needs_error_injection(void **state)
{
	(void)state;
	EXPECT({ "6.1.176", "fmod_ret/injected", NONE, OK },
	       { "6.1.176", "fmod_ret/security_thing", NONE, OK },
	       { "6.1.176", "fmod_ret/plain", KS_REASON_TARGET_REFUSED, LOAD },
	       { "6.1.176", "fentry.s/injected", NONE, OK },
	       { "6.1.176", "fentry.s/plain", KS_REASON_TARGET_REFUSED, LOAD },
	       { "6.1.176", "lsm.s/hook", KS_REASON_TARGET_REFUSED, LOAD },
	       { "6.1.176", "lsm/hook", NONE, OK },
	       { "6.1.176", "lsm/tool", KS_REASON_LSM_MISSING, LOAD },
	       { "6.1.176", "lsm/none", KS_REASON_LSM_MISSING, LOAD });
}

static void patterns_match_as_libbpf_has_them(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *name;
		bool matches;
	} all[] = { { "*", "", true },
		    { "a*", "a", true },
		    { "a*b", "axbyb", true },
		    { "a*b", "axby", false },
		    { "?b", "ab", true },
		    { "?", "", false },
		    { "*x*y?", "aaxbbyc", true },
		    { "*x*y?", "aaxbby", false },
		    { "[a]", "a", false },
		    { "a**", "a", true },
		    { "tcp_v?_rcv", "tcp_v4_rcv", true },
		    { "abc", "ab", false } };
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++)
		if (ks_pattern_matches(all[i].pattern, all[i].name) != all[i].matches)
			fail_msg("%s on %s", all[i].pattern, all[i].name);
}

static void a_pattern_needs_something_that_ftrace_traces(void **state)
{
	(void)state;
	EXPECT({ "6.12.107", "kprobe.multi/pla*", NONE, OK },
	       { "6.12.107", "kprobe.multi/plain", NONE, OK },
	       { "6.12.107", "kprobe.multi/twic?", NONE, OK },
	       { "6.12.107", "kprobe.multi/zzz_*", KS_REASON_TARGET_ABSENT, ATTACH },
	       { "6.12.107", "kprobe.multi/plain[ab]*", NONE, OK }, // it is read up to the bracket
	       { "6.12.107", "kprobe.multi/*.cold", KS_REASON_TARGET_NO_FTRACE, ATTACH },
	       { "6.12.107", "kprobe.multi/part_only.part.0", NONE, OK },
	       { "6.12.107", "kprobe.multi/part_only.part.1", KS_REASON_TIER, KS_VERDICT_UNKNOWN },
	       { "6.12.107", "kprobe.multi/some_data", KS_REASON_TIER, KS_VERDICT_UNKNOWN },
	       { "6.12.107", "kprobe.multi/__pfx_plain", KS_REASON_TARGET_REFUSED, ATTACH },
	       { "6.12.107", "kprobe.multi/__pfx_part_only.part.0", KS_REASON_TARGET_ABSENT,
		 ATTACH },
	       { "6.12.107", "kprobe.multi/startin*", KS_REASON_TARGET_NO_FTRACE, ATTACH },
	       { "6.12.107", "kprobe.multi/starting", KS_REASON_TARGET_NO_FTRACE, ATTACH },
	       { "6.12.107", "kprobe.multi/inline_*", KS_REASON_TARGET_NO_FTRACE, ATTACH },
	       { "6.12.107", "kprobe.multi/partl*", NONE, OK },
	       { "6.12.107", "kprobe.multi/partly", NONE, OK },
	       { "6.4.16", "kprobe.multi/partl*", KS_REASON_TARGET_AMBIGUOUS, ATTACH },
	       { "6.4.16", "kprobe.multi/partly", NONE, OK },
	       { "6.4.16", "kprobe.multi/twic*", NONE, OK },
	       { "6.12.107", "kprobe.session/plain", KS_REASON_ATTACH_TYPE, ATTACH },
	       { "6.12.107", "fentry.multi/plai*", KS_REASON_ATTACH_TYPE, LOAD });
}

static void find_raw_context(struct ks_judge *judge, void *arg)
{
	enum ks_verdict *ret = arg;
	ks_judge_raw_tracepoint(judge);
	for (size_t i = 0; i < judge->reasons.len; i++)
		if (judge->reasons.at[i]->kind == KS_REASON_CONTEXT_CHANGED)
			*ret = judge->reasons.at[i]->verdict;
}

/** raw_tp_prog_is_valid_access(), whatever the tracepoint has. */
static void a_raw_tracepoint_has_twelve_arguments_at_most(void **state)
{
	(void)state;
	static const struct ks_bpf_insn last[] = { { 0x79, 0, 1, 88, 0 }, { 0x95, 0, 0, 0, 0 } };
	static const struct ks_bpf_insn behind[] = { { 0x79, 0, 1, 96, 0 }, { 0x95, 0, 0, 0, 0 } };
	enum ks_verdict verdict = OK;
	judge_program("5.10.223", "raw_tp/event", last, 2, find_raw_context, &verdict);
	assert_int_equal(verdict, OK);
	judge_program("5.10.223", "raw_tp/event", behind, 2, find_raw_context, &verdict);
	assert_int_equal(verdict, LOAD);
}

static void helpers_and_instructions_are_judged_where_they_stand(void **state)
{
	(void)state;
	static const struct ks_bpf_insn comm[] = { { 0x85, 0, 0, 0, 16 }, { 0x95, 0, 0, 0, 0 } };
	static const struct ks_bpf_insn packet[] = { { 0x85, 0, 0, 0, 9 }, { 0x95, 0, 0, 0, 0 } };
	static const struct ks_bpf_insn absent[] = { { 0x85, 0, 0, 0, 181 }, { 0x95, 0, 0, 0, 0 } };
	static const struct ks_bpf_insn dead[] = { { 0xb7, 1, 0, 0, 0 },
						   { 0x15, 1, 0, 1, 0 },
						   { 0x85, 0, 0, 0, 181 },
						   { 0x95, 0, 0, 0, 0 } };
	static const struct ks_bpf_insn fetch[] = { { 0xdb, 10, 1, -8, 1 }, { 0x95, 0, 0, 0, 0 } };
	static const struct ks_bpf_insn add[] = { { 0xdb, 10, 1, -8, 0 }, { 0x95, 0, 0, 0, 0 } };
	enum ks_verdict verdict;
	assert_int_equal(worst("6.1.1", "kprobe/plain", comm, 2, &verdict), NONE);
	assert_int_equal(worst("6.1.1", "kprobe/plain", packet, 2, &verdict), KS_REASON_HELPER);
	assert_int_equal(worst("6.1.1", "kprobe/plain", absent, 2, &verdict), KS_REASON_HELPER);
	assert_int_equal(verdict, LOAD);
	assert_int_equal(worst("6.1.1", "kprobe/plain", dead, 4, &verdict), NONE);
	assert_int_equal(worst("5.10.223", "kprobe/plain", fetch, 2, &verdict), KS_REASON_INSN_SET);
	assert_int_equal(worst("5.10.223", "kprobe/plain", add, 2, &verdict), NONE);
	assert_int_equal(worst("6.1.1", "kprobe/plain", fetch, 2, &verdict), NONE);
}

/** The reason about a helper. */
static const struct ks_reason *about_helper(const struct ks_judge *judge, const char *name)
{
	for (size_t i = 0; i < judge->reasons.len; i++)
		if (judge->reasons.at[i]->kind == KS_REASON_HELPER &&
		    strcmp(judge->reasons.at[i]->name, name) == 0)
			return judge->reasons.at[i];
	fail_msg("nothing is said of %s", name);
	return NULL;
}

static void look_at_hints(struct ks_judge *judge, void *arg)
{
	(void)arg;
	ks_judge_all(judge);
	assert_non_null(about_helper(judge, "bpf_loop")->hint);
	assert_null(about_helper(judge, "bpf_skb_store_bytes")->hint);
}

/** The second call of the missing helper says nothing new, and its hint is not for the reason that came between. */
static void a_hint_stays_with_its_reason(void **state)
{
	(void)state;
	static const struct ks_bpf_insn insns[] = { { 0x85, 0, 0, 0, 181 },
						    { 0x85, 0, 0, 0, 9 },
						    { 0x85, 0, 0, 0, 181 },
						    { 0x95, 0, 0, 0, 0 } };
	judge_program("6.1.176", "kprobe/plain", insns, 4, look_at_hints, NULL);
}

static void add_many_reasons(struct ks_judge *judge, void *arg)
{
	(void)arg;
	enum { MANY = 100 };
	struct ks_reason *reasons[MANY];
	for (uint32_t i = 0; i < MANY; i++) {
		char name[16];
		snprintf(name, sizeof(name), "name_%u", i);
		reasons[i] = ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_TIER,
					  KS_ABOUT_NAME(KS_FUNCTION, name), NULL);
	}
	for (uint32_t i = 0; i < MANY; i++)
		ks_reason_hint(judge, reasons[i], "hint %u", i);
	for (uint32_t i = 0; i < MANY; i++) {
		char name[16], hint[16];
		snprintf(name, sizeof(name), "name_%u", i);
		snprintf(hint, sizeof(hint), "hint %u", i);
		assert_ptr_equal(judge->reasons.at[i], reasons[i]);
		assert_string_equal(reasons[i]->name, name);
		assert_string_equal(reasons[i]->hint, hint);
		assert_ptr_equal(ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_TIER,
					      KS_ABOUT_NAME(KS_FUNCTION, name), NULL),
				 reasons[i]);
		ks_reason_hint(judge, reasons[i], "another");
		assert_string_equal(reasons[i]->hint, hint);
	}
	assert_int_equal(judge->reasons.len, MANY);
}

static void reasons_stay_where_they_are_and_keep_their_first_hint(void **state)
{
	(void)state;
	judge_program("6.1.176", "kprobe/plain", nothing, 2, add_many_reasons, NULL);
}

static void a_distribution_s_version_is_that_of_its_build(void **state)
{
	(void)state;
	static const struct {
		const char *release, *banner;
		uint32_t version;
	} all[] = {
		{ "5.10.0-32-amd64",
		  "Linux version 5.10.0-32-amd64 (debian-kernel@lists.example.org) (gcc-10 (Debian "
		  "10.2.1-6) 10.2.1) #1 SMP Debian 5.10.223-1 (2024-08-10)",
		  0x050adf },
		{ "5.15.0-25-generic",
		  "Linux version 5.15.0-25-generic (buildd@x) (gcc (Ubuntu 11.2.0-19ubuntu1) "
		  "11.2.0) #25-Ubuntu SMP (Ubuntu 5.15.0-25.25-generic 5.15.30)",
		  0x050f1e },
		{ "6.12.107+deb13-amd64", NULL, 0x060c6b },
		{ "6.1.300", NULL, 0x0601ff },
		{ "7.3-rc2-amd64", NULL, 0 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct ks_image image = { .release = all[i].release, .banner = all[i].banner };
		assert_int_equal(ks_version_of_image(&image), all[i].version);
	}
}

static void names_are_alike_by_their_words(void **state)
{
	(void)state;
	assert_int_equal(ks_name_likeness("__blk_account_io_start", "blk_account_io_start"), 100);
	assert_int_equal(ks_name_likeness("account_page_dirtied", "folio_account_dirtied"), 66);
	assert_int_equal(ks_name_likeness("state", "__state"), 100);
	assert_int_equal(ks_name_likeness("vfs_read", "tcp_sendmsg"), 0);
	assert_int_equal(ks_name_likeness("", "_"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kprobes_need_a_symbol_that_may_be_probed),
		cmocka_unit_test(
			a_name_of_two_functions_is_refused_since_6_6_and_in_stable_kernels),
		cmocka_unit_test(hashes_are_taken_off_names_before_6_11),
		cmocka_unit_test(fentry_needs_btf_an_ftrace_entry_and_few_arguments),
		cmocka_unit_test(what_changes_results_or_sleeps_needs_error_injection),
		cmocka_unit_test(patterns_match_as_libbpf_has_them),
		cmocka_unit_test(a_pattern_needs_something_that_ftrace_traces),
		cmocka_unit_test(a_raw_tracepoint_has_twelve_arguments_at_most),
		cmocka_unit_test(helpers_and_instructions_are_judged_where_they_stand),
		cmocka_unit_test(a_hint_stays_with_its_reason),
		cmocka_unit_test(reasons_stay_where_they_are_and_keep_their_first_hint),
		cmocka_unit_test(a_distribution_s_version_is_that_of_its_build),
		cmocka_unit_test(names_are_alike_by_their_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
