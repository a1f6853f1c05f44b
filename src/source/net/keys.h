/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Whose signatures count: keys out of files, and those that apt is set up to trust. */
#include "base/buf.h"
#include "base/error.h"
#include "source/net/apt.h"

/** A zeroed struct has none. */
struct ks_keys {
	struct ks_buf ring; // OpenPGP, not armored, one key behind the other
	/** Each behind a space: only keys with these fingerprints; empty: all of them. */
	struct ks_buf prints;
};

/** Add those of a file, armored or not. */
KS_MUST_CHECK struct ks_error *ks_keys_add_file(struct ks_keys *keys, const char *path);
/** Add what apt trusts for every source that names no keys (trusted.gpg.d). */
KS_MUST_CHECK struct ks_error *ks_keys_add_trusted(struct ks_keys *keys);
/** Add what apt trusts for a source: its Signed-By, or else the above. */
KS_MUST_CHECK struct ks_error *ks_keys_add_repo(struct ks_keys *keys,
						const struct ks_apt_repo *repo);
/**
 * Add those for an archive by its URL: of the sources of apt that have that URL, or else of all of them, and what is trusted
 * for every source.
 */
KS_MUST_CHECK struct ks_error *ks_keys_add_url(struct ks_keys *keys, const char *url);
void ks_keys_deinit(struct ks_keys *keys);
#define _cleanup_keys_ __attribute__((__cleanup__(ks_keys_deinit)))
