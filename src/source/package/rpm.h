/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
