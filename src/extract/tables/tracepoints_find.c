/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "extract/tables/data_scan.h"
#include "extract/tables/tracepoints.h"

enum { MAX_NAME = 256 };

/** What a class calls for an event is named after the class, and is code: its symbol is there. */
static const char probe_prefix[] = "trace_event_raw_event_";

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/** Words that are one of some addresses, and what they are part of. */
struct search {
	const ks_event_calls *wanted; // sorted
	uint64_t offset;	      // of the word in what it is part of
	ks_event_calls *found;
	bool failed;
};

static bool look_for_word(void *arg, uint64_t addr, uint64_t word, struct ks_cursor at)
{
	struct search *search = arg;
	const ks_event_calls *wanted = search->wanted;
	(void)at;
	if (!bsearch(&word, wanted->at, wanted->len, sizeof(word), compare_addresses))
		return true;
	search->failed = !ks_vector_add(search->found, addr - search->offset);
	return !search->failed;
}

/** Whatever has one of the addresses in that member. */
static bool holders(const struct ks_finder *finder, ks_event_calls *wanted,
		    const struct ks_member *member, ks_event_calls *ret)
{
	struct search search = { wanted, member->bits_offset / 8, ret, false };
	if (!wanted->len)
		return true;
	qsort(wanted->at, wanted->len, sizeof(*wanted->at), compare_addresses);
	const struct ks_data_range range = { wanted->at[0], wanted->at[wanted->len - 1] };
	ks_data_scan(finder->elf, range, look_for_word, &search);
	return !search.failed;
}

static bool collect_probes(const struct ks_finder *finder, ks_event_calls *ret)
{
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &finder->surface->symbols[i];
		if (sym->type == STT_FUNC && sym->addr &&
		    strncmp(sym->name, probe_prefix, sizeof(probe_prefix) - 1) == 0 &&
		    !ks_vector_add(ret, sym->addr))
			return false;
	}
	return true;
}

static const struct ks_member *member_of(const struct ks_finder *finder, const char *record,
					 const char *member)
{
	return ks_find_member(ks_find_decl(finder, KS_STRUCT, record), member);
}

bool ks_event_calls_find(const struct ks_finder *finder, const struct ks_event_layout *at,
			 ks_event_calls *ret)
{
	const struct ks_member *probe = member_of(finder, "trace_event_class", "probe");
	ks_event_calls probes = { 0 }, classes = { 0 };
	bool ok = !probe ||
		  (collect_probes(finder, &probes) && holders(finder, &probes, probe, &classes) &&
		   holders(finder, &classes, at->class, ret));
	ks_vector_deinit(&probes);
	ks_vector_deinit(&classes);
	return ok;
}

/** An address that a member holds; 0: there is no such member. */
static uint64_t pointer(const struct ks_finder *finder, uint64_t addr,
			const struct ks_member *member)
{
	return member ? ks_find_field(finder, addr, member, finder->elf->is64 ? 8 : 4) : 0;
}

const char *ks_event_name_find(const struct ks_finder *finder, uint64_t call)
{
	uint64_t tracepoint = pointer(finder, call, member_of(finder, "trace_event_call", "tp"));
	uint64_t name =
		tracepoint ? pointer(finder, tracepoint, member_of(finder, "tracepoint", "name"))
			   : 0;
	const char *text = ks_find_text(finder, name, MAX_NAME);
	return text && *text ? text : NULL;
}

const char *ks_event_class_find(const struct ks_finder *finder, uint64_t class)
{
	uint64_t probe = pointer(finder, class, member_of(finder, "trace_event_class", "probe"));
	const struct ks_symbol *sym = probe ? ks_symbol_at(finder->symbols, probe) : NULL;
	for (int left = KS_MAX_ALIASES; sym && left--;
	     sym = ks_symbol_at_next(finder->symbols, sym))
		if (strncmp(sym->name, probe_prefix, sizeof(probe_prefix) - 1) == 0)
			return sym->name + sizeof(probe_prefix) - 1;
	return NULL;
}
