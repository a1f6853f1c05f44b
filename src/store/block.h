/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Definitions in the store: numbered from 1 without gaps, in blocks of about 32 KiB that are compressed as one.
 * Raw bytes of a block: number of definitions, length of each (LEB128), then the definitions. A definition is
 * a byte that tells its class and what the codec wrote; or, where KS_DEF_DIFFERS is set in that byte, how many ids before
 * it the one stands that it resembles (LEB128), and the difference to all bytes of that (delta.h).
 */
#include "base/arena.h"
#include "base/cursor.h"
#include "base/error.h"
#include "store/zstd.h"

struct ks_store;

/** What a definition is; on disk, so these never change their numbers. */
enum ks_def_class {
	KS_DEF_DECL = 1,
	KS_DEF_FUNCTION = 2,
	KS_DEF_TRACEPOINT = 3,
	KS_DEF_AMBIGUITY = 4,
	KS_DEF_OPTION = 5,
	KS_DEF_FORMS = 6,
	KS_DEF_VARIABLE = 7,
};

/** Beside the class: the definition is a difference to an older one. */
enum { KS_DEF_DIFFERS = 0x80 };
/** Differences that are read for one definition, at most. */
enum { KS_DEF_DEPTH = 8 };

enum { KS_BLOCK_BYTES = 32 << 10 }; // raw; see docs/store.md for the measurement

/** Unpacked blocks, the most recently used ones. A zeroed one is ready. */
struct ks_blocks {
	struct ks_block *at;
	size_t nr, cap;
	uint64_t clock;
};
void ks_blocks_deinit(struct ks_blocks *blocks);
/** What was kept is dropped; as many can be kept as before. */
void ks_blocks_forget(struct ks_blocks *blocks);

/**
 * How many blocks to keep unpacked; the default suits single names. What was kept is dropped.
 * @param cap at least 1
 */
void ks_blocks_keep(struct ks_blocks *blocks, size_t cap);

/** Every id is below this. @return KS_ERR_STORE when there are more than an image can name */
KS_MUST_CHECK struct ks_error *ks_block_id_limit(struct ks_store *store, uint64_t *ret);

/**
 * The bytes of a definition behind its class byte, copied into the arena.
 * @return KS_ERR_STORE when there is none of that id and class
 */
KS_MUST_CHECK struct ks_error *ks_block_def(struct ks_store *store, uint64_t id,
					    enum ks_def_class def_class, struct ks_arena *arena,
					    struct ks_cursor *ret);

/** A definition, class byte included. */
struct ks_def_bytes {
	struct ks_buf *own;    // the caller's: holds the bytes when they had to be made
	struct ks_bytes bytes; // valid until the next call
	uint64_t first;	       // of its block
	unsigned int depth;    // how many differences it took
};
/** What another definition may be the difference to. @param ret with its own */
KS_MUST_CHECK struct ks_error *ks_block_like(struct ks_store *store, uint64_t id,
					     struct ks_def_bytes *ret);

/** What a definition is kept as the difference to; 0: it is whole. */
KS_MUST_CHECK struct ks_error *ks_block_like_of(struct ks_store *store, uint64_t id, uint64_t *ret);

/** Gets a definition's id, class and bytes behind the class byte, valid during the call. */
typedef struct ks_error *ks_block_fn(uint64_t id, enum ks_def_class def_class,
				     struct ks_cursor bytes, void *arg);
/**
 * Visit the definitions of one block that are whole.
 * @param first id of the block, as KS_SQL_BLOCKS gives it
 * @param[out] ret_all whether all are
 */
KS_MUST_CHECK struct ks_error *ks_block_visit(struct ks_store *store, uint64_t first,
					      ks_block_fn *fn, void *arg, bool *ret_all);
/** Visit one definition, whole or a difference. */
KS_MUST_CHECK struct ks_error *ks_block_visit_one(struct ks_store *store, uint64_t id,
						  ks_block_fn *fn, void *arg);

/** Gets the id of a difference, and that of the definition that it is made to. */
typedef struct ks_error *ks_block_difference_fn(uint64_t id, uint64_t like, void *arg);
/** Visit the others of a block: whoever reads them when it has what they are made to at hand unpacks that once. */
KS_MUST_CHECK struct ks_error *ks_block_differences(struct ks_store *store, uint64_t first,
						    ks_block_difference_fn *fn, void *arg);
