/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "source/source.h"

/**
 * Where a source is debug information that was kept apart from its kernel (elf/apart.h), look for that: among the others that opts name,
 * and beside it, "vmlinux" for "vmlinux.debug" and "/boot/vmlinux-6.1" for "/usr/lib/debug/boot/vmlinux-6.1.debug".
 * @return NULL also when it is nothing of that kind, or there is none: who reads it says so
 */
KS_MUST_CHECK struct ks_error *ks_source_find_code(struct ks_source *src,
						   const struct ks_source_opts *opts);
