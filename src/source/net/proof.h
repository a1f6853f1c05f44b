/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Whether the bytes that a server sent are those that somebody vouched for. What was handed out ahead of its turn is
 * kept until its turn comes: never asked for twice, or a server could show one file to who reads and another to who checks.
 */
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vector.h"
#include "source/tmpfile.h"

struct ks_proof_range {
	uint64_t begin, end;
};

/** What a file must be. Checksums are SHA256 as hex, or SHA512, which is longer. */
struct ks_proof_sums {
	const char *sha256; // of the whole file, or of what stands before split; NULL: nobody said
	uint64_t split;	    // bytes; 0: the file is one piece
	const char *rest;   // of what follows split
};

struct ks_proof {
	char *sums[2];	// of the pieces, in their order; owned; the first is NULL: nobody said
	uint64_t split; // where the second one begins; 0: there is one
	union {
		struct sha256_ctx sha;
		struct sha512_ctx sha512;
	};
	uint64_t hashed; // bytes from the start of the file
	bool again;  // bytes of those were asked for once more: what is hashed is not what was used
	bool proven; // all of it
	struct ks_tmpfile kept_in;
	KS_VECTOR(struct ks_proof_range) kept; // in the order in which they came
};

/** @param sums copied */
KS_MUST_CHECK struct ks_error *ks_proof_init(struct ks_proof *proof,
					     const struct ks_proof_sums *sums);
void ks_proof_deinit(struct ks_proof *proof);

/** How many of len bytes at offset have come before, and are kept. */
size_t ks_proof_kept(const struct ks_proof *proof, uint64_t offset, size_t len);
/** How many of len bytes at offset, which is not kept, have not come before. */
size_t ks_proof_new(const struct ks_proof *proof, uint64_t offset, size_t len);
/** Read bytes that are kept. */
KS_MUST_CHECK struct ks_error *ks_proof_read(struct ks_proof *proof, uint64_t offset, void *buf,
					     size_t len);
/**
 * Take bytes that are handed out.
 * @param size of the whole file; KS_INPUT_SIZE_UNKNOWN while nobody knows
 * @return KS_ERR_DATA when these were the last of a piece, and it is another one than was promised
 */
KS_MUST_CHECK struct ks_error *ks_proof_take(struct ks_proof *proof, uint64_t offset,
					     const void *bytes, size_t len, uint64_t size);
/** How many bytes of a file of that size have not come yet. */
uint64_t ks_proof_missing(const struct ks_proof *proof, uint64_t size);
