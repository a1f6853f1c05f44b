/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Percent-encoding (RFC 3986, 2.1): any bytes as a part of an address, and back. */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** Append bytes as one segment of a path, or one value of a query: letters, digits and "-._~" stay as they are. */
void ks_url_encode(struct ks_buf *out, const char *text, size_t len);
/**
 * Append what len bytes stand for.
 * @param plus "+" is a blank, as in queries
 * @return false at a '%' without two hexadecimal digits, or one that stands for NUL
 */
bool ks_url_decode(struct ks_buf *out, const char *text, size_t len, bool plus);
