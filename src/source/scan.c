/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/vector.h"
#include "source/content.h"
#include "source/scan.h"
#include "source/vmlinuz/vmlinuz.h"

enum { DEPTH_MAX = 16, FILES_MAX = 1 << 20 };

/** Names that kernels go by. */
static const char *const names[] = {
	"vmlinux*",
	"vmlinuz*",
	"bzImage*",
	"zImage*",
	"Image",
	"Image.*",
	"linux-image-*.d*eb",
	"linux-binary-*.deb",
	"kernel-*.rpm",
	"*.efi",
	"*.itb", // FIT
	"boot*.img",
	"linux", // of an installer
	"linux.uml",
	"kernel-image-*.udeb",
	"*.btf",
	"*.btf.tar.xz",
	// their configuration
	"linux-modules-*.deb",
	"linux-base-*.deb",
};

static bool has_kernel_name(const char *name)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++)
		if (fnmatch(names[i], name, 0) == 0)
			return true;
	return false;
}

/** Whether the first bytes are those of something that may be a kernel. */
static bool looks_like_kernel(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t *head = malloc(KS_VMLINUZ_HEAD_BYTES);
	ssize_t len = fd < 0 || !head ? 0 : pread(fd, head, KS_VMLINUZ_HEAD_BYTES, 0);
	size_t n = len > 0 ? (size_t)len : 0;
	enum ks_content content = n ? ks_content_of(head, n) : KS_CONTENT_EMPTY;
	bool yes = content == KS_CONTENT_KERNEL || content == KS_CONTENT_BTF ||
		   content == KS_CONTENT_PACKAGE || content == KS_CONTENT_PACKED;
	free(head);
	if (fd >= 0)
		close(fd);
	return yes;
}

/** Whether a link leads to itself, at once or over others. */
static bool is_loop(const char *path)
{
	struct stat st;
	return stat(path, &st) != 0 && errno == ELOOP;
}

static bool has_debug_info(const char *path)
{
	return strstr(path, "debug") || strstr(path, "-dbg");
}

static int compare(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int order = has_debug_info(y) - has_debug_info(x);
	return order ? order : strcmp(x, y);
}

static struct ks_error *walk(FTS *tree, struct ks_scan *ret)
{
	KS_VECTOR(char *) found = { 0 };
	struct ks_error *err = NULL;
	size_t files = 0;
	for (FTSENT *file; !err && (file = fts_read(tree));) {
		if (file->fts_level > DEPTH_MAX)
			fts_set(tree, file, FTS_SKIP);
		if (++files > FILES_MAX)
			err = ks_error_new(KS_ERR_DATA,
					   "more than %d files: give the folder of the kernels",
					   FILES_MAX);
		if (!err && file->fts_info == FTS_SL && !ret->loop && is_loop(file->fts_path) &&
		    !(ret->loop = strdup(file->fts_path)))
			err = &ks_nomem;
		if (err || file->fts_info != FTS_F || !has_kernel_name(file->fts_name) ||
		    !looks_like_kernel(file->fts_path))
			continue;
		char *path = strdup(file->fts_path);
		if (!path || !ks_vector_add(&found, path)) {
			free(path);
			err = &ks_nomem;
		}
	}
	ret->paths = found.at;
	ret->nr = found.len;
	return err;
}

struct ks_error *ks_scan_folder(const char *path, struct ks_scan *ret)
{
	char *const roots[] = { (char *)(uintptr_t)path, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!tree)
		return ks_error_new(KS_ERR_IO, "cannot read the folder: %m");
	struct ks_error *err = walk(tree, ret);
	fts_close(tree);
	if (!err && !ret->nr)
		err = ks_error_new(KS_ERR_UNSUPPORTED, "no kernels in this folder, and no DepSurf "
						       "dataset");
	if (err)
		ks_scan_deinit(ret);
	else
		qsort(ret->paths, ret->nr, sizeof(*ret->paths), compare);
	return err;
}

void ks_scan_deinit(struct ks_scan *scan)
{
	for (size_t i = 0; i < scan->nr; i++)
		free(scan->paths[i]);
	free(scan->paths);
	free(scan->loop);
	*scan = (struct ks_scan){ 0 };
}
