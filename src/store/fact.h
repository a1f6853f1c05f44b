/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* From a row of an image's list to a fact of a history. */
#include "store/columns.h"
#include "store/private.h"

struct ks_seen;

/** Reads definitions into an arena, each one once however many images have it. */
struct ks_fact_reader {
	struct ks_store *store;
	struct ks_arena *arena;
	KS_VECTOR(struct ks_seen) seen;
};
void ks_fact_reader_deinit(struct ks_fact_reader *reader);
#define _cleanup_fact_reader_ __attribute__((__cleanup__(ks_fact_reader_deinit)))

/** Hand over the bytes of a definition that has been found already. @param bytes must outlive the facts */
KS_MUST_CHECK struct ks_error *ks_fact_reader_give(struct ks_fact_reader *reader, uint64_t id,
						   enum ks_def_class def_class,
						   struct ks_cursor bytes);

/**
 * What a row says. Image and known are the caller's business.
 * @param kind the list that the row is from: any but KS_FIELD
 */
KS_MUST_CHECK struct ks_error *ks_fact_fill(struct ks_fact_reader *reader,
					    const struct ks_store_image *image, enum ks_kind kind,
					    const struct ks_row *row, struct ks_fact *fact);
