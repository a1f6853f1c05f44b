/* SPDX-License-Identifier: BSD-2-Clause */
/* Pointers that may be NULL, as test_check_typed.c has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "typed_kernel.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_be_null_must_be_checked),
		cmocka_unit_test(numbers_are_not_read_through_where_a_pointer_is_null),
		cmocka_unit_test(copies_are_told_together),
		cmocka_unit_test(what_is_read_through_it_may_be_null),
		cmocka_unit_test(iterators_end_with_null),
		cmocka_unit_test(names_of_parameters_tell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
