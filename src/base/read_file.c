/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/read_file.h"

static struct ks_error *read_open(int fd, size_t max, struct ks_buf *ret)
{
	char block[4096];
	struct stat st;
	size_t before = ret->len;
	ssize_t n;
	if (fstat(fd, &st) != 0)
		return ks_error_new(KS_ERR_IO, "cannot be read: %m");
	if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)) // such as /dev/null
		return ks_error_new(KS_ERR_IO, "not a file");
	while ((n = read(fd, block, sizeof(block))) > 0 || (n < 0 && errno == EINTR)) {
		ks_buf_bytes(ret, block, n > 0 ? (size_t)n : 0);
		if (ret->len - before > max)
			return ks_error_new(KS_ERR_DATA, "longer than %zu KiB", max >> 10);
	}
	if (n < 0)
		return ks_error_new(KS_ERR_IO, "cannot be read: %m");
	return ks_buf_text(ret) ? NULL : &ks_nomem;
}

struct ks_error *ks_read_file(const char *path, size_t max, struct ks_buf *ret, bool *there)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct ks_error *err = fd < 0 ? ks_error_new(KS_ERR_IO, "cannot open: %m") : NULL;
	if (there) {
		*there = fd >= 0 || stat(path, &st) == 0;
		if (!*there) {
			ks_error_free(err);
			return NULL;
		}
	}
	if (fd >= 0) {
		err = read_open(fd, max, ret);
		close(fd);
	}
	return ks_error_in_file(err, path);
}
