/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "source/tmpfile.h"

/** Memory that can be had without swapping, in bytes; 0 when the system does not tell. */
static uint64_t memory_available(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	if (!f)
		return 0;
	char line[128];
	unsigned long long kib = 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
			break;
	fclose(f);
	return (uint64_t)kib << 10;
}

static int open_on_disk(void)
{
	const char *dirs[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };
	for (size_t i = 0; i < KS_ARRAY_LEN(dirs); i++) {
		if (!dirs[i] || !*dirs[i])
			continue;
		int fd = open(dirs[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

struct ks_error *ks_tmpfile_open(struct ks_tmpfile *tmpfile, uint64_t expect_bytes)
{
	// Memory is the faster place (docs/sources.md), but it cannot be written back; a quarter of what
	// is free leaves room for other packages in work and for whoever reads this one.
	bool in_memory = expect_bytes <= memory_available() / 4;
	tmpfile->fd = in_memory ? memfd_create("ksurf-vmlinux", MFD_CLOEXEC) : open_on_disk();
	if (tmpfile->fd < 0)
		tmpfile->fd =
			in_memory ? open_on_disk() : memfd_create("ksurf-vmlinux", MFD_CLOEXEC);
	if (tmpfile->fd < 0)
		return ks_error_new(KS_ERR_IO, "cannot make a temporary file: %m");
	return NULL;
}

void ks_tmpfile_close(struct ks_tmpfile *tmpfile)
{
	if (tmpfile->fd >= 0)
		close(tmpfile->fd);
	tmpfile->fd = -1;
}

struct ks_error *ks_tmpfile_write(struct ks_tmpfile *tmpfile, uint64_t offset, const void *buf,
				  size_t len)
{
	const char *p = buf;
	while (len) {
		ssize_t n = pwrite(tmpfile->fd, p, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ks_error_new(KS_ERR_IO, "cannot keep the unpacked image: %m");
		p += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return NULL;
}

static bool read_at(int fd, uint64_t offset, void *buf, size_t len)
{
	char *p = buf;
	while (len) {
		ssize_t n = pread(fd, p, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}

struct ks_error *ks_tmpfile_read(struct ks_tmpfile *tmpfile, uint64_t offset, void *buf, size_t len)
{
	return read_at(tmpfile->fd, offset, buf, len)
		       ? NULL
		       : ks_error_new(KS_ERR_IO, "cannot read the unpacked image back");
}

void ks_tmpfile_drop(struct ks_tmpfile *tmpfile, uint64_t offset, uint64_t len)
{
	// Where the file system cannot do it the space is given back at the end instead.
	if (len)
		(void)!fallocate(tmpfile->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				 (off_t)offset, (off_t)len);
}

struct ks_error *ks_map_memory(uint64_t len, struct ks_map *ret, uint8_t **bytes)
{
	enum { HUGE_PAGE = 2 << 20 }; // one page fault each, where the kernel has them
	if (!len || len > SIZE_MAX - HUGE_PAGE)
		return &ks_nomem;
	size_t base_len = (size_t)len + HUGE_PAGE;
	uint8_t *base =
		mmap(NULL, base_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED)
		return &ks_nomem;
	madvise(base, base_len, MADV_HUGEPAGE);
	*bytes = base + (-(uintptr_t)base & (HUGE_PAGE - 1));
	*ret = (struct ks_map){ *bytes, (size_t)len, base, base_len };
	return NULL;
}

void ks_map_deinit(struct ks_map *map)
{
	if (map->base)
		munmap(map->base, map->base_len);
	*map = (struct ks_map){ 0 };
}

/** Read what cannot be mapped so, as files of sysfs. @param why errno of that */
static struct ks_error *read_instead(int fd, uint64_t offset, uint64_t len, int why,
				     struct ks_map *ret)
{
	uint8_t *bytes;
	KS_TRY(ks_map_memory(len, ret, &bytes));
	if (read_at(fd, offset, bytes, ret->len))
		return NULL;
	ks_map_deinit(ret);
	errno = why;
	return ks_error_new(KS_ERR_IO, "cannot map %llu bytes: %m", (unsigned long long)len);
}

struct ks_error *ks_map_fd(int fd, uint64_t offset, uint64_t len, struct ks_map *ret)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t skew = offset % page;
	if (!len || len > SIZE_MAX - skew)
		return ks_error_new(KS_ERR_IO, "cannot map %llu bytes", (unsigned long long)len);
	void *base =
		mmap(NULL, (size_t)(len + skew), PROT_READ, MAP_SHARED, fd, (off_t)(offset - skew));
	if (base == MAP_FAILED)
		return read_instead(fd, offset, len, errno, ret);
	*ret = (struct ks_map){ (uint8_t *)base + skew, (size_t)len, base, (size_t)(len + skew) };
	return NULL;
}
