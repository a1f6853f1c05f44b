/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"

/**
 * Refuse a place that is no file's: what is written beside it and renamed would stand where a device, pipe or socket was, or
 * the link to an open file, such as /dev/stdout. What cannot be looked at is let through: renaming will tell.
 * @return KS_ERR_USAGE
 */
KS_MUST_CHECK struct ks_error *ks_spare_special(const char *path);
