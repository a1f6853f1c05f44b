/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads through pointers whose types the verifier knows, and pointers that may be NULL. The expectations are what booted
 * kernels said of programs like these (tests/truth/idioms/pointers.c).
 */
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
#include "check.h"
#include "check/rules/pointers.h"
#include "tiny_judge.h"
#include "tiny_view.h"

/* ---- the kernel ---- */

#define POINTER(to)                                                                                \
	{                                                                                          \
		.kind = KS_TYPE_PTR, .inner = (to)                                                 \
	}
#define MEMBER(name, type, byte)                                                                   \
	{                                                                                          \
		name, type, (byte)*8, 0                                                            \
	}
#define RECORD(n, bytes, m)                                                                        \
	{                                                                                          \
		.kind = KS_STRUCT, .name = n, .size = (bytes), .nr = KS_ARRAY_LEN(m),              \
		.members = (m)                                                                     \
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
static const struct ks_type t_thing = { .kind = KS_TYPE_STRUCT, .name = "thing" };
static const struct ks_type t_other = { .kind = KS_TYPE_STRUCT, .name = "other" };
static const struct ks_type t_twofold = { .kind = KS_TYPE_STRUCT, .name = "twofold" };
static const struct ks_type t_text = { .kind = KS_TYPE_ARRAY, .inner = &t_char, .n = 16 };
static const struct ks_type p_thing = POINTER(&t_thing), p_other = POINTER(&t_other),
			    p_twofold = POINTER(&t_twofold), p_void = POINTER(&t_void),
			    p_char = POINTER(&t_char), pp_char = POINTER(&p_char),
			    p_long = POINTER(&t_long);

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
	d_twofold = RECORD("twofold", 16, other_members),
	d_trusted = RECORD("thing__safe_trusted_or_null", 8, list_members),
	d_null_args = RECORD("bpf_raw_tp_null_args", 16, other_members),
	d_operations = RECORD("operations", 8, operations_members),
	d_many = FUNCTION("many", &many_proto), d_hook = FUNCTION("bpf_lsm_hook", &iterator_proto),
	d_iterator = FUNCTION("bpf_iter_task", &iterator_proto),
	d_elements = FUNCTION("bpf_iter_bpf_map_elem", &elements_proto),
	d_stub = FUNCTION("operations__run", &nullable_proto),
	d_silent = FUNCTION("bpf_lsm_silent", &silent_proto),
	d_marked = FUNCTION("bpf_lsm_marked", &nullable_proto),
	d_event = { .kind = KS_TYPEDEF, .name = "btf_trace_event", .type = &p_event },
	d_prio = { .kind = KS_TYPEDEF, .name = "btf_trace_sched_pi_setprio", .type = &p_event };
static const struct ks_decl *const decls[] = {
	&d_int,	    &d_long,	   &d_char,    &d_thing, &d_other,    &d_task,	   &d_tcp,
	&d_twofold, &d_operations, &d_many,    &d_hook,	 &d_iterator, &d_elements, &d_stub,
	&d_marked,  &d_silent,	   &d_context, &d_event, &d_prio,     &d_trusted,  &d_null_args
};
static const struct ks_symbol symbols[] = { { .name = "bpf_lsm_hook", .attach = KS_ATTACH_FTRACE },
					    { .name = "bpf_lsm_silent",
					      .attach = KS_ATTACH_FTRACE },
					    { .name = "bpf_iter_task" } };
static const struct ks_function functions[] = {
	{ .name = "bpf_lsm_hook", .nr_symbols = 1, .symbols = &symbols[0], .nr_btf = 1 },
	{ .name = "bpf_lsm_silent", .nr_symbols = 1, .symbols = &symbols[1], .nr_btf = 1 },
	{ .name = "bpf_iter_task", .nr_symbols = 1, .symbols = &symbols[2], .nr_btf = 1 },
};
static const struct ks_function *const all_functions[] = { &functions[0], &functions[1],
							   &functions[2] };
enum { WITHOUT_LISTS = KS_ARRAY_LEN(decls) - 2 };
static const struct ks_ambiguity twofold = { .kind = KS_STRUCT, .name = "twofold" };
static const struct ks_ambiguity *const ambiguities[] = { &twofold };

/* ---- programs ---- */

#define LOAD(dst, src, off)                                                                        \
	{                                                                                          \
		0x79, dst, src, off, 0                                                             \
	}
#define LOAD4(dst, src, off)                                                                       \
	{                                                                                          \
		0x61, dst, src, off, 0                                                             \
	}
#define LOAD1(dst, src, off)                                                                       \
	{                                                                                          \
		0x71, dst, src, off, 0                                                             \
	}
#define STORE(dst, src, off)                                                                       \
	{                                                                                          \
		0x7b, dst, src, off, 0                                                             \
	}
#define MOV(dst, imm)                                                                              \
	{                                                                                          \
		0xb7, dst, 0, 0, imm                                                               \
	}
#define MOVX(dst, src)                                                                             \
	{                                                                                          \
		0xbf, dst, src, 0, 0                                                               \
	}
#define ADD(dst, imm)                                                                              \
	{                                                                                          \
		0x07, dst, 0, 0, imm                                                               \
	}
#define ADDX(d, s)                                                                                 \
	{                                                                                          \
		.code = 0x0f, .dst = (d), .src = (s)                                               \
	}
#define AND(d, i)                                                                                  \
	{                                                                                          \
		.code = 0x57, .dst = (d), .imm = (i)                                               \
	}
#define LSH(d, i)                                                                                  \
	{                                                                                          \
		.code = 0x67, .dst = (d), .imm = (i)                                               \
	}
#define JEQ(dst, imm, off)                                                                         \
	{                                                                                          \
		0x15, dst, 0, off, imm                                                             \
	}
#define JNE(dst, imm, off)                                                                         \
	{                                                                                          \
		0x55, dst, 0, off, imm                                                             \
	}
#define JNE4(dst, imm, off)                                                                        \
	{                                                                                          \
		0x56, dst, 0, off, imm                                                             \
	}
#define JGT(dst, imm, off)                                                                         \
	{                                                                                          \
		0x25, dst, 0, off, imm                                                             \
	}
#define CALL(imm)                                                                                  \
	{                                                                                          \
		0x85, 0, 0, 0, imm                                                                 \
	}
#define END                                                                                        \
	MOV(0, 0),                                                                                 \
	{                                                                                          \
		0x95, 0, 0, 0, 0                                                                   \
	}

struct program {
	const char *version, *section;
	const struct ks_bpf_insn *insns;
	uint32_t nr;
};
#define PROGRAM(v, s, ...)                                                                         \
	(&(const struct program){ v, s, (const struct ks_bpf_insn[]){ __VA_ARGS__ },               \
				  sizeof((const struct ks_bpf_insn[]){ __VA_ARGS__ }) /            \
					  sizeof(struct ks_bpf_insn) })

static const struct ks_bpf_map operations_map = { .name = "map",
						  .struct_ops = "operations",
						  .autocreate = true };
static const struct ks_bpf_struct_op operation = { .member = "run" };

static const char *license = "GPL"; // of the programs

/** What a rule says of pointers and of numbers of arguments: "pointer argument 1: …; …" */
static void expect_by(const char *rule, const struct program *wanted, const char *expected)
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
	};
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	struct ks_bpf_program program = { .name = "program",
					  .section = wanted->section,
					  .autoload = true,
					  .nr = wanted->nr,
					  .nr_main = wanted->nr,
					  .insns = wanted->insns };
	struct ks_bpf_object object = { .license = license,
					.nr_programs = 1,
					.programs = &program,
					.nr_maps = 1,
					.maps = &operations_map,
					.nr_struct_ops = 1,
					.struct_ops = &operation };
	struct tiny_judge frame;
	tiny_judge_prepare(&frame, &arena, view, &object, &program);
	const struct ks_pointers pointers =
		ks_pointers_of(&object, &program, frame.prepared.hooks, false, &frame.site);
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

static void expect(const struct program *wanted, const char *expected)
{
	expect_by("typed-*", wanted, expected);
}

#define NUMBER(what)                                                                               \
	"pointer " what ": " what " is a number to the verifier, or a pointer to no struct"
#define UNCHECKED(what) "pointer " what ": it may be NULL, and is read through without a check"

static void members_are_read(void **state)
{
	(void)state;
	// fentry/many: r6 = argument 1
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 0), LOAD4(2, 6, 8),
		       LOAD1(2, 6, 9), LOAD(2, 6, 16), LOAD(2, 6, 40), LOAD(2, 6, 48),
		       LOAD4(2, 6, 64), END),
	       "");
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 16), LOAD(3, 2, 8),
		       LOAD(3, 3, 56), END),
	       "");
	expect(PROGRAM("6.1.50", "fexit/many", LOAD(6, 1, 56), LOAD(2, 6, 0), END), "");
}

static void what_is_no_member_is_refused(void **state)
{
	(void)state;
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 72), END),
	       "pointer argument 1: argument 1 points to struct thing of 72 bytes, byte 72 is "
	       "read");
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD4(2, 6, 12), END),
	       "pointer argument 1: argument 1 points to struct thing, which has no member at byte "
	       "12");
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 8), END),
	       "pointer argument 1: argument 1 points to struct thing, whose b is not read by 8 "
	       "bytes "
	       "at 8");
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD4(2, 6, 16), END),
	       "pointer argument 1: argument 1 points to struct thing, whose next is not read by 4 "
	       "bytes at 16");
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, -8), END),
	       "pointer argument 1: argument 1 points to struct thing, it is read before its "
	       "begin");
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), STORE(6, 1, 0), END),
	       "pointer argument 1: argument 1 points to struct thing, which may only be read");
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 16), LOAD(3, 2, 16), END),
	       "pointer thing::next: thing::next points to struct other of 16 bytes, byte 16 is "
	       "read");
	expect(PROGRAM("6.1.50", "fexit/many", LOAD(6, 1, 56), LOAD(2, 6, 72), END),
	       "pointer argument 8: argument 8 points to struct thing of 72 bytes, byte 72 is "
	       "read");
	// which of its definitions is meant nobody tells
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 40), LOAD(2, 6, 72), END),
	       "tier argument 6: what argument 6 points to, and so what may be read there, is not "
	       "known");
	// a kprobe's registers have no types
	expect(PROGRAM("6.1.50", "kprobe/many", LOAD(6, 1, 112), LOAD(2, 6, 72), END), "");
}

static void numbers_are_not_read_through(void **state)
{
	(void)state;
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 8), LOAD(2, 6, 0), END),
	       NUMBER("argument 2"));
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 16), LOAD(2, 6, 0), END),
	       NUMBER("argument 3"));
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 24), LOAD(2, 6, 0), END),
	       NUMBER("argument 4"));
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 0), LOAD(3, 2, 0), END),
	       NUMBER("thing::a"));
	expect(PROGRAM("6.16.1", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 24), LOAD1(3, 2, 0), END),
	       NUMBER("thing::leaf"));
	expect(PROGRAM("6.17.1", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 24), LOAD1(3, 2, 0), END),
	       "");
	// what a helper copies is a number, too, but nobody writes that by mistake for one kernel only
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 8), MOVX(2, 6), ADD(2, 8), END), "");
}

static void some_pointers_are_not_even_loaded(void **state)
{
	(void)state;
	static const char refused[] = "pointer argument 5: it is a pointer to neither a struct nor "
				      "void, which this kernel "
				      "does not let programs have";
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 32), END), refused);
	expect(PROGRAM("7.0.1", "fentry/many", LOAD(6, 1, 32), END), refused);
	expect(PROGRAM("7.1.1", "fentry/many", LOAD(6, 1, 32), END), "");
	expect(PROGRAM("5.16.1", "fentry/many", LOAD(6, 1, 48), END),
	       "pointer argument 7: it is a pointer to neither a struct nor void, which this "
	       "kernel "
	       "does not let programs have");
	expect(PROGRAM("5.17.1", "fentry/many", LOAD(6, 1, 48), END), "");
	expect(PROGRAM("5.10.1", "fentry/many", LOAD(6, 1, 24), END), ""); // text
	expect(PROGRAM("5.10.1", "fentry/many", LOAD(6, 1, 16), END), "");
}

/** r6 is argument 2 of the tracepoint, which may be NULL. */
#define MAYBE(v, ...) PROGRAM(v, "tp_btf/sched_pi_setprio", LOAD(6, 1, 8), __VA_ARGS__)

static void what_may_be_null_must_be_checked(void **state)
{
	(void)state;
	expect(MAYBE("6.13.1", LOAD(2, 6, 0), END), UNCHECKED("argument 2"));
	expect(MAYBE("6.1.50", LOAD(2, 6, 0), END), ""); // it has no such list
	expect(PROGRAM("6.13.1", "tp_btf/sched_pi_setprio", LOAD(6, 1, 0), LOAD(2, 6, 0), END), "");
	expect(PROGRAM("6.13.1", "tp_btf/event", LOAD(6, 1, 8), LOAD(2, 6, 0), END), "");
	// both kinds of jump
	expect(MAYBE("6.13.1", JEQ(6, 0, 1), LOAD(2, 6, 0), END), "");
	expect(MAYBE("6.13.1", JNE(6, 0, 2), END, LOAD(2, 6, 0), END), "");
	// the branch where it is NULL, until something else is compared: ranges are not followed
	expect(MAYBE("6.13.1", JEQ(6, 0, 2), END, LOAD(2, 6, 0), END),
	       "pointer NULL: a pointer is read through where it was compared with NULL, and is "
	       "NULL");
	expect(MAYBE("6.13.1", CALL(7), JEQ(6, 0, 2), END, JGT(0, 3, 1), LOAD(2, 6, 0), END), "");
	// nothing may be computed with it, either
	expect(MAYBE("6.13.1", MOVX(3, 6), ADD(3, 8), END),
	       "pointer argument 2: it may be NULL, and is computed with without a check");
	expect(MAYBE("6.13.1", JEQ(6, 0, 1), ADD(6, 8), END), "");
	// too late
	expect(MAYBE("6.13.1", LOAD(2, 6, 0), JEQ(6, 0, 0), END), UNCHECKED("argument 2"));
	// one way leads around the check
	expect(MAYBE("6.13.1", CALL(7), JEQ(0, 0, 1), JEQ(6, 0, 1), LOAD(2, 6, 0), END),
	       UNCHECKED("argument 2"));
	// the lower half is not all of it, and what the verifier makes of that is not followed
	expect(MAYBE("6.13.1", JNE4(6, 0, 2), END, LOAD(2, 6, 0), END), "");
	expect(MAYBE("6.13.1", JGT(6, 0, 2), END, LOAD(2, 6, 0), END), "");
}

/** What the compiler makes of a member of NULL: a number, read through as if it were a pointer. */
static void numbers_are_not_read_through_where_a_pointer_is_null(void **state)
{
	(void)state;
	static const char null[] =
		"pointer NULL: a pointer is read through where it was compared with NULL, and is "
		"NULL";
	expect(MAYBE("6.13.1", JNE(6, 0, 2), MOV(1, 24), LOAD(2, 1, 0), END), null);
	expect(MAYBE("6.13.1", JNE(6, 0, 3), JGT(1, 3, 0), MOV(1, 24), LOAD(2, 1, 0), END), "");
	// where it may not be NULL, older verifiers follow the branch all the same
	expect(MAYBE("6.1.50", JNE(6, 0, 2), MOV(1, 24), LOAD(2, 1, 0), END), null);
	expect(MAYBE("6.1.50", JEQ(6, 0, 2), END, LOAD(2, 6, 0), END), "");
	expect(PROGRAM("6.13.1", "tp_btf/sched_pi_setprio", LOAD(6, 1, 0), JNE(6, 0, 2), MOV(1, 24),
		       LOAD(2, 1, 0), END),
	       "");
}

/** r6 is a pointer to a struct, r0 a number that only shows when it runs. */
#define INDEXED(...) PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), CALL(7), __VA_ARGS__, END)
#define VARIES(name)                                                                               \
	"pointer " name ": " name                                                                  \
	" points to struct thing, where it is read is only known when it runs"

static void structs_are_not_read_at_an_index(void **state)
{
	(void)state;
	expect(INDEXED(AND(0, 7), ADDX(6, 0), LOAD1(2, 6, 8)), VARIES("argument 1"));
	expect(INDEXED(AND(0, 7), LSH(0, 3), ADDX(6, 0), LOAD(2, 6, 8)), VARIES("argument 1"));
	expect(INDEXED(AND(0, 7), ADDX(0, 6), LOAD1(2, 0, 8)), VARIES("argument 1"));
	// nothing of it is left, or a comparison may have told it
	expect(INDEXED(AND(0, 7), AND(0, 8), ADDX(6, 0), LOAD1(2, 6, 8)), "");
	expect(INDEXED(AND(0, 7), LSH(0, 63), LSH(0, 1), ADDX(6, 0), LOAD1(2, 6, 8)), "");
	expect(INDEXED(AND(0, 7), JGT(0, 0, 1), ADDX(6, 0), LOAD1(2, 6, 8)), "");
	expect(INDEXED(JGT(0, 0, 2), ADDX(6, 0), LOAD1(2, 6, 8)), ""); // 0 alone
	expect(INDEXED(JGT(0, 7, 2), ADDX(6, 0), LOAD1(2, 6, 8)), VARIES("argument 1"));
	// it is copied, not read
	expect(INDEXED(AND(0, 7), ADDX(6, 0), MOVX(2, 6)), "");
}

#define COMPUTED(...)                                                                              \
	PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(7, 1, 8), __VA_ARGS__, END)
#define ALU(c, d, s, i)                                                                            \
	{                                                                                          \
		.code = (c), .dst = (d), .src = (s), .imm = (i)                                    \
	}
#define NO_NUMBER(name)                                                                            \
	"pointer " name ": " name                                                                  \
	" points to struct thing, and is computed with as numbers only are (shifted, masked, "     \
	"multiplied)"

static void pointers_are_computed_with_by_some_operators(void **state)
{
	(void)state;
	enum { ADD64 = 0x07, ADD32 = 0x04, SUB32 = 0x14, NEG64 = 0x87, SWAP = 0xd4, MOV32 = 0xbc };
	enum { SUB64_X = 0x1f, ADD64_X = 0x0f, AND32_X = 0x5c, MUL64_X = 0x2f, SUB32_X = 0x1c };
	// by 64 bits each other operator than these makes no pointer and no number of it
	static const uint8_t refused[] = { 0x27, 0x37, 0x47, 0x57, 0x67, 0x77, 0x97, 0xa7, 0xc7 };
	for (size_t i = 0; i < sizeof(refused); i++) {
		expect(COMPUTED(ALU(refused[i], 6, 0, 3)), NO_NUMBER("argument 1"));
		expect(COMPUTED(ALU(refused[i] - 3, 6, 0, 3)), NO_NUMBER("argument 1"));
		expect(COMPUTED(ALU(refused[i], 7, 0, 3)), "");
	}
	expect(COMPUTED(ALU(ADD32, 6, 0, 1)), NO_NUMBER("argument 1"));
	expect(COMPUTED(ALU(AND32_X, 6, 7, 0)), NO_NUMBER("argument 1"));
	expect(COMPUTED(ALU(MUL64_X, 7, 6, 0)), NO_NUMBER("argument 1")); // either operand
	expect(COMPUTED(MOV(2, 8), ALU(SUB64_X, 2, 6, 0)), NO_NUMBER("argument 1"));
	// what is made of a part of it is a number, and so is a difference
	expect(COMPUTED(ALU(MOV32, 2, 6, 0), ALU(0x67, 2, 0, 3)), "");
	expect(COMPUTED(ALU(NEG64, 6, 0, 0), ALU(0x67, 6, 0, 3)), "");
	expect(COMPUTED(ALU(SWAP, 6, 0, 32)), "");
	expect(COMPUTED(LOAD(2, 6, 16), ALU(SUB64_X, 2, 6, 0), ALU(0x67, 2, 0, 3)), "");
	expect(COMPUTED(ALU(SUB32, 6, 0, 3)), "");
	expect(COMPUTED(LOAD(2, 6, 16), ALU(SUB32_X, 2, 6, 0)), "");
	expect(COMPUTED(ALU(ADD64_X, 7, 6, 0), ALU(ADD64, 6, 0, 8)), "");
	// of a hook that has no types the words are numbers
	expect(PROGRAM("6.1.50", "kprobe/many", LOAD(6, 1, 112), ALU(0x67, 6, 0, 3), END), "");
	// what a helper gives that may be NULL is a pointer, and a number where it is NULL
	enum { RESERVE = 131 };
	static const char reserved[] =
		"pointer what bpf_ringbuf_reserve() gives: what bpf_ringbuf_reserve() gives is a "
		"pointer, and is computed with as numbers only are";
	expect(PROGRAM("6.1.50", "tc", CALL(RESERVE), ALU(0x57, 0, 0, 7), END), reserved);
	expect(PROGRAM("6.1.50", "tc", CALL(RESERVE), JNE(0, 0, 1), ALU(0x57, 0, 0, 7), END), "");
}

static void copies_are_told_together(void **state)
{
	(void)state;
	expect(MAYBE("6.13.1", MOVX(7, 6), JEQ(7, 0, 1), LOAD(2, 6, 0), END), "");
	expect(MAYBE("6.13.1", STORE(10, 6, -8), JEQ(6, 0, 2), LOAD(3, 10, -8), LOAD(2, 3, 0), END),
	       "");
	expect(MAYBE("6.13.1", STORE(10, 6, -8), LOAD(7, 10, -8), JEQ(7, 0, 1), LOAD(2, 6, 0), END),
	       "");
	// loaded twice it is two values
	expect(MAYBE("6.13.1", LOAD(7, 1, 8), JEQ(7, 0, 1), LOAD(2, 6, 0), END),
	       UNCHECKED("argument 2"));
}

static void what_is_read_through_it_may_be_null(void **state)
{
	(void)state;
	// thing__safe_trusted_or_null lists next: of a trusted thing it may be NULL
	expect(PROGRAM("6.13.1", "tp_btf/event", LOAD(6, 1, 0), LOAD(7, 6, 16), LOAD(2, 7, 0), END),
	       UNCHECKED("thing::next"));
	expect(PROGRAM("6.13.1", "tp_btf/event", LOAD(6, 1, 0), LOAD(7, 6, 16), JEQ(7, 0, 1),
		       LOAD(2, 7, 0), END),
	       "");
	expect(PROGRAM("6.1.50", "tp_btf/event", LOAD(6, 1, 0), LOAD(7, 6, 16), LOAD(2, 7, 0), END),
	       "");
	expect(PROGRAM("6.13.1", "lsm/hook", LOAD(6, 1, 8), LOAD(7, 6, 16), LOAD(2, 7, 0), END),
	       UNCHECKED("thing::next"));
	// arguments of fentry are not trusted
	expect(PROGRAM("6.13.1", "fentry/many", LOAD(6, 1, 0), LOAD(7, 6, 16), LOAD(2, 7, 0), END),
	       "");
}

static void iterators_end_with_null(void **state)
{
	(void)state;
	expect(PROGRAM("6.1.50", "iter/task", LOAD(6, 1, 8), LOAD(2, 6, 0), END),
	       UNCHECKED("argument 2"));
	expect(PROGRAM("6.1.50", "iter/task", LOAD(6, 1, 8), JEQ(6, 0, 1), LOAD(2, 6, 0), END), "");
	expect(PROGRAM("6.1.50", "iter/task", LOAD(6, 1, 0), LOAD(2, 6, 0), END), "");
	// memory of a size that the map tells
	expect(PROGRAM("6.1.50", "iter/bpf_map_elem", LOAD(6, 1, 16), LOAD4(2, 6, 0), END),
	       UNCHECKED("argument 3"));
	expect(PROGRAM("6.1.50", "iter/bpf_map_elem", LOAD(6, 1, 16), JEQ(6, 0, 1), LOAD4(2, 6, 0),
		       END),
	       "");
	expect(PROGRAM("6.1.50", "iter/bpf_map_elem", LOAD(6, 1, 8), LOAD(2, 6, 0), END), "");
}

static void names_of_parameters_tell(void **state)
{
	(void)state;
	expect(PROGRAM("6.13.1", "lsm/marked", LOAD(6, 1, 0), LOAD(2, 6, 0), END),
	       UNCHECKED("argument 1"));
	expect(PROGRAM("6.13.1", "lsm/marked", LOAD(6, 1, 8), LOAD(2, 6, 0), END), "");
	expect(PROGRAM("6.11.1", "lsm/marked", LOAD(6, 1, 0), LOAD(2, 6, 0), END), "");
	expect(PROGRAM("6.9.1", "struct_ops/run", LOAD(6, 1, 0), LOAD(2, 6, 0), END),
	       UNCHECKED("argument 1"));
	expect(PROGRAM("6.9.1", "struct_ops/run", LOAD(6, 1, 0), JEQ(6, 0, 1), LOAD(2, 6, 0), END),
	       "");
	expect(PROGRAM("6.9.1", "struct_ops/run", LOAD(6, 1, 8), LOAD(2, 6, 16), END),
	       "pointer argument 2: argument 2 points to struct other of 16 bytes, byte 16 is "
	       "read");
}

static void what_helpers_give_is_typed(void **state)
{
	(void)state;
	enum { TASK = 158, TCP = 137, RESERVE = 131 };
	expect(PROGRAM("6.1.50", "kprobe/many", CALL(TASK), LOAD(2, 0, 0), END), "");
	expect(PROGRAM("6.1.50", "kprobe/many", CALL(TASK), LOAD(2, 0, 72), END),
	       "pointer what bpf_get_current_task_btf() gives: what bpf_get_current_task_btf() "
	       "gives "
	       "points to struct task_struct of 72 bytes, byte 72 is read");
	expect(PROGRAM("6.1.50", "tc", CALL(TCP), LOAD(2, 0, 0), END),
	       UNCHECKED("what bpf_skc_to_tcp_sock() gives"));
	expect(PROGRAM("6.1.50", "tc", CALL(TCP), JEQ(0, 0, 1), LOAD(2, 0, 0), END), "");
	expect(PROGRAM("6.1.50", "tc", CALL(RESERVE), STORE(0, 6, 0), END),
	       "pointer what bpf_ringbuf_reserve() gives: it may be NULL, and is written through "
	       "without a check");
	expect(PROGRAM("6.1.50", "tc", CALL(RESERVE), JEQ(0, 0, 1), STORE(0, 6, 0), END), "");
}

static void parts_of_pointers_are_not_read(void **state)
{
	(void)state;
	static const char cut[] = "pointer argument 1: it is a pointer, of which 4 bytes are read";
	expect(PROGRAM("6.13.1", "fentry/many", LOAD4(6, 1, 0), END), cut);
	expect(PROGRAM("6.1.50", "fentry/many", LOAD4(6, 1, 0), END), "");
	expect(PROGRAM("6.12.1", "fentry/many", LOAD4(6, 1, 0), END),
	       "tier argument 1: it is a pointer, of which 4 bytes are read: whether this kernel "
	       "lets "
	       "that is not known");
	expect(PROGRAM("6.13.1", "fentry/many", LOAD4(6, 1, 8), END), ""); // a number
	expect(PROGRAM("6.1.50", "fentry/many", LOAD4(6, 1, 12), END),
	       "pointer context: byte 12 is read, where no argument begins");
	expect(PROGRAM("6.1.50", "kprobe/many", LOAD4(6, 1, 12), END), "");
}

static void helpers_want_structs(void **state)
{
	(void)state;
	enum { CURRENT = 35, STACK = 141 };
	expect(PROGRAM("6.13.1", "tp_btf/sched_pi_setprio", LOAD(1, 1, 8), CALL(STACK), END),
	       "pointer argument 2: it may be NULL, and is given to a helper without a check");
	expect(PROGRAM("6.13.1", "tp_btf/sched_pi_setprio", LOAD(1, 1, 0), CALL(STACK), END), "");
	expect(PROGRAM("6.1.50", "fentry/many", CALL(CURRENT), MOVX(1, 0), CALL(STACK), END),
	       "pointer what bpf_get_current_task() gives: it is a number to the verifier, or a "
	       "pointer to no struct, and bpf_get_task_stack() wants one");
	expect(PROGRAM("6.1.50", "fentry/many", CALL(CURRENT), LOAD(2, 0, 0), END),
	       NUMBER("what bpf_get_current_task() gives"));
}

static void operations_have_their_arguments_counted(void **state)
{
	(void)state;
	expect(PROGRAM("6.9.1", "struct_ops/run", LOAD(6, 1, 16), END),
	       "signature-changed program: argument 3 is read, there are 2");
	expect(PROGRAM("6.9.1", "struct_ops/run", LOAD(6, 1, 40), END),
	       "signature-changed program: argument 6 is read, there are 2");
}

static void others_than_gpl_read_no_structs(void **state)
{
	(void)state;
	license = "Proprietary";
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 0), END), "");
	expect(PROGRAM("6.2.1", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 0), END),
	       "pointer argument 1: only GPL-compatible programs may read structs of the kernel "
	       "since "
	       "6.2");
	expect(PROGRAM("6.2.1", "fentry/many", LOAD(6, 1, 8), END), "");
	license = "GPL";
}

static void arguments_are_counted(void **state)
{
	(void)state;
	// of an LSM hook its result comes behind them, of an iterator nothing does
	expect_by("lsm-by-btf", PROGRAM("6.1.50", "lsm/hook", LOAD(6, 1, 8), END), "");
	expect_by("lsm-by-btf", PROGRAM("6.1.50", "lsm/hook", LOAD(6, 1, 16), END), "");
	expect_by("lsm-by-btf", PROGRAM("6.1.50", "lsm/hook", LOAD(6, 1, 24), END),
		  "signature-changed hook: argument 4 is read, there are 2");
	expect_by("lsm-by-btf", PROGRAM("6.1.50", "lsm/silent", LOAD(6, 1, 8), END),
		  "signature-changed silent: argument 2 is read, there are 1");
	expect_by("iterator", PROGRAM("6.1.50", "iter/task", LOAD(6, 1, 8), END), "");
	expect_by("iterator", PROGRAM("6.1.50", "iter/task", LOAD(6, 1, 16), END),
		  "signature-changed bpf_iter_task: argument 3 is read, there are 2");
	expect_by("function-by-btf", PROGRAM("6.1.50", "fexit/bpf_lsm_silent", LOAD(6, 1, 8), END),
		  "signature-changed bpf_lsm_silent: argument 2 is read, there are 1");
}

static void a_moved_context_is_read_by_some_types(void **state)
{
	(void)state;
	static const char refused[] = "pointer context: read through a pointer into the context";
#define MOVED(v, s) PROGRAM(v, s, ADD(1, 8), LOAD(2, 1, 0), END)
	expect_by("context-pointers", MOVED("6.12.1", "tp_btf/event"), refused);
	expect_by("context-pointers", MOVED("7.0.1", "tp_btf/event"), refused);
	expect_by("context-pointers", MOVED("7.1.1", "tp_btf/event"), "");
	expect_by("context-pointers", MOVED("7.1.1", "kprobe/many"), "");
	expect_by("context-pointers", MOVED("7.1.1", "tracepoint/a/b"), "");
	expect_by("context-pointers", MOVED("7.1.1", "sockops"), refused);
	expect_by("context-pointers", MOVED("7.1.1", "perf_event"), refused);
	expect_by("context-pointers", MOVED("7.1.1", "tc"), refused);
	expect_by("context-pointers", MOVED("7.1.1", "cgroup/sysctl"), refused);
	expect_by("context-pointers", MOVED("7.1.1", "cgroup/dev"), "");
#undef MOVED
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_read),
		cmocka_unit_test(what_is_no_member_is_refused),
		cmocka_unit_test(numbers_are_not_read_through),
		cmocka_unit_test(some_pointers_are_not_even_loaded),
		cmocka_unit_test(what_may_be_null_must_be_checked),
		cmocka_unit_test(numbers_are_not_read_through_where_a_pointer_is_null),
		cmocka_unit_test(structs_are_not_read_at_an_index),
		cmocka_unit_test(pointers_are_computed_with_by_some_operators),
		cmocka_unit_test(copies_are_told_together),
		cmocka_unit_test(what_is_read_through_it_may_be_null),
		cmocka_unit_test(iterators_end_with_null),
		cmocka_unit_test(names_of_parameters_tell),
		cmocka_unit_test(what_helpers_give_is_typed),
		cmocka_unit_test(parts_of_pointers_are_not_read),
		cmocka_unit_test(helpers_want_structs),
		cmocka_unit_test(operations_have_their_arguments_counted),
		cmocka_unit_test(others_than_gpl_read_no_structs),
		cmocka_unit_test(arguments_are_counted),
		cmocka_unit_test(a_moved_context_is_read_by_some_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
