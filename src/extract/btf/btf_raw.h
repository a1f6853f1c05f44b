/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* BTF without the kernel around it (/sys/kernel/btf/vmlinux, files of btfhub) as an image of types only. */
#include "extract/extract.h"

/** Which kernel the bytes are of, for they do not say that themselves. */
struct ks_btf_raw {
	const void *bytes;
	size_t len;
	const char *release; // as uname -r prints it
	const char *arch;    // Debian's name, or as uname -m prints it; NULL: the types are asked
	const char *distribution; // or NULL
};

/** Whether a file that begins so is BTF, of either byte order. */
bool ks_btf_raw_is(const void *head, size_t len);
/**
 * Read what types tell: types, prototypes, variables, LSM hooks, tagged kfuncs. All that symbols and code would tell is unknown.
 * @return KS_ERR_USAGE when release or machine are not known; KS_ERR_DATA when it is damaged, is that of a module or of a program,
 *	or its types are those of another machine
 */
KS_MUST_CHECK struct ks_error *ks_btf_raw_read(const struct ks_btf_raw *raw,
					       const struct ks_extract_opts *opts,
					       struct ks_surface **ret);
