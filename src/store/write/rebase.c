/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image gets another base: what its lists say is told by that, or whole. All rows are read twice: first to see how addresses
 * moved, then to be written.
 */
#include "store/write/rebase.h"

#include <stdlib.h>

#include "store/layout.h"
#include "store/part.h"
#include "store/write/put_places.h"

/** A row of columns, and the one that it is to be a difference to. */
struct run {
	int64_t columns, like; // like 0: none
	bool functions;
};

/** What such a row holds. */
struct content {
	struct ks_arena arena;
	struct ks_places *places;
	struct ks_columns_row *rows;
	size_t nr;
	struct ks_put_was was;
};

struct rebase {
	struct ks_store *store;
	int64_t image, base;
	struct ks_arena arena;
	struct ks_moves before, now;
	KS_VECTOR(struct run) runs;
	KS_VECTOR(struct ks_radix) pairs;
};

static void content_deinit(struct content *content)
{
	ks_put_was_deinit(&content->was);
	ks_places_free(content->places);
	ks_arena_deinit(&content->arena);
	*content = (struct content){ 0 };
}

/* ---- reading ---- */

static struct ks_error *seek_columns(struct ks_store *store, int64_t image, const char *kind,
				     const char *first, int64_t *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_LIST_SEEK, &stmt));
	sqlite3_bind_int64(stmt, 1, image);
	ks_sql_bind_text(stmt, 2, kind);
	ks_sql_bind_text(stmt, 3, first);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	*ret = row ? sqlite3_column_int64(stmt, 1) : 0;
	return NULL;
}

static struct ks_error *find_runs(struct rebase *r)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(r->store, KS_SQL_LIST_OF_IMAGE, &stmt));
	sqlite3_bind_int64(stmt, 1, r->image);
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(r->store, stmt, &row));
		if (!row)
			return NULL;
		const char *kind = (const char *)sqlite3_column_text(stmt, 0);
		const char *first = (const char *)sqlite3_column_text(stmt, 1);
		struct run run = { .columns = sqlite3_column_int64(stmt, 2) };
		run.functions = kind && strcmp(kind, ks_list_name(KS_FUNCTION)) == 0;
		if (r->base)
			KS_TRY(seek_columns(r->store, r->base, kind, first, &run.like));
		if (!ks_vector_add(&r->runs, run))
			return &ks_nomem;
	}
}

static struct ks_error *read_function(struct rebase *r, struct content *content, size_t at,
				      uint64_t group)
{
	static const struct ks_type type = { .kind = KS_TYPE_VOID };
	static const struct ks_decl any = { .type = &type }; // prototypes are not asked for
	struct ks_function *fn = ks_arena_alloc(&content->arena, sizeof(*fn));
	struct ks_cursor c;
	if (!fn)
		return &ks_nomem;
	KS_TRY(ks_block_def(r->store, group, KS_DEF_FUNCTION, &content->arena, &c));
	KS_TRY(ks_codec_get_function(&c, &content->arena, &any, fn));
	KS_TRY(ks_places_get(content->places, at, &r->before, &content->arena, fn));
	content->rows[at].fn = fn;
	return NULL;
}

static struct ks_error *read_rows(struct rebase *r, const struct run *run, struct content *content)
{
	struct ks_columns columns;
	KS_TRY(ks_places_load(r->store, run->columns, KS_PLACES_ALL, &content->places));
	KS_TRY(ks_columns_open(content->places->ids.at, content->places->ids.len, &columns));
	if (columns.nr > content->places->ids.len + KS_COLUMNS_MAX)
		return ks_store_damaged("names and facts do not match");
	content->nr = (size_t)columns.nr;
	content->rows = ks_arena_array(&content->arena, content->nr + 1, sizeof(*content->rows));
	if (!content->rows)
		return &ks_nomem;
	for (size_t i = 0; i < content->nr; i++) {
		struct ks_row row;
		KS_TRY(ks_columns_next(&columns, &row));
		content->rows[i] =
			(struct ks_columns_row){ .first = row.first, .second = row.second };
		if (run->functions && row.second)
			KS_TRY(read_function(r, content, i, row.second));
	}
	return NULL;
}

/** Where the functions of a row are in the new base. */
static struct ks_error *read_was(struct rebase *r, const struct run *run, struct content *content)
{
	struct ks_put_was_row *rows =
		ks_arena_array(&content->arena, content->nr + 1, sizeof(*rows));
	if (!rows)
		return &ks_nomem;
	for (size_t i = 0; i < content->nr; i++)
		rows[i] = (struct ks_put_was_row){ .group = content->rows[i].second,
						   .fn = content->rows[i].fn };
	KS_TRY(ks_places_load(r->store, run->like, KS_PLACES_ALL, &content->was.base));
	KS_TRY(ks_put_was_fill(&content->was, r->now.base_anchor, rows, content->nr));
	for (size_t i = 0; i < content->nr; i++)
		content->rows[i].was = content->was.at[i];
	return NULL;
}

static struct ks_error *read_content(struct rebase *r, const struct run *run,
				     struct content *content)
{
	KS_TRY(read_rows(r, run, content));
	return run->like && run->functions ? read_was(r, run, content) : NULL;
}

/* ---- writing ---- */

/** The first look at a row: how addresses moved. */
static struct ks_error *collect(struct rebase *r, const struct run *run, struct content *content)
{
	if (!run->like || !run->functions)
		return NULL;
	KS_TRY(read_content(r, run, content));
	if (!ks_vector_reserve(&r->pairs, content->was.pairs.len))
		return &ks_nomem;
	for (size_t i = 0; i < content->was.pairs.len; i++)
		r->pairs.at[r->pairs.len++] = content->was.pairs.at[i];
	return NULL;
}

/** The second: it is written. */
static struct ks_error *write(struct rebase *r, const struct run *run, struct content *content)
{
	_cleanup_columns_buf_ struct ks_columns_buf columns = { 0 };
	_cleanup_buf_ struct ks_buf ids = { 0 }, packed = { 0 };
	KS_TRY(read_content(r, run, content));
	for (size_t i = 0; i < content->nr; i++)
		KS_TRY(ks_columns_put(&columns, &content->rows[i], &r->now));
	if (run->like)
		KS_TRY(ks_columns_load(r->store, run->like, &ids));
	struct ks_columns_like like = { .ids = ks_bytes_of(&ids) };
	if (content->was.base)
		like.places = ks_bytes_of(&content->was.base->raw);
	KS_TRY(ks_columns_pack(&columns, &r->store->zstd, &like, &packed));
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(r->store, KS_SQL_COLUMNS_REPLACE, &stmt));
	sqlite3_bind_int64(stmt, 1, run->columns);
	ks_sql_bind_id(stmt, 2, run->like);
	ks_sql_bind_bytes(stmt, 3, ks_bytes_of(&packed));
	return ks_sql_run(r->store, stmt);
}

static struct ks_error *each(struct rebase *r,
			     struct ks_error *(*fn)(struct rebase *, const struct run *,
						    struct content *))
{
	struct ks_error *err = NULL;
	struct content content = { 0 };
	for (size_t i = 0; !err && i < r->runs.len; i++) {
		err = fn(r, &r->runs.at[i], &content);
		content_deinit(&content);
	}
	return err;
}

static struct ks_error *write_moves(struct rebase *r)
{
	struct ks_put_part part = { 0 };
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	const char *name = ks_part_name(KS_PART_MOVES);
	KS_TRY(ks_sql_get(r->store, KS_SQL_PART_REMOVE_ONE, &stmt));
	sqlite3_bind_int64(stmt, 1, r->image);
	ks_sql_bind_text(stmt, 2, name);
	KS_TRY(ks_sql_run(r->store, stmt));
	if (!r->now.nr)
		return NULL;
	struct ks_error *err = ks_put_part_pack_moves(&r->now, &r->store->zstd, &part);
	if (!err)
		err = ks_part_add(r->store, r->image, KS_PART_MOVES, &part);
	ks_buf_deinit(&part.packed);
	return err;
}

/** What is kept of them may go while rows are read. */
static struct ks_error *load_moves(struct rebase *r)
{
	struct ks_moves of_base = { 0 };
	KS_TRY(ks_moves_load(r->store, r->image, &r->before));
	struct ks_move *copy = ks_arena_array(&r->arena, r->before.nr + 1, sizeof(*copy));
	if (!copy)
		return &ks_nomem;
	memcpy(copy, r->before.at, r->before.nr * sizeof(*copy));
	r->before.at = copy;
	if (r->base)
		KS_TRY(ks_moves_load(r->store, r->base, &of_base));
	r->now = (struct ks_moves){ .anchor = r->before.anchor, .base_anchor = of_base.anchor };
	return NULL;
}

static struct ks_error *rebase(struct rebase *r)
{
	KS_TRY(load_moves(r));
	KS_TRY(find_runs(r));
	KS_TRY(each(r, collect));
	KS_TRY(ks_put_moves_make(r->pairs.at, r->pairs.len, &r->arena, &r->now));
	KS_TRY(each(r, write));
	KS_TRY(write_moves(r));
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(r->store, KS_SQL_IMAGE_SET_BASE, &stmt));
	sqlite3_bind_int64(stmt, 1, r->image);
	ks_sql_bind_id(stmt, 2, r->base);
	KS_TRY(ks_sql_run(r->store, stmt));
	ks_store_forget(r->store); // what is kept of the rows is not in them any more
	return NULL;
}

struct ks_error *ks_image_rebase(struct ks_store *store, int64_t image, int64_t base)
{
	struct rebase r = { .store = store, .image = image, .base = base };
	struct ks_error *err = rebase(&r);
	ks_arena_deinit(&r.arena);
	ks_vector_deinit(&r.runs);
	ks_vector_deinit(&r.pairs);
	return err;
}
