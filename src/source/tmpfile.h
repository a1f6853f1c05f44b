/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * Where unpacked bytes are kept until somebody has read them: a file without a name, so that nothing
 * is left behind by a crash and no name from a package ever reaches the file system. Never-written
 * ranges read as zeros and take no space.
 */
struct ks_tmpfile {
	int fd; // -1 until opened
};

/** @param expect_bytes a guess of what will be kept: decides between memory and disk */
KS_MUST_CHECK struct ks_error *ks_tmpfile_open(struct ks_tmpfile *tmpfile, uint64_t expect_bytes);
void ks_tmpfile_close(struct ks_tmpfile *tmpfile);
KS_MUST_CHECK struct ks_error *ks_tmpfile_write(struct ks_tmpfile *tmpfile, uint64_t offset,
						const void *buf, size_t len);
/** KS_ERR_IO also when fewer than len bytes are there. */
KS_MUST_CHECK struct ks_error *ks_tmpfile_read(struct ks_tmpfile *tmpfile, uint64_t offset,
					       void *buf, size_t len);
/** Give the space of a range back; it reads as zeros from now on. */
void ks_tmpfile_drop(struct ks_tmpfile *tmpfile, uint64_t offset, uint64_t len);

/** A read-only view of a range; lives on after ks_tmpfile_close(). */
struct ks_map {
	const uint8_t *at; // the first byte of the range
	size_t len;
	void *base; // what munmap() wants
	size_t base_len;
};

/** Map a range of a file; of one that cannot be mapped, as those of sysfs, it is a copy. */
KS_MUST_CHECK struct ks_error *ks_map_fd(int fd, uint64_t offset, uint64_t len, struct ks_map *ret);
/** Zeros in memory. @param[out] bytes the same, to be filled */
KS_MUST_CHECK struct ks_error *ks_map_memory(uint64_t len, struct ks_map *ret, uint8_t **bytes);
/** A zeroed map is allowed. */
void ks_map_deinit(struct ks_map *map);

static inline void ks_tmpfile_closep(struct ks_tmpfile *tmpfile)
{
	ks_tmpfile_close(tmpfile);
}
#define _cleanup_tmpfile_ __attribute__((__cleanup__(ks_tmpfile_closep)))
