/* SPDX-License-Identifier: BSD-2-Clause */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "check/rules/pointers.h"
#include "records.h"
#include "tiny_judge.h"
#include "tiny_view.h"
#include "typed_kernel.h"

#define POINTER(to)                                                                                \
	{                                                                                          \
		.kind = KS_TYPE_PTR, .inner = (to)                                                 \
	}
#define PROTO(p, gives)                                                                            \
	{                                                                                          \
		.kind = KS_TYPE_PROTO, .inner = (gives), .nr_params = KS_ARRAY_LEN(p),             \
		.params = (p)                                                                      \
	}
#define FUNCTION(n, proto)                                                                         \
	{                                                                                          \
		.kind = KS_FUNCTION, .name = n, .type = (proto)                                    \
	}

static const struct ks_type t_int = { .kind = KS_TYPE_INT, .name = "int" };
static const struct ks_type t_long = { .kind = KS_TYPE_INT, .name = "long" };
static const struct ks_type t_char = { .kind = KS_TYPE_INT, .name = "char" };
static const struct ks_type t_void = { .kind = KS_TYPE_VOID };
static const struct ks_type t_const_void = { .kind = KS_TYPE_CONST, .inner = &t_void };
static const struct ks_type t_thing = { .kind = KS_TYPE_STRUCT, .name = "thing" };
static const struct ks_type t_other = { .kind = KS_TYPE_STRUCT, .name = "other" };
static const struct ks_type t_twofold = { .kind = KS_TYPE_STRUCT, .name = "twofold" };
static const struct ks_type t_hidden = { .kind = KS_TYPE_FWD_STRUCT, .name = "hidden" };
static const struct ks_type t_text = { .kind = KS_TYPE_ARRAY, .inner = &t_char, .n = 16 };
static const struct ks_type p_thing = POINTER(&t_thing), p_other = POINTER(&t_other),
			    p_twofold = POINTER(&t_twofold), p_void = POINTER(&t_void),
			    p_char = POINTER(&t_char), pp_char = POINTER(&p_char),
			    p_long = POINTER(&t_long), p_const_void = POINTER(&t_const_void),
			    p_hidden = POINTER(&t_hidden);

/** a 8, b 4, a hole of 4, next 8, leaf 8, text 16, other 16, bits 4, a hole */
static const struct ks_member thing_members[] = {
	MEMBER("a", &t_long, 0),      MEMBER("b", &t_int, 8),	   MEMBER("next", &p_other, 16),
	MEMBER("leaf", &p_char, 24),  MEMBER("text", &t_text, 32), MEMBER("other", &t_other, 48),
	{ "bits", &t_int, 64 * 8, 3 }
};
static const struct ks_member other_members[] = { MEMBER("x", &t_long, 0),
						  MEMBER("thing", &p_thing, 8) };
/** What the verifier trusts of a trusted thing. */
static const struct ks_member list_members[] = { MEMBER("next", &p_other, 0) };

static const struct ks_param many_params[] = { { "thing", &p_thing }, { "n", &t_long },
					       { "data", &p_void },   { "text", &p_char },
					       { "texts", &pp_char }, { "two", &p_twofold },
					       { "number", &p_long } };
static const struct ks_param written_params[] = { { "from", &p_const_void },
						  { "thing", &p_thing } };
static const struct ks_param passed_params[] = { { "other", &t_other }, { "hidden", &p_hidden } };
static const struct ks_param event_params[] = { { "(anon)", &p_void },
						{ "(anon)", &p_thing },
						{ "(anon)", &p_thing } };
static const struct ks_param iterator_params[] = { { "meta", &p_other }, { "task", &p_thing } };
static const struct ks_param elements_params[] = {
	{ "meta", &p_other }, { "map", &p_other }, { "key", &p_void }, { "value", &p_void }
};
static const struct ks_param nullable_params[] = { { "thing__nullable", &p_thing },
						   { "other", &p_other } };
static const struct ks_param silent_params[] = { { "thing", &p_thing } };
static const struct ks_type many_proto = PROTO(many_params, &p_thing),
			    written_proto = PROTO(written_params, &t_int),
			    passed_proto = PROTO(passed_params, &t_void),
			    event_proto = PROTO(event_params, &t_void),
			    iterator_proto = PROTO(iterator_params, &t_int),
			    elements_proto = PROTO(elements_params, &t_int),
			    nullable_proto = PROTO(nullable_params, &t_int),
			    silent_proto = PROTO(silent_params, &t_void);
static const struct ks_type p_event = POINTER(&event_proto), p_operation = POINTER(&nullable_proto);
static const struct ks_member operations_members[] = { MEMBER("run", &p_operation, 0) };

static const struct ks_decl
	d_int = { .kind = KS_INT, .name = "int", .size = 4 },
	d_long = { .kind = KS_INT, .name = "long", .size = 8 },
	d_char = { .kind = KS_INT, .name = "char", .size = 1 },
	d_thing = RECORD("thing", 72, thing_members), d_other = RECORD("other", 16, other_members),
	d_task = RECORD("task_struct", 72, thing_members),
	d_tcp = RECORD("tcp_sock", 16, other_members),
	d_context = RECORD("bpf_iter__task", 16, other_members),
	d_packet = RECORD("xdp_md", 16, other_members),
	d_twofold = RECORD("twofold", 16, other_members),
	d_trusted = RECORD("thing__safe_trusted_or_null", 8, list_members),
	d_null_args = RECORD("bpf_raw_tp_null_args", 16, other_members),
	d_operations = RECORD("operations", 8, operations_members),
	d_many = FUNCTION("many", &many_proto), d_written = FUNCTION("written", &written_proto),
	d_passed = FUNCTION("passed", &passed_proto),
	d_hook = FUNCTION("bpf_lsm_hook", &iterator_proto),
	d_iterator = FUNCTION("bpf_iter_task", &iterator_proto),
	d_elements = FUNCTION("bpf_iter_bpf_map_elem", &elements_proto),
	d_stub = FUNCTION("operations__run", &nullable_proto),
	d_silent = FUNCTION("bpf_lsm_silent", &silent_proto),
	d_marked = FUNCTION("bpf_lsm_marked", &nullable_proto),
	d_event = { .kind = KS_TYPEDEF, .name = "btf_trace_event", .type = &p_event },
	d_prio = { .kind = KS_TYPEDEF, .name = "btf_trace_sched_pi_setprio", .type = &p_event };
static const struct ks_member hook_members[] = { MEMBER("hook", &p_long, 0),
						 MEMBER("silent", &p_long, 0) };
static const struct ks_decl d_hooks = { .kind = KS_UNION,
					.name = "security_list_options",
					.size = 8,
					.nr = 2,
					.members = hook_members };
static const struct ks_decl *const decls[] = {
	&d_hooks,    &d_int,	 &d_long,	&d_char,     &d_thing,	 &d_other, &d_task,
	&d_tcp,	     &d_twofold, &d_operations, &d_many,     &d_written, &d_hook,  &d_iterator,
	&d_elements, &d_stub,	 &d_marked,	&d_silent,   &d_context, &d_event, &d_prio,
	&d_packet,   &d_passed,	 &d_trusted,	&d_null_args
};
static const struct ks_symbol symbols[] = { { .name = "bpf_lsm_hook", .attach = KS_ATTACH_FTRACE },
					    { .name = "bpf_lsm_silent",
					      .attach = KS_ATTACH_FTRACE },
					    { .name = "bpf_iter_task" },
					    { .name = "many", .attach = KS_ATTACH_FTRACE },
					    { .name = "passed", .attach = KS_ATTACH_FTRACE } };
static const struct ks_function functions[] = {
	{ .name = "bpf_lsm_hook", .nr_symbols = 1, .symbols = &symbols[0], .nr_btf = 1 },
	{ .name = "bpf_lsm_silent", .nr_symbols = 1, .symbols = &symbols[1], .nr_btf = 1 },
	{ .name = "bpf_iter_task", .nr_symbols = 1, .symbols = &symbols[2], .nr_btf = 1 },
	{ .name = "many", .nr_symbols = 1, .symbols = &symbols[3], .nr_btf = 1 },
	{ .name = "passed", .nr_symbols = 1, .symbols = &symbols[4], .nr_btf = 1 },
};
static const struct ks_function *const all_functions[] = { &functions[0], &functions[1],
							   &functions[2], &functions[3],
							   &functions[4] };
enum { WITHOUT_LISTS = KS_ARRAY_LEN(decls) - 2 };
static const struct ks_ambiguity twofold = { .kind = KS_STRUCT, .name = "twofold" };
static const struct ks_ambiguity *const ambiguities[] = { &twofold };

/** The same of a kernel that clang built: unnamed structs stand as they are. */
static const struct ks_type g_rcu = { .kind = KS_TYPE_TAG, .name = "rcu", .inner = &t_other },
			    g_user = { .kind = KS_TYPE_TAG, .name = "user", .inner = &t_thing },
			    g_percpu = { .kind = KS_TYPE_TAG,
					 .name = "percpu",
					 .inner = &t_twofold },
			    p_rcu = POINTER(&g_rcu), p_user = POINTER(&g_user),
			    p_percpu = POINTER(&g_percpu);
static const struct ks_member inner_members[] = { MEMBER("next", &p_rcu, 8) };
static const struct ks_decl d_inner = {
	.kind = KS_STRUCT, .size = 16, .nr = 1, .members = inner_members
};
static const struct ks_type t_inner = { .kind = KS_TYPE_STRUCT, .body = &d_inner };
static const struct ks_member tagged_members[] = { MEMBER("a", &t_long, 0), MEMBER("", &t_inner, 8),
						   MEMBER("other", &t_other, 48) },
			      user_members[] = { MEMBER("x", &t_long, 0),
						 MEMBER("thing", &p_user, 8) };
static const struct ks_decl d_tagged = RECORD("thing", 72, tagged_members),
			    d_user = RECORD("other", 16, user_members);
static const struct ks_param tagged_params[] = { { "thing", &p_user },	{ "n", &t_long },
						 { "data", &p_void },	{ "text", &p_char },
						 { "texts", &pp_char }, { "two", &p_percpu },
						 { "number", &p_long } };
static const struct ks_type tagged_proto = PROTO(tagged_params, &p_thing);
static const struct ks_decl d_tagged_many = FUNCTION("many", &tagged_proto);
static const struct ks_form tagged_forms[] = { { .decl = &d_tagged },
					       { .decl = &d_user },
					       { .decl = &d_tagged_many } };
static const struct ks_forms forms[] = {
	{ .kind = KS_STRUCT, .nr = 1, .name = "thing", .at = &tagged_forms[0] },
	{ .kind = KS_STRUCT, .nr = 1, .name = "other", .at = &tagged_forms[1] },
	{ .kind = KS_FUNCTION, .nr = 1, .name = "many", .at = &tagged_forms[2] },
};
/** The last one is of kernels that clang built. */
static const struct tiny_option options[] = { { "CONFIG_BPF_JIT", "y" },
					      { "CONFIG_BPF_JIT_DEFAULT_ON", "y" },
					      { "CONFIG_PAHOLE_HAS_BTF_TAG", "y" } };

static const struct ks_bpf_map operations_map = { .name = "map",
						  .struct_ops = "operations",
						  .autocreate = true };
static const struct ks_bpf_struct_op operation = { .member = "run" };

const char *typed_license = "GPL";
enum typed_tags typed_tags = TYPED_NO_TAGS;

void expect_by(const char *rule, const struct program *wanted, const char *expected)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	unsigned int minor = 0;
	sscanf(wanted->version, "6.%u", &minor);
	const struct tiny_image tiny = {
		.image = { .label = wanted->version,
			   .version = wanted->version,
			   .arch = "amd64",
			   .elf_class = 64,
			   .facts = UINT32_MAX },
		// kernels without the lists have no such types
		.nr_decls = minor >= 12 || wanted->version[0] == '7' ? KS_ARRAY_LEN(decls)
								     : WITHOUT_LISTS,
		.decls = decls,
		.nr_functions = KS_ARRAY_LEN(all_functions),
		.functions = all_functions,
		.nr_ambiguities = KS_ARRAY_LEN(ambiguities),
		.ambiguities = ambiguities,
		.nr_options = KS_ARRAY_LEN(options) - !typed_tags,
		.options = options,
		.nr_forms = typed_tags == TYPED_TAGS ? KS_ARRAY_LEN(forms) : 0,
		.forms = forms,
		.no_forms = typed_tags == TYPED_TAGS_UNTOLD,
	};
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	struct ks_bpf_program program = tiny_program(wanted->section, wanted->insns, wanted->nr);
	struct ks_bpf_object object = { .license = typed_license,
					.nr_programs = 1,
					.programs = &program,
					.nr_maps = 1,
					.maps = &operations_map,
					.nr_struct_ops = 1,
					.struct_ops = &operation };
	struct tiny_judge frame;
	tiny_judge_prepare(&frame, &arena, view, &object, &program);
	const struct ks_pointers pointers =
		ks_pointers_of(&object, &program, frame.prepared.hooks,
			       frame.prepared.callers->sleepable, &frame.site);
	const struct ks_interp_input input = { .object = &object,
					       .program = &program,
					       .paths = true,
					       .typed = ks_hook_is_typed(frame.prepared.hooks),
					       .may_be_null = ks_pointer_may_be_null,
					       .is_never_null = ks_pointer_is_never_null,
					       .types = &pointers };
	tiny_judge_follow(&frame, &arena, &input);
	struct ks_judge *judge = &frame.judge;
	for (size_t i = 0; i < ks_nr_rules; i++)
		if (fnmatch(rule, ks_rules[i].name, 0) == 0 && ks_rule_applies(&ks_rules[i], judge))
			ks_rules[i].judge(judge);
	_cleanup_buf_ struct ks_buf said = { 0 };
	for (size_t i = 0; i < judge->reasons.len; i++)
		ks_buf_printf(&said, "%s%s %s: %s", i ? "; " : "",
			      ks_reasons[judge->reasons.at[i]->kind].name,
			      judge->reasons.at[i]->name, judge->reasons.at[i]->detail);
	assert_string_equal(said.at ? ks_buf_text(&said) : "", expected);
	ks_vector_deinit(&judge->reasons);
}

void expect(const struct program *wanted, const char *expected)
{
	expect_by("typed-*", wanted, expected);
}
