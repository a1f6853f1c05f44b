/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names of functions as libbpf reads them for kprobe.multi: inside check/ only. */
#include <stdbool.h>

#include "check/reasons.h"

/** What makes a name of functions more than the name of one, or of one with a suffix. */
#define KS_PATTERN_SPECIAL "*?.[-:+"
/** As libbpf matches patterns of functions: '*' and '?' are special, nothing else. */
bool ks_pattern_matches(const char *pattern, const char *name);

/** What a pattern matches ('*' and '?'), and whether the kernel takes all of it. */
void ks_judge_pattern(struct ks_judge *judge, const char *pattern);
