/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * Looks at a cpio archive of the kind that RPM packages have (cpio(5), "new ASCII format") on its way to libarchive,
 * which makes room for a name of any length that a header gives. A zeroed struct is at the start of an archive of any
 * kind; those of other kinds it lets pass.
 */
struct ks_cpio {
	bool begun, passed; // passed: of another kind, or at its end
	uint8_t front[128]; // a header, and behind it a name that may be the last one
	size_t have, want;  // bytes of it
	uint64_t skip;	    // bytes of the rest of a name, and of a file
};

/** The next bytes of the archive; KS_ERR_DATA when a header is damaged. */
KS_MUST_CHECK struct ks_error *ks_cpio_follow(struct ks_cpio *cpio, const uint8_t *bytes,
					      size_t len);
