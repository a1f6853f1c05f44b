/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The names of a segment: a JSON array of strings, so that a person can query it with json_each(). */
#include "base/buf.h"
#include "base/error.h"
#include "store/squeeze.h"

/** Walks over the names of a segment in order. */
struct ks_names {
	const char *pos, *end;
	struct ks_buf scratch; // holds the current name when it has escapes
	const char *name;      // the current one, len bytes, no NUL behind it
	size_t len;
	const char *why; // static text; NULL until the text proves to be damaged
};
#define _cleanup_names_ __attribute__((__cleanup__(ks_names_deinit)))

static inline struct ks_names ks_names_over(struct ks_bytes json)
{
	return (struct ks_names){ .pos = json.at, .end = (const char *)json.at + json.len };
}
void ks_names_deinit(struct ks_names *names);
/** The next name; false at the end, and when the text is damaged. */
bool ks_names_next(struct ks_names *names);

/** Append another name to the text; close it with ']'. @param first it is the segment's first one */
void ks_names_put(struct ks_buf *json, const char *name, bool first);
