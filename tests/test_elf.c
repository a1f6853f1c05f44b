/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dynamic relocations and compressed sections, in files that are written here field by field after the ELF
 * specification. (The mini kernels hold what real tools make of both: tests/minis.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "check.h"
#include "elf/flat.h"
#include "elf/image.h"

enum { MAX_FILE = 1 << 16, NR_SECTIONS = 6, DATA_ADDR = 0x1000 };

/** A file in the making; every number goes in by put(), in its byte order and class. */
struct draft {
	uint8_t bytes[MAX_FILE];
	size_t len;
	bool is64, big;
	uint16_t machine;
	struct {
		const char *name;
		uint32_t type, link;
		uint64_t flags, addr, offset, size;
	} sections[NR_SECTIONS];
	unsigned int nr;
};

static void put(struct draft *d, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		d->bytes[d->len++] = (uint8_t)(value >> 8 * (d->big ? size - 1 - i : i));
}

static void put_word(struct draft *d, uint64_t value)
{
	put(d, value, d->is64 ? 8 : 4);
}

static struct draft *draft_new(uint16_t machine, bool is64, bool big)
{
	struct draft *d = calloc(1, sizeof(*d));
	assert_non_null(d);
	d->machine = machine;
	d->is64 = is64;
	d->big = big;
	d->len = 64; // the header comes last
	d->nr = 1;
	return d;
}

/** A section begins here; what is put next belongs to it, until end_section(). */
static void begin_section(struct draft *d, const char *name, uint32_t type, uint64_t flags,
			  uint64_t addr, uint32_t link)
{
	unsigned int i = d->nr++;
	d->sections[i].name = name;
	d->sections[i].type = type;
	d->sections[i].flags = flags;
	d->sections[i].addr = addr;
	d->sections[i].link = link;
	d->sections[i].offset = d->len;
}

static void end_section(struct draft *d)
{
	d->sections[d->nr - 1].size = d->len - d->sections[d->nr - 1].offset;
}

static void put_headers(struct draft *d)
{
	uint32_t names[NR_SECTIONS] = { 0 };
	begin_section(d, ".shstrtab", SHT_STRTAB, 0, 0, 0);
	put(d, 0, 1);
	for (unsigned int i = 1; i < d->nr; i++) {
		names[i] = (uint32_t)(d->len - d->sections[d->nr - 1].offset);
		size_t len = strlen(d->sections[i].name) + 1;
		memcpy(d->bytes + d->len, d->sections[i].name, len);
		d->len += len;
	}
	end_section(d);
	d->len = (d->len + 7) & ~(size_t)7;
	uint64_t headers = d->len;
	for (unsigned int i = 0; i < d->nr; i++) {
		put(d, names[i], 4);
		put(d, d->sections[i].type, 4);
		put_word(d, d->sections[i].flags);
		put_word(d, d->sections[i].addr);
		put_word(d, d->sections[i].offset);
		put_word(d, d->sections[i].size);
		put(d, d->sections[i].link, 4);
		put(d, 0, 4);
		put_word(d, 1);
		put_word(d, 0);
	}
	size_t end = d->len;
	memcpy(d->bytes, ELFMAG, SELFMAG);
	d->bytes[EI_CLASS] = d->is64 ? ELFCLASS64 : ELFCLASS32;
	d->bytes[EI_DATA] = d->big ? ELFDATA2MSB : ELFDATA2LSB;
	d->bytes[EI_VERSION] = EV_CURRENT;
	d->len = EI_NIDENT;
	put(d, ET_DYN, 2);
	put(d, d->machine, 2);
	put(d, EV_CURRENT, 4);
	put_word(d, 0);
	put_word(d, 0);
	put_word(d, headers);
	put(d, 0, 4);
	put(d, d->is64 ? 64 : 52, 2);
	put(d, 0, 4); // program headers
	put(d, d->is64 ? 64 : 40, 2);
	put(d, d->nr, 2);
	put(d, d->nr - 1, 2);
	d->len = end;
}

static struct ks_elf *open_draft(struct draft *d)
{
	put_headers(d);
	struct ks_elf *elf = NULL;
	assert_ok(ks_elf_open_memory(d->bytes, d->len, &elf));
	return elf;
}

/* ---- relocations */

static void put_rela(struct draft *d, uint64_t offset, uint32_t symbol, uint32_t type,
		     uint64_t addend)
{
	put_word(d, offset);
	put_word(d, d->is64 ? (uint64_t)symbol << 32 | type : symbol << 8 | type);
	put_word(d, addend);
}

static void put_symbol(struct draft *d, uint64_t value, uint16_t section)
{
	put(d, 0, 4);
	if (!d->is64) {
		put(d, value, 4);
		put(d, 0, 4);
	}
	put(d, 0, 2);
	put(d, section, 2);
	if (d->is64) {
		put(d, value, 8);
		put(d, 0, 8);
	}
}

/** Section 1 holds eight words 0x11, 0x12, …; 2 the dynamic symbols; 3 is left to the caller. */
static struct draft *relocatable(uint16_t machine, bool is64, bool big)
{
	struct draft *d = draft_new(machine, is64, big);
	begin_section(d, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, DATA_ADDR, 0);
	for (unsigned int i = 0; i < 8; i++)
		put_word(d, 0x11 + i);
	end_section(d);
	begin_section(d, ".dynsym", SHT_DYNSYM, SHF_ALLOC, 0x2000, 0);
	put_symbol(d, 0, SHN_UNDEF);
	put_symbol(d, 0x5000, 1);
	put_symbol(d, 0x6000, SHN_UNDEF);
	end_section(d);
	return d;
}

static uint64_t word_of(const struct ks_elf *elf, unsigned int i)
{
	struct ks_cursor c = ks_elf_at(elf, DATA_ADDR + i * (elf->is64 ? 8 : 4));
	return ks_elf_word(elf, &c);
}

static void check_relocated(uint16_t machine, bool is64, bool big, uint32_t relative, uint32_t word)
{
	struct draft *d = relocatable(machine, is64, big);
	uint64_t size = is64 ? 8 : 4;
	begin_section(d, ".rela.dyn", SHT_RELA, SHF_ALLOC, 0x3000, 2);
	put_rela(d, DATA_ADDR, 0, relative, 0x4321);
	// beyond the positive half of the numbers, as every kernel address
	put_rela(d, DATA_ADDR + size, 0, relative, is64 ? 0xffff800008d00000 : 0xc0008000);
	put_rela(d, DATA_ADDR + 2 * size, 1, word, 8);
	put_rela(d, DATA_ADDR + 3 * size, 2, word, 8);	   // undefined: stays
	put_rela(d, DATA_ADDR + 4 * size, 77, word, 8);	   // no such symbol
	put_rela(d, DATA_ADDR + 5 * size, 1, 0, 8);	   // no such type
	put_rela(d, DATA_ADDR + 8 * size - 1, 1, word, 8); // half outside
	put_rela(d, 0x99999, 0, relative, 8);		   // nowhere
	end_section(d);
	struct ks_elf *elf = open_draft(d);
	const uint64_t expected[] = {
		0x4321, is64 ? 0xffff800008d00000 : 0xc0008000, 0x5008, 0x14, 0x15, 0x16, 0x17, 0x18
	};
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(word_of(elf, i), expected[i]);
	// the caller's bytes are not touched
	struct ks_cursor raw = ks_cursor_over(d->bytes + 64, 8, elf->swap);
	assert_int_equal(ks_elf_word(elf, &raw), 0x11);
	ks_elf_close(elf);
	free(d);
}

static void relocations_hold_the_values(void **state)
{
	(void)state;
	check_relocated(EM_AARCH64, true, false, R_AARCH64_RELATIVE, R_AARCH64_ABS64);
	check_relocated(EM_S390, true, true, R_390_RELATIVE, R_390_64);
	check_relocated(EM_PPC64, true, false, R_PPC64_RELATIVE, R_PPC64_ADDR64);
	check_relocated(EM_PPC64, true, true, R_PPC64_RELATIVE, R_PPC64_UADDR64);
	check_relocated(EM_RISCV, true, false, R_RISCV_RELATIVE, R_RISCV_64);
	check_relocated(258 /* LoongArch */, true, false, 3, 2);
	check_relocated(EM_ARM, false, false, R_ARM_RELATIVE, R_ARM_ABS32);
	check_relocated(EM_PPC, false, true, R_PPC_RELATIVE, R_PPC_ADDR32);
}

/** Without .dynsym, section 1 of the file is what the table names: its entries are no symbols. */
static void symbols_of_another_table_are_not_used(void **state)
{
	(void)state;
	struct draft *d = relocatable(EM_AARCH64, true, false);
	begin_section(d, ".rela.dyn", SHT_RELA, SHF_ALLOC, 0x3000, 1);
	put_rela(d, DATA_ADDR, 1, R_AARCH64_ABS64, 8);
	end_section(d);
	struct ks_elf *elf = open_draft(d);
	assert_int_equal(word_of(elf, 0), 0x11);
	ks_elf_close(elf);
	free(d);
}

/** Tables of the link editor (--emit-relocs) repeat what is in place already. */
/** Three relocations of a flat image, between bytes that look like none. @return the first word they move */
static uint64_t flat_word(uint64_t to)
{
	enum { SIZE = 0x4000, START = 0x80000000, TABLE = 0x2000, WORD = 0x1004 };
	static uint8_t bytes[SIZE];
	const struct ks_flat flat = { EM_AARCH64, true, false };
	memset(bytes, 0xa5, sizeof(bytes));
	for (uint64_t i = 0; i < 3; i++) {
		uint64_t entry[3] = { START + WORD + 8 * i, R_AARCH64_RELATIVE, to + i };
		memcpy(bytes + TABLE + i * sizeof(entry), entry, sizeof(entry));
	}
	_cleanup_elf_ struct ks_elf *elf = NULL;
	assert_null(ks_elf_open_flat(bytes, SIZE, &flat, START, &elf));
	// a part of the image that lies in front of the word
	assert_null(ks_elf_add_range(elf, ".notes", SHT_NOTE, START + 0x10, START + 0x20));
	assert_null(ks_elf_add_relocations(elf));
	struct ks_cursor c = ks_elf_at(elf, START + WORD);
	return ks_cursor_u64(&c);
}

/** Where .relr.dyn has the others. */
static void a_few_relocations_of_a_flat_image_are_found(void **state)
{
	(void)state;
	assert_int_equal(flat_word(0x80000100), 0x80000100);
	assert_int_equal(flat_word(0x70000100), 0xa5a5a5a5a5a5a5a5); // it leads out of the image
}

static void relocations_that_are_not_loaded_are_not_applied(void **state)
{
	(void)state;
	struct draft *d = relocatable(EM_AARCH64, true, false);
	begin_section(d, ".rela.data", SHT_RELA, 0, 0, 2);
	put_rela(d, DATA_ADDR, 0, R_AARCH64_RELATIVE, 8);
	end_section(d);
	struct ks_elf *elf = open_draft(d);
	assert_int_equal(word_of(elf, 0), 0x11);
	ks_elf_close(elf);
	free(d);
}

static void half_a_relocation_is_an_error(void **state)
{
	(void)state;
	struct draft *d = relocatable(EM_AARCH64, true, false);
	begin_section(d, ".rela.dyn", SHT_RELA, SHF_ALLOC, 0x3000, 2);
	put_rela(d, DATA_ADDR, 0, R_AARCH64_RELATIVE, 8);
	put(d, DATA_ADDR, 8);
	end_section(d);
	put_headers(d);
	struct ks_elf *elf = NULL;
	_cleanup_error_ struct ks_error *err = ks_elf_open_memory(d->bytes, d->len, &elf);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_DATA);
	assert_string_equal(err->section, ".rela.dyn");
	free(d);
}

/* ---- compressed sections */

enum { TEXT_LEN = 5000 };
static uint8_t text[TEXT_LEN];

static void fill_text(void)
{
	for (unsigned int i = 0; i < TEXT_LEN; i++)
		text[i] = (uint8_t)(i * i >> 3);
}

/** A file whose section 1 is compressed so: zlib 1, zstd 2, by the old name 0. */
static struct draft *packed(unsigned int how, bool is64, bool big, uint64_t claim)
{
	fill_text();
	struct draft *d = draft_new(EM_S390, is64, big);
	begin_section(d, how ? ".debug_str" : ".zdebug_str", SHT_PROGBITS, how ? SHF_COMPRESSED : 0,
		      0, 0);
	if (how) {
		put(d, how, 4);
		if (is64)
			put(d, 0, 4);
		put_word(d, claim);
		put_word(d, 1);
	} else {
		memcpy(d->bytes + d->len, "ZLIB", 4);
		d->len += 4;
		uint64_t size = htobe64(claim);
		memcpy(d->bytes + d->len, &size, sizeof(size));
		d->len += sizeof(size);
	}
	uLongf len = MAX_FILE / 2;
	if (how == 2)
		d->len += ZSTD_compress(d->bytes + d->len, len, text, TEXT_LEN, 3);
	else if (compress(d->bytes + d->len, &len, text, TEXT_LEN) == Z_OK)
		d->len += len;
	end_section(d);
	return d;
}

static void sections_are_unpacked_on_demand(void **state)
{
	(void)state;
	for (unsigned int how = 0; how < 3; how++)
		for (unsigned int shape = 0; shape < 4; shape++) {
			struct draft *d = packed(how, shape & 1, shape & 2, TEXT_LEN);
			struct ks_elf *elf = open_draft(d);
			const struct ks_section *section = ks_elf_section(elf, ".debug_str");
			assert_non_null(section);
			assert_null(section->data);
			struct ks_cursor c = ks_elf_cursor(elf, section);
			assert_false(ks_cursor_more(&c));
			for (unsigned int again = 0; again < 2; again++)
				assert_null(ks_elf_unpack(elf, section));
			assert_int_equal(section->size, TEXT_LEN);
			assert_memory_equal(section->data, text, TEXT_LEN);
			ks_elf_close(elf);
			free(d);
		}
}

static void check_refused(struct draft *d, enum ks_errcode code, const char *why)
{
	struct ks_elf *elf = open_draft(d);
	const struct ks_section *section = ks_elf_section(elf, ".debug_str");
	_cleanup_error_ struct ks_error *err = ks_elf_unpack(elf, section);
	assert_non_null(err);
	assert_int_equal(err->code, code);
	if (!strstr(err->msg, why) || !strstr(err->msg, ".debug_str"))
		fail_msg("%s", err->msg);
	assert_null(section->data);
	ks_elf_close(elf);
	free(d);
}

static void damage_is_told(void **state)
{
	(void)state;
	for (unsigned int how = 0; how < 3; how++) {
		check_refused(packed(how, true, true, TEXT_LEN - 1), KS_ERR_DATA, "damaged");
		check_refused(packed(how, true, true, TEXT_LEN + 1), KS_ERR_DATA, "length");
		check_refused(packed(how, true, true, (uint64_t)1 << 40), KS_ERR_DATA, "claims");
		check_refused(packed(how, true, true, 1 << 30), KS_ERR_DATA, "claims");
		struct draft *d = packed(how, true, true, TEXT_LEN);
		memset(d->bytes + d->len - 100, 0x55, 100);
		check_refused(d, KS_ERR_DATA, "damaged");
		d = packed(how, true, true, TEXT_LEN);
		d->sections[1].size = 7;
		check_refused(d, KS_ERR_DATA, "header");
	}
	struct draft *d = packed(1, true, true, TEXT_LEN);
	d->bytes[d->sections[1].offset + 3] = 9;
	check_refused(d, KS_ERR_UNSUPPORTED, "unknown way");
}

static void long_strings_are_refused(void **state)
{
	(void)state;
	enum { LEN = 20000, MOST = 16384 }; // with the NUL
	static uint8_t bytes[LEN];
	const struct ks_elf elf = { 0 };
	const struct ks_section section = { .name = ".strtab", .data = bytes, .size = LEN };
	memset(bytes, 'x', LEN - 1);
	expect_error(ks_elf_check_strings(&elf, &section), KS_ERR_DATA, ".strtab+0x0");
	bytes[MOST - 1] = 0;
	assert_null(ks_elf_check_strings(&elf, &section));
	assert_null(ks_elf_check_strings(&elf, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relocations_hold_the_values),
		cmocka_unit_test(symbols_of_another_table_are_not_used),
		cmocka_unit_test(a_few_relocations_of_a_flat_image_are_found),
		cmocka_unit_test(relocations_that_are_not_loaded_are_not_applied),
		cmocka_unit_test(half_a_relocation_is_an_error),
		cmocka_unit_test(sections_are_unpacked_on_demand),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(long_strings_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
