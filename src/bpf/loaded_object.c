/* SPDX-License-Identifier: BSD-2-Clause */
/* An ELF file of the machine BPF with one program in each section. */
#include <elf.h>
#include <string.h>

#include "bpf/loaded.h"

enum { NULL_SECTION = 0, NAMES, SYMBOLS, LICENSE, FIRST };

/** r0 = 0; exit */
static const uint8_t code[] = { 0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0 };

/** Append a string that ends with NUL. @return where it begins */
static uint32_t put_name(struct ks_buf *names, const char *text)
{
	uint32_t at = (uint32_t)names->len;
	ks_buf_bytes(names, text, strlen(text) + 1);
	return at;
}

static void put_section(struct ks_buf *headers, uint32_t name, uint32_t type, uint64_t flags,
			uint64_t offset, uint64_t size)
{
	const Elf64_Shdr header = {
		.sh_name = name,
		.sh_type = type,
		.sh_flags = flags,
		.sh_offset = offset,
		.sh_size = size,
		.sh_link = type == SHT_SYMTAB ? NAMES : 0,
		.sh_info = type == SHT_SYMTAB ? 1 : 0,
		.sh_addralign = 8,
		.sh_entsize = type == SHT_SYMTAB ? sizeof(Elf64_Sym) : 0,
	};
	ks_buf_bytes(headers, (const char *)&header, sizeof(header));
}

static void put_symbol(struct ks_buf *symbols, uint32_t name, size_t section)
{
	const Elf64_Sym symbol = {
		.st_name = name,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
		.st_shndx = (Elf64_Half)section,
		.st_size = sizeof(code),
	};
	ks_buf_bytes(symbols, (const char *)&symbol, sizeof(symbol));
}

/** @param sections so many headers of them, at that place */
static void put_head(struct ks_buf *out, size_t nr_sections, uint64_t sections)
{
	const Elf64_Ehdr head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_shoff = sections,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = (Elf64_Half)nr_sections,
		.e_shstrndx = NAMES,
	};
	ks_buf_bytes(out, (const char *)&head, sizeof(head));
}

/** Append a part that is complete, and free it. */
static void put_part(struct ks_buf *out, struct ks_buf *part)
{
	ks_buf_bytes(out, part->at, part->len);
	out->failed = out->failed || part->failed;
	ks_buf_deinit(part);
}

/** The parts of the file, which stand in it in the order: head, code, names, symbols, license, headers, programs. */
struct parts {
	struct ks_buf names, symbols, headers, programs;
};

static void put_programs(struct parts *parts, const struct ks_bpf_loaded_program *programs,
			 size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const char *target = programs[i].target;
		put_symbol(&parts->symbols, (uint32_t)parts->names.len, FIRST + i);
		ks_buf_printf(&parts->names, "%s#%u%s%s", programs[i].name, programs[i].id,
			      target ? ":" : "", target ? target : "");
		ks_buf_char(&parts->names, '\0');
		put_section(&parts->programs, put_name(&parts->names, programs[i].section),
			    SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, sizeof(Elf64_Ehdr),
			    sizeof(code));
	}
}

void ks_bpf_loaded_write(const struct ks_bpf_loaded_program *programs, size_t nr,
			 struct ks_buf *out)
{
	static const char license[8] = "GPL";
	static const Elf64_Sym no_symbol;
	struct parts parts = { 0 };
	uint64_t at = sizeof(Elf64_Ehdr) + sizeof(code); // one piece of code is enough for all
	nr = nr < SHN_LORESERVE - FIRST ? nr : SHN_LORESERVE - FIRST;
	put_name(&parts.names, "");
	ks_buf_bytes(&parts.symbols, (const char *)&no_symbol, sizeof(no_symbol));
	uint32_t license_name = put_name(&parts.names, "license");
	uint32_t own_name = put_name(&parts.names, ".strtab");
	uint32_t symtab_name = put_name(&parts.names, ".symtab");
	put_programs(&parts, programs, nr);
	while (parts.names.len % 8)
		ks_buf_char(&parts.names, '\0');
	uint64_t symbols_at = at + parts.names.len, license_at = symbols_at + parts.symbols.len;
	put_section(&parts.headers, 0, SHT_NULL, 0, 0, 0);
	put_section(&parts.headers, own_name, SHT_STRTAB, 0, at, parts.names.len);
	put_section(&parts.headers, symtab_name, SHT_SYMTAB, 0, symbols_at, parts.symbols.len);
	put_section(&parts.headers, license_name, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, license_at,
		    strlen(license) + 1);
	put_head(out, FIRST + nr, license_at + sizeof(license));
	ks_buf_bytes(out, (const char *)code, sizeof(code));
	put_part(out, &parts.names);
	put_part(out, &parts.symbols);
	ks_buf_bytes(out, license, sizeof(license));
	put_part(out, &parts.headers);
	put_part(out, &parts.programs);
}
