/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Where functions and types of an image come from: one reader for each tier. Inside extract/ only. */
#include "base/progress.h"
#include "extract/btf/btf_forms.h"
#include "extract/tables/find.h"

/**
 * Fill functions and types from DWARF. The surface has an arena for each thread, and one more.
 * @param cancel looked at before each unit; or NULL
 */
KS_MUST_CHECK struct ks_error *ks_extract_full(const struct ks_finder *finder,
					       unsigned int nr_threads,
					       const struct ks_cancel *cancel);

/**
 * Find the image's BTF: in its section, between its symbols, or by its form.
 * @param[out] ret NULL when there is none; a copy of the bytes is in the surface's first arena
 */
KS_MUST_CHECK struct ks_error *ks_extract_btf_open(const struct ks_finder *finder,
						   struct ks_btf **ret);
/**
 * Fill types from BTF, and functions from BTF and the symbols.
 * @param btf NULL: the image has none, and functions are all that is known
 */
KS_MUST_CHECK struct ks_error *ks_extract_btf(const struct ks_finder *finder,
					      const struct ks_btf *btf);
/**
 * Beside the full tier: which functions and variables BTF has. Functions are filled. Tables of the image may be read at
 * the same time: this one uses the last arena, they the first.
 */
KS_MUST_CHECK struct ks_error *ks_extract_btf_presence(const struct ks_finder *finder,
						       const struct ks_btf *btf);
/**
 * Beside either tier: what BTF says that types and prototypes, which are filled, do not. Broken BTF is as good as none.
 * @param[out] ret whether it could be read: then KS_FACT_FORMS holds
 */
KS_MUST_CHECK struct ks_error *ks_extract_btf_forms(struct ks_btf_forming *forming,
						    unsigned int nr_threads, bool *ret);
/** The functions that BTF marks as kfuncs, where no symbols tell of the sets they are in. */
KS_MUST_CHECK struct ks_error *ks_extract_btf_kfuncs(const struct ks_finder *finder,
						     const struct ks_btf *btf);
