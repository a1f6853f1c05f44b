/* SPDX-License-Identifier: BSD-2-Clause */
#include "bpf/installed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/memory.h"
#include "source/net/spawn.h"

/** What no tool is in. */
static const char *const left_out[] = { "/boot/",	   "/lib/modules/",  "/usr/lib/modules/",
					"/usr/lib/debug/", "/lib/firmware/", "/usr/lib/firmware/" };

void ks_installed_files_deinit(struct ks_installed_files *files)
{
	ks_vector_deinit(&files->paths);
	ks_arena_deinit(&files->arena);
	ks_error_free(files->unread);
}

static bool is_left_out(const char *path)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(left_out); i++)
		if (strncmp(path, left_out[i], strlen(left_out[i])) == 0)
			return true;
	return path[0] != '/';
}

/** Whether a file is ELF: nothing else has objects in it as it is installed. */
static bool is_elf(struct ks_installed_files *files, const char *path)
{
	char magic[4];
	struct stat what;
	if (lstat(path, &what) != 0 || !S_ISREG(what.st_mode))
		return false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		files->nr_closed += errno == EACCES;
		return false;
	}
	bool is = pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
		  memcmp(magic, "\177ELF", sizeof(magic)) == 0;
	close(fd);
	return is;
}

static struct ks_error *add(struct ks_installed_files *files, const char *root, const char *path)
{
	if (is_left_out(path))
		return NULL;
	_cleanup_buf_ struct ks_buf whole = { 0 };
	ks_buf_printf(&whole, "%s%s", root, path);
	const char *name = ks_buf_text(&whole);
	if (!name)
		return &ks_nomem;
	if (!is_elf(files, name))
		return NULL;
	const char *copy = ks_arena_strdup(&files->arena, name);
	return copy && ks_vector_add(&files->paths, copy) ? NULL : &ks_nomem;
}

/** A path a line. */
static struct ks_error *add_list(struct ks_installed_files *files, const char *root, FILE *list)
{
	struct ks_error *err = NULL;
	_cleanup_free_ char *line = NULL;
	size_t room = 0;
	for (ssize_t len; !err && (len = getline(&line, &room, list)) > 0;) {
		line[len - (line[len - 1] == '\n')] = '\0';
		err = add(files, root, line);
	}
	return err;
}

/** @param[out] found there are lists */
static struct ks_error *add_dpkg(struct ks_installed_files *files, const char *root, bool *found)
{
	_cleanup_buf_ struct ks_buf folder = { 0 };
	struct ks_error *err = NULL;
	ks_buf_printf(&folder, "%s/var/lib/dpkg/info", root);
	DIR *dir = ks_buf_text(&folder) ? opendir(folder.at) : NULL;
	for (struct dirent *entry; dir && !err && (entry = readdir(dir));) {
		const char *end = strrchr(entry->d_name, '.');
		int fd = end && strcmp(end, ".list") == 0
				 ? openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC)
				 : -1;
		FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
		if (!list)
			continue;
		*found = true;
		err = add_list(files, root, list);
		fclose(list);
	}
	if (dir)
		closedir(dir);
	return err;
}

/** Where rpm has its database; NULL: nowhere. @param ret_path made there */
static const char *rpm_database(const char *root, struct ks_buf *ret_path)
{
	static const char *const places[] = { "/var/lib/rpm", "/usr/lib/sysimage/rpm" };
	for (size_t i = 0; i < KS_ARRAY_LEN(places); i++) {
		ret_path->len = 0;
		ks_buf_printf(ret_path, "%s%s", root, places[i]);
		if (ks_buf_text(ret_path) && access(ret_path->at, F_OK) == 0)
			return ret_path->at;
	}
	return NULL;
}

/** @param[out] found rpm has a database here, with packages */
static struct ks_error *add_rpm(struct ks_installed_files *files, const char *root, bool *found)
{
	_cleanup_buf_ struct ks_buf path = { 0 };
	const char *database = rpm_database(root, &path);
	if (!database)
		return NULL;
	// the machine's, whatever rpm takes for its own: elsewhere that is a user's
	const char *const argv[] = { "rpm", "--dbpath", database, "-qal", NULL };
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	struct ks_error *err = ks_spawn_run(argv, -1, &run);
	if (err)
		return ks_error_wrap(err, "%s", database);
	if (run.status)
		return ks_error_new(KS_ERR_DATA, "%s: rpm cannot read it: %s", database,
				    run.err.len ? run.err.at : "it does not say why");
	if (!run.out.len)
		return NULL;
	*found = true;
	FILE *list = fmemopen(run.out.at, run.out.len, "r");
	if (!list)
		return &ks_nomem;
	err = add_list(files, root, list);
	fclose(list);
	return err;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct ks_error *ks_installed_find(const char *root, struct ks_installed_files *ret)
{
	bool found = false;
	root = root ? root : "";
	KS_TRY(add_dpkg(ret, root, &found));
	struct ks_error *err = add_rpm(ret, root, &found);
	if (err && (!found || err->code == KS_ERR_NOMEM))
		return err;
	if (err && err->code == KS_ERR_NOTFOUND)
		ks_error_free(err); // dpkg's machine, with what is left of an rpm
	else
		ret->unread = err;
	if (!found)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "no lists of packages here: neither dpkg's nor rpm's");
	if (ret->paths.len)
		qsort(ret->paths.at, ret->paths.len, sizeof(*ret->paths.at), compare);
	size_t kept = 0;
	for (size_t i = 0; i < ret->paths.len; i++)
		if (!kept || strcmp(ret->paths.at[kept - 1], ret->paths.at[i]) != 0)
			ret->paths.at[kept++] = ret->paths.at[i];
	ret->paths.len = kept;
	return NULL;
}
