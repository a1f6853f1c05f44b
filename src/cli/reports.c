/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/reports.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <nettle/sha2.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

/*
 * This stays with the command: it writes a tree of files that only the command has options for. A program that wants all names asks ksurf_names_find(), and ksurf_report_name() for each.
 */

/** A run of neighbours in the store: what one job writes. */
enum { RUN = 128, EXTENSION_MAX = 16 };

struct ks_error *ks_outdir_open(const char *path, struct ks_outdir *ret)
{
	_cleanup_buf_ struct ks_buf whole = { 0 };
	ks_buf_printf(&whole, "%s/", path);
	if (!ks_buf_text(&whole))
		return &ks_nomem;
	KS_TRY(ks_cli_make_dirs(whole.at));
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot open: %m", path);
	*ret = (struct ks_outdir){ .fd = fd, .path = path };
	return NULL;
}

void ks_outdir_close(struct ks_outdir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	dir->fd = -1;
}

/** Make the folders in front of the last slash. @param path changed and restored */
static bool make_folders(int dir, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int made = mkdirat(dir, path, 0755);
		*slash = '/';
		if (made != 0 && errno != EEXIST)
			return false;
	}
	return true;
}

/** Make a file that nobody else has below the folder, where its folder may be missing. @param path changed and restored */
static int open_below(int dir, char *path, const char *temporary)
{
	enum { FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW };
	int fd = openat(dir, temporary, FLAGS, 0644);
	if (fd >= 0 || errno != ENOENT || !make_folders(dir, path))
		return fd;
	return openat(dir, temporary, FLAGS, 0644);
}

/** A name that no file system takes, cut, with what tells it from others of the same beginning. */
static void shorten(const char *path, struct ks_buf *ret)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t len = strlen(name), end = dot && strlen(dot) <= EXTENSION_MAX ? strlen(dot) : 0;
	ks_buf_bytes(ret, path, (size_t)(name - path));
	if (len <= NAME_MAX) {
		ks_buf_str(ret, name);
		return;
	}
	struct sha256_ctx sha;
	uint8_t digest[16];
	sha256_init(&sha);
	sha256_update(&sha, len, (const uint8_t *)name);
	sha256_digest(&sha, sizeof(digest), digest);
	ks_buf_bytes(ret, name, ks_text_cut(name, len, NAME_MAX - end - 1 - 2 * sizeof(digest)));
	ks_buf_char(ret, '~');
	for (size_t i = 0; i < sizeof(digest); i++)
		ks_buf_printf(ret, "%02x", digest[i]);
	ks_buf_str(ret, name + len - end);
}

/** Under a name of its own, and then the right one: whoever looks sees the whole or nothing. @param path changed and restored */
static bool write_below(int dir, char *path, const struct ks_buf *text)
{
	uint64_t random;
	char *temporary = NULL;
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash + 1 - path) : 0;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random) ||
	    asprintf(&temporary, "%.*s.ksurf-%016" PRIx64, folder, path, random) < 0)
		return false;
	int fd = open_below(dir, path, temporary);
	bool written = fd >= 0 && ks_cli_write(fd, text->at, text->len);
	if (fd >= 0) {
		written = close(fd) == 0 && written && renameat(dir, temporary, dir, path) == 0;
		int why = errno;
		if (!written)
			unlinkat(dir, temporary, 0);
		errno = why;
	}
	free(temporary);
	return written;
}

struct ks_error *ks_outdir_file(const struct ks_outdir *dir, const char *path,
				const struct ks_buf *text)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	shorten(path, &name);
	if (!ks_buf_text(&name))
		return &ks_nomem;
	return write_below(dir->fd, name.at, text)
		       ? NULL
		       : ks_error_new(KS_ERR_IO, "%s/%s: cannot write: %m", dir->path, name.at);
}

struct ks_error *ks_outdir_report(const struct ks_outdir *dir, enum ks_format format,
				  enum ks_kind kind, const char *name, const struct ks_buf *text)
{
	_cleanup_buf_ struct ks_buf path = { 0 };
	ks_report_path(format, kind, name, &path);
	return ks_buf_text(&path) ? ks_outdir_file(dir, path.at, text) : &ks_nomem;
}

/** What a worker keeps from job to job. */
struct worker {
	struct ks_store *store;
	struct ks_view *view;
	struct ks_report *report;
	struct ks_arena arena;
	struct ks_buf out;
};

struct job {
	const struct ks_reports *reports;
	struct ks_walk *walk;
	struct worker *workers;
	atomic_size_t done;
};

static struct ks_error *worker_init(struct worker *worker, const struct ks_reports *reports)
{
	if (!worker->view)
		KS_TRY(ks_view_over_store(worker->store, &reports->session->sel.images, true,
					  &worker->view));
	const struct ks_report_options options = { .view = worker->view };
	if (!worker->report)
		KS_TRY(ks_report_new(reports->format, reports->session->sel.groups, &options,
				     &worker->report));
	return NULL;
}

static void worker_deinit(struct worker *worker)
{
	ks_report_free(worker->report);
	ks_view_free(worker->view);
	ks_arena_deinit(&worker->arena);
	ks_buf_deinit(&worker->out);
}

static struct ks_error *write_run(void *arg, size_t nr, unsigned int thread)
{
	struct job *job = arg;
	struct worker *worker = &job->workers[thread];
	const struct ks_reports *reports = job->reports;
	size_t total = ks_walk_nr(job->walk), end = (nr + 1) * RUN < total ? (nr + 1) * RUN : total;
	KS_TRY(worker_init(worker, reports));
	for (size_t i = nr * RUN; i < end; i++) {
		struct ks_history history;
		ks_arena_deinit(&worker->arena);
		KS_TRY(ks_walk_history(job->walk, worker->store, i, &worker->arena, &history));
		worker->out.len = 0;
		KS_TRY(ks_report_write(worker->report, &history, &worker->out));
		KS_TRY(ks_outdir_report(reports->dir, reports->format, reports->kind, history.name,
					&worker->out));
	}
	size_t done = atomic_fetch_add(&job->done, end - nr * RUN) + end - nr * RUN;
	ks_draw_count(&reports->cli->draw, "writing reports", done, total);
	return NULL;
}

struct ks_error *ks_reports_write(const struct ks_reports *reports)
{
	_cleanup_walk_ struct ks_walk *walk = NULL;
	KS_TRY(ks_walk_new(reports->session->store, &reports->session->sel.images, reports->kind,
			   &walk));
	unsigned int nr_threads = ks_cli_threads(reports->cli);
	_cleanup_free_ struct worker *workers = calloc(nr_threads, sizeof(*workers));
	_cleanup_siblings_ struct ks_siblings stores = { 0 };
	if (!workers)
		return &ks_nomem;
	KS_TRY(ks_siblings_open(reports->session->store, nr_threads, &stores));
	for (unsigned int i = 0; i < stores.nr; i++)
		workers[i].store = stores.at[i];
	struct job job = { .reports = reports, .walk = walk, .workers = workers };
	size_t nr_jobs = (ks_walk_nr(walk) + RUN - 1) / RUN;
	struct ks_error *err = ks_pool_run(stores.nr, nr_jobs, write_run, &job);
	for (unsigned int i = 0; i < stores.nr; i++)
		worker_deinit(&workers[i]);
	return err;
}
