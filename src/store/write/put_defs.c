/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/write/put_defs.h"

#include <stdlib.h>

#include "store/kinds.h"

enum { JOB_DEFS = 512 };

/** A run of definitions of one table that one thread encodes. */
struct ks_put_job {
	int table;
	size_t from, to; // of the table
	struct ks_buf buf;
};

void ks_put_defs_deinit(struct ks_put_defs *defs)
{
	for (size_t i = 0; i < defs->jobs.len; i++)
		ks_buf_deinit(&defs->jobs.at[i].buf);
	for (size_t i = 0; i < defs->blocks.len; i++) {
		ks_buf_deinit(&defs->blocks.at[i].packed);
		ks_buf_deinit(&defs->blocks.at[i].needs);
	}
	for (size_t i = 0; i < defs->differences.len; i++)
		ks_buf_deinit(&defs->differences.at[i]);
	ks_vector_deinit(&defs->differences);
	ks_arena_deinit(&defs->likes);
	ks_vector_deinit(&defs->jobs);
	ks_vector_deinit(&defs->new_defs);
	ks_vector_deinit(&defs->blocks);
	free(defs->at);
}

static void encode(struct ks_put_defs *defs, int table, size_t i, struct ks_buf *buf)
{
	const struct ks_surface *surface = defs->surface;
	enum ks_kind kind = ks_table_kind(table);
	if (table == KS_TABLE_FUNCTIONS) {
		ks_buf_char(buf, KS_DEF_FUNCTION);
		ks_codec_put_function(buf, &surface->functions[i], defs->listed[i]);
	} else if (table == KS_TABLE_AMBIGUITIES) {
		ks_buf_char(buf, KS_DEF_AMBIGUITY);
		ks_codec_put_ambiguity(buf, &surface->ambiguities[i]);
	} else if (table == KS_TABLE_FORMS) {
		ks_buf_char(buf, KS_DEF_FORMS);
		ks_codec_put_forms(buf, &surface->forms[i]);
	} else if (table == KS_TABLE_VARIABLES) {
		ks_buf_char(buf, KS_DEF_VARIABLE);
		ks_codec_put_variable(buf, &surface->variables[i]);
	} else {
		enum ks_def_class def_class = ks_kind_def_class(kind);
		ks_buf_char(buf, (char)def_class);
		ks_def_ops_of(def_class)->put(buf, ks_surface_record(surface, kind, i));
	}
}

struct ks_error *ks_put_defs_init(struct ks_put_defs *defs, const struct ks_surface *surface,
				  const struct ks_decl *const *listed)
{
	defs->surface = surface;
	defs->listed = listed;
	for (int table = 0; table < KS_NR_TABLES; table++) {
		size_t nr = ks_table_len(surface, table);
		defs->start[table] = defs->nr;
		defs->nr += nr;
		for (size_t from = 0; from < nr; from += JOB_DEFS) {
			size_t to = nr - from < JOB_DEFS ? nr : from + JOB_DEFS;
			struct ks_put_job job = { .table = table, .from = from, .to = to };
			if (!ks_vector_add(&defs->jobs, job))
				return &ks_nomem;
		}
	}
	defs->start[KS_NR_TABLES] = defs->nr;
	defs->at = calloc(defs->nr + 1, sizeof(*defs->at));
	return defs->at ? NULL : &ks_nomem;
}

size_t ks_put_defs_nr_jobs(const struct ks_put_defs *defs)
{
	return defs->jobs.len;
}

struct ks_error *ks_put_defs_encode(struct ks_put_defs *defs, size_t index)
{
	struct ks_put_job *job = &defs->jobs.at[index];
	struct ks_put_def *first = &defs->at[defs->start[job->table]];
	for (size_t i = job->from; i < job->to; i++) {
		size_t before = job->buf.len;
		encode(defs, job->table, i, &job->buf);
		if (job->buf.len - before > KS_ZSTD_LIMIT / 2)
			return ks_error_new(KS_ERR_UNSUPPORTED,
					    "a definition is too large to keep");
		first[i].len = (uint32_t)(job->buf.len - before);
	}
	KS_TRY(ks_buf_error(&job->buf));
	const uint8_t *bytes = (const uint8_t *)job->buf.at; // stays where it is from here on
	for (size_t i = job->from; i < job->to; i++) {
		first[i].bytes = bytes;
		first[i].hash = ks_hash_of(bytes, first[i].len);
		bytes += first[i].len;
	}
	return NULL;
}

static struct ks_error *load_packs(struct ks_store *store)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_PACKS, &stmt));
	struct ks_hashes *hashes = &store->hashes;
	sqlite3_bind_int64(stmt, 1, (int64_t)hashes->by_id.len + 1);
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		struct ks_bytes bytes = ks_sql_bytes(stmt, 1);
		size_t nr = bytes.len / KS_HASH_BYTES;
		if ((uint64_t)sqlite3_column_int64(stmt, 0) != hashes->by_id.len + 1 || !nr ||
		    bytes.len % KS_HASH_BYTES)
			return ks_store_damaged("hashes of definitions are missing");
		KS_TRY(ks_hashes_append(hashes, bytes.at, nr));
	}
}

struct ks_error *ks_hashes_load(struct ks_store *store, size_t extra)
{
	int64_t version;
	KS_TRY(ks_sql_number(store, KS_SQL_DATA_VERSION, &version));
	// Another process has written: it may have removed definitions as well as added some.
	if (version != store->data_version)
		ks_hashes_deinit(&store->hashes);
	if (store->hashes.loaded)
		return NULL;
	KS_TRY(load_packs(store));
	KS_TRY(ks_hashes_build(&store->hashes, extra));
	store->hashes.loaded = true;
	store->data_version = version;
	return NULL;
}

struct ks_error *ks_put_defs_assign(struct ks_put_defs *defs, struct ks_store *store)
{
	struct ks_hashes *hashes = &store->hashes;
	KS_TRY(ks_hashes_load(store, defs->nr));
	KS_TRY(ks_hashes_reserve(hashes, defs->nr));
	enum { AHEAD = 16 }; // definitions; the table is much larger than the caches
	for (size_t i = 0; i < defs->nr; i++) {
		struct ks_put_def *def = &defs->at[i];
		if (i + AHEAD < defs->nr)
			ks_hashes_prefetch(hashes, def[AHEAD].hash);
		def->id = ks_hashes_find(hashes, def->hash);
		if (def->id)
			continue;
		def->id = ks_hashes_add(hashes, def->hash);
		struct ks_put_new new = { .def = def, .stored = { def->bytes, def->len } };
		if (!ks_vector_add(&defs->new_defs, new))
			return &ks_nomem;
	}
	return NULL;
}

static struct ks_error *write_hashes(struct ks_put_defs *defs, struct ks_store *store,
				     uint64_t *bytes)
{
	size_t nr = defs->new_defs.len;
	if (!nr)
		return NULL;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_PACK_ADD, &stmt));
	const struct ks_hash *first = &store->hashes.by_id.at[defs->new_defs.at[0].def->id - 1];
	sqlite3_bind_int64(stmt, 1, defs->new_defs.at[0].def->id);
	_cleanup_buf_ struct ks_buf packed = { 0 };
	ks_hashes_put(&packed, first, nr);
	KS_TRY(ks_buf_error(&packed));
	ks_sql_bind_bytes(stmt, 2, ks_bytes_of(&packed));
	*bytes += packed.len;
	return ks_sql_run(store, stmt);
}

struct ks_error *ks_put_defs_write(struct ks_put_defs *defs, struct ks_store *store,
				   uint64_t *bytes)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_BLOCK_ADD, &stmt));
	for (size_t i = 0; i < defs->blocks.len; i++) {
		struct ks_put_block *block = &defs->blocks.at[i];
		sqlite3_bind_int64(stmt, 1, (int64_t)block->first);
		sqlite3_bind_int64(stmt, 2, (int64_t)(block->to - block->from));
		ks_sql_bind_bytes(stmt, 3, ks_bytes_of(&block->packed));
		ks_sql_bind_bytes(stmt, 4, ks_bytes_of(&block->needs));
		KS_TRY(ks_sql_run(store, stmt));
		*bytes += block->packed.len + block->needs.len;
	}
	return write_hashes(defs, store, bytes);
}
