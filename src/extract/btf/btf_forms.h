/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A surface's table of forms, and all that it keeps of variables: what BTF says that the declarations, which are there already, do
 * not. Of split BTF every name of its own gets forms: what modules say is put together by who reads them.
 */
#include "extract/btf/btf_names.h"
#include "surface/model.h"

struct ks_btf_forming;

/**
 * List the names. Nothing else may change the surface's declarations, and the surface is not changed.
 * @param base names of btf->base, or NULL: they are listed for this once
 */
KS_MUST_CHECK struct ks_error *ks_btf_forming_new(const struct ks_btf *btf,
						  const struct ks_btf_names *base,
						  struct ks_surface *surface,
						  struct ks_btf_forming **ret);
void ks_btf_forming_free(struct ks_btf_forming *forming); // NULL is allowed
static inline void ks_btf_forming_freep(struct ks_btf_forming **forming)
{
	ks_btf_forming_free(*forming);
}
#define _cleanup_btf_forming_ __attribute__((__cleanup__(ks_btf_forming_freep)))

/**
 * Fill the surface; once. The first and the last of its arenas are used, nothing else may use them meanwhile.
 * @param nr_threads 1 for a surface with one arena
 * @return KS_ERR_DATA when the types cannot be spelled out; the surface is as it was
 */
KS_MUST_CHECK struct ks_error *ks_btf_forming_run(struct ks_btf_forming *forming,
						  unsigned int nr_threads);
