/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which kernel types alone are of (extract/btf/btf_raw.h), by what a user says or where they lie. */
#include "base/error.h"

struct ks_btf_owner {
	char *release, *arch; // owned; NULL: not told
	const char *distribution;
};

/**
 * Take a path apart. The file's name is that of the release: "5.4.0-100-generic.btf", "vmlinux-6.1.0-50-amd64.btf"; the folders above it
 * may be the machine, the version of a distribution and its name, as btfhub has them: "ubuntu/20.04/x86_64/5.4.0-100-generic.btf.tar.xz".
 */
KS_MUST_CHECK struct ks_error *ks_btf_owner_of_path(const char *path, struct ks_btf_owner *ret);
/** RELEASE or RELEASE@MACHINE, which count more than what is in ret already. */
KS_MUST_CHECK struct ks_error *ks_btf_owner_told(const char *text, struct ks_btf_owner *ret);
void ks_btf_owner_deinit(struct ks_btf_owner *name);
