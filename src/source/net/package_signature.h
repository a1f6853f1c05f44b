/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Packages that are signed one by one, where nobody signs the list that names them, or where that has no checksum of them. */
#include "source/net/packages.h"
#include "source/net/pull.h"

/**
 * Fetch the front of a package, and compare its signature with the keys of the options. The remote then has checksums of both of its pieces.
 * @param stanza what the list says of it: the front must be that package's
 * @return KS_ERR_DATA when none of the keys has signed it, or it is another package; the URL is named
 */
KS_MUST_CHECK struct ks_error *ks_package_prove(const struct ks_stanza *stanza,
						const struct ks_pull_opts *opts,
						struct ks_remote *remote);
