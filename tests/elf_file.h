/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* ELF files, mapped. Include <cmocka.h> first. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "elf/image.h"

/** @return NULL when there is no file; else the caller closes it, and the file stays mapped */
static inline struct ks_elf *elf_file_open(const char *path)
{
	struct ks_elf *elf = NULL;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	assert_int_equal(fstat(fd, &st), 0);
	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	assert_true(map != MAP_FAILED);
	assert_ok(ks_elf_open_memory(map, (size_t)st.st_size, &elf));
	return elf;
}
