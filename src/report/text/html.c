/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text/html.h"

void ks_html_escape(struct ks_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (text[i]) {
		case '&':
			ks_buf_str(out, "&amp;");
			break;
		case '<':
			ks_buf_str(out, "&lt;");
			break;
		case '>':
			ks_buf_str(out, "&gt;");
			break;
		case '"':
			ks_buf_str(out, "&quot;");
			break;
		default:
			ks_buf_char(out, (unsigned char)text[i] < ' ' ? '?' : text[i]);
		}
	}
}
