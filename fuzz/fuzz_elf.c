/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as an ELF file, its relocations applied, each of its sections unpacked. Seeds: the mini kernels. */
#include "elf/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_error_ struct ks_error *err = ks_elf_open_memory(bytes, len, &elf);
	uint64_t sum = 0;
	for (size_t i = 1; !err && i < elf->nr_sections && i < 64; i++) {
		const struct ks_section *section = &elf->sections[i];
		ks_error_free(ks_elf_unpack(elf, section));
		struct ks_cursor c = ks_elf_cursor(elf, section);
		const uint8_t *all = ks_cursor_take(&c, section->size);
		for (uint64_t k = 0; all && k < section->size; k += 4096)
			sum += all[k];
		ks_elf_string(elf, section->addr);
	}
	volatile uint64_t seen = sum; // so that the reads stay
	(void)seen;
	return 0;
}
