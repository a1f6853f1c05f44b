/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Which names the symbol tables of images have, kept while a store is open: one number for each distinct name, one bit for each
 * of these and each image. Tables of neighbours differ by little: of one only what differs from the nearest of those that were
 * read last is looked at.
 */
#include "base/numbers.h"
#include "store/cache.h"

/** A symbol table that was read: its names, a NUL behind each; how often each number is there, in 16 bits; the bits. */
struct ks_symbol_table {
	struct ks_buf raw, counts, bits;
	uint64_t nr; // names
	uint64_t last_used;
};

enum { KS_SYMBOL_TABLES = 4 }; // architectures and flavors that take turns, some 5 MB each

/** A zeroed one is empty. */
struct ks_symbols {
	struct ks_numbers names; // by hash, from 1 on
	struct ks_cache images;	 // bits of each image
	struct ks_symbol_table tables[KS_SYMBOL_TABLES];
	uint64_t nr_read;
};

/** Look a name up. @return whether the image is kept: *ret is only filled in then */
bool ks_symbols_find(const struct ks_symbols *symbols, int64_t image, const char *name, bool *ret);
/** Keep an image that is not, and look a name up. @param raw nr names, a NUL behind each; left with memory of another table, to be used again */
KS_MUST_CHECK struct ks_error *ks_symbols_add(struct ks_symbols *symbols, int64_t image,
					      struct ks_buf *raw, uint64_t nr, const char *name,
					      bool *ret);
/** Forget everything. */
void ks_symbols_clear(struct ks_symbols *symbols);
