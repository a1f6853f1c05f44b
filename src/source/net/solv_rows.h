/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Lists that libsolv understands, as rows. */
#include "source/net/repo.h"

enum ks_solv_list {
	KS_SOLV_PRIMARY, // primary.xml of rpm-md
	KS_SOLV_PACMAN,	 // a tar archive of a pacman database
};

/**
 * @param packed the list as it came: gz, xz, zstd or plain; it is unpacked on the way and never as a whole
 * @return KS_ERR_DATA when it is damaged or unpacks to more than KS_REPO_LIST_UNPACKED_MAX; KS_ERR_UNSUPPORTED without libsolv
 */
KS_MUST_CHECK struct ks_error *ks_solv_rows(struct ks_repo_rows *rows, enum ks_solv_list which,
					    const struct ks_buf *packed);
