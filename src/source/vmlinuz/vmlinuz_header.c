/* SPDX-License-Identifier: BSD-2-Clause */
/* The headers of boot images, and where they say the packed kernel lies. */
#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "source/vmlinuz/vmlinuz_private.h"

struct ks_cursor ks_layer_cursor(const struct ks_layer *layer, uint64_t offset, bool big_endian)
{
	bool swap = big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	struct ks_cursor c = ks_cursor_over(layer->at, layer->len, swap);
	ks_cursor_take(&c, offset);
	return c;
}

static bool has(const struct ks_layer *layer, uint64_t offset, const char *magic, size_t len)
{
	struct ks_cursor c = ks_layer_cursor(layer, offset, false);
	const uint8_t *p = ks_cursor_take(&c, len);
	return p && memcmp(p, magic, len) == 0;
}

bool ks_payload_part(const struct ks_layer *layer, uint64_t offset, uint64_t len,
		     struct ks_payload *ret)
{
	if (offset >= layer->len || !len)
		return false;
	ret->offset = (size_t)offset;
	ret->len = len < layer->len - offset ? (size_t)len : layer->len - (size_t)offset;
	return true;
}

/** EFI zboot (kernel: drivers/firmware/efi/libstub/zboot-header.S): arm64, riscv, loongarch. */
static bool zboot(const struct ks_layer *layer, struct ks_payload *ret)
{
	if (!has(layer, 0, "MZ", 2) || !has(layer, 4, "zimg", 4))
		return false;
	struct ks_cursor c = ks_layer_cursor(layer, 8, false);
	uint32_t offset = ks_cursor_u32(&c), len = ks_cursor_u32(&c);
	return ks_payload_part(layer, offset, len, ret);
}

/** x86 (kernel: Documentation/arch/x86/boot.rst). */
static bool bzimage(const struct ks_layer *layer, struct ks_payload *ret)
{
	enum { SECTORS = 0x1f1, VERSION = 0x206, PAYLOAD = 0x248, SECTOR = 512, V2_08 = 0x208 };
	if (!has(layer, 0x1fe, "\x55\xaa", 2) || !has(layer, 0x202, "HdrS", 4))
		return false;
	struct ks_cursor c = ks_layer_cursor(layer, SECTORS, false),
			 v = ks_layer_cursor(layer, VERSION, false);
	struct ks_cursor p = ks_layer_cursor(layer, PAYLOAD, false);
	uint32_t sectors = ks_cursor_u8(&c), setup = ((sectors ? sectors : 4) + 1) * SECTOR;
	uint64_t offset = ks_cursor_u32(&p), len = ks_cursor_u32(&p);
	ret->unknown = ks_cursor_u16(&v) < V2_08 || p.why;
	return ret->unknown ? ks_payload_part(layer, setup, layer->len, ret)
			    : ks_payload_part(layer, setup + offset, len, ret);
}

/** 32-bit arm: the header does not tell where the packed kernel lies. */
static bool arm_zimage(const struct ks_layer *layer, struct ks_payload *ret)
{
	enum { MAGIC = 0x24 };
	bool big = has(layer, MAGIC, "\x01\x6f\x28\x18", 4);
	if (!big && !has(layer, MAGIC, "\x18\x28\x6f\x01", 4))
		return false;
	ret->flat = (struct ks_flat){ EM_ARM, false, big };
	ret->unknown = true;
	return ks_payload_part(layer, 0, layer->len, ret);
}

static bool s390(const struct ks_layer *layer, struct ks_payload *ret)
{
	if (!has(layer, 0x10008, "S390EP", 6))
		return false;
	ret->flat = (struct ks_flat){ EM_S390, true, true };
	ret->unknown = true;
	return ks_payload_part(layer, 0, layer->len, ret);
}

/** What U-Boot's mkimage writes, with one image in it. */
static bool uimage(const struct ks_layer *layer, struct ks_payload *ret)
{
	enum { HEADER = 64, SIZE = 12 };
	if (!has(layer, 0, "\x27\x05\x19\x56", 4))
		return false;
	struct ks_cursor c = ks_layer_cursor(layer, SIZE, true);
	return ks_payload_part(layer, HEADER, ks_cursor_u32(&c), ret);
}

/** A unified kernel image: an EFI program with the boot image in its section ".linux". */
static bool unified(const struct ks_layer *layer, struct ks_payload *ret)
{
	enum { HEADER_AT = 0x3c, SECTIONS_MAX = 96 };
	if (!has(layer, 0, "MZ", 2))
		return false;
	struct ks_cursor c = ks_layer_cursor(layer, HEADER_AT, false);
	uint64_t header = ks_cursor_u32(&c);
	if (!has(layer, header, "PE\0", 4))
		return false;
	c = ks_layer_cursor(layer, header + 6, false);
	uint32_t nr = ks_cursor_u16(&c);
	ks_cursor_take(&c, 12);
	uint32_t optional = ks_cursor_u16(&c);
	c = ks_layer_cursor(layer, header + 24 + optional, false);
	for (uint32_t i = 0; i < nr && i < SECTIONS_MAX; i++) {
		const uint8_t *name = ks_cursor_take(&c, 8);
		uint32_t used = ks_cursor_u32(&c);
		ks_cursor_u32(&c);
		uint32_t len = ks_cursor_u32(&c), offset = ks_cursor_u32(&c);
		ks_cursor_take(&c, 16);
		if (name && memcmp(name, ".linux\0", 8) == 0)
			return ks_payload_part(layer, offset, used && used < len ? used : len, ret);
	}
	return false;
}

/** Whether it is for a machine that has such, and not so large that it must be something else. */
static bool may_be_wrapper(const struct ks_layer *layer)
{
	enum { WRAPPER_MAX = 256 << 20 };
	bool big = layer->len > EI_DATA && layer->at[EI_DATA] == ELFDATA2MSB;
	struct ks_cursor c = ks_layer_cursor(layer, offsetof(Elf32_Ehdr, e_machine), big);
	uint16_t machine = ks_cursor_u16(&c);
	const struct ks_arch *arch = ks_arch_of_machine(machine);
	return layer->len < WRAPPER_MAX && arch && arch->packed_in_elf;
}

/** An ELF program that unpacks a kernel: mips, and the wrapper of ppc64. */
static bool elf_wrapper(const struct ks_layer *layer, struct ks_payload *ret)
{
	static const char *const sections[] = { ".kernel:vmlinux.strip", ".image" };
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_error_ struct ks_error *err = NULL;
	if (!has(layer, 0, ELFMAG, SELFMAG) || !may_be_wrapper(layer))
		return false;
	err = ks_elf_open_memory(layer->at, layer->len, &elf);
	if (err)
		return false;
	ret->flat = (struct ks_flat){ elf->machine, elf->is64, elf->big_endian };
	for (size_t i = 0; i < KS_ARRAY_LEN(sections); i++) {
		const struct ks_section *sec = ks_elf_section(elf, sections[i]);
		if (sec && sec->data && !sec->owned)
			return ks_payload_part(layer, (uint64_t)(sec->data - layer->at), sec->size,
					       ret);
	}
	if (ks_elf_section(elf, ".symtab") || ks_elf_section(elf, ".BTF") ||
	    ks_holds_banner(layer->at, layer->len))
		return false; // a kernel itself
	ret->unknown = true;
	return ks_payload_part(layer, 0, layer->len, ret);
}

bool ks_payload_of(const struct ks_layer *layer, struct ks_payload *ret)
{
	static bool (*const kinds[])(const struct ks_layer *, struct ks_payload *) = {
		zboot,		bzimage,     arm_zimage, s390, uimage, ks_payload_android,
		ks_payload_fit, elf_wrapper, unified,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++) {
		*ret = (struct ks_payload){ 0 };
		if (kinds[i](layer, ret))
			return true;
	}
	return false;
}
