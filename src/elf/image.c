/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "elf/private.h"

static struct ks_error *libelf_error(const char *what)
{
	return ks_error_new(KS_ERR_DATA, "%s: %s", what, elf_errmsg(-1));
}

/** The bytes of a section, or NULL when it has none in the file. */
static struct ks_error *section_bytes(const struct ks_elf *elf, const GElf_Shdr *shdr,
				      const uint8_t **ret)
{
	*ret = NULL;
	if (shdr->sh_type == SHT_NOBITS || shdr->sh_type == SHT_NULL)
		return NULL;
	if (shdr->sh_offset > elf->map_len || shdr->sh_size > elf->map_len - shdr->sh_offset)
		return ks_error_new(KS_ERR_DATA,
				    "section ends at byte %llu of a file of %zu bytes; "
				    "the file is truncated",
				    (unsigned long long)(shdr->sh_offset + shdr->sh_size),
				    elf->map_len);
	*ret = elf->map + shdr->sh_offset;
	return NULL;
}

enum { MAX_NAME = 1023 }; // in a hostile file every section may be named by the same megabytes

/** A copy of the name; ".zdebug_X" is how compressed sections ".debug_X" were once called. */
static char *section_name(const char *name, bool *old_packing)
{
	*old_packing = name && strncmp(name, ".zdebug_", 8) == 0;
	if (!*old_packing)
		return strndup(name ? name : "", MAX_NAME);
	char *copy = strndup(name + 1, MAX_NAME);
	if (copy)
		copy[0] = '.';
	return copy;
}

static struct ks_error *read_sections(struct ks_elf *elf, Elf *handle)
{
	size_t count, names;
	if (elf_getshdrnum(handle, &count) || elf_getshdrstrndx(handle, &names))
		return libelf_error("section headers cannot be read");
	elf->sections = calloc(count ? count : 1, sizeof(*elf->sections));
	if (!elf->sections)
		return &ks_nomem;
	elf->sections[0].name = "";
	for (size_t i = 1; i < count; i++) {
		struct ks_section *sec = &elf->sections[i];
		GElf_Shdr shdr;
		bool old_packing;
		Elf_Scn *scn = elf_getscn(handle, i);
		if (!scn || !gelf_getshdr(scn, &shdr))
			return libelf_error("section header cannot be read");
		sec->name = section_name(elf_strptr(handle, names, shdr.sh_name), &old_packing);
		if (!sec->name)
			return &ks_nomem;
		elf->nr_sections = i + 1;
		sec->type = shdr.sh_type;
		sec->flags = shdr.sh_flags;
		sec->addr = shdr.sh_addr;
		sec->size = shdr.sh_size;
		sec->link = shdr.sh_link;
		sec->info = shdr.sh_info;
		struct ks_error *err = section_bytes(elf, &shdr, &sec->data);
		if (err)
			return ks_error_wrap(err, "%s", sec->name);
		if (old_packing || (sec->flags & SHF_COMPRESSED)) {
			sec->packed = ks_take(sec->data);
			sec->packed_size = sec->packed ? sec->size : 0;
			sec->size = 0;
		}
	}
	return NULL;
}

static struct ks_error *read_headers(struct ks_elf *elf)
{
	if (elf_version(EV_CURRENT) == EV_NONE)
		return libelf_error("libelf is too old");
	if (elf->map_len < EI_NIDENT || memcmp(elf->map, ELFMAG, SELFMAG) != 0)
		return ks_error_new(KS_ERR_UNSUPPORTED, "not an ELF file");
	Elf *handle = elf_memory((char *)(uintptr_t)elf->map, elf->map_len);
	if (!handle)
		return libelf_error("not a readable ELF file");
	GElf_Ehdr ehdr;
	struct ks_error *err = NULL;
	if (!gelf_getehdr(handle, &ehdr)) {
		err = libelf_error("ELF header cannot be read");
	} else {
		elf->is64 = ehdr.e_ident[EI_CLASS] == ELFCLASS64;
		elf->big_endian = ehdr.e_ident[EI_DATA] == ELFDATA2MSB;
		elf->swap = elf->big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
		elf->machine = ehdr.e_machine;
		elf->type = ehdr.e_type;
		err = read_sections(elf, handle);
	}
	elf_end(handle);
	return err;
}

struct ks_error *ks_elf_open_memory(const void *bytes, size_t len, struct ks_elf **ret)
{
	_cleanup_elf_ struct ks_elf *elf = calloc(1, sizeof(*elf));
	if (!elf)
		return &ks_nomem;
	elf->map = bytes;
	elf->map_len = len;
	KS_TRY(read_headers(elf));
	KS_TRY(ks_elf_relocate(elf));
	*ret = ks_take(elf);
	return NULL;
}

void ks_elf_close(struct ks_elf *elf)
{
	if (!elf)
		return;
	for (size_t i = 1; i < elf->nr_sections; i++) {
		free((char *)(uintptr_t)elf->sections[i].name);
		free(elf->sections[i].owned);
	}
	free(elf->sections);
	ks_elf_close(elf->code);
	free(elf);
}

const struct ks_section *ks_elf_section(const struct ks_elf *elf, const char *name)
{
	for (size_t i = 1; i < elf->nr_sections; i++)
		if (strcmp(elf->sections[i].name, name) == 0)
			return &elf->sections[i];
	return NULL;
}

struct ks_cursor ks_elf_cursor(const struct ks_elf *elf, const struct ks_section *section)
{
	if (!section || !section->data)
		return ks_cursor_over("", 0, elf->swap);
	return ks_cursor_over(section->data, section->size, elf->swap);
}

struct ks_error *ks_elf_check_strings(const struct ks_elf *elf, const struct ks_section *section)
{
	enum { LONGEST = 16 << 10 };
	struct ks_cursor c = ks_elf_cursor(elf, section);
	while (ks_cursor_more(&c)) {
		size_t left = (size_t)(c.end - c.pos);
		const uint8_t *nul = memchr(c.pos, 0, left < LONGEST ? left : LONGEST);
		if (!nul && left >= LONGEST)
			return ks_error_new(KS_ERR_DATA, "%s+0x%llx: string of more than %d bytes",
					    section->name, (unsigned long long)ks_cursor_offset(&c),
					    LONGEST);
		c.pos = nul ? nul + 1 : c.end;
	}
	return NULL;
}

struct ks_cursor ks_elf_at(const struct ks_elf *elf, uint64_t addr)
{
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *sec = &elf->sections[i];
		if (!(sec->flags & SHF_ALLOC) || !sec->data || addr < sec->addr ||
		    addr - sec->addr >= sec->size)
			continue;
		struct ks_cursor c = ks_elf_cursor(elf, sec);
		c.pos += addr - sec->addr;
		return c;
	}
	return ks_cursor_over("", 0, elf->swap);
}

const char *ks_elf_string(const struct ks_elf *elf, uint64_t addr)
{
	struct ks_cursor c = ks_elf_at(elf, addr);
	const char *text = ks_cursor_str(&c);
	return c.why ? NULL : text;
}
