/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports that are kept: a file each, called by a hash of what was sent. The oldest go, by time and by size. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/vector.h"
#include "cli/serve.h"

enum {
	ANSWER_MAX = 128 << 20,
	FILE_MAX = 512 << 20,
	DAY = 24 * 60 * 60,
};

/** What such a file begins with; it goes on with the pieces of the question, then with those of the answer. */
static const char magic[] = "ksurf report 1\n";
/** What one is called while it is written: the hash, this, and a number. */
static const char unfinished[] = ".new";

struct ks_serve_reports {
	struct ks_web_checks checks;
	struct ks_serve_reports_opts opts;
	pthread_mutex_t lock; // of what follows
	unsigned int nr_written;
};

/* ---- asking a worker ---- */

static struct ks_error *ended_early(time_t begun)
{
	if (time(NULL) - begun >= KS_SERVE_SECONDS)
		return ks_error_new(KS_ERR_CANCELLED,
				    "looking at it takes longer than %d seconds, and was given up",
				    KS_SERVE_SECONDS);
	return ks_error_new(KS_ERR_DATA,
			    "what read it ended before it was done: it wants more than %d MiB of "
			    "memory, or breaks the reader. Please report it, with the file",
			    KS_SERVE_MEMORY >> 20);
}

/** What the worker says of why there is nothing. */
static struct ks_error *read_failure(const struct ks_pieces *piece)
{
	enum { LINE_MAX_BYTES = 4096 };
	size_t len = piece->len < LINE_MAX_BYTES ? piece->len : LINE_MAX_BYTES;
	if (!len)
		return ks_error_new(KS_ERR_DATA, "nobody said why it cannot be checked");
	int code = piece->bytes[0] - 'a';
	if (code < KS_ERR_NOMEM || code > KS_ERR_CANCELLED)
		code = KS_ERR_DATA;
	if (code == KS_ERR_NOMEM)
		return ks_error_new(KS_ERR_DATA, "reading it wants more than %d MiB of memory",
				    KS_SERVE_MEMORY >> 20);
	return ks_error_new((enum ks_errcode)code, "%.*s", (int)len - 1,
			    (const char *)piece->bytes + 1);
}

/** Let a worker answer. @param question pieces up to the end @param[out] answer the same */
static struct ks_error *ask(struct ks_serve_reports *reports, const struct ks_buf *question,
			    struct ks_buf *answer)
{
	time_t begun = time(NULL);
	pthread_mutex_lock(&reports->lock);
	int stream = ks_serve_worker(reports->opts.workers);
	pthread_mutex_unlock(&reports->lock);
	if (stream < 0)
		return ks_error_new(KS_ERR_IO, "no process can be started to look at it");
	bool answered = ks_pieces_send(stream, question, KS_SERVE_SECONDS) &&
			ks_pieces_receive(stream, answer, ANSWER_MAX, KS_SERVE_SECONDS);
	close(stream);
	if (!answered)
		return ended_early(begun);
	struct ks_pieces pieces = { .at = (const uint8_t *)answer->at,
				    .end = (const uint8_t *)answer->at + answer->len };
	return ks_pieces_find(&pieces, KS_PIECE_FAILED) ? read_failure(&pieces) : NULL;
}

/* ---- files ---- */

/** @return to be freed; NULL when memory runs out */
static char *path_of(const struct ks_serve_reports *reports, const char *name)
{
	char *path;
	return asprintf(&path, "%s/%s", reports->opts.dir, name) < 0 ? NULL : path;
}

static bool is_old(const struct ks_serve_reports *reports, const struct stat *st)
{
	return time(NULL) - st->st_mtime > (time_t)reports->opts.days * DAY;
}

struct kept {
	char name[KS_WEB_HASH + 1];
	int64_t written;
	uint64_t size;
};
struct kept_list {
	KS_VECTOR(struct kept) all;
};

/** Whether a file of the folder is one of ours. @param[out] finished false: it was left when something broke, or is being written */
static bool is_ours(const char *name, bool *finished)
{
	size_t len = strspn(name, "0123456789abcdef");
	*finished = !name[len];
	return len == KS_WEB_HASH &&
	       (*finished || strncmp(name + len, unfinished, sizeof(unfinished) - 1) == 0);
}

/** What is there; files that are too old go. */
static struct ks_error *look(const struct ks_serve_reports *reports, struct kept_list *list)
{
	DIR *dir = opendir(reports->opts.dir);
	struct ks_error *err = NULL;
	if (!dir)
		return ks_error_new(KS_ERR_IO, "%s: cannot open: %m", reports->opts.dir);
	for (const struct dirent *entry; !err && (entry = readdir(dir));) {
		bool finished;
		struct stat st;
		if (!is_ours(entry->d_name, &finished))
			continue;
		_cleanup_free_ char *path = path_of(reports, entry->d_name);
		if (!path)
			err = &ks_nomem;
		else if (lstat(path, &st) == 0 && is_old(reports, &st))
			unlink(path);
		else if (finished && lstat(path, &st) == 0) {
			struct kept kept = { .written = st.st_mtime, .size = (uint64_t)st.st_size };
			memcpy(kept.name, entry->d_name, sizeof(kept.name));
			if (!ks_vector_add(&list->all, kept))
				err = &ks_nomem;
		}
	}
	closedir(dir);
	return err;
}

static int oldest_first(const void *a, const void *b)
{
	const struct kept *one = a, *other = b;
	return (one->written > other->written) - (one->written < other->written);
}

/** Remove what is too old, and the oldest while all are too large. @param spared stays in any case; NULL: none */
static struct ks_error *tidy(const struct ks_serve_reports *reports, const char *spared)
{
	struct kept_list list = { 0 };
	uint64_t total = 0;
	struct ks_error *err = look(reports, &list);
	for (size_t i = 0; i < list.all.len; i++)
		total += list.all.at[i].size;
	if (list.all.len)
		qsort(list.all.at, list.all.len, sizeof(*list.all.at), oldest_first);
	for (size_t i = 0; !err && i < list.all.len && total > reports->opts.max_bytes; i++) {
		const struct kept *kept = &list.all.at[i];
		_cleanup_free_ char *path = path_of(reports, kept->name);
		if (spared && strcmp(kept->name, spared) == 0)
			continue;
		if (path)
			unlink(path);
		total -= kept->size;
	}
	ks_vector_deinit(&list.all);
	return err;
}

/** Write a report: it is there whole, or as it was. */
static struct ks_error *keep(struct ks_serve_reports *reports, const char *hash,
			     const struct ks_buf *question, const struct ks_buf *answer)
{
	char name[KS_WEB_HASH + 32];
	pthread_mutex_lock(&reports->lock);
	snprintf(name, sizeof(name), "%s%s%u", hash, unfinished, reports->nr_written++);
	pthread_mutex_unlock(&reports->lock);
	_cleanup_free_ char *path = path_of(reports, hash), *written = path_of(reports, name);
	if (!path || !written)
		return &ks_nomem;
	int fd = open(written, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool done = fd >= 0 && ks_cli_write(fd, magic, sizeof(magic) - 1) &&
		    ks_cli_write(fd, question->at, question->len) &&
		    ks_cli_write(fd, answer->at, answer->len);
	if (fd >= 0)
		done = close(fd) == 0 && done && rename(written, path) == 0;
	if (!done) {
		struct ks_error *err = ks_error_new(KS_ERR_IO, "the report cannot be kept: %m");
		unlink(written);
		return err;
	}
	pthread_mutex_lock(&reports->lock);
	struct ks_error *err = tidy(reports, hash);
	pthread_mutex_unlock(&reports->lock);
	return err;
}

static struct ks_error *gone(void)
{
	return ks_error_new(KS_ERR_NOTFOUND, "there is no such report; they go after a time");
}

/** Read a report. @param[out] pieces of its question */
static struct ks_error *load(const struct ks_serve_reports *reports, const char *hash,
			     struct ks_buf *text, struct ks_pieces *pieces)
{
	_cleanup_free_ char *path = path_of(reports, hash);
	struct stat st;
	if (!path)
		return &ks_nomem;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return gone();
	bool there = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MAX &&
		     !is_old(reports, &st) && ks_buf_reserve(text, (size_t)st.st_size + 1);
	ssize_t n = 1;
	while (there && text->len < (size_t)st.st_size && n > 0) {
		n = read(fd, text->at + text->len, (size_t)st.st_size - text->len);
		text->len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	size_t begin = sizeof(magic) - 1;
	if (!there || text->len < begin || memcmp(text->at, magic, begin) != 0)
		return gone();
	*pieces = (struct ks_pieces){ .at = (const uint8_t *)text->at + begin,
				      .end = (const uint8_t *)text->at + text->len };
	return NULL;
}

/* ---- for the router ---- */

/** The pieces of a question, without what leads to the report: the hash is made of these. */
static void write_question(const struct ks_web_upload *upload, struct ks_buf *out)
{
	if (upload->kernels)
		ks_pieces_add(out, KS_PIECE_KERNELS, upload->kernels, strlen(upload->kernels));
	for (size_t i = 0; i < upload->nr; i++) {
		const struct ks_web_file *file = &upload->files[i];
		ks_pieces_add(out, KS_PIECE_NAME, file->name, strlen(file->name));
		ks_pieces_add(out, KS_PIECE_BYTES, file->bytes, file->len);
	}
}

static void make_hash(const struct ks_buf *question, char ret[KS_WEB_HASH + 1])
{
	struct sha256_ctx sha;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&sha);
	sha256_update(&sha, question->len, (const uint8_t *)question->at);
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < KS_WEB_HASH / 2; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

static struct ks_error *check(void *arg, const struct ks_web_upload *upload,
			      char ret[KS_WEB_HASH + 1])
{
	struct ks_serve_reports *reports = arg;
	_cleanup_buf_ struct ks_buf question = { 0 }, answer = { 0 };
	char site[KS_WEB_HASH + 4];
	write_question(upload, &question);
	KS_TRY(ks_buf_error(&question));
	make_hash(&question, ret);
	snprintf(site, sizeof(site), "/r/%s", ret);
	ks_pieces_add(&question, KS_PIECE_SITE, site, strlen(site));
	ks_pieces_add(&question, KS_PIECE_END, NULL, 0);
	KS_TRY(ks_buf_error(&question));
	KS_TRY(ask(reports, &question, &answer));
	return keep(reports, ret, &question, &answer);
}

static struct ks_error *report(void *arg, const char *hash, enum ks_format format,
			       struct ks_buf *out)
{
	static const enum ks_piece whats[KS_NR_FORMATS] = {
		[KS_FORMAT_HTML] = KS_PIECE_HTML,   [KS_FORMAT_JSON] = KS_PIECE_JSON,
		[KS_FORMAT_MD] = KS_PIECE_MD,	    [KS_FORMAT_TERMINAL] = KS_PIECE_TEXT,
		[KS_FORMAT_SARIF] = KS_PIECE_SARIF, [KS_FORMAT_JUNIT] = KS_PIECE_JUNIT,
	};
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_pieces pieces;
	KS_TRY(load(arg, hash, &text, &pieces));
	while (ks_pieces_next(&pieces)) // the question
		;
	if (!ks_pieces_find(&pieces, whats[format]))
		return gone();
	ks_buf_bytes(out, pieces.bytes, pieces.len);
	return ks_buf_error(out);
}

static struct ks_error *explain(void *arg, const char *hash, const char *program, const char *label,
				struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf text = { 0 }, question = { 0 }, answer = { 0 };
	struct ks_pieces pieces;
	KS_TRY(load(arg, hash, &text, &pieces));
	ks_pieces_add(&question, KS_PIECE_PROGRAM, program, strlen(program));
	ks_pieces_add(&question, KS_PIECE_LABEL, label, strlen(label));
	while (ks_pieces_next(&pieces))
		ks_pieces_add(&question, pieces.what, pieces.bytes, pieces.len);
	ks_pieces_add(&question, KS_PIECE_END, NULL, 0);
	KS_TRY(ks_buf_error(&question));
	KS_TRY(ask(arg, &question, &answer));
	pieces = (struct ks_pieces){ .at = (const uint8_t *)answer.at,
				     .end = (const uint8_t *)answer.at + answer.len };
	if (!ks_pieces_find(&pieces, KS_PIECE_TEXT))
		return gone();
	ks_buf_bytes(out, pieces.bytes, pieces.len);
	return ks_buf_error(out);
}

const struct ks_web_checks *ks_serve_reports_checks(const struct ks_serve_reports *reports)
{
	return &reports->checks;
}

struct ks_error *ks_serve_reports_open(const struct ks_serve_reports_opts *opts,
				       struct ks_serve_reports **ret)
{
	if (mkdir(opts->dir, 0700) != 0 && errno != EEXIST)
		return ks_error_new(KS_ERR_IO, "%s: cannot create: %m", opts->dir);
	struct stat st;
	if (stat(opts->dir, &st) == 0 && !S_ISDIR(st.st_mode))
		return ks_error_new(KS_ERR_IO, "%s: not a folder", opts->dir);
	if (faccessat(AT_FDCWD, opts->dir, W_OK | X_OK, AT_EACCESS) != 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot be written: %m", opts->dir);
	struct ks_serve_reports *reports = calloc(1, sizeof(*reports));
	if (!reports)
		return &ks_nomem;
	pthread_mutex_init(&reports->lock, NULL);
	reports->opts = *opts;
	reports->checks = (struct ks_web_checks){
		.arg = reports,
		.max_bytes = opts->max_upload,
		.check = check,
		.report = report,
		.explain = explain,
	};
	struct ks_error *err = tidy(reports, NULL);
	if (err) {
		ks_serve_reports_close(reports);
		return err;
	}
	*ret = reports;
	return NULL;
}

void ks_serve_reports_close(struct ks_serve_reports *reports)
{
	if (!reports)
		return;
	pthread_mutex_destroy(&reports->lock);
	free(reports);
}
