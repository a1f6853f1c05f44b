/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Places of functions on their way into the store, as what differs from those of the base. */
#include "base/radix.h"
#include "store/places.h"

/** The functions of a segment as they are in the base. A zeroed one is empty. */
struct ks_put_was {
	struct ks_arena arena;
	struct ks_places *base;		  // owned
	const struct ks_function **at;	  // for each row; NULL where it has no like
	KS_VECTOR(struct ks_radix) pairs; // an address of the base, and where the same is now
};
void ks_put_was_deinit(struct ks_put_was *was);

/** What is known of a row. */
struct ks_put_was_row {
	uint64_t group;		      // id
	const struct ks_function *fn; // NULL: it has none
};
/** @param was its base is set @param anchor of the base */
KS_MUST_CHECK struct ks_error *ks_put_was_fill(struct ks_put_was *was, uint64_t anchor,
					       const struct ks_put_was_row *rows, size_t nr);

/**
 * How the addresses of the base became those of the image: from where on functions in a row lie as far away as each other, or nearly
 * so and far from where the ones before do.
 * @param pairs of all segments; they are sorted @param arena of the result
 */
KS_MUST_CHECK struct ks_error *ks_put_moves_make(struct ks_radix *pairs, size_t nr,
						 struct ks_arena *arena, struct ks_moves *moves);
