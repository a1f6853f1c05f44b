/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Functions that a program cannot be attached to, because they have no symbol: inside check/ only. */
#include "check/reasons.h"
#include "check/rules/target.h"

/** Why a function that has no symbol of its name has none; adds the reason. */
void ks_judge_no_symbol(struct ks_judge *judge, enum ks_stage stage, const struct ks_target *target,
			const char *name);
