/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/names_json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "store/private.h"

static void put_name(struct ks_buf *json, const char *name)
{
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
}

void ks_names_json_put(struct ks_buf *json, struct ks_bytes names)
{
	const char *at = names.at, *end = at + names.len;
	for (const char *name = at; name < end; name += strlen(name) + 1) {
		ks_buf_str(json, name == at ? "[\"" : ",\"");
		put_name(json, name);
		ks_buf_char(json, '"');
	}
	ks_buf_char(json, ']');
}

static struct ks_error *damaged(void)
{
	return ks_store_damaged("list of names is no JSON array of strings");
}

/** Behind a backslash: only the one escape that ks_names_json_put() writes. @return 0: it is another */
static char escaped(const char *pos, const char *end)
{
	char digits[5] = "", *stop;
	if (end - pos < 6 || pos[1] != 'u' || !isxdigit((unsigned char)pos[2]))
		return 0;
	memcpy(digits, pos + 2, 4);
	unsigned long code = strtoul(digits, &stop, 16);
	return *stop || code > 0x7f ? 0 : (char)code;
}

/** The text of a string up to its quote. @return where that stands; NULL: nowhere */
static const char *take_string(const char *pos, const char *end, struct ks_buf *out)
{
	while (pos < end && *pos != '"') {
		const char *start = pos;
		while (pos < end && *pos && *pos != '"' && *pos != '\\')
			pos++;
		ks_buf_bytes(out, start, (size_t)(pos - start));
		if (pos == end || *pos == '"')
			break;
		char c = *pos == '\\' ? escaped(pos, end) : 0;
		if (!c)
			return NULL;
		ks_buf_char(out, c);
		pos += 6;
	}
	ks_buf_char(out, '\0');
	return pos < end ? pos : NULL;
}

struct ks_error *ks_names_json_get(struct ks_bytes json, struct ks_buf *out)
{
	const char *pos = json.at, *end = pos + json.len;
	out->len = 0;
	for (char before = '['; pos < end && *pos != ']'; before = ',') {
		if (end - pos < 3 || *pos != before || pos[1] != '"')
			return damaged();
		pos = take_string(pos + 2, end, out);
		if (!pos)
			return damaged();
		pos++;
	}
	return !out->len || end - pos != 1 ? damaged() : ks_buf_error(out);
}
