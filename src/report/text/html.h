/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Text inside HTML and XML: inside report/ only. */
#include "base/buf.h"

/** Append text so that nothing of it is markup; control characters become '?'. */
void ks_html_escape(struct ks_buf *out, const char *text, size_t len);
