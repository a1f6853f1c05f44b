/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Debug information that is spread over several sections or files: for unit.c only. */
#include "dwarf/unit.h"

/**
 * KS_ERR_UNSUPPORTED when a part of the debug information is in another file, which it names, or in sections
 * of the same name, as a file has them that was not linked to its end.
 */
KS_MUST_CHECK struct ks_error *ks_dwarf_all_here(const struct ks_elf *elf);
/** Set info: .debug_info, with the type units of DWARF 4 behind it, which have a section of their own. */
KS_MUST_CHECK struct ks_error *ks_dwarf_join(struct ks_dwarf *dwarf, const struct ks_section *info);
/** Sort the type units; false: out of memory. */
bool ks_dwarf_list_signatures(struct ks_dwarf *dwarf);
