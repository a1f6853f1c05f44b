/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"
#include "source/input.h"

#define KS_RPM_HEAD 8 // bytes that whoever asks has read by then, to tell what it is

/** What stands before the files of an RPM package. Strings are the caller's to free; NULL: not told. */
struct ks_rpm {
	char *name, *version, *arch; // version with its release: "6.5.6-300.fc39"
	uint64_t payload;	     // offset of the packed cpio archive: bytes
};

/** Whether a file begins so. */
bool ks_rpm_is(const uint8_t *head, size_t len);
/** @return KS_ERR_DATA when its headers are damaged or cut off */
KS_MUST_CHECK struct ks_error *ks_rpm_read(struct ks_input *in, struct ks_rpm *ret);

/* ---- headers in memory ---- */

/** An index of numbered tags, and the store that they point into. */
struct ks_rpm_header {
	size_t begin, end;	  // offsets in the file, with what stands before the index
	uint32_t nr;		  // of tags
	struct ks_cursor entries; // at the index; the store is behind it
};

enum ks_rpm_type { KS_RPM_TEXT = 6, KS_RPM_BYTES = 7, KS_RPM_TEXTS = 8 };
/** What a tag points to: its first value, and the rest of the store behind that. */
struct ks_rpm_value {
	struct ks_cursor at;
	uint32_t nr; // of values, or bytes
};

/** The first tag of that number and type. @return false: there is none, or it points out of the store */
bool ks_rpm_find(const struct ks_rpm_header *header, uint32_t tag, enum ks_rpm_type type,
		 struct ks_rpm_value *ret);
/** What a header says of its package; of ret the payload stays 0. */
KS_MUST_CHECK struct ks_error *ks_rpm_texts(const struct ks_rpm_header *header, struct ks_rpm *ret);
/** The two headers of a package. @param bytes len of them from its start @return KS_ERR_DATA when they end in them, or are damaged */
KS_MUST_CHECK struct ks_error *ks_rpm_headers(const uint8_t *bytes, size_t len,
					      struct ks_rpm_header *signatures,
					      struct ks_rpm_header *header);
