/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dynamic relocations of position-independent kernels. Their link addresses are the ones all other facts use,
 * so the base is 0: what the linker stored in place (.rel.dyn, .relr.dyn) is final already, and only tables that
 * carry the values themselves (.rela.dyn) have something to say.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "elf/private.h"

/** The tables while they are applied. */
struct job {
	struct ks_elf *elf;
	const struct ks_arch *arch;
	uint32_t words[2]; // types for "symbol + addend" of the size of an address; 0: none
	const struct ks_section *symbols; // of .dynsym; NULL: the file does not have them
	struct ks_section **loaded;	  // with bytes in the file, by address
	size_t nr_loaded;
	struct ks_section *last; // entries lie side by side
	uint64_t copied;	 // bytes
	uint64_t tables;	 // bytes
};

static void find_words(struct job *job)
{
	size_t nr = 0;
	for (const struct ks_arch_reloc *reloc = job->arch->relocs; reloc->size; reloc++)
		if (reloc->how == KS_RELOC_ABS && reloc->size == job->arch->word &&
		    nr < KS_ARRAY_LEN(job->words))
			job->words[nr++] = reloc->type;
}

static int compare_addresses(const void *a, const void *b)
{
	const struct ks_section *x = *(struct ks_section *const *)a;
	const struct ks_section *y = *(struct ks_section *const *)b;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool list_loaded(struct job *job)
{
	job->loaded = calloc(job->elf->nr_sections + 1, sizeof(struct ks_section *));
	if (!job->loaded)
		return false;
	for (size_t i = 1; i < job->elf->nr_sections; i++) {
		struct ks_section *sec = &job->elf->sections[i];
		if ((sec->flags & SHF_ALLOC) && sec->data && sec->size)
			job->loaded[job->nr_loaded++] = sec;
		if (job->elf->flat)
			break; // the others are parts of the first
	}
	qsort(job->loaded, job->nr_loaded, sizeof(struct ks_section *), compare_addresses);
	return true;
}

/** The last section that begins at or before the address, or NULL. */
static struct ks_section *section_before(const struct job *job, uint64_t addr)
{
	size_t behind = KS_FIRST_NOT(0, job->nr_loaded, i, job->loaded[i]->addr <= addr);
	return behind ? job->loaded[behind - 1] : NULL;
}

/** The value of a dynamic symbol that the image itself defines. */
static bool symbol_value(const struct job *job, uint64_t index, uint64_t *ret)
{
	struct ks_cursor c = ks_elf_cursor(job->elf, job->symbols);
	uint64_t entry = job->elf->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	ks_cursor_take(&c, index * entry); // index has 32 bits
	ks_cursor_take(&c, job->elf->is64 ? 6 : 4);
	uint64_t value = 0, section;
	if (job->elf->is64) {
		section = ks_cursor_u16(&c);
		value = ks_cursor_u64(&c);
	} else {
		value = ks_cursor_u32(&c);
		ks_cursor_take(&c, 6);
		section = ks_cursor_u16(&c);
	}
	*ret = value;
	return !c.why && section != SHN_UNDEF;
}

/** Make a section's bytes our own; sections that share bytes of the file do not multiply them. */
static struct ks_error *own_section(struct job *job, struct ks_section *sec)
{
	job->copied += sec->size;
	if (job->copied > job->elf->map_len)
		return ks_error_new(
			KS_ERR_DATA,
			"sections overlap: those with relocations are larger than the file");
	sec->owned = malloc(sec->size);
	if (!sec->owned)
		return &ks_nomem;
	sec->data = memcpy(sec->owned, sec->data, sec->size);
	return NULL;
}

/** The bytes at an address that may be written to, or NULL when no word of the file lies there. */
static struct ks_error *word_at(struct job *job, uint64_t addr, unsigned int size, uint8_t **ret)
{
	*ret = NULL;
	struct ks_section *sec = job->last;
	if (!sec || addr < sec->addr || addr - sec->addr >= sec->size)
		sec = section_before(job, addr);
	if (!sec || addr - sec->addr >= sec->size || sec->size - (addr - sec->addr) < size)
		return NULL;
	job->last = sec;
	if (!sec->owned)
		KS_TRY(own_section(job, sec));
	*ret = sec->owned + (addr - sec->addr);
	return NULL;
}

static struct ks_error *apply(struct job *job, uint64_t addr, uint64_t info, uint64_t addend)
{
	bool is64 = job->elf->is64;
	uint32_t type = is64 ? (uint32_t)info : (uint8_t)info;
	uint64_t base = 0;
	bool word = type && (type == job->words[0] || type == job->words[1]);
	if (type != job->arch->relative &&
	    !(word && job->symbols && symbol_value(job, is64 ? info >> 32 : info >> 8, &base)))
		return NULL;
	uint8_t *at;
	KS_TRY(word_at(job, addr, is64 ? 8 : 4, &at));
	uint64_t value = base + addend;
	uint32_t half = job->elf->swap ? bswap_32((uint32_t)value) : (uint32_t)value;
	value = job->elf->swap ? bswap_64(value) : value;
	if (at)
		memcpy(at, is64 ? (void *)&value : (void *)&half, is64 ? 8 : 4);
	return NULL;
}

static struct ks_error *apply_table(struct job *job, const struct ks_section *table)
{
	struct ks_cursor c = ks_elf_cursor(job->elf, table);
	while (ks_cursor_more(&c)) {
		uint64_t addr = ks_elf_word(job->elf, &c), info = ks_elf_word(job->elf, &c);
		uint64_t addend = ks_elf_word(job->elf, &c);
		if (c.why)
			return ks_error_at(
				ks_error_new(KS_ERR_DATA, "the last relocation is incomplete"),
				".rela.dyn", ks_cursor_offset(&c));
		KS_TRY(apply(job, addr, info, addend));
	}
	return NULL;
}

static struct ks_error *apply_all(struct job *job)
{
	const struct ks_elf *elf = job->elf;
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *table = &elf->sections[i];
		if (table->type != SHT_RELA || !(table->flags & SHF_ALLOC))
			continue;
		if (!job->loaded && !list_loaded(job))
			return &ks_nomem;
		job->tables += table->data ? table->size : 0;
		if (job->tables > elf->map_len)
			return ks_error_new(KS_ERR_DATA, "%s: sections overlap", table->name);
		// without .dynsym the table that the section names is an accident
		bool named = table->link < elf->nr_sections &&
			     elf->sections[table->link].type == SHT_DYNSYM;
		job->symbols = named ? &elf->sections[table->link] : NULL;
		KS_TRY(apply_table(job, table));
	}
	return NULL;
}

struct ks_error *ks_elf_relocate(struct ks_elf *elf)
{
	struct job job = { .elf = elf, .arch = ks_arch_of_machine(elf->machine) };
	if (!job.arch || !job.arch->relative)
		return NULL;
	find_words(&job);
	struct ks_error *err = apply_all(&job);
	free(job.loaded);
	return err;
}
