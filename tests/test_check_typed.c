/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads through pointers whose types the verifier knows, and what is computed with them. The expectations are what booted
 * kernels said of programs like these (tests/truth/idioms/pointers.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "typed_kernel.h"

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
	expect(PROGRAM("6.12.117", "fentry/written", LOAD(6, 1, 0), END),
	       "pointer argument 1: it is a pointer to const void, or void by another name, which "
	       "this kernel does not let programs have");
	expect(PROGRAM("6.12.117", "fentry/written", LOAD(6, 1, 8), END), "");
	expect(PROGRAM("6.16.3", "fentry/written", LOAD(6, 1, 0), END), "");
	expect(PROGRAM("5.10.1", "fentry/many", LOAD(6, 1, 24), END), ""); // text
	expect(PROGRAM("5.10.1", "fentry/many", LOAD(6, 1, 16), END), "");
}

static void structs_by_value_are_numbers(void **state)
{
	(void)state;
	expect(PROGRAM("6.1.50", "fentry/passed", LOAD(6, 1, 0), LOAD(2, 6, 0), END),
	       NUMBER("argument 1"));
	expect(PROGRAM("6.1.50", "fentry/passed", LOAD(6, 1, 8), LOAD(2, 6, 0), END),
	       NUMBER("argument 1"));
	expect(PROGRAM("6.1.50", "fentry/passed", LOAD(6, 1, 8), END), "");
	expect(PROGRAM("6.0.1", "fentry/passed", LOAD(6, 1, 8), END),
	       "pointer argument 1: it is a struct by value, which this kernel does not let "
	       "programs "
	       "have");
	// a struct that is only declared is none to read
	expect(PROGRAM("7.0.1", "fentry/passed", LOAD(6, 1, 16), END),
	       "pointer argument 2: it is a pointer to neither a struct nor void, which this "
	       "kernel "
	       "does not let programs have");
	expect(PROGRAM("7.1.1", "fentry/passed", LOAD(6, 1, 16), END), "");
	expect(PROGRAM("7.1.1", "fentry/passed", LOAD(6, 1, 16), LOAD(2, 6, 0), END),
	       NUMBER("argument 2"));
}

static void words_are_counted_by_arguments(void **state)
{
	(void)state;
	static const char counting[] = "function-by-btf";
	// the first takes two words
	expect_by(counting, PROGRAM("6.1.50", "fentry/passed", LOAD(6, 1, 16), END), "");
	expect_by(counting, PROGRAM("6.1.50", "fentry/passed", LOAD(6, 1, 24), END),
		  "signature-changed passed: argument 3 is read, there are 2");
	expect_by(counting, PROGRAM("6.12.50", "fexit/many", LOAD(6, 1, 56), END), "");
	expect_by(counting, PROGRAM("6.12.50", "fentry/many", LOAD(6, 1, 56), END),
		  "signature-changed many: argument 8 is read, there are 7");
}

/** Each as 5.10, 6.1, 6.12 and 7.2 said when programs were attached to their iterators. */
static void few_iterators_take_what_sleeps(void **state)
{
	(void)state;
	static const char sleeping[] = "iterator-sleep";
	expect_by(sleeping, PROGRAM("6.1.50", "iter.s/task", END), "");
	expect_by(sleeping, PROGRAM("6.1.50", "iter.s/ksym", END), "");
	expect_by(sleeping, PROGRAM("6.1.50", "iter.s/not_listed", END), "");
	expect_by(sleeping, PROGRAM("6.1.50", "iter/tcp", END), "");
	expect_by(sleeping, PROGRAM("5.10.262", "iter.s/tcp", END), "");
	expect_by(sleeping, PROGRAM("6.1.50", "iter.s/tcp", END),
		  "prog-type iter.s/tcp: no program that sleeps is attached to this iterator");
	expect_by(sleeping, PROGRAM("6.1.50", "iter.s/bpf_map", END),
		  "prog-type iter.s/bpf_map: no program that sleeps is attached to this iterator");
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
	expect(PROGRAM("6.12.6", "fentry/many", LOAD4(6, 1, 0), END), cut);
	expect(PROGRAM("6.12.5", "fentry/many", LOAD4(6, 1, 0), END),
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
	typed_license = "Proprietary";
	expect(PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 0), END), "");
	expect(PROGRAM("6.2.1", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 0), END),
	       "pointer argument 1: only GPL-compatible programs may read structs of the kernel "
	       "since "
	       "6.2");
	expect(PROGRAM("6.2.1", "fentry/many", LOAD(6, 1, 8), END), "");
	typed_license = "GPL";
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

#define USER(name)                                                                                 \
	"pointer " name ": " name " points to memory of user space, which programs do not read so"
#define UNTOLD_TAGS(name)                                                                          \
	"tier " name ": whether " name                                                             \
	" points to memory of the kernel is not known: the image does not tell the tags of its "   \
	"types"

static void tags_of_types_are_heeded(void **state)
{
	(void)state;
	const struct program *argument = PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 0),
						 LOAD(2, 6, 0), END),
			     *each = PROGRAM("6.1.50", "fentry/many", LOAD(6, 1, 40), LOAD(2, 6, 0),
					     END),
			     *old = PROGRAM("5.17.1", "fentry/many", LOAD(6, 1, 0), LOAD(2, 6, 0),
					    END);
	expect(argument, "");
	typed_tags = TYPED_TAGS;
	expect(argument, USER("argument 1"));
	expect(old, "");
	// only which definition of it is meant is not known here
	expect(each, "tier argument 6: what argument 6 points to, and so what may be read there, "
		     "is not known");
	// an iterator's argument 1 is an "other"
	expect(PROGRAM("6.1.50", "lsm/hook", LOAD(6, 1, 0), LOAD(2, 6, 8), LOAD(3, 2, 0), END),
	       USER("other::thing"));
	typed_tags = TYPED_TAGS_UNTOLD;
	expect(argument, UNTOLD_TAGS("argument 1"));
	expect(old, "");
	typed_tags = TYPED_NO_TAGS;
}

static void what_rcu_keeps_may_be_null(void **state)
{
	(void)state;
	typed_tags = TYPED_TAGS;
	// lsm/hook: argument 2 is a thing, which is trusted; this kernel has no lists of what is
	expect(PROGRAM("6.10.1", "lsm/hook", LOAD(6, 1, 8), LOAD(2, 6, 16), LOAD(3, 2, 0), END),
	       UNCHECKED("thing::next"));
	expect(PROGRAM("6.10.1", "lsm/hook", LOAD(6, 1, 8), LOAD(2, 6, 16), JEQ(2, 0, 1),
		       LOAD(3, 2, 0), END),
	       "");
	expect(PROGRAM("6.3.1", "lsm/hook", LOAD(6, 1, 8), LOAD(2, 6, 16), LOAD(3, 2, 0), END), "");
	// nothing is trusted of what a function gets, nor where RCU is not held
	expect(PROGRAM("6.10.1", "fexit/many", LOAD(6, 1, 56), LOAD(2, 6, 16), LOAD(3, 2, 0), END),
	       "");
	expect(PROGRAM("6.10.1", "lsm.s/hook", LOAD(6, 1, 8), LOAD(2, 6, 16), LOAD(3, 2, 0), END),
	       "");
	// there what is read is not trusted, and a tag no longer counts
	expect(PROGRAM("6.10.1", "lsm.s/hook", LOAD(6, 1, 0), LOAD(2, 6, 8), LOAD(3, 2, 0), END),
	       "");
	expect(PROGRAM("6.3.1", "lsm.s/hook", LOAD(6, 1, 0), LOAD(2, 6, 8), LOAD(3, 2, 0), END),
	       USER("other::thing"));
	typed_tags = TYPED_NO_TAGS;
}

#define A_NUMBER(byte)                                                                             \
	"pointer context: byte " byte " of it is a number to the verifier, and is read through"

static void words_without_types_are_numbers(void **state)
{
	(void)state;
	expect(PROGRAM("6.1.50", "kprobe/many", LOAD(6, 1, 112), LOAD(2, 6, 72), END),
	       A_NUMBER("112"));
	expect(PROGRAM("5.10.1", "kprobe/many", LOAD(6, 1, 112), ADD(6, 8), LOAD(2, 6, 0), END),
	       A_NUMBER("112"));
	expect(PROGRAM("6.1.50", "kprobe/many", LOAD(6, 1, 112), MOV(2, 0), STORE(6, 2, 0), END),
	       A_NUMBER("112"));
	expect(PROGRAM("7.0.1", "raw_tp/event", LOAD(6, 1, 8), LOAD(2, 6, 0), END), A_NUMBER("8"));
	// a helper may read there, and of writable events the first word is memory
	expect(PROGRAM("6.1.50", "kprobe/many", LOAD(6, 1, 112), MOVX(3, 6), CALL(113), END), "");
	expect(PROGRAM("7.0.1", "raw_tp.w/event", LOAD(6, 1, 0), LOAD(2, 6, 0), END), "");
	expect(PROGRAM("7.0.1", "raw_tp.w/event", LOAD(6, 1, 8), LOAD(2, 6, 0), END),
	       A_NUMBER("8"));
}

static void contexts_end_where_their_struct_ends(void **state)
{
	(void)state;
	const struct program *all = PROGRAM("6.1.50", "xdp", LOAD4(2, 1, 12), END),
			     *more = PROGRAM("6.1.50", "xdp", LOAD4(2, 1, 16), END);
	expect_by("context-end", all, "");
	expect_by("context-end", more,
		  "pointer context: struct xdp_md has 16 bytes, byte 16 is read or written");
	// of types that this kernel does not describe nothing is known
	expect_by("context-end", PROGRAM("6.1.50", "tc", LOAD4(2, 1, 184), END), "");
}

static void arguments_are_no_results(void **state)
{
	(void)state;
#define ENDS_WITH(section, ...) PROGRAM("6.1.50", section, __VA_ARGS__, { 0x95, 0, 0, 0, 0 })
	expect_by("returns", ENDS_WITH("lsm_cgroup/hook", LOAD4(0, 1, 8)),
		  "result lsm_cgroup/hook: it ends with argument 2, the kernel takes "
		  "0 to 1");
	expect_by("returns", ENDS_WITH("lsm_cgroup/hook", LOAD4(2, 1, 8), MOVX(0, 2)),
		  "result lsm_cgroup/hook: it ends with argument 2, the kernel takes "
		  "0 to 1");
	expect_by("returns", ENDS_WITH("lsm_cgroup/hook", LOAD(0, 1, 8)),
		  "result lsm_cgroup/hook: it ends with argument 2, the kernel takes 0 to 1");
	expect_by("returns", ENDS_WITH("lsm_cgroup/hook", LOAD(6, 1, 8), LOAD(0, 6, 0)),
		  "result lsm_cgroup/hook: it ends with what is read of the kernel, which takes 0 "
		  "to 1");
	expect_by(
		"returns", ENDS_WITH("lsm_cgroup/hook", LOAD(6, 1, 8), LOAD1(0, 6, 8)),
		"result lsm_cgroup/hook: it ends with a number that can be more, the kernel takes "
		"0 to 1");
	// the hook's own result, and what a comparison told
	expect_by("returns", ENDS_WITH("lsm_cgroup/hook", LOAD(0, 1, 16)), "");
	expect_by("returns", ENDS_WITH("lsm_cgroup/hook", LOAD(0, 1, 8), JGT(0, 1, 1), MOV(0, 0)),
		  "");
	expect_by("returns", ENDS_WITH("lsm_cgroup/hook", LOAD4(0, 1, 16)), "");
	expect_by("returns", ENDS_WITH("lsm_cgroup/hook", LOAD4(0, 1, 8), JGT(0, 1, 1), MOV(0, 0)),
		  "");
	expect_by("returns", ENDS_WITH("kprobe/many", LOAD4(0, 1, 8)), "");
	// one path with that, and one with an argument, whichever comes last
	expect_by("returns",
		  ENDS_WITH("lsm_cgroup/hook", MOVX(7, 1), CALL(7), JEQ(0, 5, 2), LOAD(0, 7, 8),
			    { 0x95, 0, 0, 0, 0 }, LOAD(0, 7, 16)),
		  "result lsm_cgroup/hook: it ends with argument 2, the kernel takes 0 to 1");
	expect_by("returns",
		  ENDS_WITH("lsm_cgroup/hook", MOVX(7, 1), CALL(7), JEQ(0, 5, 2), LOAD(0, 7, 16),
			    { 0x95, 0, 0, 0, 0 }, LOAD(0, 7, 8)),
		  "result lsm_cgroup/hook: it ends with argument 2, the kernel takes 0 to 1");
#undef ENDS_WITH
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_of_types_are_heeded),
		cmocka_unit_test(what_rcu_keeps_may_be_null),
		cmocka_unit_test(words_without_types_are_numbers),
		cmocka_unit_test(contexts_end_where_their_struct_ends),
		cmocka_unit_test(members_are_read),
		cmocka_unit_test(what_is_no_member_is_refused),
		cmocka_unit_test(numbers_are_not_read_through),
		cmocka_unit_test(some_pointers_are_not_even_loaded),
		cmocka_unit_test(structs_by_value_are_numbers),
		cmocka_unit_test(words_are_counted_by_arguments),
		cmocka_unit_test(few_iterators_take_what_sleeps),
		cmocka_unit_test(structs_are_not_read_at_an_index),
		cmocka_unit_test(pointers_are_computed_with_by_some_operators),
		cmocka_unit_test(what_helpers_give_is_typed),
		cmocka_unit_test(parts_of_pointers_are_not_read),
		cmocka_unit_test(helpers_want_structs),
		cmocka_unit_test(operations_have_their_arguments_counted),
		cmocka_unit_test(others_than_gpl_read_no_structs),
		cmocka_unit_test(arguments_are_counted),
		cmocka_unit_test(a_moved_context_is_read_by_some_types),
		cmocka_unit_test(arguments_are_no_results),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
