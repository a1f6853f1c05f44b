/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a kernel module: an error or a surface, nothing else. Seeds: the mini modules. */
#include "elf/relocatable.h"
#include "extract/extract.h"
#include "extract/modules/modules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct ks_base_kernel kernel = { 0 };
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_surface_ struct ks_surface *module = NULL, *together = NULL;
	_cleanup_modules_ struct ks_modules *modules = NULL;
	_cleanup_error_ struct ks_error *err = ks_elf_open_memory(bytes, len, &elf);
	if (!err)
		err = ks_elf_link(elf);
	if (!err)
		err = ks_extract(elf, &(struct ks_extract_opts){ .module_of = &kernel }, &module);
	if (!err)
		err = ks_modules_new(&kernel, &modules);
	if (!err)
		err = ks_modules_add(modules, module);
	if (!err)
		err = ks_modules_finish(modules, &together);
	return 0;
}
