/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/tmpfile.h"

enum { PIECE_BYTES = 64 << 10, EXPECTED_BYTES = 64 << 20 };
static const uint64_t spool_max = 4ull << 30;

static bool is_stream(mode_t mode)
{
	return S_ISFIFO(mode) || S_ISSOCK(mode) || S_ISCHR(mode);
}

/** Some bytes; a pipe that was opened without waiting is waited for here. @param[out] got 0: the end */
static struct ks_error *read_some(int fd, void *buf, size_t *got)
{
	for (;;) {
		ssize_t n = read(fd, buf, PIECE_BYTES);
		if (n >= 0) {
			*got = (size_t)n;
			return NULL;
		}
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		bool again = errno == EAGAIN && poll(&wait, 1, -1) >= 0;
		if (!again && errno != EINTR)
			return ks_error_new(KS_ERR_IO, "cannot read: %m");
	}
}

static struct ks_error *spool(int from, struct ks_tmpfile *to)
{
	uint8_t piece[PIECE_BYTES];
	uint64_t done = 0;
	KS_TRY(ks_tmpfile_open(to, EXPECTED_BYTES));
	for (size_t got = 1; got; done += got) {
		KS_TRY(read_some(from, piece, &got));
		if (done + got > spool_max)
			return ks_error_new(KS_ERR_DATA, "more than %llu GiB came: refused",
					    (unsigned long long)spool_max >> 30);
		KS_TRY(ks_tmpfile_write(to, done, piece, got));
	}
	return done ? NULL
		    : ks_error_new(KS_ERR_USAGE, "neither a file nor a directory, and nothing "
						 "came out of it");
}

/** Standard input, or a path. */
static struct ks_error *open_named(const char *path, int *ret)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return ks_error_new(KS_ERR_IO, "cannot open: %m");
	if (is_input && isatty(fd)) {
		close(fd);
		return ks_error_new(KS_ERR_USAGE,
				    "standard input is a terminal: give a file, or write into it");
	}
	*ret = fd;
	return NULL;
}

struct ks_error *ks_spool_open(const char *path, int *ret)
{
	int fd = -1;
	struct stat st;
	KS_TRY(open_named(path, &fd));
	if (fstat(fd, &st) < 0 || !is_stream(st.st_mode)) {
		*ret = fd;
		return NULL;
	}
	struct ks_tmpfile file = { -1 };
	struct ks_error *err =
		S_ISCHR(st.st_mode)
			? ks_error_new(KS_ERR_USAGE, "a device, neither a file nor a directory")
			: spool(fd, &file);
	close(fd);
	if (err)
		ks_tmpfile_close(&file);
	else
		*ret = file.fd;
	return err;
}
