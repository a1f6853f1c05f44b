/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Lists of named things as the comparison sees them: inside diff/ only. */
#include "base/hashmap.h"
#include "base/vector.h"
#include "surface/model.h"

/** A parameter, member or enumerator. */
struct ks_item {
	const char *name;
	const struct ks_type *type;	// NULL for enumerators
	int64_t value;			// of enumerators
	const struct ks_member *member; // of structs and unions
	uint64_t hash;
};

/** What stands under each name: a name that comes again keeps its first place and its last content. */
struct ks_list {
	KS_VECTOR(struct ks_item) items;
	struct ks_hashmap map; // to places in items, + 1
};

/**
 * Read the parameters, members or values of a declaration, replacing what the list held.
 * @param decl borrowed; NULL gives an empty list
 * @return false when memory runs out
 */
bool ks_list_read(struct ks_list *list, const struct ks_decl *decl);
/** Read the names of the functions that call a function. @param without KS_CALLER_* bits of those to leave out */
bool ks_list_callers(struct ks_list *list, const struct ks_function *fn, uint8_t without);
/** Place of a name of another list in this one, or SIZE_MAX. */
size_t ks_list_find(const struct ks_list *list, const struct ks_item *item);
void ks_list_deinit(struct ks_list *list);
