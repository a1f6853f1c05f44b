/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What a machine boots (docs/sources.md): a kernel, packed, behind the code that unpacks it, inside of whatever the
 * firmware wants to see. Here it is taken out of all that again.
 */
#include "elf/flat.h"
#include "source/package/package.h"
#include "source/tmpfile.h"

/** A kernel's own bytes. */
struct ks_unpacked_kernel {
	const uint8_t *at;
	size_t len;
	bool is_btf;  // no kernel, but its types alone, packed or not
	bool is_flat; // no ELF file
	struct ks_flat flat;
	/** What at lies in when it had to be unpacked; else at is part of what was given. */
	struct ks_map map;
};

/** Whether a file that begins so may be a boot image. @param len KS_VMLINUZ_HEAD_BYTES are enough */
bool ks_vmlinuz_is(const uint8_t *head, size_t len);
#define KS_VMLINUZ_HEAD_BYTES (66 << 10) // s390 has its magic number at 64 KiB

/**
 * Take the kernel out of a boot image, through as many layers as there are. Packed data is found by the image's own
 * header where it has one for that, else by trying what looks like the start of some.
 * @param bytes borrowed for as long as the result
 * @param limits vmlinux_max bounds the kernel, and all attempts together
 * @return KS_ERR_NOTFOUND when no kernel is inside; KS_ERR_DATA when it is damaged or breaks a limit;
 * KS_ERR_UNSUPPORTED when the library that unpacks it is missing.
 */
KS_MUST_CHECK struct ks_error *ks_vmlinuz_open(const uint8_t *bytes, size_t len,
					       const struct ks_package_limits *limits,
					       const struct ks_progress *progress,
					       struct ks_unpacked_kernel *ret);
void ks_unpacked_kernel_deinit(struct ks_unpacked_kernel *kernel);
static inline void ks_unpacked_kernel_deinitp(struct ks_unpacked_kernel *kernel)
{
	ks_unpacked_kernel_deinit(kernel);
}
#define _cleanup_unpacked_kernel_ __attribute__((__cleanup__(ks_unpacked_kernel_deinitp)))
