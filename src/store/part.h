/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What an image has besides its lists, one compressed row each: the order of its tables, its symbol table, its
 * configuration. Nothing but reading a whole image needs them.
 */
#include "store/write/put_defs.h"
#include "surface/moves.h"

/**
 * The parts. The first KS_NR_TABLES are the orders of definitions; behind them are the lists of kinds without definitions,
 * KS_SYSCALL first: names, of system calls with their numbers.
 */
enum ks_part {
	KS_PART_LISTS = KS_NR_TABLES,
	KS_PART_VARIABLES = KS_PART_LISTS + KS_NR_KINDS - KS_SYSCALL,
	KS_PART_VARIABLE_OFFSETS,
	KS_PART_TRACED, // of each system call
	KS_PART_FORM_MODULES,
	KS_PART_SYMBOL_MODULES,
	KS_PART_SYMBOL_ATTACH,
	KS_PART_SYMBOL_NAMES,
	KS_PART_SYMBOL_ATTRS,
	KS_PART_SYMBOL_SIZES,
	KS_PART_SYMBOL_ADDRS,  // of versions 1 and 2
	KS_PART_SYMBOL_PLACES, // the same, as what differs from where a symbol would be
	KS_PART_MOVES,	       // of functions, from where they are in the base
	KS_PART_CONFIG,
	KS_NR_PARTS,
};
/** What a part is called on disk; NULL: there is none such. */
const char *ks_part_name(enum ks_part which);

/** How many sections back a symbol may refer. */
enum { KS_PART_RECENT = 64 };

/**
 * Where a symbol would be: behind the one before it in the order of addresses, a function at a multiple of 16. Every build of a
 * kernel has about the same order, and the same gaps.
 * @param end of the one before
 */
static inline uint64_t ks_part_place(uint64_t end, const struct ks_symbol *sym)
{
	enum { FUNCTION = 2, ALIGN = 16 }; // STT_FUNC
	return sym->type == FUNCTION ? (end + ALIGN - 1) & ~(uint64_t)(ALIGN - 1) : end;
}

/** What stands for the module of a symbol, or of forms. */
enum { KS_MODULE_SAME, KS_MODULE_NAMED, KS_MODULE_NONE };
/** Read the next one. @param module of the one before, which changes; failures of memory leave it NULL and false */
bool ks_part_module(struct ks_cursor *c, struct ks_arena *arena, const char **module);

/** A part on its way into the store. */
struct ks_put_part {
	uint64_t nr;	      // records; 0 and no bytes: the part is not written
	int64_t base;	      // image whose part of that name it is a difference to, or 0
	struct ks_buf like;   // that part
	struct ks_buf packed; //
};

/** Encode and compress one part. @param part->like filled in */
KS_MUST_CHECK struct ks_error *ks_put_part_pack(enum ks_part which,
						const struct ks_surface *surface,
						const struct ks_put_defs *defs,
						struct ks_zstd *zstd, struct ks_put_part *part);

/** The same of KS_PART_MOVES, which is a difference to nothing. */
KS_MUST_CHECK struct ks_error *ks_put_part_pack_moves(const struct ks_moves *moves,
						      struct ks_zstd *zstd,
						      struct ks_put_part *part);

/** Write a part that is packed. Inside a transaction that writes. */
KS_MUST_CHECK struct ks_error *ks_part_add(struct ks_store *store, int64_t image,
					   enum ks_part which, const struct ks_put_part *part);

/** What reading an image takes from one part: appended to raw. @return *ret_nr records */
KS_MUST_CHECK struct ks_error *ks_part_read(struct ks_store *store,
					    const struct ks_store_image *image, enum ks_part which,
					    struct ks_buf *raw, uint64_t *ret_nr);

/** The ids of a table's definitions in its order. */
struct ks_order {
	uint64_t *at;
	size_t nr;
};
KS_MUST_CHECK struct ks_error *ks_part_order(struct ks_store *store,
					     const struct ks_store_image *image, int table,
					     struct ks_arena *arena, struct ks_order *ret);

/** Fill the symbol table of a surface from its parts. */
KS_MUST_CHECK struct ks_error *ks_part_symbols(struct ks_store *store,
					       const struct ks_store_image *image,
					       struct ks_surface *surface);
