/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the name of a kernel's package says: "linux-image-6.1.0-50-amd64-dbg" has debug information of 6.1.0-50-amd64. */
#include <stdbool.h>
#include <stddef.h>

/** What a package has, the more the better. */
enum ks_kernel_role {
	KS_KERNEL_CONFIG, // the configuration, and modules or not, but no kernel
	KS_KERNEL_IMAGE,  // what boots, and the configuration or not
	KS_KERNEL_DEBUG,  // vmlinux
};

struct ks_kernel_name {
	enum ks_kernel_role role;
	/** In the name: the release, or what stands there instead ("amd64" of linux-image-amd64). */
	const char *kernel;
	size_t len;
};

/**
 * Whether a name is that of kernels' packages in other archives than Debian's, where all versions of one have the same:
 * "kernel-core", "kernel-uek-debuginfo", "linux-lts". @param name len bytes
 */
bool ks_kernel_name_bare(const char *name, size_t len, enum ks_kernel_role *ret);
/**
 * Take the name of a package of Debian's or Ubuntu's apart, or of others, with the release ("kernel-core-5.14.0-503.el9.x86_64") or
 * without.
 * @param name len bytes
 * @return false when it is none of a kernel's: ret is unchanged
 */
bool ks_kernel_name_read(const char *name, size_t len, struct ks_kernel_name *ret);
