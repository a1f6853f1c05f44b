/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A pull reader for the TOML of small configuration files (toml.io, 1.0): comments, tables, arrays of tables,
 * bare and quoted keys, one-line strings, integers, booleans, arrays. What it leaves out (floating-point numbers, dates,
 * strings of several lines, inline tables, dotted keys) is refused by name. Debian has no library for it in C.
 *
 * It fails once and stays failed, as struct ks_cursor does: later reads give nothing and every loop ends.
 *
 *	struct ks_toml toml = ks_toml_over(text, len);
 *	for (enum ks_toml_item item; (item = ks_toml_next(&toml)) != KS_TOML_END;)
 *		…
 *	return ks_toml_error(&toml);
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum ks_toml_item {
	KS_TOML_END,	 // of the text, or it failed
	KS_TOML_TABLE,	 // [name]
	KS_TOML_ELEMENT, // [[name]]
	KS_TOML_KEY,	 // name = …: its value must be read next
};

struct ks_toml {
	const char *pos, *end;
	unsigned int line;
	char why[224]; // empty until something fails
	bool nomem;
	bool keyed;	// the last item was a key: its value ends the line
	bool first;	// no element of the innermost array has been read
	char name[128]; // of the last item; the parts of a table's name have dots between them
};

/** @param text borrowed */
static inline struct ks_toml ks_toml_over(const char *text, size_t len)
{
	return (struct ks_toml){ .pos = text, .end = text + len, .line = 1 };
}

/** The next key, whose value must be read before the next call, or table; its name is toml->name. KS_TOML_END also after a failure. */
enum ks_toml_item ks_toml_next(struct ks_toml *toml);

/** A string, from the arena; "" after a failure. */
const char *ks_toml_string(struct ks_toml *toml, struct ks_arena *arena);
/** false after a failure. */
bool ks_toml_bool(struct ks_toml *toml);
/** An integer; true and false count as 1 and 0. */
int64_t ks_toml_number(struct ks_toml *toml);
/** Enter an array. */
void ks_toml_enter(struct ks_toml *toml);
/** Whether another element follows, which must be read next; false leaves the array. */
bool ks_toml_more(struct ks_toml *toml);

/** Remember the first failure. */
KS_PRINTF(2, 3) void ks_toml_fail(struct ks_toml *toml, const char *fmt, ...);
/** The failure as an error that names the line; NULL when there is none. */
KS_MUST_CHECK struct ks_error *ks_toml_error(const struct ks_toml *toml);
