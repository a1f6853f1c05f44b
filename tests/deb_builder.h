/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "scratch.h"

/** Small packages made in memory, for the tests of src/source. Out of memory ends the test. */

enum packing { PACK_NONE, PACK_XZ, PACK_XZ_BLOCKS, PACK_ZSTD, PACK_GZIP, PACKINGS };

/** xz blocks of PACK_XZ_BLOCKS, unpacked bytes. */
#define XZ_BLOCK_BYTES (64 << 10)

struct file {
	const char *path;  // NULL ends a list
	const void *bytes; // NULL with len: noise that does not pack
	size_t len;
	const char *symlink; // target; the file is a link then
};

/** len bytes that look like an ELF file and are the same at every call. Caller frees. */
uint8_t *fake_vmlinux(size_t len);
/** len bytes that no codec makes smaller. Caller frees. */
uint8_t *noise(size_t len, uint32_t seed);

enum tar_kind { TAR_GNU, TAR_PAX };
void build_tar(const struct file *files, enum tar_kind kind, struct ks_buf *ret);
void pack(const struct ks_buf *plain, enum packing packing, struct ks_buf *ret);
/** A whole .deb. @param control text of the control file; NULL: no control.tar */
void build_deb(const char *control, const struct file *files, enum packing packing,
	       struct ks_buf *ret);
/** As build_deb() around a data.tar that is there already. */
void wrap_deb(const char *control, const struct ks_buf *tar, enum packing packing,
	      struct ks_buf *ret);
void ar_begin(struct ks_buf *ar);
void ar_add(struct ks_buf *ar, const char *name, const void *bytes, size_t len);
/** SHA-256 of bytes, as text. */
void hex_sha256(const struct ks_buf *bytes, char hex[65]);
