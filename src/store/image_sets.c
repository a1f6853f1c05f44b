/* SPDX-License-Identifier: BSD-2-Clause */
/* What the store remembers of sets: which of them an image was had by, and when they were seen. */
#include <string.h>

#include "base/vector.h"
#include "store/image.h"
#include "surface/image_sets.h"

#define SEEN "seen:" // begins the names of settings, behind it is that of a set

struct ks_error *ks_image_sets(struct ks_store *store, int64_t id, struct ks_arena *arena,
			       const char **ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	bool row;
	KS_TRY(ks_sql_find(store, KS_SQL_IMAGE_SETS, id, &stmt, &row));
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

/* ---- leaving a set ---- */

struct leave {
	const char *const *labels;
	size_t nr;
	const char *set;
	bool *removed; // of each
};

/** A list without one of its sets. */
static void take_out(const char *sets, const char *set, struct ks_buf *out)
{
	for (const char *at = sets; at && *at;) {
		size_t len = strcspn(at, ",");
		if (len != strlen(set) || memcmp(at, set, len) != 0)
			ks_buf_printf(out, "%s%.*s", out->len ? "," : "", (int)len, at);
		at += len + (at[len] == ',');
	}
}

/** @param[out] ret whether the image is of no set any more */
static struct ks_error *leave_one(struct ks_store *store, const char *label, const char *set,
				  bool *ret)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf left = { 0 };
	int64_t id, base;
	const char *sets;
	*ret = false;
	KS_TRY(ks_image_find(store, label, &id, &base));
	KS_TRY(ks_image_sets(store, id, &arena, &sets));
	if (!sets)
		return NULL; // another process was faster
	take_out(sets, set, &left);
	KS_TRY(ks_buf_error(&left));
	*ret = !left.len;
	return left.len ? set_sets(store, id, ks_buf_text(&left)) : NULL;
}

static struct ks_error *leave(struct ks_store *store, void *arg)
{
	const struct leave *job = arg;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const char **gone = ks_arena_array(&arena, job->nr + 1, sizeof(*gone));
	size_t nr = 0;
	if (!gone)
		return &ks_nomem;
	for (size_t i = 0; i < job->nr; i++) {
		KS_TRY(leave_one(store, job->labels[i], job->set, &job->removed[i]));
		if (job->removed[i])
			gone[nr++] = job->labels[i];
	}
	return ks_store_remove_all(store, gone, nr);
}

struct ks_error *ks_store_leave_set(struct ks_store *store, const char *const *labels, size_t nr,
				    const char *set, bool *ret_removed)
{
	struct leave job = { .labels = labels, .nr = nr, .set = set, .removed = ret_removed };
	return nr ? ks_sql_write(store, leave, &job) : NULL;
}

/* ---- when a set was seen ---- */

struct ks_error *ks_store_mark_set(struct ks_store *store, const char *set, const char *when)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, SEEN "%s", set);
	return ks_buf_text(&name) ? ks_store_set(store, name.at, when) : &ks_nomem;
}

struct seen {
	struct ks_arena *arena;
	KS_VECTOR(struct ks_seen_set) list;
};

static struct ks_error *list_seen(struct ks_store *store, void *arg)
{
	struct seen *seen = arg;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_SETTINGS, &stmt));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		const char *when = (const char *)sqlite3_column_text(stmt, 1);
		if (!name || !when || strncmp(name, SEEN, strlen(SEEN)) != 0)
			continue;
		const struct ks_seen_set set = {
			.name = ks_arena_strdup(seen->arena, name + strlen(SEEN)),
			.when = ks_arena_strdup(seen->arena, when),
		};
		if (!set.name || !set.when || !ks_vector_add(&seen->list, set))
			return &ks_nomem;
	}
}

struct ks_error *ks_store_seen_sets(struct ks_store *store, struct ks_arena *arena,
				    struct ks_seen_sets *ret)
{
	struct seen seen = { .arena = arena };
	struct ks_error *err = ks_sql_read(store, list_seen, &seen);
	struct ks_seen_set *at = ks_arena_array(arena, seen.list.len + 1, sizeof(*at));
	if (!err && !at)
		err = &ks_nomem;
	if (!err && seen.list.len)
		memcpy(at, seen.list.at, seen.list.len * sizeof(*at));
	if (!err)
		*ret = (struct ks_seen_sets){ seen.list.len, at };
	ks_vector_deinit(&seen.list);
	return err;
}
