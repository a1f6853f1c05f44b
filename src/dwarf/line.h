/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* File names out of line-table headers (DWARF 5, section 6.2.4; DWARF 4 numbers from 1). */
#include "base/vector.h"
#include "dwarf/unit.h"

struct ks_line_file {
	const char *name;
	uint64_t dir; // index into dirs
};

/** The file names of one unit; text lies in the image. Reused for the next unit. */
struct ks_line_names {
	KS_VECTOR(const char *) dirs;
	KS_VECTOR(struct ks_line_file)
	files;	       // indexed as DW_AT_decl_file does; [0] unused before 5
	uint64_t cost; // bytes read by the last call
};

/**
 * Read the header at offset of .debug_line.
 * @param comp_dir of the unit: directory 0 before DWARF 5, where the table does not name it
 */
KS_MUST_CHECK struct ks_error *ks_line_names_read(struct ks_line_names *names,
						  const struct ks_unit *unit, uint64_t offset,
						  const char *comp_dir);
void ks_line_names_deinit(struct ks_line_names *names);
