/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/kept.h"

#include <stdlib.h>

#include "store/image.h"
#include "surface/image.h"

void ks_kept_deinit(struct ks_kept *kept)
{
	free(kept->label);
	free(kept->digest);
	*kept = (struct ks_kept){ 0 };
}

/** A row of label, digest, id and tier. */
static struct ks_error *take_row(sqlite3_stmt *stmt, struct ks_kept *ret)
{
	const char *label = (const char *)sqlite3_column_text(stmt, 0);
	const char *digest = (const char *)sqlite3_column_text(stmt, 1);
	if (!label)
		return ks_store_damaged("image without a label");
	ks_kept_deinit(ret);
	ret->label = strdup(label);
	ret->digest = digest ? strdup(digest) : NULL;
	ret->id = sqlite3_column_int64(stmt, 2);
	ret->image.tier = ks_image_tier(stmt, 3);
	return ret->label && (ret->digest || !digest) ? NULL : &ks_nomem;
}

/** Of the rows that a statement gives, the one that tells most; the first of those that tell as much. */
static struct ks_error *take_best(struct ks_store *store, sqlite3_stmt *stmt, struct ks_kept *ret)
{
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		if (!ret->label || ks_image_tier(stmt, 3) < ret->image.tier)
			KS_TRY(take_row(stmt, ret));
	}
}

static struct ks_error *find_build_id(struct ks_store *store, const char *build_id,
				      struct ks_kept *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGES_BY_BUILD_ID, &stmt));
	ks_sql_bind_text(stmt, 1, build_id);
	return take_best(store, stmt, ret);
}

/** @param build_id of what is looked for: an image with another one is another, whatever its digest */
static struct ks_error *find_digest(struct ks_store *store, const char *digest,
				    const char *build_id, struct ks_kept *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_BY_DIGEST, &stmt));
	ks_sql_bind_text(stmt, 1, digest);
	ks_sql_bind_text(stmt, 2, build_id);
	return take_best(store, stmt, ret);
}

struct ks_error *ks_kept_find(struct ks_store *store, const struct ks_image *image,
			      struct ks_kept *ret)
{
	_cleanup_kept_ struct ks_kept kept = { 0 };
	if (image->build_id)
		KS_TRY(find_build_id(store, image->build_id, &kept));
	if (!kept.label && image->digest)
		KS_TRY(find_digest(store, image->digest, image->build_id, &kept));
	*ret = kept;
	kept = (struct ks_kept){ 0 };
	return NULL;
}

struct ks_error *ks_kept_find_digest(struct ks_store *store, const char *digest,
				     struct ks_kept *ret)
{
	return ks_kept_find(store, &(const struct ks_image){ .digest = digest }, ret);
}

bool ks_kept_stays(const struct ks_kept *kept, const struct ks_image *image)
{
	return kept->label && !ks_image_gives_way(&kept->image, image);
}

struct ks_error *ks_store_known(struct ks_store *store, const struct ks_image *image,
				char **ret_label)
{
	_cleanup_kept_ struct ks_kept kept = { 0 };
	KS_TRY(ks_store_snapshot_begin(store));
	struct ks_error *err = ks_error_in_file(ks_kept_find(store, image, &kept), store->path);
	ks_store_snapshot_end(store);
	if (err)
		return err;
	*ret_label = ks_kept_stays(&kept, image) ? ks_take(kept.label) : NULL;
	return NULL;
}
