/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A catalogue from a stranger: an error, or answers, nothing else. The first byte of an input says what the rest is: f the bytes
 * of the file, b what a row says: a byte for the table, one for the row, one that says whether the rest is packed first, then
 * the bytes.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tests/sample.h"
#include "base/array.h"
#include "store/census.h"
#include "store/compare.h"
#include "store/forms.h"
#include "store/layout.h"
#include "store/names.h"
#include "store/suggest.h"
#include "store/zstd.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { NAMES = 600 }; // more than a search reads without the index

static char folder[64], path[80];
static struct ks_buf good; // the bytes of a catalogue

static void leave(void)
{
	unlink(path);
	rmdir(folder);
}

static void put(struct ks_store *store, unsigned int build)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(build, NAMES);
	struct ks_put_result result = { 0 };
	ks_error_free(ks_store_put(store, surface, 1, &result));
	free(result.label);
}

static void make(const char *from)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	struct ks_store *store;
	struct ks_publish_result result;
	static const struct ks_store_want common[] = { { KS_STRUCT, "zoo", false },
						       { KS_CONFIG, "CONFIG_BPF", false } };
	const struct ks_publish_opts opts = { .common = common, .nr_common = KS_ARRAY_LEN(common) };
	if (ks_store_open(from, KS_STORE_CREATE, &store))
		abort();
	put(store, 1);
	put(store, 2);
	if (ks_store_publish(store, path, &opts, &result))
		abort();
	ks_store_close(store);
	for (size_t i = 0; i < KS_ARRAY_LEN(tails); i++) {
		char name[96];
		snprintf(name, sizeof(name), "%s%s", from, tails[i]);
		unlink(name);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	const char *tmp =
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; // where writing is quick
	char from[80], bytes[4096];
	snprintf(folder, sizeof(folder), "%s/ksurf-fuzz-XXXXXX", tmp);
	if (!mkdtemp(folder))
		abort();
	atexit(leave);
	snprintf(path, sizeof(path), "%s/catalogue", folder);
	snprintf(from, sizeof(from), "%s/store", folder);
	make(from);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (ssize_t n; (n = read(fd, bytes, sizeof(bytes))) > 0;)
		ks_buf_bytes(&good, bytes, (size_t)n);
	close(fd);
	return good.len ? 0 : 1;
}

static void write_file(const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
}

static void set_row(uint8_t table, int row, bool packed, const void *bytes, size_t len)
{
	static const char *const texts[] = {
		"UPDATE names SET data = ?1 WHERE id = 1 + ?2 % (SELECT max(id) FROM names)",
		"UPDATE block SET data = ?1 WHERE last ="
		" (SELECT last FROM block LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM block))",
		"UPDATE place SET data = ?1 WHERE last ="
		" (SELECT last FROM place LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM place))",
		"UPDATE word SET data = ?1 WHERE last ="
		" (SELECT last FROM word LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM word))",
		"UPDATE head SET data = ?1 WHERE name = 'first' AND ?2 >= 0",
		"UPDATE trigram SET data = ?1 WHERE last ="
		" (SELECT last FROM trigram LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM trigram))",
	};
	sqlite3 *db;
	sqlite3_stmt *stmt;
	struct ks_zstd zstd = { 0 };
	_cleanup_buf_ struct ks_buf frame = { 0 };
	write_file(good.at, good.len);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	sqlite3_exec(db, "PRAGMA journal_mode = OFF", NULL, NULL, NULL);
	if (packed &&
	    ks_zstd_pack(&zstd, (struct ks_bytes){ 0 }, (struct ks_bytes){ bytes, len }, &frame))
		abort();
	if (sqlite3_prepare_v2(db, texts[table % KS_ARRAY_LEN(texts)], -1, &stmt, NULL) !=
	    SQLITE_OK)
		abort();
	sqlite3_bind_blob64(stmt, 1, packed ? frame.at : bytes, packed ? frame.len : len,
			    SQLITE_STATIC);
	sqlite3_bind_int(stmt, 2, row);
	sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	ks_zstd_deinit(&zstd);
}

static struct ks_error *count(const struct ks_store_name *name, void *arg)
{
	*(size_t *)arg += name->nr_images;
	return NULL;
}

static void ask(struct ks_store *store, const struct ks_store_images *images, enum ks_kind kind)
{
	static const char *const names[] = { "special", "filler_1", "filler_69" };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_history history;
	struct ks_compare_count differences;
	struct ks_suggestions near;
	size_t nr = 0;
	ks_error_free(ks_store_names(store, images, kind, NULL, count, &nr));
	ks_error_free(ks_store_names(store, images, kind, "f*1", count, &nr));
	ks_error_free(ks_store_names(store, images, kind, "*iller_6*", count, &nr));
	ks_error_free(ks_suggest_names(store, images, kind, "trace_special_filler", &near));
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++)
		ks_error_free(ks_store_history(store, images, kind, names[i], &arena, &history));
	if (images->nr > 1)
		ks_error_free(ks_store_compare(store, images->at[0], images->at[1], kind, NULL,
					       NULL, NULL, &differences));
}

/** The list of an image that nobody has said to come: others read those of two images. */
static void walk(struct ks_store *store, const struct ks_store_image *image, enum ks_kind kind)
{
	struct ks_run_walk list = { .store = store,
				    .image = image->id,
				    .name = ks_list_name((int)kind) };
	bool row = true;
	struct ks_error *err = ks_store_snapshot_begin(store);
	if (err) {
		ks_error_free(err);
		return;
	}
	while (!err && row) {
		_cleanup_buf_ struct ks_buf names = { 0 }, ids = { 0 };
		err = ks_run_next(&list, &row);
		if (err || !row)
			break;
		ks_error_free(ks_segment_names_load(store, list.row.segment, &names));
		ks_error_free(ks_columns_load(store, list.row.columns, &ids));
	}
	ks_error_free(err);
	ks_run_end(&list);
	ks_store_snapshot_end(store);
}

/** What BTF says beyond declarations, of a name that is listed and of one of a module. */
static void ask_forms(struct ks_store *store, const struct ks_store_image *image)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_forms forms = { 0 };
	const struct ks_forms *found;
	ks_error_free(ks_store_forms_of(store, image, &forms, KS_TYPEDEF, "nothing", NULL, NULL,
					&arena, &found));
	ks_error_free(ks_store_forms_of(store, image, &forms, KS_FUNCTION, "open.isra.0", "zoo",
					NULL, &arena, &found));
	ks_store_forms_deinit(&forms);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	enum { MOST = 4 };
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_census counts[MOST];
	bool found;
	if (len < 4)
		return 0;
	if (bytes[0] == 'b')
		set_row(bytes[1], bytes[2], bytes[3] & 1, bytes + 4, len - 4);
	else
		write_file(bytes + 1, len - 1);
	struct ks_error *err = ks_store_open(path, KS_STORE_READ, &store);
	if (!err)
		err = ks_store_images(store, &arena, &images);
	if (err) {
		ks_error_free(err);
		return 0;
	}
	images.nr = images.nr < MOST ? images.nr : MOST;
	for (size_t i = 0; i < images.nr; i++) {
		ks_error_free(ks_store_symbol(store, images.at[i], "special", &found));
		ks_error_free(ks_store_variable(store, images.at[i], "special", &found));
		ask_forms(store, images.at[i]);
	}
	for (enum ks_kind kind = 0; images.nr && kind < KS_NR_KINDS; kind++)
		walk(store, images.at[0], kind);
	ks_error_free(ks_store_census(store, &images, 2, counts));
	for (enum ks_kind kind = 0; kind < KS_NR_KINDS; kind++)
		ask(store, &images, kind);
	return 0;
}
