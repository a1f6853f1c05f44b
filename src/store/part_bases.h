/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Parts that others are differences to, unpacked: of the point releases of a kernel many are differences to the same few images,
 * which would else be unpacked once for each. The few that were used last are kept.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/** What reading a part tells beside its bytes. */
struct ks_part_row {
	uint64_t nr;	    // records
	int64_t base;	    // image whose part of that name it is a difference to, or 0
	unsigned int depth; // parts that it is a difference to, one after the other
};

/** One that is kept. */
struct ks_part_base {
	int64_t image;
	const char *name;   // of ks_part_name(); NULL: free
	uint64_t last_used; // number of the look-up
	struct ks_part_row row;
	struct ks_buf raw;
};

enum {
	KS_PART_BASES = 8,		// as many as one chain has
	KS_PART_BASES_LIMIT = 16 << 20, // bytes of all: symbol names of a kernel take 2 to 4 MB
};

/** A zeroed one is empty. */
struct ks_part_bases {
	struct ks_part_base at[KS_PART_BASES];
	uint64_t nr_used; // look-ups
	size_t bytes;
};

/** NULL when it is not kept. What is returned stays until the next ks_part_bases_put(). */
const struct ks_part_base *ks_part_bases_get(struct ks_part_bases *bases, int64_t image,
					     const char *name);
/** Keep one that is not: those that were not used for longest go. @return whether raw's memory is owned by it now */
bool ks_part_bases_put(struct ks_part_bases *bases, int64_t image, const char *name,
		       const struct ks_part_row *row, const struct ks_buf *raw);
/** Forget everything. */
void ks_part_bases_clear(struct ks_part_bases *bases);
