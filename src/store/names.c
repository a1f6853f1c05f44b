/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/names.h"

#include <ctype.h>
#include <stdlib.h>

void ks_segment_names_deinit(struct ks_segment_names *names)
{
	ks_buf_deinit(&names->scratch);
}

void ks_segment_names_put(struct ks_buf *json, const char *name, bool first)
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

static bool damaged(struct ks_segment_names *names)
{
	names->why = "list of names is no JSON array of strings";
	return false;
}

/** Behind a backslash: only the one escape that ks_segment_names_put() writes. */
static bool take_escape(struct ks_segment_names *names)
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

static bool take_escaped_name(struct ks_segment_names *names, const char *start)
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

bool ks_segment_names_next(struct ks_segment_names *names)
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

struct ks_error *ks_segment_names_error(const struct ks_segment_names *names)
{
	return names->why ? ks_store_damaged(names->why) : NULL;
}

struct ks_error *ks_segment_names_fetch(struct ks_store *store, int64_t segment,
					sqlite3_stmt **stmt, struct ks_bytes *ret_json)
{
	KS_TRY(ks_sql_get(store, KS_SQL_SEGMENT, stmt));
	sqlite3_bind_int64(*stmt, 1, segment);
	bool row;
	KS_TRY(ks_sql_row(store, *stmt, &row));
	if (!row)
		return ks_store_damaged("names of an image are missing");
	*ret_json = ks_sql_bytes(*stmt, 0);
	return NULL;
}

/** A name as it stands in the text, found at once: quotes in front of it are counted, for names have none. */
static int64_t find_quoted(struct ks_bytes json, const char *name)
{
	char quoted[256];
	size_t len = strlen(name);
	if (len + 2 > sizeof(quoted) || strpbrk(name, "\"\\"))
		return -1;
	quoted[0] = quoted[len + 1] = '"';
	memcpy(quoted + 1, name, len);
	const char *hit = json.len ? memmem(json.at, json.len, quoted, len + 2) : NULL;
	if (!hit)
		return -1;
	size_t quotes = 0;
	for (const char *p = json.at; p < hit; p++)
		quotes += *p == '"';
	return quotes % 2 ? -1 : (int64_t)(quotes / 2); // odd: the text between two names
}

struct ks_error *ks_segment_names_find(struct ks_bytes json, const char *name, int64_t *ret)
{
	*ret = find_quoted(json, name);
	if (*ret >= 0)
		return NULL;
	size_t len = strlen(name);
	_cleanup_names_ struct ks_segment_names names = ks_segment_names_over(json);
	for (int64_t i = 0; ks_segment_names_next(&names); i++) {
		if (names.len == len && memcmp(names.name, name, len) == 0) {
			*ret = i;
			return NULL;
		}
	}
	return ks_segment_names_error(&names);
}
