/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Lists of mirrors: a URL a line, or a metalink (RFC 5854, as distributions serve it). */
#include "base/buf.h"
#include "base/error.h"

/**
 * The next URL of a server in such a text, http or https. What a metalink has behind it, "/repodata/repomd.xml", is left out.
 * @param[in,out] at in a text that ends with a NUL
 * @param[out] url replaced
 * @return false when there is none
 */
bool ks_mirror_list_next(const char **at, struct ks_buf *url);
