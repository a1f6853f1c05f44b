/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of events: a kernel whose events have eight bytes in front, and one (as with PREEMPT_RT until 6.11) where more was added.
 * What must come out is what booted kernels of both kinds did with the same reads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <bpf/btf.h>

#include "base/array.h"
#include "check.h"
#include "records.h"
#include "tiny_judge.h"
#include "tiny_view.h"

/* ---- kernels ---- */

static const struct ks_type t_int = { .kind = KS_TYPE_INT, .name = "int" };
static const struct ks_type t_char = { .kind = KS_TYPE_INT, .name = "char" };
static const struct ks_type t_long = { .kind = KS_TYPE_INT, .name = "long" };
static const struct ks_type t_entry = { .kind = KS_TYPE_STRUCT, .name = "trace_entry" };
static const struct ks_type t_comm = { .kind = KS_TYPE_ARRAY, .inner = &t_char, .n = 16 };
static const struct ks_type t_none = { .kind = KS_TYPE_ARRAY, .inner = &t_char, .n = 0 };
static const struct ks_type t_args = { .kind = KS_TYPE_ARRAY, .inner = &t_long, .n = 6 };
static const struct ks_type t_no_args = { .kind = KS_TYPE_ARRAY, .inner = &t_long, .n = 0 };

static const struct ks_decl d_int = { .kind = KS_INT, .name = "int", .size = 4 },
			    d_char = { .kind = KS_INT, .name = "char", .size = 1 },
			    d_long = { .kind = KS_INT, .name = "long", .size = 8 };
static const struct ks_member plain_entry[] = { MEMBER("type", &t_int, 0),
						MEMBER("pid", &t_int, 4) },
			      rt_entry[] = { MEMBER("type", &t_int, 0), MEMBER("pid", &t_int, 4),
					     MEMBER("preempt_lazy_count", &t_char, 8) };
static const struct ks_member plain_free[] = { MEMBER("ent", &t_entry, 0),
					       MEMBER("comm", &t_comm, 8),
					       MEMBER("pid", &t_int, 24),
					       MEMBER("prio", &t_int, 28),
					       MEMBER("__data", &t_none, 32) },
			      rt_free[] = { MEMBER("ent", &t_entry, 0), MEMBER("comm", &t_comm, 12),
					    MEMBER("pid", &t_int, 28), MEMBER("prio", &t_int, 32),
					    MEMBER("__data", &t_none, 36) },
			      short_free[] = { MEMBER("ent", &t_entry, 0),
					       MEMBER("__data_loc_comm", &t_int, 8),
					       MEMBER("pid", &t_int, 12),
					       MEMBER("prio", &t_int, 16),
					       MEMBER("__data", &t_none, 20) };
static const struct ks_member enter_given[] = { MEMBER("regs", &t_long, 0),
						MEMBER("syscall_nr", &t_long, 8),
						MEMBER("args", &t_args, 16) },
			      exit_given[] = { MEMBER("regs", &t_long, 0),
					       MEMBER("syscall_nr", &t_long, 8),
					       MEMBER("ret", &t_long, 16) };
static const struct ks_member enter_measured[] = { MEMBER("ent", &t_entry, 0),
						   MEMBER("nr", &t_int, 8),
						   MEMBER("args", &t_no_args, 16) },
			      exit_measured[] = { MEMBER("ent", &t_entry, 0),
						  MEMBER("nr", &t_int, 8),
						  MEMBER("ret", &t_long, 16) };
static const struct ks_member plain_raw[] = { MEMBER("ent", &t_entry, 0), MEMBER("id", &t_long, 8),
					      MEMBER("args", &t_args, 16) },
			      rt_raw[] = { MEMBER("ent", &t_entry, 0), MEMBER("id", &t_long, 16),
					   MEMBER("args", &t_args, 24) };
static const struct ks_member plain_meta[] = { MEMBER("nb_args", &t_int, 12) },
			      text_meta[] = { MEMBER("user_mask", &t_int, 14) };
static const struct ks_decl d_plain_entry = RECORD("trace_entry", 8, plain_entry),
			    d_rt_entry = RECORD("trace_entry", 12, rt_entry),
			    d_enter_given = RECORD("syscall_tp_t", 64, enter_given),
			    d_exit_given = RECORD("syscall_tp_t", 24, exit_given),
			    d_enter = RECORD("syscall_trace_enter", 16, enter_measured),
			    d_exit = RECORD("syscall_trace_exit", 24, exit_measured),
			    d_plain_raw = RECORD("trace_event_raw_sys_enter", 64, plain_raw),
			    d_rt_raw = RECORD("trace_event_raw_sys_enter", 72, rt_raw),
			    d_plain_meta = RECORD("syscall_metadata", 64, plain_meta),
			    d_text_meta = RECORD("syscall_metadata", 64, text_meta),
			    d_plain_free = RECORD("trace_event_raw_freed", 32, plain_free),
			    d_rt_free = RECORD("trace_event_raw_freed", 36, rt_free),
			    d_short_free = RECORD("trace_event_raw_freed", 20, short_free);
static const struct ks_variant given[] = { { .decl = &d_exit_given }, { .decl = &d_enter_given } };
static const struct ks_ambiguity both_given = {
	.kind = KS_STRUCT, .name = "syscall_tp_t", .nr_variants = 2, .variants = given
};
static const struct ks_ambiguity *const ambiguities[] = { &both_given };
static const struct ks_decl *const plain_decls[] = {
	&d_int,	  &d_char, &d_long,	  &d_plain_entry, &d_exit_given,
	&d_enter, &d_exit, &d_plain_meta, &d_plain_raw,
};
static const struct ks_decl *const rt_decls[] = {
	&d_int,	  &d_char, &d_long,	  &d_rt_entry, &d_exit_given,
	&d_enter, &d_exit, &d_plain_meta, &d_rt_raw,
};
static const struct ks_decl *const text_decls[] = {
	&d_int,	  &d_char, &d_long,	 &d_plain_entry, &d_exit_given,
	&d_enter, &d_exit, &d_text_meta, &d_plain_raw,
};
static const struct ks_tracepoint
	plain_event = { .event = "freed", .system = "sched", .record = &d_plain_free },
	rt_event = { .event = "freed", .system = "sched", .record = &d_rt_free },
	short_event = { .event = "freed", .system = "sched", .record = &d_short_free };
static const struct ks_syscall calls[] = { { 0, "read", true, 4 },
					   { 1, "getpid", true, 1 },
					   { 2, "untold", true, 0 },
					   { 3, "write", true, 4 },
					   { 4, "pivot_root", true, 3 } };

#define KERNEL(d, event)                                                                           \
	{                                                                                          \
		.image = { .label = #event,                                                        \
			   .version = "6.1.50",                                                    \
			   .arch = "amd64",                                                        \
			   .elf_class = 64,                                                        \
			   .facts = UINT32_MAX },                                                  \
		.nr_decls = KS_ARRAY_LEN(d), .decls = (d), .nr_ambiguities = 1,                    \
		.ambiguities = ambiguities, .nr_tracepoints = 1, .tracepoints = &(event),          \
		.nr_syscalls = KS_ARRAY_LEN(calls), .syscalls = calls, .nr_options = 1,            \
		.options = options                                                                 \
	}
static const struct tiny_option options[] = { { "CONFIG_FTRACE_SYSCALLS", "y" } };
static const struct tiny_image plain = KERNEL(plain_decls, plain_event),
			       rt = KERNEL(rt_decls, rt_event),
			       shorter = KERNEL(text_decls, short_event);

/* ---- programs ---- */

/** A member of the struct that a program takes its context for. */
struct own {
	const char *name;
	int at, size, nr; // nr: 0 for no array
};
static const struct own no_own[] = { { 0 } };
static const struct own own_free[] = {
	{ "hdr", 0, 8, 0 }, { "comm", 8, 1, 16 }, { "pid", 24, 4, 0 }, { "prio", 28, 4, 0 }, { 0 }
};
static const struct own wide_free[] = { { "pid", 24, 8, 0 }, { 0 } };
static const struct own other_name[] = { { "x", 34, 2, 0 }, { 0 } };
static const struct own raw_enter[] = {
	{ "ent", 0, 8, 0 }, { "id", 8, 8, 0 }, { "args", 16, 8, 6 }, { 0 }
};
static const struct own raw_exit[] = { { "id", 8, 8, 0 }, { "ret", 16, 8, 0 }, { 0 } };
static const struct own own_read[] = { { "fd", 16, 8, 0 }, { "args", 24, 8, 0 }, { 0 } };

/** int program(struct trace_event_raw_sys_enter *ctx): its prototype is the last type, the struct the third last. */
static struct btf *types_of(const struct own *own)
{
	struct btf *btf = btf__new_empty();
	int sizes[9] = { 0 }, record = 0;
	sizes[1] = btf__add_int(btf, "char", 1, BTF_INT_CHAR);
	sizes[2] = btf__add_int(btf, "short", 2, BTF_INT_SIGNED);
	sizes[4] = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	sizes[8] = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	int arrays[9] = { 0 };
	for (const struct own *at = own; at->name; at++)
		if (at->nr)
			arrays[at->size] = btf__add_array(btf, sizes[4], sizes[at->size],
							  (unsigned int)at->nr);
	if (own->name)
		record = btf__add_struct(btf, "trace_event_raw_sys_enter", 96);
	for (const struct own *at = own; at->name; at++)
		btf__add_field(btf, at->name, at->nr ? arrays[at->size] : sizes[at->size],
			       (unsigned int)at->at * 8, 0);
	int pointer = btf__add_ptr(btf, record);
	assert_true(btf__add_func_proto(btf, sizes[4]) > 0);
	btf__add_func_param(btf, "ctx", pointer);
	return btf;
}

/** A program that reads size bytes at an offset. */
struct reads {
	const char *section;
	const struct own *own;
	int16_t offset;
	int size;
	bool relocated; // by CO-RE: its own struct is the kernel's
};

/** What comes out: "L", "A", "!", "?" or ".", by the reasons of the rules on events. */
static char said(const struct tiny_image *kernel, const struct reads *reads)
{
	static const uint8_t loads[] = { [1] = 0x71, [2] = 0x69, [4] = 0x61, [8] = 0x79 };
	const struct ks_bpf_insn insns[] = { { loads[reads->size], 0, 1, reads->offset, 0 },
					     { 0x95, 0, 0, 0, 0 } };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(kernel);
	struct btf *btf = types_of(reads->own);
	uint32_t size;
	const void *bytes = btf__raw_data(btf, &size);
	const uint32_t path[] = { 0, (uint32_t)(reads->offset < 16 ? 1 : 2),
				  (uint32_t)(reads->offset - 16) / 8 };
	const struct ks_bpf_core core = { .kind = KS_CORE_FIELD_OFFSET,
					  .type = (uint32_t)btf__type_cnt(btf) - 3,
					  .nr = reads->offset < 16 ? 2 : 3,
					  .path = path,
					  .text = "" };
	const uint32_t cores[] = { 0, KS_NO_INDEX };
	struct ks_bpf_program program = tiny_program(reads->section, insns, KS_ARRAY_LEN(insns));
	program.cores = reads->relocated ? cores : NULL;
	program.func_type = (uint32_t)btf__type_cnt(btf) - 1;
	struct ks_bpf_object object = {
		.nr_programs = 1, .programs = &program, .nr_cores = reads->relocated, .cores = &core
	};
	assert_ok(ks_btf_open(bytes, size, NULL, &object.btf));
	struct tiny_judge frame;
	tiny_judge_prepare(&frame, &arena, view, &object, &program);
	struct ks_interp_input input = { .object = &object,
					 .program = &program,
					 .cores = frame.resolution.core_values };
	tiny_judge_follow(&frame, &arena, &input);
	struct ks_judge *judge = &frame.judge;
	if (program.hook.kind == KS_HOOK_SYSCALL_TP)
		ks_judge_syscall_event(judge);
	else
		ks_judge_event(judge);
	ks_judge_event_reads(judge);
	enum ks_verdict worst = KS_VERDICT_OK;
	for (size_t i = 0; i < judge->reasons.len; i++) {
		const struct ks_reason *reason = judge->reasons.at[i];
		assert_true(reason->kind == KS_REASON_CONTEXT_CHANGED ||
			    reason->kind == KS_REASON_TIER);
		if (reason->verdict > worst)
			worst = reason->verdict;
	}
	assert_false(judge->nomem);
	ks_vector_deinit(&judge->reasons);
	ks_btf_close(object.btf);
	btf__free(btf);
	return ks_verdicts[worst].symbol[0];
}

static void expect_reads(const struct reads reads, const char *plain_rt_shorter)
{
	const char got[] = { said(&plain, &reads), said(&rt, &reads), said(&shorter, &reads), 0 };
	if (strcmp(got, plain_rt_shorter) != 0)
		fail_msg("%s, %d bytes at %d: %s, not %s", reads.section, reads.size, reads.offset,
			 got, plain_rt_shorter);
}

static void expect(const char *section, const struct own *own, int16_t offset, int size,
		   const char *plain_rt_shorter)
{
	expect_reads((struct reads){ section, own, offset, size, false }, plain_rt_shorter);
}

static void records_of_events(void **state)
{
	(void)state;
	expect("tp/sched/freed", own_free, 24, 4, ".!A");  // pid; in a name; behind the end
	expect("tp/sched/freed", own_free, 28, 4, ".!A");  // prio; pid; behind the end
	expect("tp/sched/freed", own_free, 11, 1, ".!!");  // a letter of the name
	expect("tp/sched/freed", wide_free, 24, 8, "!!A"); // pid and prio as one number
	expect("tp/sched/freed", no_own, 24, 4, "..A");	   // nobody says what it is meant for
	expect("tp/sched/freed", no_own, 8, 4, ".!.");	   // what was added in front
	expect("tp/sched/freed", no_own, 32, 4, "A.A");
	expect("tp/sched/freed", other_name, 34, 2, "A!A"); // half of prio
	expect("tp/sched/freed", no_own, 34, 2, "A.A");	    // maybe all that is asked of it
	expect("tp/sched/freed", own_free, 0, 8, "LLL");    // a pointer of the kernel's
	expect("tp/sched/freed", no_own, 26, 4, "LLL");	    // not aligned
}

static void records_of_calls(void **state)
{
	(void)state;
	const char enter[] = "tp/syscalls/sys_enter_read", leave[] = "tp/syscalls/sys_exit_read";
	expect(enter, raw_enter, 16, 8, "...");
	expect(enter, raw_enter, 32, 8, "...");
	expect(enter, raw_enter, 40, 8, "AAA"); // read() has three
	expect(enter, raw_enter, 40, 4, "AAA");
	expect("tp/syscalls/sys_enter_write", raw_enter, 40, 4, "AA."); // the place of a text
	expect("tp/syscalls/sys_enter_write", raw_enter, 40, 8, "AAA");
	expect("tp/syscalls/sys_enter_pivot_root", raw_enter, 32, 8, "AA."); // of two
	expect("tp/syscalls/sys_enter_pivot_root", raw_enter, 40, 4, "AAA");
	expect(enter, raw_enter, 8, 8, "...");
	expect(leave, raw_exit, 16, 8, "...");
	expect(leave, raw_exit, 24, 8, "AAA");
	expect(enter, own_read, 24, 8, "..."); // an argument that is called args
	expect("tp/syscalls/sys_enter_getpid", raw_enter, 8, 4, "...");
	expect("tp/syscalls/sys_enter_getpid", raw_enter, 8, 8, "AAA"); // it has an int and no more
	expect("tp/syscalls/sys_enter_untold", raw_enter, 56, 8, "...");
	expect("tp/syscalls/sys_enter_untold", raw_enter, 64, 8, "AAA"); // none has seven
	expect(enter, raw_exit, 16, 8, "..."); // there is no ret: an argument, as it is called
}

/** CO-RE follows the struct of another event, which is laid out otherwise where more stands in front. */
static void records_of_calls_by_relocation(void **state)
{
	(void)state;
	static const struct {
		const char *section, *said;
		int16_t offset;
	} rows[] = {
		{ "tp/syscalls/sys_enter_read", ".!.", 16 }, // args[1] for args[0]
		{ "tp/syscalls/sys_enter_read", ".!.", 24 },
		{ "tp/syscalls/sys_enter_read", ".A.", 32 }, // and for the last one there is none
		{ "tp/syscalls/sys_enter_read", ".!.", 8 },  // args[0] for the call's number
		{ "tp/syscalls/sys_enter_getpid", "AAA", 8 },
		{ "tp/syscalls/sys_enter_untold", ".!.", 32 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(rows); i++)
		expect_reads((struct reads){ rows[i].section, raw_enter, rows[i].offset, 8, true },
			     rows[i].said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_of_events),
		cmocka_unit_test(records_of_calls),
		cmocka_unit_test(records_of_calls_by_relocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
