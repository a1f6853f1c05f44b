/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Unpacked bytes by number, so that a handle that is asked again need not unpack again. What is kept stays where it
 * is until the next ks_keep_put() or ks_keep_clear(): when there is no more room, everything goes.
 */
#include "base/buf.h"
#include "store/squeeze.h"

/** A zeroed one is empty. */
struct ks_keep {
	struct ks_keep_slot *slots; // open addressing
	size_t nr, nr_slots;
	size_t bytes; // of all that is kept
	size_t limit; // of bytes; 0: what 200 names of 25 images need
};

/** The bytes of that number; false when they are not there. */
bool ks_keep_get(const struct ks_keep *keep, int64_t key, struct ks_bytes *ret);
/** Keep bytes under a number that has none; they are copied. Memory that runs out is no error: nothing is kept. */
void ks_keep_put(struct ks_keep *keep, int64_t key, struct ks_bytes bytes);
/** Forget everything. */
void ks_keep_clear(struct ks_keep *keep);
