/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a file is, told by its first bytes and never by its name. */
#include <stddef.h>
#include <stdint.h>

enum ks_content {
	KS_CONTENT_EMPTY,
	KS_CONTENT_KERNEL, // an ELF file, or what boots
	KS_CONTENT_BTF,	   // types of a kernel without the kernel
	KS_CONTENT_PACKAGE,
	KS_CONTENT_PACKED, // a package, or a kernel
	KS_CONTENT_THIN,   // an archive of names
	KS_CONTENT_TEXT,
	KS_CONTENT_OTHER,
};

/** Bytes that tell whether it is a package, or packed. */
#define KS_CONTENT_HEAD_BYTES 262

/** @param head the first KS_VMLINUZ_HEAD_BYTES of it, or fewer: what boots is not told then */
enum ks_content ks_content_of(const uint8_t *head, size_t len);
