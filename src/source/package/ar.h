/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdint.h>

#include "base/error.h"
#include "source/input.h"

#define KS_AR_MAGIC "!<arch>\n"
#define KS_AR_THIN_MAGIC "!<thin>\n" // names of files, without their bytes
#define KS_AR_MAGIC_BYTES 8

/** A member of the outer archive of a Debian package: where its bytes lie in the package. */
struct ks_ar_member {
	char name[17]; // NUL-terminated, without padding and without the slash some writers add
	uint64_t offset, size; // bytes
	uint64_t next;	       // offset of the next header
};

/** Whether a file that begins so is an archive of names alone. */
bool ks_ar_is_thin(const uint8_t *head, size_t len);
/**
 * Read the header at offset (KS_AR_MAGIC_BYTES for the first).
 * @param[out] end true when the archive ends here; ret is not written then
 * @return KS_ERR_DATA when it is no header or cut off in the middle.
 */
KS_MUST_CHECK struct ks_error *ks_ar_next(struct ks_input *in, uint64_t offset, bool *end,
					  struct ks_ar_member *ret);
