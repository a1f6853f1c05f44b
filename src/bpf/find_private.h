/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "bpf/find.h"

/** Look for objects in the bytes of one file. @param path as reports show it */
KS_MUST_CHECK struct ks_error *ks_bpf_find_in(struct ks_bpf_finds *finds, const char *path,
					      const uint8_t *bytes, size_t len);
/** Do the bytes begin as an archive or as something compressed? */
bool ks_bpf_is_archive(const uint8_t *bytes, size_t len);
/** Look into the members of an archive, archives in archives included. */
KS_MUST_CHECK struct ks_error *ks_bpf_find_archive(struct ks_bpf_finds *finds, const char *path,
						   const uint8_t *bytes, size_t len);
