/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * The modules of one kernel as one surface. Modules come one by one and may go at once: what is new in them is
 * copied, and what they repeat of the kernel or of each other is not kept.
 */
#include "extract/modules/base_kernel.h"

struct ks_modules;

/** @param kernel borrowed until ks_modules_free() */
KS_MUST_CHECK struct ks_error *ks_modules_new(const struct ks_base_kernel *kernel,
					      struct ks_modules **ret);
/**
 * Add a module. The order of calls decides which module a type belongs to that several define.
 * @param module as ks_extract() gives it with module_of; borrowed for the call
 */
KS_MUST_CHECK struct ks_error *ks_modules_add(struct ks_modules *modules,
					      const struct ks_surface *module);
/**
 * Take over the modules of a surface that was made before, but for those that were added under the same name. What
 * their callers are called does not change, so a function keeps those that are not replaced.
 * @param before of the same kernel, as ks_modules_finish() gave it; borrowed for the call
 */
KS_MUST_CHECK struct ks_error *ks_modules_join(struct ks_modules *modules,
					       const struct ks_surface *before);
/** 32 hex digits that tell whether the same modules were added in the same order. NULL when memory runs out. */
const char *ks_modules_digest(struct ks_modules *modules);
/** What was added, and is going to be, are all the modules that the kernel has. */
void ks_modules_are_whole(struct ks_modules *modules);
/** The least that was told of any of them. */
enum ks_tier ks_modules_tier(const struct ks_modules *modules);
/** How many were added. */
uint32_t ks_modules_nr(const struct ks_modules *modules);
/** The kernel that they are of. */
const struct ks_base_kernel *ks_modules_kernel(const struct ks_modules *modules);
/** All that was added, as a surface; nothing can be added after that. */
KS_MUST_CHECK struct ks_error *ks_modules_finish(struct ks_modules *modules,
						 struct ks_surface **ret);
void ks_modules_free(struct ks_modules *modules); // NULL is allowed
static inline void ks_modules_freep(struct ks_modules **modules)
{
	ks_modules_free(*modules);
}
#define _cleanup_modules_ __attribute__((__cleanup__(ks_modules_freep)))

/**
 * Which kernel a module is for, as far as the module tells: release, architecture, class and byte order.
 * @param arena holds the text
 * @param ret only these fields are written
 * @return KS_ERR_UNSUPPORTED when the file is no module
 */
KS_MUST_CHECK struct ks_error *ks_module_kernel(const struct ks_elf *elf, struct ks_arena *arena,
						struct ks_image *ret);
