/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/solv_rows.h"

#include <string.h>

#include "source/net/solv.h"
#include "source/package/stream.h"

/** A stream as libsolv wants to read it. */
struct source {
	struct ks_stream *stream;
	struct ks_error *err; // on its way through libsolv
	const struct ks_progress *progress;
	uint64_t size;
};

static ssize_t read_source(void *arg, char *to, size_t len)
{
	struct source *source = arg;
	size_t got = 0;
	if (!source->err)
		source->err = ks_progress_tell(source->progress, "reading the list of packages",
					       ks_stream_offset(source->stream), source->size);
	if (!source->err)
		source->err = ks_stream_read(source->stream, to, len, &got);
	return source->err ? -1 : (ssize_t)got;
}

static struct ks_error *add_row(const struct ks_solv *lib, struct ks_repo_rows *rows, Pool *pool,
				Solvable *s)
{
	Id type = 0;
	unsigned int medium;
	const char *base = lib->solvable_lookup_str(s, SOLVABLE_MEDIABASE);
	const char *sum = lib->solvable_lookup_checksum(s, SOLVABLE_CHECKSUM, &type);
	struct ks_repo_row row = {
		.name = lib->pool_id2str(pool, s->name),
		.version = lib->pool_id2str(pool, s->evr),
		.arch = lib->pool_id2str(pool, s->arch),
		.size = lib->solvable_lookup_num(s, SOLVABLE_DOWNLOADSIZE, 0),
		.checksum = type == REPOKEY_TYPE_SHA256 || type == REPOKEY_TYPE_SHA512 ? sum : NULL,
	};
	if (base && *base) // in another archive
		return NULL;
	row.path = lib->solvable_lookup_location(s, &medium);
	if (row.path && strncmp(row.path, "./", 2) == 0)
		row.path += 2;
	return ks_repo_rows_add(rows, &row);
}

static struct ks_error *add_rows(const struct ks_solv *lib, struct ks_repo_rows *rows, Pool *pool,
				 Repo *repo)
{
	for (Id id = repo->start; id < repo->end; id++) {
		Solvable *s = pool->solvables + id;
		if (s->repo == repo)
			KS_TRY(add_row(lib, rows, pool, s));
	}
	return NULL;
}

static struct ks_error *read_list(const struct ks_solv *lib, struct ks_repo_rows *rows,
				  enum ks_solv_list which, FILE *file, struct source *source)
{
	Pool *pool = lib->pool_create();
	Repo *repo = lib->repo_create(pool, "list");
	int failed = which == KS_SOLV_PRIMARY ? lib->repo_add_rpmmd(repo, file, NULL, 0)
					      : lib->repo_add_arch_repo(repo, file, 0);
	struct ks_error *err = ks_take(source->err);
	if (!err && failed)
		err = ks_error_new(KS_ERR_DATA, "the list of packages is damaged: %s",
				   lib->pool_errstr(pool));
	if (!err)
		err = add_rows(lib, rows, pool, repo);
	lib->pool_free(pool);
	return err;
}

struct ks_error *ks_solv_rows(struct ks_repo_rows *rows, enum ks_solv_list which,
			      const struct ks_buf *packed)
{
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_stream_ struct ks_stream *stream = NULL;
	const struct ks_solv *lib;
	KS_TRY(ks_solv_get(&lib));
	KS_TRY(ks_input_memory(packed->at, packed->len, &in));
	KS_TRY(ks_stream_open(in, 0, packed->len, KS_REPO_LIST_UNPACKED_MAX, &stream));
	struct source source = {
		.stream = stream,
		.progress = rows->mirror->progress,
		.size = packed->len,
	};
	FILE *file = fopencookie(&source, "r", (cookie_io_functions_t){ .read = read_source });
	if (!file)
		return &ks_nomem;
	struct ks_error *err = read_list(lib, rows, which, file, &source);
	fclose(file);
	return err;
}
