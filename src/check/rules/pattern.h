/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names of functions as libbpf reads them for kprobe.multi: inside check/ only. */
#include <stdbool.h>

#include "check/reasons.h"

/** What stands in the name of one function; anything else makes more of it, or is where libbpf ends reading. */
#define KS_PATTERN_PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
/** As libbpf matches patterns of functions: '*' and '?' are special, nothing else. */
bool ks_pattern_matches(const char *pattern, const char *name);

/** What a pattern matches ('*' and '?'), and whether the kernel takes all of it. */
void ks_judge_pattern(struct ks_judge *judge, const char *pattern);
