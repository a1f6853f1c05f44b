/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <xxhash.h>

#include "diff/list.h"

/** The slot of that name, or the empty one where it belongs. */
static uint32_t *list_slot(const struct ks_list *list, const struct ks_item *item)
{
	size_t mask = list->slots.len - 1;
	for (size_t i = item->hash & mask;; i = (i + 1) & mask) {
		uint32_t *slot = &list->slots.at[i];
		const struct ks_item *held = &list->items.at[*slot ? *slot - 1 : 0];
		if (!*slot || (held->hash == item->hash && !strcmp(held->name, item->name)))
			return slot;
	}
}

static void list_put(struct ks_list *list, struct ks_item item)
{
	item.hash = XXH3_64bits(item.name, strlen(item.name));
	uint32_t *slot = list_slot(list, &item);
	if (!*slot)
		*slot = (uint32_t)++list->items.len;
	list->items.at[*slot - 1] = item;
}

/** Empty the list and make room for nr names. */
static bool list_reset(struct ks_list *list, size_t nr)
{
	size_t slots = 16;
	while (slots < 2 * nr)
		slots *= 2;
	list->items.len = 0;
	list->slots.len = 0;
	if (!ks_vector_reserve(&list->items, nr + 1) || !ks_vector_reserve(&list->slots, slots))
		return false;
	list->slots.len = slots;
	memset(list->slots.at, 0, slots * sizeof(*list->slots.at));
	return true;
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

size_t ks_list_find(const struct ks_list *list, const struct ks_item *item)
{
	return (size_t)*list_slot(list, item) - 1; // 0, the empty slot, becomes SIZE_MAX
}

void ks_list_deinit(struct ks_list *list)
{
	ks_vector_deinit(&list->items);
	ks_vector_deinit(&list->slots);
}
