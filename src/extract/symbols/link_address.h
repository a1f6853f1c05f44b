/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What else a kernel without sections carries, once its symbols are known. */
#include "elf/image.h"
#include "surface/model.h"

/**
 * Open a flat image again at the address that its symbols say it is linked for, with its relocations applied and with
 * the sections ".BTF" and ".notes" that symbols mark.
 * @param raw borrowed as long as the result
 * @param symbols, start as ks_kallsyms_read() filled them from raw
 * @return KS_ERR_UNSUPPORTED when symbols and bytes do not fit together
 */
KS_MUST_CHECK struct ks_error *ks_link_address_apply(const struct ks_elf *raw,
						     const struct ks_surface *symbols,
						     uint64_t start, struct ks_elf **ret);

/**
 * The address of an image's first byte, told by where its functions would begin.
 * @return false when no address stands out
 */
bool ks_link_address_search(const struct ks_elf *raw, const struct ks_surface *symbols,
			    uint64_t *ret);

/**
 * The configuration that a kernel built with CONFIG_IKCONFIG carries.
 * @param[out] ret in the arena; NULL when there is none, or when it is damaged
 */
KS_MUST_CHECK struct ks_error *ks_ikconfig_read(const struct ks_elf *elf, struct ks_arena *arena,
						const char **ret);
