/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of functions that the kernel asks by their ids in its BTF when a program is loaded (include/linux/btf_ids.h). */
#include <elf.h>

#include "base/array.h"
#include "extract/tables/attach.h"

/** A list by the names that it has had, and what it says of the functions in it. */
static const struct id_list {
	const char *names[2];
	uint8_t bit;
} lists[] = {
	{ { "btf_id_deny" }, KS_ATTACH_DENIED },		   // kernel/bpf/verifier.c
	{ { "noreturn_deny" }, KS_ATTACH_NO_RETURN },		   // kernel/bpf/verifier.c
	{ { "btf_non_sleepable_error_inject" }, KS_ATTACH_AWAKE }, // kernel/bpf/verifier.c
	{ { "bpf_lsm_disabled_hooks" }, KS_ATTACH_DENIED },	   // kernel/bpf/bpf_lsm.c
	{ { "sleepable_lsm_hooks", "btf_sleepable_lsm_hooks" }, KS_ATTACH_SLEEPS }, // the same
};
enum { MAX_IDS = 4096 };

static bool find_list(const struct ks_finder *finder, const struct id_list *list, uint64_t *ret)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(list->names) && list->names[i]; i++)
		if (ks_find_address(finder, list->names[i], ret))
			return true;
	return false;
}

/** A cursor at the ids of a list. @return how many there are; 0: they are not filled in, or not there */
static uint32_t open_list(const struct ks_finder *finder, uint64_t addr, struct ks_cursor *c)
{
	*c = ks_elf_at(finder->elf, addr);
	uint32_t nr = ks_cursor_u32(c);
	return !c->why && nr <= MAX_IDS && nr <= (size_t)(c->end - c->pos) / 4 ? nr : 0;
}

static void mark_function(const struct ks_finder *finder, const char *name, uint8_t bit)
{
	struct ks_symbol *symbols = ks_attach_symbols(finder);
	for (const struct ks_symbol *sym = ks_symbol_find(finder->symbols, name, 1u << STT_FUNC);
	     sym; sym = ks_symbol_find_next(finder->symbols, sym, 1u << STT_FUNC))
		symbols[sym - finder->surface->symbols].attach |= bit;
}

/** @return whether all of it are functions; an id is 0 where the kernel was built without what would be there */
static bool read_list(const struct ks_finder *finder, const struct ks_btf *btf, uint64_t addr,
		      uint8_t bit, bool mark)
{
	struct ks_cursor c;
	uint32_t nr = open_list(finder, addr, &c);
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t id = ks_cursor_u32(&c);
		if (!id)
			continue;
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (type.kind != KS_BTF_FUNC)
			return false;
		if (mark)
			mark_function(finder, type.name, bit);
	}
	return nr != 0;
}

void ks_extract_lists(const struct ks_finder *finder, const struct ks_btf *btf)
{
	if (!finder->surface->symtab_known || !ks_find_tells_data(finder))
		return; // a list that is not found may be there
	for (int mark = 0; mark < 2; mark++) {
		for (size_t i = 0; i < KS_ARRAY_LEN(lists); i++) {
			uint64_t addr;
			if (find_list(finder, &lists[i], &addr) &&
			    !read_list(finder, btf, addr, lists[i].bit, mark))
				return;
		}
	}
	finder->surface->image.facts |= KS_FACT_LISTS;
}
