/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/names.h"

#include <ctype.h>
#include <stdlib.h>

void ks_names_deinit(struct ks_names *names)
{
	ks_buf_deinit(&names->scratch);
}

void ks_names_put(struct ks_buf *json, const char *name, bool first)
{
	ks_buf_str(json, first ? "[\"" : ",\"");
	for (size_t run; *name; name += run) {
		run = 0;
		while ((unsigned char)name[run] >= 0x20 && name[run] != '"' && name[run] != '\\')
			run++;
		ks_buf_bytes(json, name, run);
		if (!name[run])
			break;
		ks_buf_printf(json, "\\u%04x", (unsigned char)name[run]);
		run++;
	}
	ks_buf_char(json, '"');
}

static bool damaged(struct ks_names *names)
{
	names->why = "list of names is no JSON array of strings";
	return false;
}

/** Behind a backslash: only the one escape that ks_names_put() writes. */
static bool take_escape(struct ks_names *names)
{
	char digits[5] = "";
	if (names->end - names->pos < 6 || names->pos[1] != 'u')
		return damaged(names);
	memcpy(digits, names->pos + 2, 4);
	char *end;
	unsigned long code = strtoul(digits, &end, 16);
	if (*end || code > 0x7f || !isxdigit((unsigned char)digits[0]))
		return damaged(names);
	ks_buf_char(&names->scratch, (char)code);
	names->pos += 6;
	return true;
}

static bool take_escaped_name(struct ks_names *names, const char *start)
{
	names->scratch.len = 0;
	ks_buf_bytes(&names->scratch, start, (size_t)(names->pos - start));
	while (names->pos < names->end && *names->pos != '"') {
		if (*names->pos != '\\')
			ks_buf_char(&names->scratch, *names->pos++);
		else if (!take_escape(names))
			return false;
	}
	if (names->pos == names->end || names->scratch.failed)
		return damaged(names);
	names->pos++;
	names->name = names->scratch.at;
	names->len = names->scratch.len;
	return true;
}

bool ks_names_next(struct ks_names *names)
{
	const char *pos = names->pos, *end = names->end;
	if (names->why || end - pos < 1)
		return names->why ? false : damaged(names);
	if (*pos == ']')
		return false;
	if (end - pos < 3 || (*pos != '[' && *pos != ',') || pos[1] != '"')
		return damaged(names);
	const char *start = pos += 2;
	while (pos < end && *pos != '"' && *pos != '\\')
		pos++;
	names->pos = pos;
	if (pos == end)
		return damaged(names);
	if (*pos == '\\')
		return take_escaped_name(names, start);
	names->pos++;
	names->name = start;
	names->len = (size_t)(pos - start);
	return true;
}
