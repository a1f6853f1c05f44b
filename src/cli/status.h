/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>

#include "base/error.h"

/** One exit status of the command, as scripts and the manual page know it. */
struct ks_status {
	int code;
	const char *meaning;
};

/** What --sandbox makes of a crash. */
enum { KS_STATUS_CRASH = 9 };

/** All of them in ascending order; the last row has no meaning. */
extern const struct ks_status ks_statuses[];

/** What the lowest exit statuses of a command mean. */
enum ks_answers {
	KS_ANSWERS_NONE,     // 0: done
	KS_ANSWERS_DIFFERS,  // 0: the same, 1: it differs, as for diff(1)
	KS_ANSWERS_VERDICTS, // 0: all works, 1: risks, 2: failures
};

/** The exit status for a kind of failure, moved out of the way of the command's answers. */
int ks_status_of(enum ks_errcode code, enum ks_answers answers);
