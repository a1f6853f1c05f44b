/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What an image has besides its lists, one compressed row each: the order of its tables, its symbol table, its
 * configuration. Nothing but reading a whole image needs them.
 */
#include "store/write/put_defs.h"

/** The parts; their names on disk are in part.c. The first KS_NR_TABLES are the orders of definitions. */
enum ks_part {
	KS_PART_SYSCALLS = KS_NR_TABLES, // number and name of each
	KS_PART_LSM,
	KS_PART_KFUNCS,
	KS_PART_VARIABLES,
	KS_PART_TRACED, // of each system call
	KS_PART_SYMBOL_MODULES,
	KS_PART_SYMBOL_ATTACH,
	KS_PART_SYMBOL_NAMES,
	KS_PART_SYMBOL_ATTRS,
	KS_PART_SYMBOL_SIZES,
	KS_PART_SYMBOL_ADDRS,
	KS_PART_CONFIG,
	KS_NR_PARTS,
};
extern const char *const ks_part_names[KS_NR_PARTS];

/** How many sections back a symbol may refer. */
enum { KS_PART_RECENT = 64 };

/** What stands for the module of a symbol. */
enum { KS_MODULE_SAME, KS_MODULE_NAMED, KS_MODULE_NONE };

/** A part on its way into the store. */
struct ks_put_part {
	uint64_t nr;	      // records; 0 and no bytes: the part is not written
	struct ks_buf like;   // packed part of the base image, as stored
	struct ks_buf packed; //
};

/** Encode and compress one part. @param part->like filled in */
KS_MUST_CHECK struct ks_error *ks_put_part_pack(enum ks_part which,
						const struct ks_surface *surface,
						const struct ks_put_defs *defs,
						struct ks_zstd *zstd, struct ks_put_part *part);

/** What reading an image takes from one part: appended to raw. @return *ret_nr records */
KS_MUST_CHECK struct ks_error *ks_part_read(struct ks_store *store,
					    const struct ks_store_image *image, enum ks_part which,
					    struct ks_buf *raw, uint64_t *ret_nr);

/** Fill the symbol table of a surface from its parts. */
KS_MUST_CHECK struct ks_error *ks_part_symbols(struct ks_store *store,
					       const struct ks_store_image *image,
					       struct ks_surface *surface);
