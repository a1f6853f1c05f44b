/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the readers of the attach tables share: inside extract/ only. */
#include "base/vector.h"
#include "extract/tables/find.h"

/** Function addresses out of one of the image's tables. */
typedef KS_VECTOR(uint64_t) ks_address_vector;

/**
 * Append the addresses of a table of a kernel whose symbols do not name data.
 * @param ret_found false: there is nothing of its form, or more than one
 */
typedef struct ks_error *ks_address_find_fn(const struct ks_finder *finder, ks_address_vector *ret,
					    bool *ret_found);

/** Where a table of function addresses lies, in a kernel and in a module. */
struct ks_address_table {
	const char *start, *stop; // symbols of the kernel's linker script
	const char *sections[2];  // of a module
	bool pair;		  // a number follows each address
	ks_address_find_fn *find; // by its form; NULL: nobody knows how
};

KS_MUST_CHECK ks_address_find_fn ks_ftrace_find;  // the places that ftrace patches
KS_MUST_CHECK ks_address_find_fn ks_kprobes_find; // what kprobes must not touch

/**
 * Append the addresses of a table, those that are 0 left out.
 * @param ret_known false: the image has no such table, or one whose values are not there
 * @return NULL or &ks_nomem
 */
KS_MUST_CHECK struct ks_error *ks_addresses_read(const struct ks_finder *finder,
						 const struct ks_address_table *table,
						 ks_address_vector *ret, bool *ret_known);

/** The symbols, to set their attach bits: the extraction that read them owns them. */
static inline struct ks_symbol *ks_attach_symbols(const struct ks_finder *finder)
{
	return (struct ks_symbol *)finder->surface->symbols;
}
/** Set bits of all function symbols at the address. */
void ks_attach_mark(const struct ks_finder *finder, uint64_t addr, uint8_t bits);

/** KS_ATTACH_NO_KPROBE of suffixed symbols, as their plain functions have it, where the kernel decides so. */
void ks_attach_suffixed(const struct ks_finder *finder);
/** KS_ATTACH_NO_KPROBE of all symbols. */
KS_MUST_CHECK struct ks_error *ks_attach_kprobes(const struct ks_finder *finder);
