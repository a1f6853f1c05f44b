/* SPDX-License-Identifier: BSD-2-Clause */
/* What the store remembers of sets: which of them an image was had by. */
#include "surface/image_sets.h"
#include "store/image.h"

struct ks_error *ks_image_sets(struct ks_store *store, int64_t id, struct ks_arena *arena,
			       const char **ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_SETS, &stmt));
	sqlite3_bind_int64(stmt, 1, id);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	const char *text = row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
	*ret = text ? ks_arena_strdup(arena, text) : NULL;
	return text && !*ret ? &ks_nomem : NULL;
}

static struct ks_error *set_sets(struct ks_store *store, int64_t id, const char *sets)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_SET_SETS, &stmt));
	sqlite3_bind_int64(stmt, 1, id);
	ks_sql_bind_text(stmt, 2, sets);
	return ks_sql_run(store, stmt);
}

struct sets_of {
	const char *label, *sets;
};

static struct ks_error *join(struct ks_store *store, void *arg)
{
	const struct sets_of *job = arg;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	int64_t id, base;
	const char *old, *all;
	KS_TRY(ks_image_find(store, job->label, &id, &base));
	KS_TRY(ks_image_sets(store, id, &arena, &old));
	if (!ks_image_sets_join(&arena, old, job->sets, &all))
		return &ks_nomem;
	return id && all != old ? set_sets(store, id, all) : NULL;
}

struct ks_error *ks_store_join_sets(struct ks_store *store, const char *label, const char *sets)
{
	struct sets_of job = { label, sets };
	return sets && *sets ? ks_sql_write(store, join, &job) : NULL;
}
