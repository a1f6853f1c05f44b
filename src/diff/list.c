/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <xxhash.h>

#include "diff/list.h"

size_t ks_list_find(const struct ks_list *list, const struct ks_item *item)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(item->hash);
	for (uint32_t number; (number = ks_hashmap_next(&list->map, &walk));) {
		const struct ks_item *held = &list->items.at[number - 1];
		if (held->hash == item->hash && !strcmp(held->name, item->name))
			return number - 1;
	}
	return SIZE_MAX;
}

/** There is room: list_reset() made it. */
static void list_put(struct ks_list *list, struct ks_item item)
{
	item.hash = XXH3_64bits(item.name, strlen(item.name));
	size_t at = ks_list_find(list, &item);
	if (at == SIZE_MAX) {
		at = list->items.len++;
		ks_hashmap_add(&list->map, item.hash, (uint32_t)at + 1);
	}
	list->items.at[at] = item;
}

/** Empty the list and make room for nr names. */
static bool list_reset(struct ks_list *list, size_t nr)
{
	list->items.len = 0;
	return ks_vector_reserve(&list->items, nr + 1) && ks_hashmap_reset(&list->map, nr);
}

bool ks_list_read(struct ks_list *list, const struct ks_decl *decl)
{
	const struct ks_type *proto = decl ? decl->type : NULL;
	bool function = decl && (decl->kind == KS_FUNCTION);
	size_t nr = !decl ? 0 : !function ? decl->nr : proto ? proto->nr_params : 0;
	if (!list_reset(list, nr))
		return false;
	for (size_t i = 0; i < nr; i++) {
		if (function)
			list_put(list, (struct ks_item){ .name = proto->params[i].name,
							 .type = proto->params[i].type });
		else if (decl->kind == KS_ENUM)
			list_put(list, (struct ks_item){ .name = decl->values[i].name,
							 .value = decl->values[i].value });
		else
			list_put(list, (struct ks_item){ .name = decl->members[i].name,
							 .type = decl->members[i].type,
							 .member = &decl->members[i] });
	}
	return true;
}

bool ks_list_callers(struct ks_list *list, const struct ks_function *fn, uint8_t without)
{
	size_t nr = 0;
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		nr += fn->entries[i].nr_direct_callers;
	if (!list_reset(list, nr))
		return false;
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		for (uint32_t j = 0; j < fn->entries[i].nr_direct_callers; j++) {
			const struct ks_caller *caller = &fn->entries[i].direct_callers[j];
			if (!(caller->flags & without) && caller->function)
				list_put(list, (struct ks_item){ .name = caller->function });
		}
	return true;
}

void ks_list_deinit(struct ks_list *list)
{
	ks_vector_deinit(&list->items);
	ks_hashmap_deinit(&list->map);
}
