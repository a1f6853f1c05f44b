/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Errors of the library in tests. Include <cmocka.h> first. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define assert_ok(expr)                                                                            \
	do {                                                                                       \
		struct ks_error *e_ = (expr);                                                      \
		if (e_)                                                                            \
			fail_msg("%s", ks_error_text(e_));                                         \
	} while (0)

/** The error has the code and its text, a line, says that part ("": anything); it is freed. */
static inline void expect_error(struct ks_error *err, enum ks_errcode code, const char *part)
{
	assert_non_null(err);
	char *text = ks_error_text(err);
	assert_non_null(text);
	if (!strstr(text ? text : "", part)) // the compiler takes it that an assertion may return
		fail_msg("\"%s\" does not say \"%s\"", text ? text : "", part);
	assert_null(strchr(text, '\n'));
	assert_int_equal(err->code, code);
	free(text);
	ks_error_free(err);
}
