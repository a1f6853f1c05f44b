/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A small pull reader for JSON whose shape is known and whose writer is not trusted.
 *
 * Why not jansson: it refuses integers above 2^63 ("too big integer" on every kernel address; its only
 * way out makes them doubles, which loses the low bits), and it builds a tree nobody needs. One published
 * func_groups file (68 MB, 75,572 lines, one core): jansson with integers as doubles 0.92 s, this reader
 * 0.16 s, reading the file and building the records of the model included.
 *
 * Like struct ks_cursor it fails once and stays failed: later reads give nothing, every loop over
 * ks_jread_next() or ks_jread_key() ends, and the caller looks at why once per document.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct ks_jread {
	const char *base, *pos, *end;
	const char *why;	 // static text; NULL until something fails
	const char *key;	 // static text: the key it is about, or NULL
	uint32_t depth;		 // open objects and arrays
	bool first;		 // nothing of the innermost one has been read yet
	bool nomem;		 // why is that memory ran out
	struct ks_buf unescaped; // the last string, when it had to be rewritten
};

/** Text inside the document or the reader; valid until the next string is read. Not NUL-terminated. */
struct ks_jread_text {
	const char *at;
	size_t len;
};

/** The keys of one kind of object, at most as many as names has room for. */
struct ks_jread_keys {
	uint32_t nr;
	uint32_t required; // bit i: an object without names[i] is refused
	const char *names[12];
};

/** A zeroed reader, or a used one, begins with a new document (borrowed until the next begin). */
void ks_jread_begin(struct ks_jread *r, const char *text, size_t len);
/** Nothing but blanks is left; fails otherwise. True when the whole document was read without failure. */
bool ks_jread_end(struct ks_jread *r);
void ks_jread_deinit(struct ks_jread *r);

/** Remember the first failure. @param why static text @param key static text or NULL */
void ks_jread_fail(struct ks_jread *r, const char *why, const char *key);
/** The failure is that memory ran out. */
void ks_jread_fail_nomem(struct ks_jread *r);
/** The failure as an error that names the byte; NULL when there is none. */
KS_MUST_CHECK struct ks_error *ks_jread_error(const struct ks_jread *r);

/** Enter an object ('{') or an array ('['). */
void ks_jread_enter(struct ks_jread *r, char open);
/** Is there another element? false leaves the array; an array is always read to its end. */
bool ks_jread_next(struct ks_jread *r);
/**
 * The next key of an object as an index into keys; -1 leaves the object. Unknown keys are skipped with
 * their value; a repeated one fails. @param seen 0 before the first call
 */
int ks_jread_key(struct ks_jread *r, const struct ks_jread_keys *keys, uint32_t *seen);
/** The next key of an object used as a dictionary; false leaves the object. */
bool ks_jread_any_key(struct ks_jread *r, struct ks_jread_text *ret);

/**
 * A string: UTF-8 without NUL, but for \udc80 to \udcff, which Python writes for a byte that was no UTF-8
 * and which become that byte again (ks_json_str() writes them back). Empty text after a failure.
 */
struct ks_jread_text ks_jread_string(struct ks_jread *r);
/** Take a null if one comes next. */
bool ks_jread_null(struct ks_jread *r);
/** Does a string come next? */
bool ks_jread_is_string(struct ks_jread *r);
/** false after a failure. */
bool ks_jread_bool(struct ks_jread *r);
/** An integer from 0 to max. */
uint64_t ks_jread_uint(struct ks_jread *r, uint64_t max);
/** An integer from -2^63 to 2^64 - 1; those above 2^63 - 1 come out as the same 64 bits. */
int64_t ks_jread_int(struct ks_jread *r);
/** Any value. */
void ks_jread_skip(struct ks_jread *r);

static inline bool ks_jread_text_is(struct ks_jread_text text, const char *word)
{
	return strlen(word) == text.len && memcmp(text.at, word, text.len) == 0;
}
