/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** What a file in a package is to us, told by its path. */
enum ks_member_kind {
	KS_MEMBER_OTHER,
	KS_MEMBER_VMLINUX,
	KS_MEMBER_CONFIG,
	KS_MEMBER_SYSTEM_MAP,
	KS_MEMBER_VMLINUZ, // the kernel as it boots
};

/** @param path as it stands in the package; a leading "./" or "/" does not matter */
enum ks_member_kind ks_member_kind_of(const char *path);

#define KS_TAR_BLOCK_BYTES 512

/** A tar header that was found in the middle of an archive. */
struct ks_tar_header {
	char path[256 + 1]; // prefix and name
	uint64_t size;	    // bytes of the content behind the header
	bool regular;
};

/**
 * Whether a block is a tar header: its magic is there and its checksum holds.
 * @param block KS_TAR_BLOCK_BYTES bytes
 */
bool ks_tar_header_parse(const uint8_t *block, struct ks_tar_header *ret);
