/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Files of the packages that this machine has: dpkg's lists, and what rpm tells. */
#include "base/arena.h"
#include "base/error.h"
#include "base/vector.h"

/** A zeroed struct is empty. */
struct ks_installed_files {
	struct ks_arena arena;
	KS_VECTOR(const char *) paths; // ascending, each once
	size_t nr_closed;	       // files that could not be opened: who asks may not
	struct ks_error *unread;       // why packages of rpm are left out; owned; NULL: none are
};
void ks_installed_files_deinit(struct ks_installed_files *files);

/**
 * The ELF files of installed packages, but for kernels, their modules and debug information.
 * @param root folder that the lists, and rpm's database, are looked for in; NULL is "/"
 * @return KS_ERR_NOTFOUND when there is no list of packages, others when there is no list but rpm's, which cannot be read
 */
KS_MUST_CHECK struct ks_error *ks_installed_find(const char *root, struct ks_installed_files *ret);
