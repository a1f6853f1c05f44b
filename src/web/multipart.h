/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a form sends with its files: multipart/form-data (RFC 7578), whole in memory. All of it is hostile. */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum { KS_MULTIPART_PARTS = 512 };

/** A field of the form. */
struct ks_multipart_part {
	const char *name; // of the field
	/** Of the file: what stands behind the last slash or backslash, never empty; NULL: it is none. */
	const char *file;
	const uint8_t *bytes; // inside of the body
	size_t len;
};
struct ks_multipart {
	size_t nr;
	struct ks_multipart_part *at;
};

/**
 * Take a body apart. Fields for files in which none was chosen are left out.
 * @param type the media type of the body with its boundary; NULL: it has none
 * @param arena holds the result, whose bytes stay those of the body
 * @return KS_ERR_UNSUPPORTED when it is of another type; KS_ERR_USAGE when it is broken, or has more than KS_MULTIPART_PARTS
 */
KS_MUST_CHECK struct ks_error *ks_multipart_read(const char *type, const void *body, size_t len,
						 struct ks_arena *arena, struct ks_multipart *ret);
