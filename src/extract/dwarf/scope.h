/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the DIEs of one unit need to be understood: their abbreviations, and the names of files. */
#include "base/arena.h"
#include "dwarf/line.h"

struct ks_unit_scope {
	const struct ks_unit *unit;
	const struct ks_abbrevs *abbrevs;
	const char *path; // of the unit
	struct ks_line_names lines;
	KS_VECTOR(const char *) file_paths; // by DW_AT_decl_file, NULL until needed
};

/**
 * Begin with a unit, whose bases are set.
 * @param v slots of the unit's own DIE, of which has are set
 */
KS_MUST_CHECK struct ks_error *
ks_unit_scope_start(struct ks_unit_scope *scope, struct ks_arena *arena, const struct ks_unit *unit,
		    const struct ks_abbrevs *abbrevs, uint32_t has, const uint64_t *v);
/** The path of a DW_AT_decl_file, or NULL when the table has no such file. failed is set without memory. */
const char *ks_unit_scope_file(struct ks_unit_scope *scope, struct ks_arena *arena, uint64_t file,
			       bool *failed);
void ks_unit_scope_deinit(struct ks_unit_scope *scope);

/** Bases that the other slots of the unit's own DIE need, before they are known: DWARF 5 defaults. */
void ks_unit_scope_set_bases(struct ks_unit *unit, uint32_t has, const uint64_t *v);
