/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "source/net/signed_by.h"

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

static bool is_blank(const char *line)
{
	line += strspn(line, " \t\r");
	return *line == '\n' || !*line;
}

/** "deb [arch=amd64 signed-by=/a.gpg] URL SUITE..." */
static bool from_line(const char *line, struct ks_buf *ret)
{
	static const char key[] = "signed-by=";
	line += strspn(line, " \t");
	if (strncmp(line, "deb", 3) != 0)
		return false;
	size_t len = strcspn(line, "\n"), open = strcspn(line, "[\n"), close = strcspn(line, "]\n");
	if (open >= len || close >= len || close < open)
		return true;
	for (const char *at = line + open + 1; at < line + close;) {
		size_t word = strcspn(at, " \t]");
		if (strncasecmp(at, key, strlen(key)) == 0)
			ks_buf_bytes(ret, at + strlen(key), word - strlen(key));
		at += word + strspn(at + word, " \t");
		if (*at == ']')
			break;
	}
	return true;
}

/** The lines of a field that goes on over many. */
static void take_value(const char *line, struct ks_buf *ret)
{
	const char *at = strchr(line, ':') + 1;
	do {
		at += strspn(at, " \t");
		size_t len = strcspn(at, "\r\n");
		if (*at != '#' && !(len == 1 && *at == '.')) // a dot stands for an empty line
			ks_buf_bytes(ret, at, len);
		ks_buf_char(ret, '\n');
		at = next_line(at);
	} while (*at == ' ' || *at == '\t' || *at == '#');
}

static void from_stanza(const char *text, size_t nr, struct ks_buf *ret)
{
	static const char key[] = "Signed-By:";
	bool inside = false;
	size_t count = 0;
	for (const char *line = text; *line; line = next_line(line)) {
		if (is_blank(line)) {
			inside = false;
		} else if (*line != '#') {
			count += !inside;
			inside = true;
			if (count == nr && strncasecmp(line, key, strlen(key)) == 0)
				take_value(line, ret);
		}
	}
}

void ks_signed_by(const char *text, size_t nr, struct ks_buf *ret)
{
	const char *line = text;
	for (size_t i = 1; i < nr && *line; i++)
		line = next_line(line);
	if (!from_line(line, ret))
		from_stanza(text, nr, ret);
}
