/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of a catalogue: made beside the place where it belongs, whole before it stands there. */
#include "store/write/publish.h"

#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/array.h"
#include "base/memory.h"
#include "base/spare.h"
#include "store/block.h"
#include "store/image.h"
#include "store/kinds.h"
#include "store/packages.h"
#include "store/schema.h"
#include "surface/image.h"

enum { PAGE_SIZE = 16384, BLOCKS = 4096 };

static struct ks_error *script(struct ks_publish *publish, const char *text)
{
	return sqlite3_exec(publish->db, text, NULL, NULL, NULL) == SQLITE_OK
		       ? NULL
		       : ks_publish_error(publish);
}

static struct ks_error *put_settings(struct ks_publish *publish)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(publish->from, KS_SQL_SETTINGS, &stmt));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(publish->from, stmt, &row));
		if (!row)
			return NULL;
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		struct ks_bytes value = ks_sql_bytes(stmt, 1);
		if (!name)
			return ks_store_damaged("setting without a name");
		if (ks_store_is_package(name))
			continue; // of no use to who cannot add
		KS_TRY(ks_publish_named(publish, "INSERT INTO setting VALUES(?, CAST(? AS TEXT))",
					name, value));
	}
}

/** Read what was written, as whoever checks it will. */
static struct ks_error *put_content(struct ks_publish *publish, const char *scratch, char hex[65])
{
	_cleanup_store_ struct ks_store *made = NULL;
	KS_TRY(ks_store_open(scratch, KS_STORE_READ, &made));
	KS_TRY(ks_catalogue_content(made, hex));
	ks_store_close(ks_take(made));
	return ks_publish_named(publish, "INSERT INTO head VALUES(?, ?)", KS_CATALOGUE_HEAD_CONTENT,
				(struct ks_bytes){ hex, strlen(hex) });
}

/* ---- all of it ---- */

/** Images of one machine together, then as they are listed: those that say the same of a name lie side by side. */
static int compare_images(const void *a, const void *b)
{
	const struct ks_store_image *x = *(const struct ks_store_image *const *)a;
	const struct ks_store_image *y = *(const struct ks_store_image *const *)b;
	bool x_modules = x->image.modules_of != NULL, y_modules = y->image.modules_of != NULL;
	if (x_modules != y_modules)
		return x_modules ? 1 : -1;
	int order = strcmp(x->image.arch ? x->image.arch : "", y->image.arch ? y->image.arch : "");
	return order ? order : ks_image_compare(&x->image, &y->image);
}

static struct ks_error *prepare(struct ks_publish *publish)
{
	static const char names[] = "INSERT INTO names VALUES(?, ?)";
	static const char word[] = "INSERT INTO word VALUES(?, ?, ?)";
	static const char block[] = "INSERT INTO block VALUES(?, ?, ?)";
	static const char place[] = "INSERT INTO place VALUES(?, ?, ?)";
	static const char trigram[] = "INSERT INTO trigram VALUES(?, ?, ?)";
	sqlite3 *db = publish->db;
	if (sqlite3_prepare_v2(db, names, -1, &publish->add_names, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, word, -1, &publish->add_word, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, block, -1, &publish->add_block, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, place, -1, &publish->add_place, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, trigram, -1, &publish->add_trigram, NULL) == SQLITE_OK)
		return NULL;
	return ks_publish_error(publish);
}

static struct ks_error *make_schema(struct ks_publish *publish)
{
	char pragmas[256];
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA page_size = %d; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
		 "PRAGMA application_id = %d; PRAGMA user_version = %d; BEGIN;",
		 PAGE_SIZE, KS_CATALOGUE_APPLICATION_ID, KS_CATALOGUE_VERSION);
	KS_TRY(script(publish, pragmas));
	for (size_t i = 0; i < ks_schema_nr(); i++)
		if (ks_schema_published(ks_schema_at(i)))
			KS_TRY(script(publish, ks_schema_at(i)->sql));
	return prepare(publish);
}

static struct ks_error *put_kind(struct ks_publish *publish, enum ks_kind kind)
{
	enum ks_holds holds = ks_kinds[kind].holds;
	const enum ks_def_class classes[] = {
		ks_kind_def_class(kind),
		holds == KS_HOLDS_FUNCTION ? KS_DEF_FUNCTION
		: holds == KS_HOLDS_TYPE   ? KS_DEF_AMBIGUITY
					   : 0,
	};
	return ks_publish_list(publish, ks_list_name((int)kind), classes);
}

/** What every question about a program comes to lies together: types of few bytes and options, before structs and functions. */
static struct ks_error *put_lists(struct ks_publish *publish)
{
	static const enum ks_kind last[] = { KS_STRUCT, KS_FUNCTION };
	for (enum ks_kind kind = KS_FIELD; kind-- > 0;)
		if (kind != last[0] && kind != last[1])
			KS_TRY(put_kind(publish, kind));
	for (size_t i = 0; i < KS_ARRAY_LEN(last); i++)
		KS_TRY(put_kind(publish, last[i]));
	static const enum ks_def_class variables[] = { KS_DEF_VARIABLE, 0 };
	KS_TRY(ks_publish_list(publish, ks_list_name(KS_LIST_VARIABLES), variables));
	KS_TRY(ks_publish_forms(publish));
	return ks_publish_symbols(publish);
}

/** What every question reads, in one row: it takes the fewest pages so. */
static struct ks_error *put_first(struct ks_publish *publish)
{
	_cleanup_buf_ struct ks_buf raw = { 0 }, images = { 0 }, common = { 0 };
	KS_TRY(ks_catalogue_put_images(publish->images, &images));
	KS_TRY(ks_publish_common_end(publish, &common));
	const struct ks_buf *const parts[] = { &images, &publish->lists, &common };
	for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++) {
		KS_TRY(ks_buf_error(parts[i]));
		ks_buf_uleb(&raw, parts[i]->len);
		ks_buf_bytes(&raw, parts[i]->at, parts[i]->len);
	}
	KS_TRY(ks_buf_error(&raw));
	return ks_publish_head(publish, KS_CATALOGUE_HEAD_FIRST, ks_bytes_of(&raw));
}

static struct ks_error *put_all(struct ks_publish *publish, struct ks_publish_result *ret)
{
	KS_TRY(make_schema(publish));
	KS_TRY(ks_publish_common_begin(publish, publish->opts->common, publish->opts->nr_common));
	KS_TRY(put_lists(publish));
	KS_TRY(ks_publish_defs_end(publish));
	KS_TRY(ks_publish_places_end(publish));
	KS_TRY(ks_publish_trigrams_end(publish));
	KS_TRY(put_first(publish));
	KS_TRY(put_settings(publish));
	ret->nr_names = (size_t)publish->nr_names;
	ret->nr_images = publish->images->nr;
	return script(publish, "COMMIT");
}

static void deinit(struct ks_publish *publish)
{
	sqlite3_finalize(publish->add_names);
	sqlite3_finalize(publish->add_word);
	ks_buf_deinit(&publish->words);
	sqlite3_finalize(publish->add_block);
	sqlite3_finalize(publish->add_place);
	sqlite3_finalize(publish->add_trigram);
	ks_publish_trigrams_deinit(publish);
	ks_publish_common_deinit(publish);
	sqlite3_close(publish->db);
	ks_zstd_deinit(&publish->zstd);
	ks_delta_deinit(&publish->delta);
	ks_buf_deinit(&publish->lists);
	ks_buf_deinit(&publish->block);
	ks_buf_deinit(&publish->block_lengths);
	ks_buf_deinit(&publish->places);
	ks_buf_deinit(&publish->place_lengths);
	ks_arena_deinit(&publish->arena);
	ks_vector_deinit(&publish->cells);
	ks_numbers_deinit(&publish->functions);
	ks_vector_deinit(&publish->at_functions);
	ks_facts_buf_deinit(&publish->facts);
	free(publish->ids);
}

/** The pages of each table one behind the other, none of them free. @param made the file @param into another one */
static struct ks_error *lay_out(struct ks_publish *publish, const char *into)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(publish->db, "VACUUM INTO ?", -1, &stmt, NULL) != SQLITE_OK)
		return ks_publish_error(publish);
	sqlite3_bind_text(stmt, 1, into, -1, SQLITE_STATIC);
	int code = sqlite3_step(stmt);
	struct ks_error *err = code == SQLITE_DONE ? NULL : ks_publish_error(publish);
	sqlite3_finalize(stmt);
	return err;
}

static struct ks_error *make(struct ks_store *store, const char *scratch, const char *into,
			     struct ks_publish *publish, struct ks_publish_result *ret)
{
	KS_TRY(ks_block_id_limit(store, &publish->nr_old));
	publish->ids = calloc((size_t)publish->nr_old + 1, sizeof(*publish->ids));
	if (!publish->ids)
		return &ks_nomem;
	if (sqlite3_open_v2(scratch, &publish->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return publish->db ? ks_publish_error(publish) : &ks_nomem;
	KS_TRY(put_all(publish, ret));
	KS_TRY(put_content(publish, scratch, ret->content));
	return lay_out(publish, into);
}

/** The bytes are there before the name is. */
static struct ks_error *put_in_place(const char *made, const char *out, uint64_t *ret_bytes)
{
	int fd = open(made, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	bool kept = size >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (!kept || rename(made, out) != 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot be written: %m", out);
	*ret_bytes = (uint64_t)size;
	return NULL;
}

struct publish_job {
	const char *out, *scratch, *made;
	int lock; // on scratch
	const struct ks_publish_opts *opts;
	struct ks_publish_result *ret;
};

static struct ks_error *run(struct ks_store *store, void *arg)
{
	const struct publish_job *job = arg;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_publish publish = {
		.from = store, .images = &images, .opts = job->opts, .out = job->out
	};
	struct ks_error *err = ks_image_all(store, &arena, &images);
	if (!err && images.nr)
		qsort(images.at, images.nr, sizeof(*images.at), compare_images);
	if (!err)
		err = make(store, job->scratch, job->made, &publish, job->ret);
	deinit(&publish);
	ks_arena_deinit(&arena);
	return err;
}

/** Every SQLite file begins so; with its NUL. */
static const char begin[] = "SQLite format 3";
/** Where PRAGMA application_id is, most significant byte first; of a store it may still be in the log alone. */
enum { ID_AT = 68, HEAD = ID_AT + sizeof(uint32_t) };

bool ks_catalogue_begins(const void *bytes, size_t len)
{
	uint32_t id;
	if (len < HEAD || memcmp(bytes, begin, sizeof(begin)) != 0)
		return false;
	memcpy(&id, (const char *)bytes + ID_AT, sizeof(id));
	return be32toh(id) == KS_CATALOGUE_APPLICATION_ID;
}

struct ks_error *ks_store_spare(const char *out)
{
	char head[HEAD];
	KS_TRY(ks_spare_special(out));
	int fd = open(out, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool there = fd >= 0 && pread(fd, head, sizeof(head), 0) == sizeof(head) &&
		     memcmp(head, begin, sizeof(begin)) == 0;
	if (fd >= 0)
		close(fd);
	if (!there || ks_catalogue_begins(head, sizeof(head)))
		return NULL;
	return ks_error_new(KS_ERR_USAGE, "%s: is a store: give the catalogue another name", out);
}

static struct ks_error *publish_alone(struct ks_store *store, struct publish_job *job)
{
	if (ftruncate(job->lock, 0) != 0) // of one that was killed
		return ks_error_new(KS_ERR_IO, "%s: cannot be written: %m", job->scratch);
	unlink(job->made);
	struct ks_error *err = ks_progress_tell(job->opts->progress, "publishing", 0, 0);
	ks_blocks_keep(&store->blocks, BLOCKS);
	if (!err)
		err = ks_sql_read(store, run, job);
	ks_blocks_keep(&store->blocks, 0);
	if (!err)
		err = put_in_place(job->made, job->out, &job->ret->bytes);
	unlink(job->made);
	unlink(job->scratch);
	return err;
}

/** Two that publish to one place at once would write into each other's files. */
static struct ks_error *publish_locked(struct ks_store *store, struct publish_job *job)
{
	KS_TRY(ks_store_spare(job->out));
	job->lock = open(job->scratch, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (job->lock < 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot be written: %m", job->scratch);
	struct ks_error *err =
		flock(job->lock, LOCK_EX | LOCK_NB) == 0
			? publish_alone(store, job)
			: ks_error_new(KS_ERR_IO, "%s: another process publishes there", job->out);
	close(job->lock);
	return err;
}

struct ks_error *ks_store_publish(struct ks_store *store, const char *out,
				  const struct ks_publish_opts *opts, struct ks_publish_result *ret)
{
	static const struct ks_publish_opts none;
	_cleanup_buf_ struct ks_buf scratch = { 0 }, made = { 0 };
	KS_TRY(ks_store_has_whole(store));
	ks_buf_printf(&scratch, "%s-publish", out);
	ks_buf_printf(&made, "%s-publish-new", out);
	struct publish_job job = { .out = out,
				   .scratch = ks_buf_text(&scratch),
				   .made = ks_buf_text(&made),
				   .opts = opts ? opts : &none,
				   .ret = ret };
	*ret = (struct ks_publish_result){ 0 };
	return job.scratch && job.made ? publish_locked(store, &job) : &ks_nomem;
}
