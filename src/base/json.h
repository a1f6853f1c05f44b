/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/**
 * Writes JSON text straight into a buffer, in the shape of Python's json.dumps(): ASCII only, other
 * characters as \uXXXX (surrogate pairs above the BMP, \udcXX for a byte that is no UTF-8); compact with
 * ", " and ": ", or with an indent. Nothing can fail but memory, which the buffer remembers.
 *
 *	struct ks_json json = ks_json_to(&buf, 0);
 *	ks_json_open(&json, '{');
 *	ks_json_key(&json, "names");
 *	ks_json_open(&json, '[');
 *	ks_json_str(&json, "a");
 *	ks_json_close(&json, ']');
 *	ks_json_close(&json, '}');               // {"names": ["a"]}
 *
 * The caller keeps the order: a key before each value of an object, closes as opens.
 */
struct ks_json {
	struct ks_buf *out;
	unsigned int indent; // blanks per level; 0 is the compact form
	unsigned int depth;  // open objects and arrays
	bool first;	     // nothing stands in the innermost one yet
	bool keyed;	     // the key of the next value is written
};

/** @param out borrowed as long as the writer is used. */
static inline struct ks_json ks_json_to(struct ks_buf *out, unsigned int indent)
{
	return (struct ks_json){ .out = out, .indent = indent, .first = true };
}

/** @param bracket '{' or '[' */
void ks_json_open(struct ks_json *json, char bracket);
/** @param bracket '}' or ']' */
void ks_json_close(struct ks_json *json, char bracket);
void ks_json_key(struct ks_json *json, const char *key);
/** UTF-8 text; NULL is written as null. */
void ks_json_str(struct ks_json *json, const char *text);
/** Text of len bytes, which may hold NULs. */
void ks_json_strn(struct ks_json *json, const char *text, size_t len);
void ks_json_u64(struct ks_json *json, uint64_t number);
void ks_json_i64(struct ks_json *json, int64_t number);
void ks_json_bool(struct ks_json *json, bool value);
void ks_json_null(struct ks_json *json);

static inline void ks_json_key_str(struct ks_json *json, const char *key, const char *text)
{
	ks_json_key(json, key);
	ks_json_str(json, text);
}

static inline void ks_json_key_u64(struct ks_json *json, const char *key, uint64_t number)
{
	ks_json_key(json, key);
	ks_json_u64(json, number);
}

static inline void ks_json_key_i64(struct ks_json *json, const char *key, int64_t number)
{
	ks_json_key(json, key);
	ks_json_i64(json, number);
}

static inline void ks_json_key_bool(struct ks_json *json, const char *key, bool value)
{
	ks_json_key(json, key);
	ks_json_bool(json, value);
}

static inline void ks_json_key_open(struct ks_json *json, const char *key, char bracket)
{
	ks_json_key(json, key);
	ks_json_open(json, bracket);
}
