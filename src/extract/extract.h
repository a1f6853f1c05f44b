/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A kernel image's bytes as a surface. A pure function: the same bytes give the same surface. */
#include "elf/image.h"
#include "surface/model.h"

/**
 * Read everything a vmlinux with DWARF tells.
 * @param config text of the kernel's configuration, or NULL when it is not known
 * @param nr_threads how many threads to use; the result does not depend on it
 * @return KS_ERR_UNSUPPORTED when the file is no kernel or has no debug information, KS_ERR_DATA with
 *	section and offset when it is damaged. The surface owns all its text; the caller frees it with
 *	ks_surface_free().
 */
KS_MUST_CHECK struct ks_error *ks_extract(const struct ks_elf *elf, const char *config,
					  unsigned int nr_threads, struct ks_surface **ret);
