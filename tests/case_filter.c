/* SPDX-License-Identifier: BSD-2-Clause */
/* KSURF_CASE=PATTERN runs only the cases of a test program whose names match; * stands for any text, ? for one character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

__attribute__((constructor)) static void take_filter(void)
{
	const char *pattern = getenv("KSURF_CASE");
	if (pattern)
		cmocka_set_test_filter(pattern);
}
