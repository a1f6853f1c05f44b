/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and writing in one piece: what is read belongs to one state of the store. */
#include "store/format.h"
#include "store/places.h"

void ks_store_forget(struct ks_store *store)
{
	ks_cache_clear(&store->kept_names);
	ks_cache_clear(&store->kept_columns);
	ks_cache_clear(&store->kept_defs);
	ks_cache_clear(&store->kept_moves);
	ks_places_free(store->kept_base.places);
	store->kept_base.places = NULL;
	ks_buf_deinit(&store->searched.name);
	ks_part_bases_clear(&store->bases);
	ks_symbols_clear(&store->symbols);
	ks_buf_deinit(&store->symbol_names);
	ks_blocks_forget(&store->blocks); // repacking numbers definitions anew
}

static void roll_back(struct ks_store *store)
{
	// Some failures have rolled back already; then this one fails, which says nothing new.
	if (!sqlite3_get_autocommit(store->db))
		ks_error_free(ks_sql_do(store, KS_SQL_ROLLBACK));
}

/** What is kept of another state goes. Inside the transaction: it begins with this look. */
static struct ks_error *forget_old(struct ks_store *store)
{
	int64_t version;
	KS_TRY(ks_sql_number(store, KS_SQL_DATA_VERSION, &version));
	if (version == store->kept_version)
		return NULL;
	ks_store_forget(store);
	KS_TRY(ks_format_check_again(store));
	store->kept_version = version;
	return NULL;
}

struct ks_error *ks_store_snapshot_begin(struct ks_store *store)
{
	if (!store->nr_snapshots) {
		KS_TRY(ks_sql_do(store, KS_SQL_BEGIN_READ));
		struct ks_error *err = forget_old(store);
		if (err) {
			roll_back(store);
			return ks_error_in_file(err, store->path);
		}
	}
	store->nr_snapshots++;
	return NULL;
}

int64_t ks_store_version(const struct ks_store *store)
{
	return store->kept_version;
}

void ks_store_snapshot_end(struct ks_store *store)
{
	if (--store->nr_snapshots == 0)
		roll_back(store);
}

struct ks_error *ks_sql_read(struct ks_store *store, ks_store_job_fn *fn, void *arg)
{
	KS_TRY(ks_store_snapshot_begin(store));
	struct ks_error *err = ks_error_in_file(fn(store, arg), store->path);
	ks_store_snapshot_end(store);
	return err;
}

/** Others see that they do not see the same any more. */
static struct ks_error *count_write(struct ks_store *store)
{
	int64_t generation;
	KS_TRY(ks_counter_get(store, KS_COUNTER_GENERATION, &generation));
	return ks_counter_set(store, KS_COUNTER_GENERATION, generation + 1);
}

static struct ks_error *write_all(struct ks_store *store, ks_store_job_fn *fn, void *arg)
{
	KS_TRY(ks_format_check_again(store));
	KS_TRY(ks_format_renew(store)); // with what is written first
	KS_TRY(fn(store, arg));
	KS_TRY(count_write(store));
	return ks_sql_do(store, KS_SQL_COMMIT);
}

struct ks_error *ks_sql_write(struct ks_store *store, ks_store_job_fn *fn, void *arg)
{
	if (store->writing)
		return fn(store, arg);
	if (store->readonly || store->nr_snapshots)
		return ks_error_in_file(
			ks_error_new(KS_ERR_STORE, store->readonly
							   ? "opened for reading only"
							   : "cannot be written while it is read "
							     "through the same handle"),
			store->path);
	ks_store_forget(store);
	KS_TRY(ks_sql_do(store, KS_SQL_BEGIN_WRITE));
	store->writing = true;
	store->nr_snapshots++; // what is read meanwhile belongs to it
	struct ks_error *err = write_all(store, fn, arg);
	store->nr_snapshots--;
	store->writing = false;
	if (err)
		roll_back(store);
	ks_store_forget(store);
	return ks_error_in_file(err, store->path);
}
