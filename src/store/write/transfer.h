/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Images of another store, taken over row by row: their definitions are found by their hashes, the numbers of these are exchanged in what names
 * them, and what holds no such numbers (places, symbol tables) is copied as it is packed. A difference stays one to the same rows, which
 * have come before. Definitions that are new here may be differences to those of an image of this store, as when an image is put.
 *
 * The other store may be damaged or somebody's trap: each definition that is taken must have the hash that it is kept under, and be one; those
 * that are referred to must be among those of the image, and of the class that stands there.
 */
#include "store/image.h"
#include "store/write/put_defs.h"

struct ks_transfer;

/** @param into inside a transaction that writes @param from inside one that reads @param images all of from */
KS_MUST_CHECK struct ks_error *ks_transfer_new(struct ks_store *into, struct ks_store *from,
					       const struct ks_store_images *images,
					       unsigned int nr_threads, struct ks_transfer **ret);
void ks_transfer_free(struct ks_transfer *transfer); // NULL is allowed

/**
 * Take an image over.
 * @param key what it is called here: nobody else may be called so
 * @param home of modules: the digest of their kernel here; else NULL
 * @param[out] ret_bytes that were written
 * @param[out] ret_done false: it has to be read whole and put, and nothing was written. So it is with rows of older versions, with
 *	differences to what was put that way, and with a lone image that would be a difference to one that is here
 */
KS_MUST_CHECK struct ks_error *ks_transfer_image(struct ks_transfer *transfer,
						 const struct ks_store_image *image,
						 const struct ks_image_key *key, const char *home,
						 uint64_t *ret_bytes, bool *ret_done);

/**
 * An image is here already: others may be differences to it, if it is here as it is there.
 * @param here its id
 */
KS_MUST_CHECK struct ks_error *ks_transfer_adopt(struct ks_transfer *transfer,
						 const struct ks_store_image *image, int64_t here);

/** An image that is read whole, to be put: the same is asked of its definitions, where the other store is of this version. */
KS_MUST_CHECK struct ks_error *ks_transfer_whole(struct ks_transfer *transfer,
						 const struct ks_store_image *image,
						 struct ks_surface **ret);

/** What was taken over may be gone from into: nothing is remembered of it. */
void ks_transfer_forget(struct ks_transfer *transfer);
