/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A kernel as its boot loader sees it: the bytes that go to memory, without sections, symbols or the address they
 * are linked for (arm64 Image and its kin, the unpacked payload of armhf and s390 kernels).
 */
#include "elf/image.h"

/** What has to be known of such bytes before anything can be read from them. */
struct ks_flat {
	uint16_t machine; // EM_*
	bool is64, big_endian;
};

/** Read the header that arm64, riscv and loongarch images begin with; false when there is none. */
bool ks_flat_of(const void *bytes, size_t len, struct ks_flat *ret);

/**
 * Bytes as an ELF image with one section ".kernel", linked for the address addr. The bytes are borrowed.
 * While its address is not known (0) only the bytes themselves can be read, nothing by address.
 */
KS_MUST_CHECK struct ks_error *ks_elf_open_flat(const void *bytes, size_t len,
						const struct ks_flat *flat, uint64_t addr,
						struct ks_elf **ret);

/**
 * Give the bytes between two addresses a section of their own, as the linker had them.
 * @param name static text
 * @param type SHT_*
 * @return NULL too when the image holds no such bytes; then there is no new section.
 */
KS_MUST_CHECK struct ks_error *ks_elf_add_range(struct ks_elf *elf, const char *name, uint32_t type,
						uint64_t begin, uint64_t end);

/** Where the tables of dynamic relocations with addends lie in a flat image: offsets in the bytes. */
struct ks_flat_relocations {
	uint64_t begin, end; // equal when there are none
	uint64_t symbols;    // of .dynsym, which ends where they begin; equal when there is none
};

/** Find them by their form. */
void ks_flat_find_relocations(const struct ks_elf *elf, struct ks_flat_relocations *ret);

/**
 * Give the relocations that an image at its address carries the sections ".rela.dyn" and ".dynsym", and apply them.
 * Call it after the other sections: those show the bytes as they lie in the file.
 */
KS_MUST_CHECK struct ks_error *ks_elf_add_relocations(struct ks_elf *elf);
