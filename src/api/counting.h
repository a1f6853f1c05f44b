/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How what objects need fares over the images of a store: for the public functions and the command alike. */
#include "report/deps/deps.h"
#include "store/store.h"

struct ks_counting_options {
	const char *on;	       // words for images, or NULL: the members
	const char *base;      // a word for the image to compare all others with, or NULL
	bool programs;	       // a row for each program instead of each object
	enum ks_format format; // one that KS_DOCUMENT_COUNTS has
};

/** Append the table. @return KS_ERR_NOTFOUND when there is no such image */
KS_MUST_CHECK struct ks_error *ks_counting_write(struct ks_store *store,
						 const struct ks_counting_options *options,
						 const struct ks_deps_sheet *sheets, size_t nr,
						 struct ks_buf *out);
