/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/keep.h"

#include <stdlib.h>

enum {
	DEFAULT_LIMIT = 32 << 20,
	FIRST_SLOTS = 1024,
};

struct ks_keep_slot {
	int64_t key;
	char *at; // NULL: free
	size_t len;
};

static struct ks_keep_slot *find(const struct ks_keep *keep, int64_t key)
{
	size_t at = (size_t)((uint64_t)key * 0x9e3779b97f4a7c15u >> 32);
	for (;; at++) {
		struct ks_keep_slot *slot = &keep->slots[at & (keep->nr_slots - 1)];
		if (!slot->at || slot->key == key)
			return slot;
	}
}

static bool grow(struct ks_keep *keep)
{
	struct ks_keep old = *keep;
	keep->nr_slots = old.nr_slots ? old.nr_slots * 2 : FIRST_SLOTS;
	keep->slots = calloc(keep->nr_slots, sizeof(*keep->slots));
	if (!keep->slots) {
		*keep = old;
		return false;
	}
	for (size_t i = 0; i < old.nr_slots; i++)
		if (old.slots[i].at)
			*find(keep, old.slots[i].key) = old.slots[i];
	free(old.slots);
	return true;
}

bool ks_keep_get(const struct ks_keep *keep, int64_t key, struct ks_bytes *ret)
{
	const struct ks_keep_slot *slot = keep->nr ? find(keep, key) : NULL;
	if (!slot || !slot->at)
		return false;
	*ret = (struct ks_bytes){ slot->at, slot->len };
	return true;
}

void ks_keep_put(struct ks_keep *keep, int64_t key, struct ks_bytes bytes)
{
	size_t limit = keep->limit ? keep->limit : DEFAULT_LIMIT;
	if (bytes.len > limit / 8)
		return;
	if (keep->bytes + bytes.len > limit)
		ks_keep_clear(keep);
	if (keep->nr * 2 >= keep->nr_slots && !grow(keep))
		return;
	char *copy = malloc(bytes.len + 1);
	if (!copy)
		return;
	if (bytes.len)
		memcpy(copy, bytes.at, bytes.len);
	*find(keep, key) = (struct ks_keep_slot){ .key = key, .at = copy, .len = bytes.len };
	keep->nr++;
	keep->bytes += bytes.len;
}

void ks_keep_clear(struct ks_keep *keep)
{
	for (size_t i = 0; i < keep->nr_slots; i++)
		free(keep->slots[i].at);
	free(keep->slots);
	*keep = (struct ks_keep){ .limit = keep->limit };
}
