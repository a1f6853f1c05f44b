/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "bpf/find.h"

/** Look for objects in the bytes of one file. @param path as reports show it */
KS_MUST_CHECK struct ks_error *ks_bpf_find_in(struct ks_bpf_finds *finds, const char *path,
					      const uint8_t *bytes, size_t len);
/** The same where only a part has bytes that are not zero. @param begin, end of that part */
KS_MUST_CHECK struct ks_error *ks_bpf_find_within(struct ks_bpf_finds *finds, const char *path,
						  const uint8_t *bytes, size_t len, size_t begin,
						  size_t end);
/** Name and read the objects of one file. @param first of them in finds @param path borrowed */
KS_MUST_CHECK struct ks_error *ks_bpf_find_end(struct ks_bpf_finds *finds, size_t first,
					       const char *path);
/** Count bytes that are looked through. @return KS_ERR_UNSUPPORTED when there are too many, or it takes too long */
KS_MUST_CHECK struct ks_error *ks_bpf_find_spend(struct ks_bpf_finds *finds, const char *path,
						 uint64_t bytes);
/** A new call begins: with the whole of its time. */
void ks_bpf_find_begin(struct ks_bpf_finds *finds);
/** Do the bytes begin as an archive or as something compressed? */
bool ks_bpf_is_archive(const uint8_t *bytes, size_t len);
/** Look into the members of an archive, archives in archives included. */
KS_MUST_CHECK struct ks_error *ks_bpf_find_archive(struct ks_bpf_finds *finds, const char *path,
						   const uint8_t *bytes, size_t len);
