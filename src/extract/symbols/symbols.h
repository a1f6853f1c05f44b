/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The symbol table, and the FUNC symbols of each function name. */
#include "elf/image.h"
#include "surface/model.h"

/** Read .symtab into the surface's first arena. An image without one leaves symtab_known false. */
KS_MUST_CHECK struct ks_error *ks_symbols_read(const struct ks_elf *elf,
					       struct ks_surface *surface);

/** Whether a name ends so. */
static inline bool ks_symbol_ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);
	return len >= n && memcmp(name + len - n, end, n) == 0;
}

/** The symbols by name and by address. Borrows the surface. */
struct ks_symbol_index;
KS_MUST_CHECK struct ks_error *ks_symbol_index_new(const struct ks_surface *surface,
						   struct ks_symbol_index **ret);
void ks_symbol_index_free(struct ks_symbol_index *index); // NULL is allowed

/** The first symbol of exactly that name and one of the types (bits 1 << STT_*), or NULL. */
const struct ks_symbol *ks_symbol_find(const struct ks_symbol_index *index, const char *name,
				       unsigned int types);
/** The next one after it, or NULL. */
const struct ks_symbol *ks_symbol_find_next(const struct ks_symbol_index *index,
					    const struct ks_symbol *symbol, unsigned int types);
/** More symbols at one address than any image has: who walks over them stops there. */
enum { KS_MAX_ALIASES = 256 };
/** The first symbol in table order at that address, and the next one after it; or NULL. */
const struct ks_symbol *ks_symbol_at(const struct ks_symbol_index *index, uint64_t addr);
const struct ks_symbol *ks_symbol_at_next(const struct ks_symbol_index *index,
					  const struct ks_symbol *symbol);
/** The same for the function symbols of a name: FUNC, equal up to the first dot, no prefix symbols. */
const struct ks_symbol *ks_symbol_function(const struct ks_symbol_index *index, const char *name);
const struct ks_symbol *ks_symbol_function_next(const struct ks_symbol_index *index,
						const struct ks_symbol *symbol);
