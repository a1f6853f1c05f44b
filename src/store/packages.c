/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which packages images came out of: settings, so that who adds the same again need not open them. Such a setting has the build id of the
 * kernel, or else the digest, and the tier: an image that tells less now is not what came out of the package.
 */
#include <stdlib.h>

#include "store/image.h"
#include "store/kept.h"
#include "store/packages.h"

static struct ks_error *setting_of(const char *sha256, struct ks_buf *out)
{
	ks_buf_printf(out, KS_SETTING_PACKAGE "%s", sha256);
	return ks_buf_text(out) ? NULL : &ks_nomem;
}

struct ks_error *ks_store_mark_package(struct ks_store *store, const char *sha256,
				       const struct ks_image *image)
{
	_cleanup_buf_ struct ks_buf name = { 0 }, value = { 0 };
	const char *kernel = image->build_id ? image->build_id : image->digest;
	KS_TRY(setting_of(sha256, &name));
	if (!kernel)
		return NULL;
	ks_buf_printf(&value, "%s %s", kernel, ks_tier_texts[image->tier]);
	return ks_buf_text(&value) ? ks_store_set(store, name.at, value.at) : &ks_nomem;
}

static struct ks_error *find(struct ks_store *store, const char *sha256, char **ret_label)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf name = { 0 };
	_cleanup_kept_ struct ks_kept kept = { 0 };
	const char *value;
	KS_TRY(setting_of(sha256, &name));
	KS_TRY(ks_store_setting(store, &arena, name.at, &value));
	const char *blank = value ? strchr(value, ' ') : NULL;
	if (!blank)
		return NULL;
	const char *kernel = ks_arena_strndup(&arena, value, (size_t)(blank - value));
	if (!kernel)
		return &ks_nomem;
	KS_TRY(ks_kept_find(store, &(const struct ks_image){ .build_id = kernel }, &kept));
	if (!kept.label)
		KS_TRY(ks_kept_find_digest(store, kernel, &kept));
	const struct ks_image came = { .tier = ks_image_tier_of(blank + 1) };
	if (ks_kept_stays(&kept, &came))
		*ret_label = ks_take(kept.label);
	return NULL;
}

struct ks_error *ks_store_package(struct ks_store *store, const char *sha256, char **ret_label)
{
	*ret_label = NULL;
	KS_TRY(ks_store_snapshot_begin(store));
	struct ks_error *err = find(store, sha256, ret_label);
	ks_store_snapshot_end(store);
	return ks_error_in_file(err, ks_store_path(store));
}

struct ks_error *ks_store_merge_packages(struct ks_store *into, struct ks_store *from)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(from, KS_SQL_SETTINGS, &stmt));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(from, stmt, &row));
		if (!row)
			return NULL;
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		const char *kernel = (const char *)sqlite3_column_text(stmt, 1);
		if (name && kernel && ks_store_is_package(name))
			KS_TRY(ks_store_set(into, name, kernel));
	}
}
