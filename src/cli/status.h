/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>

#include "base/error.h"

/** One exit status of the command, as scripts and the manual page know it. */
struct ks_status {
	int code;
	const char *meaning;
};

/** All of them in ascending order; the last row has no meaning. */
extern const struct ks_status ks_statuses[];

/** The exit status for a kind of failure. @param compares 1 is taken: it means that two things differ */
int ks_status_of(enum ks_errcode code, bool compares);
