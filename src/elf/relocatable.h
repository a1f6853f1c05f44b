/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Kernel modules: files that the kernel links when it loads them (ET_REL). */
#include "elf/image.h"

/**
 * Make a relocatable file read like a linked one: every loaded section gets an address of its own, one
 * behind the other in file order, and the sections that hold data and debug information are copied with
 * their relocations applied. Symbols of other files count as 0. Nothing happens to a file of another type.
 * @return KS_ERR_DATA when relocations or symbols lie outside of what they are about, KS_ERR_UNSUPPORTED
 *	when debug information is relocated in a way that is not known
 */
KS_MUST_CHECK struct ks_error *ks_elf_link(struct ks_elf *elf);
/**
 * The same over memory that only this image reads, and that no file is behind: what was copied or used up is given
 * back, so that a module takes little more than its size. Its bytes cannot be opened again.
 */
KS_MUST_CHECK struct ks_error *ks_elf_link_spend(struct ks_elf *elf);
