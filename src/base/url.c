/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/url.h"

#include <string.h>

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~", c));
}

void ks_url_encode(struct ks_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (is_unreserved(text[i]))
			ks_buf_char(out, text[i]);
		else
			ks_buf_printf(out, "%%%02X", (unsigned char)text[i]);
}

/** The value of a hexadecimal digit; -1: it is none. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ks_url_decode(struct ks_buf *out, const char *text, size_t len, bool plus)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '+' && plus) {
			ks_buf_char(out, ' ');
		} else if (text[i] != '%') {
			ks_buf_char(out, text[i]);
		} else {
			int high = i + 2 < len ? digit(text[i + 1]) : -1;
			int low = i + 2 < len ? digit(text[i + 2]) : -1;
			if (high < 0 || low < 0 || high + low == 0)
				return false;
			ks_buf_char(out, (char)(high << 4 | low));
			i += 2;
		}
	}
	return true;
}
