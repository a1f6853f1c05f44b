/* SPDX-License-Identifier: BSD-2-Clause */
/* An ELF file of the machine BPF with one program in each section. */
#include <elf.h>
#include <string.h>

#include "bpf/loaded.h"

enum { NULL_SECTION = 0, NAMES, SYMBOLS, LICENSE, FIRST };

/** A call for each helper, then r0 = 0; exit. */
static void put_code(const uint8_t *helpers, struct ks_buf *out)
{
	static const uint8_t end[] = { 0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0 };
	for (uint32_t i = 0; helpers && i < KS_LOADED_HELPERS; i++) {
		uint8_t call[8] = { 0x85 };
		memcpy(call + 4, &i, sizeof(i));
		if (helpers[i / 8] & 1U << i % 8)
			ks_buf_bytes(out, (const char *)call, sizeof(call));
	}
	ks_buf_bytes(out, (const char *)end, sizeof(end));
}

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

void ks_bpf_loaded_write(const struct ks_bpf_loaded_program *programs, size_t nr,
			 struct ks_buf *out)
{
	static const char license[] = "GPL";
	_cleanup_buf_ struct ks_buf names = { 0 }, symbols = { 0 }, headers = { 0 };
	Elf64_Ehdr head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shstrndx = NAMES,
	};
	const Elf64_Sym none = { 0 };
	put_name(&names, "");
	ks_buf_bytes(&symbols, (const char *)&none, sizeof(none));
	uint32_t license_name = put_name(&names, "license");
	uint32_t own_name = put_name(&names, ".strtab"), symtab_name = put_name(&names, ".symtab");
	_cleanup_buf_ struct ks_buf sections = { 0 }, code = { 0 };
	size_t nr_sections = FIRST;
	for (size_t i = 0; i < nr; i++) {
		if (nr_sections >= SHN_LORESERVE)
			break;
		size_t begin = code.len;
		put_code(programs[i].helpers, &code);
		const Elf64_Sym symbol = {
			.st_name = (uint32_t)names.len,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = (Elf64_Half)nr_sections++,
			.st_size = code.len - begin,
		};
		ks_buf_printf(&names, "%s#%u%s%s", programs[i].name, programs[i].id,
			      programs[i].target ? ":" : "",
			      programs[i].target ? programs[i].target : "");
		ks_buf_char(&names, '\0');
		ks_buf_bytes(&symbols, (const char *)&symbol, sizeof(symbol));
		put_section(&sections, put_name(&names, programs[i].section), SHT_PROGBITS,
			    SHF_ALLOC | SHF_EXECINSTR, sizeof(head) + begin, code.len - begin);
	}
	uint64_t at = sizeof(head) + code.len;
	while (names.len % 8)
		ks_buf_char(&names, '\0');
	put_section(&headers, 0, SHT_NULL, 0, 0, 0);
	put_section(&headers, own_name, SHT_STRTAB, 0, at, names.len);
	put_section(&headers, symtab_name, SHT_SYMTAB, 0, at + names.len, symbols.len);
	put_section(&headers, license_name, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE,
		    at + names.len + symbols.len, sizeof(license));
	head.e_shnum = (Elf64_Half)nr_sections;
	head.e_shoff = at + names.len + symbols.len + 8;
	ks_buf_bytes(out, (const char *)&head, sizeof(head));
	ks_buf_bytes(out, code.at, code.len);
	ks_buf_bytes(out, names.at, names.len);
	ks_buf_bytes(out, symbols.at, symbols.len);
	ks_buf_bytes(out, license, sizeof(license));
	ks_buf_bytes(out, "\0\0\0\0", 8 - sizeof(license));
	ks_buf_bytes(out, headers.at, headers.len);
	ks_buf_bytes(out, sections.at, sections.len);
	out->failed = out->failed || names.failed || symbols.failed || headers.failed ||
		      sections.failed || code.failed;
}
