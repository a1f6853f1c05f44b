/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What libbpf refuses before the kernel is asked: inside check/ only. */
#include "check/reasons.h"

/**
 * Whether libbpf refuses to attach what the program's section names: an offset into a function that returns, a name that it
 * cannot read, an event without its system. Adds the reason.
 */
bool ks_judge_section(struct ks_judge *judge);
