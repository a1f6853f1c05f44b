/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/content.h"
#include "source/package/modules_pipe.h"

/** One source while it is read. */
struct reading {
	const struct ks_modules_opts *opts;
	struct ks_modules_pipe *pipe;
	bool any; // module, wanted or not
};

/** A name with '-' means the same as one with '_'; in brackets it is something else. */
static bool matches(const char *glob, const char *name)
{
	char plain[256];
	size_t len = strlen(glob);
	if (len >= sizeof(plain) || strchr(glob, '['))
		return fnmatch(glob, name, 0) == 0;
	for (size_t i = 0; i <= len; i++)
		plain[i] = glob[i] == '-' ? '_' : glob[i];
	return fnmatch(plain, name, 0) == 0;
}

static bool is_wanted(void *arg, const char *name)
{
	const struct reading *reading = arg;
	const struct ks_modules_opts *opts = reading->opts;
	for (size_t i = 0; i < opts->nr_globs; i++)
		if (matches(opts->globs[i], name))
			return true;
	return !opts->nr_globs;
}

static struct ks_error *give(void *arg, const char *path, uint8_t *bytes, size_t len)
{
	struct reading *reading = arg;
	return ks_modules_pipe_put(reading->pipe, path, bytes, len);
}

static struct ks_error *read_package(struct reading *reading, struct ks_input *in)
{
	const struct ks_package_modules modules = { is_wanted, give, reading };
	reading->any = true; // or it is an error
	return ks_package_modules(in, &reading->opts->limits, &reading->opts->progress, &modules);
}

/* ---- files ---- */

static struct ks_error *read_file(struct reading *reading, const char *path, int fd, uint64_t size)
{
	uint64_t max = reading->opts->limits.module_max;
	if (size > (max ? max : 1ull << 30))
		return ks_error_new(KS_ERR_DATA, "%llu MiB are too much for a module",
				    (unsigned long long)size >> 20);
	_cleanup_input_ struct ks_input *in = NULL;
	KS_TRY(ks_input_file(fd, &in));
	uint8_t *bytes = malloc(size ? (size_t)size : 1);
	size_t len = 0;
	struct ks_error *err = bytes ? ks_input_read(in, 0, bytes, (size_t)size, &len) : &ks_nomem;
	if (err) {
		free(bytes);
		return err;
	}
	reading->any = true;
	return give(reading, path, bytes, len);
}

static struct ks_error *open_file(struct reading *reading, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return ks_error_in_file(ks_error_new(KS_ERR_IO, "cannot open: %m"), path);
	struct ks_error *err = NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		err = read_file(reading, path, fd, (uint64_t)st.st_size);
	close(fd);
	return ks_error_in_file(err, path);
}

/* ---- folders ---- */

static int compare_names(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static struct ks_error *read_folder(struct reading *reading, const char *path)
{
	char *const roots[] = { (char *)(uintptr_t)path, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, compare_names);
	if (!tree)
		return ks_error_new(KS_ERR_IO, "cannot read the folder: %m");
	struct ks_error *err = NULL;
	for (FTSENT *file; !err && (file = fts_read(tree));) {
		char name[KS_MODULE_NAME_MAX];
		if (file->fts_info != FTS_F || !ks_module_name(file->fts_name, name, sizeof(name)))
			continue;
		reading->any = true;
		err = ks_cancel_check(reading->opts->progress.cancel);
		if (!err && is_wanted(reading, name))
			err = open_file(reading, file->fts_path);
	}
	fts_close(tree);
	return err;
}

/* ---- any source ---- */

/** Whether it can be an archive of any kind; a kernel is none. */
static bool is_package(int fd)
{
	uint8_t head[KS_CONTENT_HEAD_BYTES];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	enum ks_content content = n > 0 ? ks_content_of(head, (size_t)n) : KS_CONTENT_EMPTY;
	return content == KS_CONTENT_PACKAGE || content == KS_CONTENT_PACKED;
}

static struct ks_error *read_path(struct reading *reading, const char *path)
{
	struct stat st;
	char name[KS_MODULE_NAME_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0) {
		struct ks_error *err = ks_error_new(KS_ERR_IO, "cannot open: %m");
		if (fd >= 0)
			close(fd);
		return err;
	}
	struct ks_error *err;
	if (S_ISDIR(st.st_mode)) {
		err = read_folder(reading, path);
	} else if (ks_module_name(path, name, sizeof(name))) {
		err = read_file(reading, path, fd, (uint64_t)st.st_size);
	} else if (is_package(fd)) {
		_cleanup_input_ struct ks_input *in = NULL;
		err = ks_input_file(fd, &in);
		if (!err)
			err = read_package(reading, in);
	} else {
		err = NULL; // the caller sees that there was no module
	}
	close(fd);
	return err;
}

static struct ks_error *finish(struct reading *reading, struct ks_error *err,
			       struct ks_modules_report *ret)
{
	struct ks_error *late = ks_modules_pipe_close(reading->pipe, ret);
	if (!err && !late && !reading->any)
		err = ks_error_new(KS_ERR_NOTFOUND, "no kernel modules inside");
	if (!err)
		return late;
	if (late)
		ks_error_free(late);
	else
		ks_error_free(ks_take(ret->first));
	return err;
}

struct ks_error *ks_modules_path(const char *path, const struct ks_modules_opts *opts,
				 struct ks_modules_report *ret)
{
	struct reading reading = { .opts = opts };
	KS_TRY(ks_modules_pipe_open(opts, &reading.pipe));
	struct ks_error *err = read_path(&reading, path);
	return ks_error_in_file(finish(&reading, err, ret), path);
}

struct ks_error *ks_modules_input(struct ks_input *in, const struct ks_modules_opts *opts,
				  struct ks_modules_report *ret)
{
	struct reading reading = { .opts = opts };
	KS_TRY(ks_modules_pipe_open(opts, &reading.pipe));
	struct ks_error *err = read_package(&reading, in);
	return finish(&reading, err, ret);
}
