/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The struct that a program gets: inside check/ only. */
#include "check/reasons.h"

/** Bytes of a struct. */
struct ks_context_range {
	uint64_t begin, end;
};

/** The struct of programs of that type, as the image has it; NULL: none that is known, or the image has several of its name. */
const struct ks_decl *ks_judge_context(const struct ks_judge *judge);
/** Where a member stands, also one of the unnamed structs and unions in it; not one of bits. */
bool ks_context_member(const struct ks_site *site, const struct ks_decl *record, const char *name,
		       struct ks_context_range *ret);
