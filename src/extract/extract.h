/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A kernel image's bytes as a surface. A pure function: the same bytes give the same surface. */
#include "base/progress.h"
#include "elf/image.h"
#include "surface/model.h"

struct ks_base_kernel;

struct ks_extract_opts {
	const char *config;	 // text of the kernel's configuration, or NULL when it is not known
	const char *system_map;	 // text that lists its symbols, for images that do not; or NULL
	unsigned int nr_threads; // 0 is 1; the result does not depend on it
	const struct ks_cancel *cancel; // looked at from unit to unit; or NULL
	/** Whether nobody needs more of this image at its tier; NULL: everything is needed. */
	bool (*known)(void *arg, const struct ks_image *image);
	void *known_arg;
	/**
	 * NULL: the file is a kernel. Else it is a module of this one, after ks_elf_link(); the surface
	 * says of the module alone, and its label is the module's name.
	 */
	const struct ks_base_kernel *module_of;
};

/**
 * Read everything a kernel image tells: from DWARF when it has that, else from BTF and symbols (the tier in
 * ks_surface.image says which); of a known image only the facts in ks_surface.image.
 * @return KS_ERR_UNSUPPORTED when the file is no kernel or tells nothing, KS_ERR_DATA with
 *	section and offset when it is damaged. The surface owns all its text; the caller frees it with
 *	ks_surface_free().
 */
KS_MUST_CHECK struct ks_error *
ks_extract(const struct ks_elf *elf, const struct ks_extract_opts *opts, struct ks_surface **ret);
