/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Bytes as the difference to others that they resemble: length of the result (LEB128), then turns until it is whole. A
 * turn is how many bytes follow (LEB128) and these bytes; unless that was the end, how many to copy (LEB128), and from where:
 * the zigzag distance from the end of what was copied last plus the bytes that followed.
 */
#include "base/buf.h"
#include "base/cursor.h"
#include "base/error.h"
#include "store/zstd.h"

/** How much longer a result may be than its sources: some is copied twice. */
enum { KS_DELTA_GROWTH = 2 };

/** What one thread needs to find differences. A zeroed one is ready. */
struct ks_delta {
	uint32_t *slots; // places in the older bytes + 1, by a hash of what stands there
	size_t nr_slots;
};
void ks_delta_deinit(struct ks_delta *delta);

/**
 * Append the difference to out.
 * @return *ret_worth: it is much shorter than raw, and what is read back is bounded by ks_delta_apply()'s rule
 */
KS_MUST_CHECK struct ks_error *ks_delta_make(struct ks_delta *delta, struct ks_bytes like,
					     struct ks_bytes raw, struct ks_buf *out,
					     bool *ret_worth);

/**
 * Append the result to out. No result is longer than KS_DELTA_GROWTH times what it is made of, like and difference together.
 * @param c behind whose end nothing is read
 * @return KS_ERR_STORE when the difference is damaged
 */
KS_MUST_CHECK struct ks_error *ks_delta_apply(struct ks_bytes like, struct ks_cursor c,
					      struct ks_buf *out);
