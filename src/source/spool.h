/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"

/**
 * Open what a user names for reading. Standard input ("-") and pipes are read to their end, into a file without a name, for what is read
 * may be read at any place. A pipe that nobody writes to is not waited for.
 * @param[out] ret a regular file, a folder, or what only its caller can refuse; the caller closes it
 * @return KS_ERR_IO when it cannot be opened or read; KS_ERR_DATA when more than 4 GiB come; KS_ERR_USAGE when nothing does
 */
KS_MUST_CHECK struct ks_error *ks_spool_open(const char *path, int *ret);
