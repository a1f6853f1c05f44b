/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/hashmap.h"

enum { FIRST_SLOTS = 16 };

/** Slots for so many numbers, starting from some. */
static size_t slots_for(size_t nr, size_t len)
{
	while (len / 2 < nr)
		len *= 2;
	return len;
}

static void move_slots(struct ks_hashmap *to, const struct ks_hashmap *from)
{
	for (size_t i = 0; i < from->len; i++) {
		if (!from->slots[i].number)
			continue;
		size_t at = from->slots[i].hash & (to->len - 1);
		while (to->slots[at].number)
			at = (at + 1) & (to->len - 1);
		to->slots[at] = from->slots[i];
	}
}

bool ks_hashmap_reserve(struct ks_hashmap *map, size_t extra)
{
	if (extra > KS_HASHMAP_MAX - map->nr)
		return false;
	size_t len = slots_for(map->nr + extra, map->len ? map->len : FIRST_SLOTS);
	if (len == map->len)
		return true;
	struct ks_hashmap grown = { .nr = map->nr, .len = len, .cap = len };
	grown.slots = calloc(len, sizeof(*grown.slots));
	if (!grown.slots)
		return false;
	move_slots(&grown, map);
	free(map->slots);
	*map = grown;
	return true;
}

bool ks_hashmap_reset(struct ks_hashmap *map, size_t expected)
{
	if (expected > KS_HASHMAP_MAX)
		return false;
	size_t len = slots_for(expected, FIRST_SLOTS);
	if (len > map->cap) {
		ks_hashmap_deinit(map);
		return ks_hashmap_reserve(map, expected);
	}
	memset(map->slots, 0, len * sizeof(*map->slots));
	map->len = len;
	map->nr = 0;
	return true;
}

void ks_hashmap_deinit(struct ks_hashmap *map)
{
	free(map->slots);
	*map = (struct ks_hashmap){ 0 };
}
