/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as an image: an error or a surface, nothing else. Seeds: the mini kernels. */
#include "extract/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	_cleanup_error_ struct ks_error *err = ks_elf_open_memory(bytes, len, &elf);
	if (!err)
		err = ks_extract(elf, &(struct ks_extract_opts){ 0 }, &surface);
	return 0;
}
