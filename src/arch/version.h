/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Versions of kernels as numbers, and what came with which. */
#include <stdbool.h>
#include <stdint.h>

/** The first release of a version, for tables. */
#define KS_SINCE(major, minor) (((uint32_t)(major) << 16) + ((uint32_t)(minor) << 8))

/** KERNEL_VERSION(major, minor, patch), the patch cut at 255. */
static inline uint32_t ks_version(uint32_t major, uint32_t minor, uint32_t patch)
{
	return (major << 16) + (minor << 8) + (patch > 255 ? 255 : patch);
}

/** The version as LINUX_KERNEL_VERSION has it, out of "6.1.176" or "5.4.0-26-generic"; 0 when there is none. */
uint32_t ks_version_of(const char *text);

/** What the kernel can do since a release. */
struct ks_gate {
	uint32_t since;	    // KS_SINCE(); 0: it cannot
	const char *commit; // that brought it
};

/** Whether kernels of the version can do it; false for version 0, which stands for an unknown one. */
static inline bool ks_gate_is_open(const struct ks_gate *gate, uint32_t version)
{
	return gate->since && version >= gate->since;
}
