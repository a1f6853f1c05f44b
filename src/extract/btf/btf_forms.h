/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "extract/btf/btf_names.h"
#include "surface/model.h"

/**
 * Fill the surface's table of forms, and all that it keeps of variables: what BTF says that the declarations, which are
 * there already, do not. Of split BTF every name of its own gets forms: what modules say is put together by who reads them.
 * @param base names of btf->base, or NULL: they are listed for this once
 * @param arena of the surface: nothing else uses it meanwhile
 * @return KS_ERR_DATA when the types cannot be spelled out; the surface is as it was
 */
KS_MUST_CHECK struct ks_error *ks_btf_forms_read(const struct ks_btf *btf,
						 const struct ks_btf_names *base,
						 struct ks_arena *arena,
						 struct ks_surface *surface);
