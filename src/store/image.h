/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Rows of table image. */
#include "base/vector.h"
#include "store/private.h"

/** What an image is called in this store, whatever its surface says. */
struct ks_image_key {
	const char *label, *digest;
};
/** Add the row of an image. @param anchor that its addresses are counted from */
KS_MUST_CHECK struct ks_error *ks_image_add(struct ks_store *store,
					    const struct ks_surface *surface,
					    const struct ks_image_key *key, uint64_t anchor,
					    int64_t *ret_id);

/** What a new image is based on. @param base 0: nothing, and nothing is done */
KS_MUST_CHECK struct ks_error *ks_image_set_base(struct ks_store *store, int64_t image,
						 int64_t base);

/** Put an image as another store has it, whatever else is there: with its label, which must be free. */
KS_MUST_CHECK struct ks_error *
ks_put_again(struct ks_store *store, const struct ks_surface *surface, unsigned int nr_threads);

/** Every image, modules among them, in no order. @param arena as with ks_store_images() */
KS_MUST_CHECK struct ks_error *ks_image_all(struct ks_store *store, struct ks_arena *arena,
					    struct ks_store_images *ret);

/** Sort into the order in which the images came, but modules behind their kernels. */
void ks_images_sort_by_age(struct ks_store_images *images);

/** The label for the modules of a kernel that has the label; the caller frees it. */
KS_MUST_CHECK struct ks_error *ks_image_modules_label(struct ks_store *store, const char *kernel,
						      char **ret);
/** The text fields of an image: those of table image, in the order of its statements. */
enum { KS_IMAGE_NR_TEXTS = 15 };
const char **ks_image_text(const struct ks_image *image, size_t i);
/** Append the names of what an image knows (KS_KNOWS()), or else can tell (KS_FACT_*), separated by commas; and back. */
KS_MUST_CHECK struct ks_error *ks_image_put_known(uint32_t known, struct ks_buf *out);
KS_MUST_CHECK struct ks_error *ks_image_put_facts(uint32_t facts, struct ks_buf *out);
uint32_t ks_image_get_known(const char *text);
uint32_t ks_image_get_facts(const char *text);
/** The tier of that name, and the one that a column names. */
enum ks_tier ks_image_tier_of(const char *text);
enum ks_tier ks_image_tier(sqlite3_stmt *stmt, int column);

/** The first of LABEL, LABEL@2, … that no image has; the caller frees it. */
KS_MUST_CHECK struct ks_error *ks_image_free_label(struct ks_store *store, const char *wanted,
						   char **ret);

/** What an image that comes is to be called: a label that is free. Modules are called after their kernel. The caller frees. */
KS_MUST_CHECK struct ks_error *ks_image_choose_label(struct ks_store *store,
						     const struct ks_image *image, char **ret);

/** Digest of an image, NULL when it has none; the caller frees it. */
KS_MUST_CHECK struct ks_error *ks_image_digest(struct ks_store *store, int64_t id, char **ret);

/** The sets that an image is of, from the arena; NULL: none. The store must be one whose images know them. */
KS_MUST_CHECK struct ks_error *ks_image_sets(struct ks_store *store, int64_t id,
					     struct ks_arena *arena, const char **ret);

/** Ids of the images that hold the modules of this one. */
struct ks_image_ids {
	KS_VECTOR(int64_t) at;
};
KS_MUST_CHECK struct ks_error *ks_image_modules(struct ks_store *store, const char *digest,
						struct ks_image_ids *ret);

/** Remove the rows of images inside a transaction; ks_image_sweep() does the rest. */
KS_MUST_CHECK struct ks_error *ks_images_drop(struct ks_store *store, const int64_t *ids,
					      size_t nr);
KS_MUST_CHECK struct ks_error *ks_image_sweep(struct ks_store *store);

/** Id and base of the image of that label; both 0 when there is none. */
KS_MUST_CHECK struct ks_error *ks_image_find(struct ks_store *store, const char *label,
					     int64_t *ret_id, int64_t *ret_base);
