/* SPDX-License-Identifier: BSD-2-Clause */
/* A path, a NUL, and any bytes as the types of a kernel that lie there: an error, or an image whose tables can be written. */
#include <stdlib.h>
#include <string.h>

#include "extract/btf/btf_raw.h"
#include "source/btf_owner.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *nul = len ? memchr(bytes, '\0', len) : NULL;
	if (!nul)
		return 0;
	size_t left = len - (size_t)(nul + 1 - bytes);
	uint8_t *copy = malloc(left ? left : 1); // so that a read behind its end is seen
	if (!copy)
		return 0;
	memcpy(copy, nul + 1, left);
	struct ks_btf_owner owner = { 0 };
	const struct ks_extract_opts opts = { 0 };
	struct ks_surface *surface = NULL;
	struct ks_error *err = ks_btf_owner_of_path((const char *)bytes, &owner);
	if (!err && !owner.release)
		err = ks_btf_owner_told((const char *)bytes, &owner);
	const struct ks_btf_raw raw = { copy, left, owner.release, owner.arch, owner.distribution };
	if (!err)
		err = ks_btf_raw_read(&raw, &opts, &surface);
	ks_error_free(err);
	ks_surface_free(surface);
	ks_btf_owner_deinit(&owner);
	free(copy);
	return 0;
}
