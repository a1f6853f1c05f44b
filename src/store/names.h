/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The names of a segment: a JSON array of strings, so that a person can query it with json_each(). */
#include "base/buf.h"
#include "base/error.h"
#include "store/private.h"

/** Walks over the names of a segment in order. */
struct ks_segment_names {
	const char *pos, *end;
	struct ks_buf scratch; // holds the current name when it has escapes
	const char *name;      // the current one, len bytes, no NUL behind it
	size_t len;
	const char *why; // static text; NULL until the text proves to be damaged
};
#define _cleanup_names_ __attribute__((__cleanup__(ks_segment_names_deinit)))

static inline struct ks_segment_names ks_segment_names_over(struct ks_bytes json)
{
	const char *text = json.at ? json.at : "";
	return (struct ks_segment_names){ .pos = text, .end = text + json.len };
}
void ks_segment_names_deinit(struct ks_segment_names *names);
/** KS_ERR_STORE when the walk has ended because the text is damaged. */
KS_MUST_CHECK struct ks_error *ks_segment_names_error(const struct ks_segment_names *names);
/** The next name; false at the end, and when the text is damaged. */
bool ks_segment_names_next(struct ks_segment_names *names);

/** Append another name to the text; close it with ']'. @param first it is the segment's first one */
void ks_segment_names_put(struct ks_buf *json, const char *name, bool first);

/** The text of a segment. @param ret_json valid until the statement is reset */
KS_MUST_CHECK struct ks_error *ks_segment_names_fetch(struct ks_store *store, int64_t segment,
						      sqlite3_stmt **stmt,
						      struct ks_bytes *ret_json);
/** Where a name stands among those of a segment, the first of equal ones; -1 when it is not there. */
KS_MUST_CHECK struct ks_error *ks_segment_names_find(struct ks_bytes json, const char *name,
						     int64_t *ret);
