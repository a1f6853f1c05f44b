/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

#include <string.h>

/** What a character stands for; -1: none. */
static int value_of(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

const char *ks_base64_lines(const char *text, struct ks_buf *ret)
{
	uint32_t bits = 0;
	int nr = 0;
	while (*text && *text != '=' && *text != '-') {
		size_t len = strcspn(text, "\n");
		for (size_t i = 0; i < len && text[i] != '='; i++) {
			int value = value_of(text[i]);
			if (value < 0)
				continue; // a carriage return
			bits = bits << 6 | (uint32_t)value;
			nr += 6;
			if (nr >= 8) {
				nr -= 8;
				ks_buf_char(ret, (char)(bits >> nr));
			}
		}
		text += len + (text[len] == '\n');
	}
	return text;
}
