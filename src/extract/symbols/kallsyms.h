/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The symbols of a kernel that has no symbol table: it carries a packed list of them for its own use. */
#include "elf/image.h"
#include "surface/model.h"

/**
 * Find the tables of kallsyms in an image by their form, and read them into the surface's symbols, ordered by
 * address. Works on stripped ELF files and on flat images whose address is not known yet.
 *
 * All that such a table knows of a symbol is its name, its address and the letter that nm(1) prints. Type and
 * section are what the letter says, and the size is the distance to the next symbol of the same kind.
 * @param[out] start where the first byte of a flat image is linked, as far as these tables tell it; else 0
 * @return NULL also when the image has no such tables: then symtab_known stays false. KS_ERR_DATA when they are
 *	damaged.
 */
KS_MUST_CHECK struct ks_error *ks_kallsyms_read(const struct ks_elf *elf,
						struct ks_surface *surface, uint64_t *start);

/**
 * Read the text of a System.map, or of /proc/kallsyms (lines of modules are left out), into the surface's
 * symbols, as ks_kallsyms_read() does.
 * @param elf for the names of sections, or NULL
 * @return NULL also for a text without symbols, such as the stub in Debian's packages: then symtab_known stays
 *	false. All addresses are 0 in what the kernel shows to those who may not see them.
 */
KS_MUST_CHECK struct ks_error *ks_system_map_read(const struct ks_elf *elf, const char *text,
						  struct ks_surface *surface);
