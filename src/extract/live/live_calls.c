/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/vector.h"
#include "extract/live/live_trace.h"

static int compare_calls(const void *a, const void *b)
{
	return strcmp(((const struct ks_syscall *)a)->name, ((const struct ks_syscall *)b)->name);
}

/** Mark the calls that have events: "syscalls:sys_enter_NAME". The calls are sorted. */
static void mark_traced(char *events, struct ks_syscall *calls, size_t nr)
{
	static const char intro[] = "syscalls:sys_enter_";
	char *rest;
	for (char *line = strtok_r(events, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, intro, sizeof(intro) - 1) != 0)
			continue;
		const struct ks_syscall key = { .name = line + sizeof(intro) - 1 };
		struct ks_syscall *hit = bsearch(&key, calls, nr, sizeof(*calls), compare_calls);
		if (hit)
			hit->traced = true;
	}
}

/**
 * Functions of calls of other ABIs (chown16, futex_time32) are called as those of native ones, but no table that has
 * events leads to them. @return how many calls are left, all of them when there are no events
 */
static size_t drop_foreign(struct ks_syscall *calls, size_t nr)
{
	enum { SOME = 100 }; // events: fewer are not those of a table
	size_t traced = 0, left = 0;
	for (size_t i = 0; i < nr; i++)
		traced += calls[i].traced;
	for (size_t i = 0; i < nr && traced >= SOME; i++)
		if (calls[i].traced)
			calls[left++] = calls[i];
	return traced >= SOME ? left : nr;
}

/** Calls that are left out of the kernel have a weak function that stands for them. */
static struct ks_error *list_calls(const struct ks_finder *finder, struct ks_syscall **ret,
				   size_t *ret_nr)
{
	const struct ks_surface *surface = finder->surface;
	const struct ks_elf *elf = finder->elf;
	const struct ks_arch *arch = ks_arch_of_elf(elf->machine, elf->is64, elf->big_endian);
	const char *prefix = arch ? arch->syscall_prefix : "sys_";
	size_t len = strlen(prefix), nr = 0;
	KS_VECTOR(struct ks_syscall) calls = { 0 };
	bool ok = true;
	for (size_t i = 0; i < surface->nr_symbols && ok; i++) {
		const struct ks_symbol *sym = &surface->symbols[i];
		struct ks_syscall call = { KS_NUMBER_UNTOLD, sym->name + len, false };
		if (sym->type == STT_FUNC && sym->bind == STB_GLOBAL &&
		    strncmp(sym->name, prefix, len) == 0 && strcmp(call.name, "ni_syscall") != 0)
			ok = ks_vector_add(&calls, call);
	}
	if (calls.len)
		qsort(calls.at, calls.len, sizeof(*calls.at), compare_calls);
	struct ks_syscall *copy = ks_arena_array(&surface->arenas[0], calls.len, sizeof(*copy));
	for (size_t i = 0; copy && i < calls.len; i++)
		if (!nr || compare_calls(&copy[nr - 1], &calls.at[i]) != 0)
			copy[nr++] = calls.at[i];
	ks_vector_deinit(&calls);
	*ret = copy;
	*ret_nr = nr;
	return ok && copy ? NULL : &ks_nomem;
}

struct ks_error *ks_live_syscalls(const struct ks_live_files *files, const struct ks_finder *finder)
{
	struct ks_surface *surface = finder->surface;
	struct ks_syscall *calls;
	size_t nr;
	KS_TRY(list_calls(finder, &calls, &nr));
	if (!nr)
		return NULL;
	_cleanup_buf_ struct ks_buf events = { 0 };
	KS_TRY(ks_live_peek(files, KS_LIVE_EVENTS, &events));
	if (events.len) {
		mark_traced(events.at, calls, nr);
		nr = drop_foreign(calls, nr);
		surface->image.facts |= KS_FACT_TRACED;
	}
	surface->syscalls = calls;
	surface->nr_syscalls = nr;
	surface->known |= KS_KNOWS(KS_SYSCALL);
	return NULL;
}
