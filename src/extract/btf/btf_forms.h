/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "btf/btf.h"
#include "surface/model.h"

/**
 * Fill the surface's table of forms, and all that it keeps of variables: what BTF says that the declarations, which are
 * there already, do not.
 * @param arena of the surface: nothing else uses it meanwhile
 * @return KS_ERR_DATA when the types cannot be spelled out; the surface is as it was
 */
KS_MUST_CHECK struct ks_error *ks_btf_forms_read(const struct ks_btf *btf, struct ks_arena *arena,
						 struct ks_surface *surface);
