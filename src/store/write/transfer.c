/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/write/transfer.h"

#include <stdlib.h>

#include "base/pool.h"
#include "store/places.h"
#include "store/write/transfer_private.h"

/* ---- ids ---- */

void ks_id_map_deinit(struct ks_id_map *map)
{
	ks_hashmap_deinit(&map->map);
	ks_vector_deinit(&map->pairs);
	*map = (struct ks_id_map){ 0 };
}

int64_t ks_id_map_find(const struct ks_id_map *map, int64_t from)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(ks_hashmap_mix((uint64_t)from));
	for (uint32_t at; (at = ks_hashmap_next(&map->map, &walk));)
		if (map->pairs.at[at - 1].from == from)
			return map->pairs.at[at - 1].into;
	return 0;
}

struct ks_error *ks_id_map_add(struct ks_id_map *map, int64_t from, int64_t into)
{
	struct ks_id_pair pair = { from, into };
	return ks_vector_add(&map->pairs, pair) && ks_hashmap_reserve(&map->map, 1) &&
			       (ks_hashmap_add(&map->map, ks_hashmap_mix((uint64_t)from),
					       (uint32_t)map->pairs.len),
				true)
		       ? NULL
		       : &ks_nomem;
}

/* ---- the other store ---- */

struct ks_error *ks_transfer_new(struct ks_store *into, struct ks_store *from,
				 const struct ks_store_images *images, unsigned int nr_threads,
				 struct ks_transfer **ret)
{
	struct ks_transfer *t = calloc(1, sizeof(*t));
	int64_t version;
	if (!t)
		return &ks_nomem;
	*ret = t;
	t->into = into;
	t->from = from;
	t->all = images;
	t->nr_threads = nr_threads ? nr_threads : 1;
	KS_TRY(ks_sql_number(from, KS_SQL_VERSION, &version));
	t->is_new = version >= 3;
	if (!t->is_new)
		return NULL;
	KS_TRY(ks_hashes_load(from, 0));
	t->nr_ids = from->hashes.by_id.len + 1;
	t->ids = calloc(t->nr_ids, sizeof(*t->ids));
	t->classes = calloc(t->nr_ids, sizeof(*t->classes));
	t->packers = calloc(t->nr_threads, sizeof(*t->packers));
	return t->ids && t->classes && t->packers ? NULL : &ks_nomem;
}

void ks_transfer_forget(struct ks_transfer *t)
{
	if (t->ids)
		memset(t->ids, 0, t->nr_ids * sizeof(*t->ids));
	ks_id_map_deinit(&t->images);
	ks_id_map_deinit(&t->segments);
	ks_id_map_deinit(&t->rows);
	ks_id_map_deinit(&t->raw_at);
	for (size_t i = 0; i < t->raw.len; i++)
		ks_buf_deinit(&t->raw.at[i]);
	ks_vector_deinit(&t->raw);
}

void ks_transfer_free(struct ks_transfer *t)
{
	if (!t)
		return;
	ks_transfer_forget(t);
	for (unsigned int i = 0; t->packers && i < t->nr_threads; i++)
		ks_zstd_deinit(&t->packers[i]);
	free(t->packers);
	free(t->ids);
	free(t->classes);
	free(t);
}

static void job_deinit(struct ks_transfer_job *job)
{
	for (size_t i = 0; i < job->rows.len; i++) {
		ks_buf_deinit(&job->rows.at[i].ids);
		ks_buf_deinit(&job->rows.at[i].places);
		ks_buf_deinit(&job->rows.at[i].packed);
	}
	ks_vector_deinit(&job->rows);
	ks_put_defs_deinit(&job->defs);
	ks_arena_deinit(&job->arena);
}

/* ---- reading ---- */

/** What is copied as it is must be what can be read. */
static struct ks_error *check_places(struct ks_transfer *t, int64_t row)
{
	_cleanup_places_ struct ks_places *places = NULL;
	return ks_places_load(t->from, row, KS_PLACES_ALL, &places);
}

static struct ks_error *read_row(struct ks_transfer *t, struct ks_transfer_job *job, int list,
				 sqlite3_stmt *stmt, bool *old)
{
	struct ks_columns columns;
	const char *first = (const char *)sqlite3_column_text(stmt, 2);
	struct ks_transfer_row *row = ks_vector_push(&job->rows);
	if (!row)
		return &ks_nomem;
	*row = (struct ks_transfer_row){ .list = list };
	row->segment = sqlite3_column_int64(stmt, 0);
	row->id = sqlite3_column_int64(stmt, 1);
	row->nr = (uint64_t)sqlite3_column_int64(stmt, 3);
	row->first = ks_arena_strdup(&job->arena, first ? first : "");
	if (!row->first)
		return &ks_nomem;
	KS_TRY(ks_columns_frames(t->from, row->id, &row->ids, &row->places, &row->base));
	KS_TRY(ks_columns_open(row->ids.at, row->ids.len, &columns));
	*old = *old || columns.whole;
	if (row->places.len)
		KS_TRY(check_places(t, row->id));
	int64_t at = row->base ? ks_id_map_find(&t->raw_at, row->base) : 0;
	if (row->base && !at)
		return ks_store_damaged("row is a difference to none of the base's");
	if (at)
		row->like = ks_bytes_of(&t->raw.at[at - 1]);
	return NULL;
}

/** @param[out] old there is a row that an older version wrote */
static struct ks_error *read_rows(struct ks_transfer *t, struct ks_transfer_job *job, bool *old)
{
	*old = false;
	for (int list = 0; list < KS_NR_LISTS && !*old; list++) {
		_cleanup_reset_ sqlite3_stmt *stmt = NULL;
		KS_TRY(ks_sql_get(t->from, KS_SQL_LIST_COUNTED, &stmt));
		sqlite3_bind_int64(stmt, 1, job->image->id);
		ks_sql_bind_text(stmt, 2, ks_list_name(list));
		for (bool row = true; !*old;) {
			KS_TRY(ks_sql_row(t->from, stmt, &row));
			if (!row)
				break;
			KS_TRY(read_row(t, job, list, stmt, old));
		}
	}
	return NULL;
}

static bool is_base(const struct ks_transfer *t, int64_t id)
{
	for (size_t i = 0; i < t->all->nr; i++)
		if (t->all->at[i]->base == id)
			return true;
	return false;
}

/** The images here that are like it. An image that is a difference to one there goes with that. */
static struct ks_error *find_likes(struct ks_transfer *t, struct ks_transfer_job *job)
{
	int64_t base = ks_id_map_find(&t->images, job->image->base);
	if (job->image->base) {
		job->likes = (struct ks_put_likes){ .base = base, .nearest = base };
		return NULL;
	}
	int64_t *segments = ks_arena_array(&job->arena, job->rows.len + 1, sizeof(*segments));
	if (!segments)
		return &ks_nomem;
	for (size_t i = 0; i < job->rows.len; i++)
		segments[i] = job->rows.at[i].segment;
	return ks_put_find_likes(t->into, segments, job->rows.len, !job->image->image.modules_of,
				 &job->likes);
}

/* ---- packing ---- */

/** What threads pack. */
struct packing {
	struct ks_transfer *t;
	struct ks_transfer_job *job;
};

static struct ks_error *pack_one(void *arg, size_t at, unsigned int thread)
{
	const struct packing *packing = arg;
	struct ks_transfer_job *job = packing->job;
	struct ks_zstd *zstd = &packing->t->packers[thread];
	if (at < job->defs.blocks.len)
		return ks_put_defs_pack(&job->defs, at, zstd);
	struct ks_transfer_row *row = &job->rows.at[at - job->defs.blocks.len];
	KS_TRY(ks_transfer_numbers(packing->t, row));
	KS_TRY(ks_zstd_pack(zstd, row->like, ks_bytes_of(&row->ids), &row->packed));
	ks_buf_bytes(&row->packed, row->places.at, row->places.len);
	return ks_buf_error(&row->packed);
}

static struct ks_error *pack(struct ks_transfer *t, struct ks_transfer_job *job)
{
	struct packing packing = { t, job };
	if (!job->image->base)
		KS_TRY(ks_transfer_likes(t, job));
	KS_TRY(ks_put_defs_likes(&job->defs, t->into));
	for (size_t i = 0; i < ks_put_defs_nr_runs(&job->defs); i++)
		KS_TRY(ks_put_defs_differ(&job->defs, i));
	KS_TRY(ks_put_defs_cut(&job->defs));
	return ks_pool_run(t->nr_threads, job->defs.blocks.len + job->rows.len, pack_one, &packing);
}

/* ---- writing ---- */

static struct ks_error *write_row(struct ks_transfer *t, struct ks_transfer_job *job,
				  struct ks_transfer_row *row, int64_t image, uint64_t *bytes)
{
	_cleanup_reset_ sqlite3_stmt *add = NULL, *list = NULL;
	int64_t segment;
	KS_TRY(ks_transfer_segment(t, job, row, &segment, bytes));
	KS_TRY(ks_sql_get(t->into, KS_SQL_COLUMNS_ADD, &add));
	ks_sql_bind_id(add, 1, row->base ? ks_id_map_find(&t->rows, row->base) : 0);
	ks_sql_bind_bytes(add, 2, ks_bytes_of(&row->packed));
	sqlite3_bind_int64(add, 3, row->here);
	KS_TRY(ks_sql_run(t->into, add));
	KS_TRY(ks_sql_get(t->into, KS_SQL_LIST_ADD, &list));
	sqlite3_bind_int64(list, 1, image);
	ks_sql_bind_text(list, 2, ks_list_name(row->list));
	ks_sql_bind_text(list, 3, row->first);
	sqlite3_bind_int64(list, 4, segment);
	sqlite3_bind_int64(list, 5, row->here);
	*bytes += row->packed.len;
	return ks_sql_run(t->into, list);
}

/** Others may be differences to it. */
static struct ks_error *remember_row(struct ks_transfer *t, struct ks_transfer_row *row)
{
	KS_TRY(ks_id_map_add(&t->rows, row->id, row->here));
	if (!ks_vector_add(&t->raw, row->ids))
		return &ks_nomem;
	row->ids = (struct ks_buf){ 0 };
	return ks_id_map_add(&t->raw_at, row->id, (int64_t)t->raw.len);
}

static struct ks_error *write_rows(struct ks_transfer *t, struct ks_transfer_job *job,
				   int64_t image, uint64_t *bytes)
{
	bool is_root = !job->image->base && is_base(t, job->image->id);
	int64_t columns;
	KS_TRY(ks_counter_next(t->into, KS_COUNTER_COLUMNS, &columns));
	for (size_t i = 0; i < job->rows.len; i++, columns++) {
		job->rows.at[i].here = columns;
		KS_TRY(write_row(t, job, &job->rows.at[i], image, bytes));
		if (is_root)
			KS_TRY(remember_row(t, &job->rows.at[i]));
	}
	return ks_counter_set(t->into, KS_COUNTER_COLUMNS, columns);
}

static struct ks_error *write_image(struct ks_transfer *t, struct ks_transfer_job *job,
				    const struct ks_image_key *key, const char *home,
				    uint64_t *bytes)
{
	const struct ks_store_image *image = job->image;
	struct ks_surface facts = {
		.image = image->image,
		.known = image->known,
		.symtab_known = image->symtab_known,
	};
	int64_t id;
	facts.image.modules_of = home;
	KS_TRY(ks_image_add(t->into, &facts, key, image->anchor, &id));
	if (image->base)
		KS_TRY(ks_image_set_base(t->into, id, job->likes.base));
	KS_TRY(ks_put_defs_write(&job->defs, t->into, bytes));
	KS_TRY(write_rows(t, job, id, bytes));
	for (int i = 0; i < KS_NR_PARTS; i++)
		if (ks_part_name((enum ks_part)i))
			KS_TRY(ks_transfer_part(t, job, (enum ks_part)i, id, bytes));
	return ks_id_map_add(&t->images, image->id, id);
}

static struct ks_error *transfer(struct ks_transfer *t, struct ks_transfer_job *job,
				 const struct ks_image_key *key, const char *home, uint64_t *bytes,
				 bool *done)
{
	bool old;
	KS_TRY(read_rows(t, job, &old));
	if (old)
		return NULL;
	KS_TRY(find_likes(t, job));
	if (!job->image->base && job->likes.base && !is_base(t, job->image->id))
		return NULL;
	KS_TRY(ks_transfer_defs(t, job));
	KS_TRY(pack(t, job));
	*done = true;
	return write_image(t, job, key, home, bytes);
}

struct ks_error *ks_transfer_image(struct ks_transfer *t, const struct ks_store_image *image,
				   const struct ks_image_key *key, const char *home,
				   uint64_t *ret_bytes, bool *ret_done)
{
	struct ks_transfer_job job = { .image = image };
	*ret_bytes = 0;
	*ret_done = false;
	if (!t->is_new || (image->base && !ks_id_map_find(&t->images, image->base)))
		return NULL;
	struct ks_error *err = transfer(t, &job, key, home, ret_bytes, ret_done);
	job_deinit(&job);
	return err;
}

static struct ks_error *adopt(struct ks_transfer *t, struct ks_transfer_job *job, int64_t here)
{
	bool old, same = false;
	KS_TRY(read_rows(t, job, &old));
	if (!old)
		KS_TRY(ks_transfer_same(t, job, here, &same));
	for (size_t i = 0; i < job->rows.len && same; i++)
		KS_TRY(remember_row(t, &job->rows.at[i]));
	return same ? ks_id_map_add(&t->images, job->image->id, here) : NULL;
}

struct ks_error *ks_transfer_adopt(struct ks_transfer *t, const struct ks_store_image *image,
				   int64_t here)
{
	struct ks_transfer_job job = { .image = image };
	if (!t->is_new || image->base || !is_base(t, image->id))
		return NULL;
	struct ks_error *err = adopt(t, &job, here);
	job_deinit(&job);
	return err;
}

struct ks_error *ks_transfer_whole(struct ks_transfer *t, const struct ks_store_image *image,
				   struct ks_surface **ret)
{
	struct ks_transfer_job job = { .image = image };
	struct ks_error *err = t->is_new ? ks_transfer_check(t, &job) : NULL;
	job_deinit(&job);
	return err ? err : ks_store_surface(t->from, image, ret);
}
