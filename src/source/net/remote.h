/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdint.h>
#include <stdlib.h>

/** What is wanted of a kernel whose package has a name. */
enum ks_remote_part {
	KS_REMOTE_KERNEL,  // the package itself, or the one it stands for
	KS_REMOTE_CONFIG,  // another one of the same kernel that has its configuration
	KS_REMOTE_MODULES, // another one that has its modules
};

/** Where a package can be fetched, and what it must be. Everything is owned; NULL where unknown. */
struct ks_remote {
	char *url;     // http:, https: or file:
	char *version; // of the package
	char *sha256;  // of the whole file, as hex
	/** Of a package that is signed by itself: bytes of its front, and checksums of that and of the rest, which count; 0: it is not. */
	uint64_t split;
	char *front_sha256, *rest_sha256;
	uint64_t size; // bytes; 0 when unknown
	char *sets;    // of kernels that it is known to be of (surface/image_sets.h)
	char *note;    // what was not seen on the way to it
};

static inline void ks_remote_deinit(struct ks_remote *remote)
{
	free(remote->url);
	free(remote->version);
	free(remote->sha256);
	free(remote->front_sha256);
	free(remote->rest_sha256);
	free(remote->sets);
	free(remote->note);
	*remote = (struct ks_remote){ 0 };
}
#define _cleanup_remote_ __attribute__((__cleanup__(ks_remote_deinit)))
