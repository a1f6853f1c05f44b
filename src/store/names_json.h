/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names as a JSON array of strings: how versions 1 and 2 of the store keep them, and what gives a segment its number. */
#include "base/buf.h"
#include "base/error.h"
#include "store/zstd.h"

/** Append the array. @param names one behind the other, each with a NUL */
void ks_names_json_put(struct ks_buf *json, struct ks_bytes names);
/** Replace out by the names in an array, each with a NUL. KS_ERR_STORE when it is none, or a name holds a NUL. */
KS_MUST_CHECK struct ks_error *ks_names_json_get(struct ks_bytes json, struct ks_buf *out);
