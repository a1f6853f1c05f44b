/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls: the functions in sys_call_table, by number, and which of them have trace events. Their metadata
 * has an event for a call when the kernel, once it boots, finds its function in a table; so do we.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "extract/tables/syscalls.h"

/** What stands in front of a system call's name in the symbol of its function, tried in this order: [D] but the last. */
static const char *const prefixes[] = { "stub_", "sys_", "ppc_", "ppc64_", "sys32_x32_", "sysm_" };

static const char not_implemented[] = "ni_syscall";

static const char *after_prefix(const char *symbol)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(prefixes); i++) {
		const char *hit = strstr(symbol, prefixes[i]);
		if (hit)
			return hit + strlen(prefixes[i]);
	}
	return NULL;
}

/**
 * From a global symbol if there is one. What a kernel was built without are other names of sys_ni_syscall, which linkers may have made local
 * (user-mode-linux).
 */
const char *ks_call_name(const struct ks_finder *finder, uint64_t addr)
{
	const char *name = NULL;
	const struct ks_symbol *sym = addr ? ks_symbol_at(finder->symbols, addr) : NULL;
	for (int left = KS_MAX_ALIASES; sym && left--;
	     sym = ks_symbol_at_next(finder->symbols, sym)) {
		if (sym->type != STT_FUNC && sym->type != STT_NOTYPE)
			continue;
		const char *cut = after_prefix(sym->name);
		if (cut && (sym->bind == STB_GLOBAL || strcmp(cut, not_implemented) == 0))
			return cut;
		if (cut && !name)
			name = cut;
	}
	return name;
}

/* ---- metadata */

/** A system call that was declared with its arguments: __syscall_meta__<name>. */
struct meta {
	const char *name;
	uint8_t args;
	bool found;  // its function is in a table
	bool listed; // a call has the name
};
typedef KS_VECTOR(struct meta) meta_vector;

static int compare_meta(const void *a, const void *b)
{
	return strcmp(((const struct meta *)a)->name, ((const struct meta *)b)->name);
}

/** Those that symbols name; without symbols of data, those that look like some. */
static bool collect_all(const struct ks_finder *finder, ks_call_metas *found)
{
	static const char prefix[] = "__syscall_meta__";
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		const struct ks_symbol *symbol = &finder->surface->symbols[i];
		if (strncmp(symbol->name, prefix, sizeof(prefix) - 1) != 0)
			continue;
		struct ks_call_meta meta = { symbol->name + sizeof(prefix) - 1, 0 };
		meta.args = ks_call_meta_args(finder->elf, ks_elf_at(finder->elf, symbol->addr));
		if (!ks_vector_add(found, meta))
			return false;
	}
	return found->len || ks_find_tells_data(finder) || ks_call_metas_find(finder, found);
}

static bool collect_meta(const struct ks_finder *finder, meta_vector *metas)
{
	ks_call_metas found = { 0 };
	bool ok = collect_all(finder, &found);
	for (size_t i = 0; i < found.len && ok; i++) {
		const struct meta meta = { .name = found.at[i].name, .args = found.at[i].args };
		if (strcmp(meta.name, not_implemented) != 0) // stands for all that is not there
			ok = ks_vector_add(metas, meta);
	}
	ks_vector_deinit(&found);
	if (!metas->len)
		return ok;
	qsort(metas->at, metas->len, sizeof(*metas->at), compare_meta);
	size_t kept = 1;
	for (size_t i = 1; i < metas->len; i++)
		if (strcmp(metas->at[i].name, metas->at[kept - 1].name) != 0)
			metas->at[kept++] = metas->at[i];
	metas->len = kept;
	return ok;
}

static struct meta *find_meta(const meta_vector *metas, const char *name)
{
	struct meta key = { .name = name };
	return metas->len && name
		       ? bsearch(&key, metas->at, metas->len, sizeof(*metas->at), compare_meta)
		       : NULL;
}

/** NAME of "sys_NAME", "__x64_sys_NAME", "__arm64_sys_NAME", "__se_sys_NAME" and the like; NULL: another symbol. */
static const char *bare_name(const char *symbol)
{
	symbol += *symbol == '.'; // ppc64 before ELFv2
	if (strncmp(symbol, "__", 2) == 0) {
		symbol += 2;
		symbol += strspn(symbol, "abcdefghijklmnopqrstuvwxyz0123456789");
		symbol += *symbol == '_';
	}
	return strncmp(symbol, "sys_", 4) == 0 ? symbol + 4 : NULL;
}

/** Mark what the function at the address was declared as. */
static void mark_meta(const struct ks_finder *finder, const meta_vector *metas, uint64_t addr)
{
	const struct ks_symbol *sym = addr ? ks_symbol_at(finder->symbols, addr) : NULL;
	for (int left = KS_MAX_ALIASES; sym && left--;
	     sym = ks_symbol_at_next(finder->symbols, sym)) {
		struct meta *hit = find_meta(metas, bare_name(sym->name));
		if (hit)
			hit->found = true;
	}
}

/* ---- tables */

/** The end of the table: tables written in assembly have no size, the next symbol ends them. */
static uint64_t table_size(const struct ks_finder *finder, const struct ks_symbol *table)
{
	if (table->size)
		return table->size;
	uint64_t size = UINT64_MAX;
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &finder->surface->symbols[i];
		if (sym->addr > table->addr && sym->addr - table->addr < size &&
		    strcmp(sym->section, table->section) == 0)
			size = sym->addr - table->addr;
	}
	return size;
}

static bool find_table(const struct ks_finder *finder, const char *name, struct ks_call_table *ret)
{
	const struct ks_symbol *symbol = ks_symbol_find(finder->symbols, name, UINT32_MAX);
	if (!symbol)
		return false;
	ret->at = ks_elf_at(finder->elf, symbol->addr);
	uint64_t size = table_size(finder, symbol);
	uint64_t room = (uint64_t)(ret->at.end - ret->at.pos);
	ret->nr = (size < room ? size : room) / (finder->elf->is64 ? 8 : 4);
	return true;
}

/** Tables of other ABIs whose calls have events, too (MIPS). */
static void mark_more(const struct ks_finder *finder, const meta_vector *metas)
{
	static const char *const names[] = { "sysn32_call_table", "sys32_call_table" };
	struct ks_call_table table;
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++)
		if (find_table(finder, names[i], &table))
			for (uint64_t k = 0; k < table.nr; k++)
				mark_meta(finder, metas, ks_elf_word(finder->elf, &table.at));
}

typedef KS_VECTOR(struct ks_syscall) call_vector;

/**
 * Before 5.0 the table of ppc64 had two words for each call, the second for 32-bit callers. The first four calls are
 * the same for both.
 */
static bool has_pairs(const struct ks_finder *finder, const struct ks_call_table *table)
{
	struct ks_cursor c = table->at;
	uint64_t nr = table->nr / 2 < 4 ? table->nr / 2 : 4;
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t native = ks_elf_word(finder->elf, &c);
		if (native != ks_elf_word(finder->elf, &c))
			return false;
	}
	const struct ks_arch *arch = ks_arch_of_machine(finder->elf->machine);
	return nr && arch && arch->call_pairs;
}

static bool read_table(const struct ks_finder *finder, const meta_vector *metas,
		       struct ks_call_table *table, call_vector *calls)
{
	bool pairs = has_pairs(finder, table);
	for (uint64_t i = 0; i < table->nr / (pairs ? 2 : 1); i++) {
		uint64_t addr = ks_elf_word(finder->elf, &table->at);
		if (pairs)
			ks_elf_word(finder->elf, &table->at);
		const char *name = ks_call_name(finder, addr);
		struct ks_syscall call = { .number = (uint32_t)i, .name = name };
		if (name && !ks_vector_add(calls, call))
			return false;
		mark_meta(finder, metas, addr);
	}
	return true;
}

/** Say which calls have events. Events under a name that is nobody's call get an entry of their own. */
static bool mark_traced(const meta_vector *metas, call_vector *calls)
{
	for (size_t i = 0; i < calls->len; i++) {
		struct meta *hit = find_meta(metas, calls->at[i].name);
		calls->at[i].traced = hit && hit->found;
		calls->at[i].args = calls->at[i].traced ? hit->args : 0;
		if (hit)
			hit->listed = true;
	}
	for (size_t i = 0; i < metas->len; i++) {
		struct ks_syscall extra = { KS_NO_NUMBER, metas->at[i].name, true,
					    metas->at[i].args };
		if (metas->at[i].found && !metas->at[i].listed && !ks_vector_add(calls, extra))
			return false;
	}
	return true;
}

static struct ks_error *keep_calls(const struct ks_finder *finder, const call_vector *calls)
{
	struct ks_surface *surface = finder->surface;
	if (!calls->len)
		return NULL; // nothing but pointers that are not there yet: unknown
	struct ks_syscall *copy = ks_arena_array(&surface->arenas[0], calls->len, sizeof(*copy));
	if (!copy)
		return &ks_nomem;
	memcpy(copy, calls->at, calls->len * sizeof(*copy));
	surface->syscalls = copy;
	surface->nr_syscalls = calls->len;
	surface->known |= KS_KNOWS(KS_SYSCALL);
	return NULL;
}

struct ks_error *ks_extract_syscalls(const struct ks_finder *finder)
{
	struct ks_call_table table;
	if (!find_table(finder, "sys_call_table", &table) &&
	    (ks_find_tells_data(finder) || !ks_call_table_find(finder, &table)))
		return NULL;
	meta_vector metas = { 0 };
	call_vector calls = { 0 };
	bool ok = collect_meta(finder, &metas) && read_table(finder, &metas, &table, &calls);
	if (ok)
		mark_more(finder, &metas);
	ok = ok && mark_traced(&metas, &calls);
	struct ks_error *err = ok ? keep_calls(finder, &calls) : &ks_nomem;
	if (!err && (metas.len || ks_find_tells_data(finder)))
		finder->surface->image.facts |= KS_FACT_TRACED;
	ks_vector_deinit(&metas);
	ks_vector_deinit(&calls);
	return err;
}
