/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the parts of the codec share: codec.c (declarations), codec_form.c, codec_function.c and codec_traits.c. */
#include "surface/codec.h"

/** A type tree; NULL is allowed. */
void ks_codec_put_type(struct ks_buf *buf, const struct ks_type *type);
/** @param depth of it, 0 at the top */
const struct ks_type *ks_codec_get_type(struct ks_cursor *c, struct ks_arena *arena,
					unsigned int depth);
/** Fail unless the type is a function's: those who read one follow its inner type without asking. */
void ks_codec_check_proto(struct ks_cursor *c, const struct ks_type *type);

/** All of a declaration but its kind, name and module, which the reader's caller has filled in. */
void ks_codec_put_content(struct ks_buf *buf, const struct ks_decl *decl);
void ks_codec_get_content(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *ret);

/** Text that may be NULL: a byte that tells, then the text. */
void ks_codec_put_text(struct ks_buf *buf, const char *text);
const char *ks_codec_get_text(struct ks_cursor *c);

/**
 * A count of records of at least min_bytes each and an array for them: NULL when the count is 0 or the
 * cursor has failed.
 */
void *ks_codec_get_array(struct ks_cursor *c, struct ks_arena *arena, size_t size, size_t min_bytes,
			 uint32_t *nr);

/** The error of a cursor that has failed, else NULL. */
struct ks_error *ks_codec_error(const struct ks_cursor *c, const char *what);

/** What a cursor says when it is memory that failed, not the bytes. */
extern const char ks_codec_nomem[];

/** Step over a type tree without building it. */
void ks_codec_skip_type(struct ks_cursor *c, unsigned int depth);

/** An address, as the distance from another. */
void ks_codec_put_addr(struct ks_buf *buf, uint64_t addr, uint64_t from);
uint64_t ks_codec_get_addr(struct ks_cursor *c, uint64_t from);
