/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"

/** One section of an open image. */
struct ks_section {
	const char *name;
	uint32_t type;	       // SHT_*
	uint64_t flags;	       // SHF_*
	uint64_t addr;	       // virtual address, 0 when it is not loaded
	uint64_t size;	       // bytes; 0 as long as it is compressed
	uint32_t link, info;   // sh_link, sh_info
	const uint8_t *data;   // size bytes; NULL for SHT_NOBITS, and as long as it is compressed
	uint8_t *owned;	       // data, when it is not what lies in the file
	const uint8_t *packed; // the compressed bytes; NULL: it is none of those
	uint64_t packed_size;
};

/**
 * An ELF file of any class and byte order, mapped for reading. Its fields are read-only. The dynamic relocations
 * of a position-independent kernel are applied: sections hold the values that the kernel itself would see if it
 * ran where it was linked. Names of the kind ".zdebug_info" are listed as ".debug_info".
 */
struct ks_elf {
	const uint8_t *map;
	size_t map_len;
	bool flat;		     // no ELF file: bytes under an address (elf/flat.h)
	bool is64, big_endian, swap; // swap: the other byte order than this machine's
	uint16_t machine, type;	     // EM_*, ET_*
	size_t nr_sections;
	struct ks_section *sections; // [0] is the null section
	/** Where bytes of sections are that the file itself lacks (elf/apart.h); owned; NULL. */
	struct ks_elf *code;
};

/** Read the headers of a file's bytes, which the caller keeps alive. KS_ERR_UNSUPPORTED when it is no ELF file. */
KS_MUST_CHECK struct ks_error *ks_elf_open_memory(const void *bytes, size_t len,
						  struct ks_elf **ret);
void ks_elf_close(struct ks_elf *elf); // NULL is allowed
static inline void ks_elf_closep(struct ks_elf **elf)
{
	ks_elf_close(*elf);
}
#define _cleanup_elf_ __attribute__((__cleanup__(ks_elf_closep)))

/** The first section of that name, or NULL. */
const struct ks_section *ks_elf_section(const struct ks_elf *elf, const char *name);
/**
 * Make the bytes of a section available that may be compressed; nothing happens to others, or to NULL. Of one
 * image only one thread at a time may do that. KS_ERR_DATA when it is damaged, KS_ERR_UNSUPPORTED when it is
 * compressed in an unknown way.
 */
KS_MUST_CHECK struct ks_error *ks_elf_unpack(const struct ks_elf *elf,
					     const struct ks_section *section);
/**
 * Refuse a section of strings that has one of more than 16 KiB: any number of symbols and types may have it for a name,
 * each from another byte on. The longest of a kernel has a few hundred. NULL is allowed.
 */
KS_MUST_CHECK struct ks_error *ks_elf_check_strings(const struct ks_elf *elf,
						    const struct ks_section *section);
/** A cursor over the bytes of a section (empty when section is NULL or has none). */
struct ks_cursor ks_elf_cursor(const struct ks_elf *elf, const struct ks_section *section);
/**
 * A cursor from a virtual address to the end of the loaded section that holds it. Empty when no bytes of
 * the file are loaded there.
 */
struct ks_cursor ks_elf_at(const struct ks_elf *elf, uint64_t addr);
/** The C string at a virtual address, or NULL when there is none. */
const char *ks_elf_string(const struct ks_elf *elf, uint64_t addr);
/** An address-sized number at the cursor. */
static inline uint64_t ks_elf_word(const struct ks_elf *elf, struct ks_cursor *c)
{
	return elf->is64 ? ks_cursor_u64(c) : ks_cursor_u32(c);
}
