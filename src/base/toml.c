/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/toml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void ks_toml_fail(struct ks_toml *toml, const char *fmt, ...)
{
	if (toml->why[0])
		return;
	va_list args;
	va_start(args, fmt);
	vsnprintf(toml->why, sizeof(toml->why), fmt, args);
	va_end(args);
	toml->end = toml->pos; // nothing more is read
}

struct ks_error *ks_toml_error(const struct ks_toml *toml)
{
	if (toml->nomem)
		return &ks_nomem;
	if (!toml->why[0])
		return NULL;
	return ks_error_new(KS_ERR_DATA, "line %u: %s", toml->line, toml->why);
}

static int peek(const struct ks_toml *toml)
{
	return toml->pos < toml->end ? (unsigned char)*toml->pos : -1;
}

static bool take(struct ks_toml *toml, char c)
{
	if (peek(toml) != c)
		return false;
	toml->pos++;
	return true;
}

/** Blanks of one line. */
static void skip_blanks(struct ks_toml *toml)
{
	while (peek(toml) == ' ' || peek(toml) == '\t')
		toml->pos++;
}

/** A comment, if one begins here, up to its line end. */
static void skip_comment(struct ks_toml *toml)
{
	if (peek(toml) == '#')
		while (peek(toml) >= 0 && peek(toml) != '\n')
			toml->pos++;
}

/** Blanks, comments and line ends. */
static void skip_lines(struct ks_toml *toml)
{
	for (;;) {
		skip_blanks(toml);
		skip_comment(toml);
		take(toml, '\r');
		if (!take(toml, '\n'))
			return;
		toml->line++;
	}
}

static void end_line(struct ks_toml *toml)
{
	skip_blanks(toml);
	skip_comment(toml);
	take(toml, '\r');
	if (peek(toml) >= 0 && peek(toml) != '\n')
		ks_toml_fail(toml, "something follows where the line should end");
}

static bool is_bare(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/** A code point as UTF-8. */
static void put_utf8(struct ks_toml *toml, struct ks_buf *to, unsigned long code)
{
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
		ks_toml_fail(toml, "\\u names no character");
	} else if (code < 0x80) {
		ks_buf_char(to, (char)code);
	} else if (code < 0x800) {
		ks_buf_char(to, (char)(0xc0 | code >> 6));
		ks_buf_char(to, (char)(0x80 | (code & 63)));
	} else if (code < 0x10000) {
		ks_buf_char(to, (char)(0xe0 | code >> 12));
		ks_buf_char(to, (char)(0x80 | (code >> 6 & 63)));
		ks_buf_char(to, (char)(0x80 | (code & 63)));
	} else {
		ks_buf_char(to, (char)(0xf0 | code >> 18));
		ks_buf_char(to, (char)(0x80 | (code >> 12 & 63)));
		ks_buf_char(to, (char)(0x80 | (code >> 6 & 63)));
		ks_buf_char(to, (char)(0x80 | (code & 63)));
	}
}

static void read_escape(struct ks_toml *toml, struct ks_buf *to)
{
	static const char letters[] = "btnfr\"\\", means[] = "\b\t\n\f\r\"\\";
	int c = peek(toml);
	const char *hit = c > 0 ? strchr(letters, c) : NULL;
	if (hit) {
		toml->pos++;
		ks_buf_char(to, means[hit - letters]);
		return;
	}
	int digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
	if (!digits || toml->end - toml->pos <= digits) {
		ks_toml_fail(toml, "a backslash that escapes nothing known");
		return;
	}
	char hex[9] = { 0 };
	memcpy(hex, toml->pos + 1, (size_t)digits);
	if (strspn(hex, "0123456789abcdefABCDEF") != (size_t)digits) {
		ks_toml_fail(toml, "\\%c without %d hexadecimal digits", c, digits);
		return;
	}
	toml->pos += 1 + digits;
	put_utf8(toml, to, strtoul(hex, NULL, 16));
}

/** What stands between quotes; the first one is next. */
static void read_quoted(struct ks_toml *toml, struct ks_buf *to)
{
	char quote = *toml->pos;
	if (toml->end - toml->pos >= 3 && toml->pos[1] == quote && toml->pos[2] == quote) {
		ks_toml_fail(toml, "strings of several lines are not read here");
		return;
	}
	toml->pos++;
	while (!take(toml, quote)) {
		int c = peek(toml);
		if ((c < ' ' && c != '\t') || c == 0x7f) {
			ks_toml_fail(toml, c < 0 || c == '\n' ? "a string does not end"
							      : "a control character in a string");
			return;
		}
		toml->pos++;
		if (c == '\\' && quote == '"')
			read_escape(toml, to);
		else
			ks_buf_char(to, (char)c);
	}
}

/** One part of a key, behind what stands in name. */
static void read_part(struct ks_toml *toml, struct ks_buf *name)
{
	skip_blanks(toml);
	if (peek(toml) == '"' || peek(toml) == '\'') {
		read_quoted(toml, name);
	} else if (is_bare(peek(toml))) {
		while (is_bare(peek(toml)))
			ks_buf_char(name, *toml->pos++);
	} else {
		ks_toml_fail(toml, "a key or the name of a table is missing");
	}
	skip_blanks(toml);
}

static void keep_name(struct ks_toml *toml, struct ks_buf *name)
{
	toml->nomem = toml->nomem || name->failed;
	if (name->len >= sizeof(toml->name))
		ks_toml_fail(toml, "a name of more than %zu bytes", sizeof(toml->name) - 1);
	if (toml->why[0] || toml->nomem)
		return;
	if (name->len)
		memcpy(toml->name, name->at, name->len);
	toml->name[name->len] = '\0';
}

/** "[a.b]" or "[[a]]"; the first bracket is taken. */
static enum ks_toml_item read_table(struct ks_toml *toml, struct ks_buf *name)
{
	bool element = take(toml, '[');
	read_part(toml, name);
	while (take(toml, '.')) {
		ks_buf_char(name, '.');
		read_part(toml, name);
	}
	if (!take(toml, ']') || (element && !take(toml, ']')))
		ks_toml_fail(toml, "the name of a table does not end in a bracket");
	end_line(toml);
	return element ? KS_TOML_ELEMENT : KS_TOML_TABLE;
}

enum ks_toml_item ks_toml_next(struct ks_toml *toml)
{
	if (toml->keyed)
		end_line(toml);
	skip_lines(toml);
	if (peek(toml) < 0)
		return KS_TOML_END;
	_cleanup_buf_ struct ks_buf name = { 0 };
	enum ks_toml_item item = KS_TOML_KEY;
	if (take(toml, '[')) {
		item = read_table(toml, &name);
	} else {
		read_part(toml, &name);
		if (peek(toml) == '.')
			ks_toml_fail(toml, "keys with dots are not read here: make it a table");
		else if (!take(toml, '='))
			ks_toml_fail(toml, "a key without '='");
		skip_blanks(toml);
	}
	keep_name(toml, &name);
	toml->keyed = item == KS_TOML_KEY;
	return toml->why[0] || toml->nomem ? KS_TOML_END : item;
}

const char *ks_toml_string(struct ks_toml *toml, struct ks_arena *arena)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	if (peek(toml) == '"' || peek(toml) == '\'')
		read_quoted(toml, &text);
	else
		ks_toml_fail(toml, "%s: a string in quotes is expected", toml->name);
	const char *copy = text.failed ? NULL : ks_arena_strndup(arena, text.at, text.len);
	toml->nomem = toml->nomem || !copy;
	return copy && !toml->why[0] ? copy : "";
}

static bool take_word(struct ks_toml *toml, const char *word)
{
	size_t len = strlen(word);
	if ((size_t)(toml->end - toml->pos) < len || memcmp(toml->pos, word, len) != 0)
		return false;
	toml->pos += len;
	return true;
}

bool ks_toml_bool(struct ks_toml *toml)
{
	bool value = take_word(toml, "true");
	if (!value && !take_word(toml, "false"))
		ks_toml_fail(toml, "%s: true or false is expected", toml->name);
	return value;
}

int64_t ks_toml_number(struct ks_toml *toml)
{
	if (peek(toml) == 't' || peek(toml) == 'f')
		return ks_toml_bool(toml);
	char digits[72];
	size_t nr = 0;
	const char *from = toml->pos;
	for (; nr + 1 < sizeof(digits) && (is_bare(peek(toml)) || peek(toml) == '+'); toml->pos++)
		if (*toml->pos != '_')
			digits[nr++] = *toml->pos;
	digits[nr] = '\0';
	bool sign = digits[0] == '-' || digits[0] == '+';
	const char *at = digits + sign;
	int base = at[0] != '0' ? 10 : at[1] == 'x' ? 16 : at[1] == 'o' ? 8 : at[1] == 'b' ? 2 : 10;
	at += base == 10 ? 0 : 2;
	char *end;
	errno = 0;
	int64_t value = strtoll(at, &end, base);
	if (end == at || *end || at[0] == '-' || at[0] == '+' || errno || from == toml->pos ||
	    peek(toml) == '.' || peek(toml) == ':')
		ks_toml_fail(toml, "%s: an integer is expected", toml->name);
	return toml->why[0] ? 0 : digits[0] == '-' ? -value : value;
}

void ks_toml_enter(struct ks_toml *toml)
{
	if (!take(toml, '['))
		ks_toml_fail(toml, "%s: an array is expected", toml->name);
	toml->first = true;
}

bool ks_toml_more(struct ks_toml *toml)
{
	bool first = toml->first;
	toml->first = false;
	skip_lines(toml);
	bool comma = !first && take(toml, ',');
	skip_lines(toml);
	if (take(toml, ']'))
		return false;
	if (peek(toml) < 0)
		ks_toml_fail(toml, "%s: an array does not end", toml->name);
	else if (!first && !comma)
		ks_toml_fail(toml, "%s: no comma between two elements", toml->name);
	return !toml->why[0];
}
