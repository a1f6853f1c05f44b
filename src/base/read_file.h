/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/**
 * Append a small file, as settings are; NUL follows it. Pipes and sockets, which could make the reader wait, are refused.
 * @param max bytes that it may have
 * @param[out] there false, and no error, when there is nothing to be seen of it; NULL: that is an error
 * @return KS_ERR_IO; KS_ERR_DATA when it is longer; the file is named
 */
KS_MUST_CHECK struct ks_error *ks_read_file(const char *path, size_t max, struct ks_buf *ret,
					    bool *there);
