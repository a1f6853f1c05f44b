/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Declarations of abbreviations that were compiled before. The units of a kernel number them each in its own way, but
 * what they declare is mostly the same: its bytes lead to the program that is there.
 */
#include "dwarf/unit.h"

/** Room for another table; forgets all when it is for other sizes or another section, or grew too large. */
KS_MUST_CHECK struct ks_error *ks_abbrevs_known_start(struct ks_abbrevs *abbrevs,
						      const struct ks_unit *unit);
/** Bytes of the declaration that the cursor stands in, behind its code; 0: not written as compilers do, and not kept. */
size_t ks_abbrev_declaration_bytes(const struct ks_cursor *in);
/** What was compiled from the same bytes, or NULL. @param ret_hash for ks_abbrevs_known_add() */
const struct ks_abbrev *ks_abbrevs_known_find(const struct ks_abbrevs *abbrevs,
					      struct ks_abbrev_bytes declaration,
					      uint64_t *ret_hash);
/** Keep what was compiled; false when memory runs out. @param declaration stays where it is as long as the section */
bool ks_abbrevs_known_add(struct ks_abbrevs *abbrevs, struct ks_abbrev_bytes declaration,
			  uint64_t hash, const struct ks_abbrev *abbrev);
void ks_abbrevs_known_deinit(struct ks_abbrevs_known *known);
