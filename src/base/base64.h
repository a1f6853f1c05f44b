/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/buf.h"

/**
 * Decode lines of base64, up to one that begins with '=' or '-', or the end. Whatever is no digit is passed over.
 * @param[out] ret appended to; tells when memory ran out
 * @return where it ended
 */
const char *ks_base64_lines(const char *text, struct ks_buf *ret);
