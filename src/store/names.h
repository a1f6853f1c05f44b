/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * The names of a segment: one behind the other, each with a NUL. On disk a zstd frame; with a base, the names of that
 * segment are its prefix. Versions 1 and 2 have a JSON array of strings instead.
 */
#include "base/buf.h"
#include "base/error.h"
#include "store/layout.h"

/** Walks over the names of a segment in order. */
struct ks_segment_names {
	const char *pos, *end;
	const char *name; // the current one, len bytes and a NUL
	size_t len;
};
static inline struct ks_segment_names ks_segment_names_over(struct ks_bytes text)
{
	const char *at = text.at ? text.at : "";
	return (struct ks_segment_names){ .pos = at, .end = at + text.len };
}
/** The next name; false at the end. @param names over text that ks_segment_names_load() gave */
static inline bool ks_segment_names_next(struct ks_segment_names *names)
{
	if (names->pos == names->end)
		return false;
	names->name = names->pos;
	names->len = strlen(names->pos);
	names->pos += names->len + 1;
	return true;
}

/** What a segment is called: the hash of its names as the JSON array of versions 1 and 2. @param scratch for that */
int64_t ks_segment_names_id(struct ks_bytes text, struct ks_buf *scratch);

/**
 * The names of a segment of a store; ks_segment_names_load() has those of a catalogue, too.
 * @param[out] ret_found whether the store has such a segment
 * @param out its content is replaced: names, and room for a NUL
 */
KS_MUST_CHECK struct ks_error *ks_segment_names_get(struct ks_store *store, int64_t segment,
						    struct ks_buf *out, bool *ret_found);
/** The segment that one is a difference to; 0: it is whole. */
KS_MUST_CHECK struct ks_error *ks_segment_names_base(struct ks_store *store, int64_t segment,
						     int64_t *ret);
/** Where a name stands among those of a segment, the first of equal ones; -1 when it is not there. */
int64_t ks_segment_names_find(struct ks_bytes text, const char *name);
