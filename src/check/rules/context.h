/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The struct that a program gets: inside check/ only. */
#include "check/reasons.h"

/** The struct of programs of that type, as the image has it; NULL: none that is known, or the image has several of its name. */
const struct ks_decl *ks_judge_context(const struct ks_judge *judge);
