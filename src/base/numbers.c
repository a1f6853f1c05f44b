/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "base/numbers.h"

/** The slot that holds the key, or the free one where it belongs. */
static struct ks_numbers_slot *slot_of(const struct ks_numbers *numbers, uint64_t key)
{
	size_t at = (key ^ key >> 32) & (numbers->len - 1);
	while (numbers->slots[at].value && numbers->slots[at].key != key)
		at = (at + 1) & (numbers->len - 1);
	return &numbers->slots[at];
}

uint32_t ks_numbers_get(const struct ks_numbers *numbers, uint64_t key)
{
	return numbers->len ? slot_of(numbers, key)->value : 0;
}

static bool grow(struct ks_numbers *numbers)
{
	struct ks_numbers grown = { .nr = numbers->nr,
				    .len = numbers->len ? numbers->len * 2 : 1024 };
	grown.slots = calloc(grown.len, sizeof(*grown.slots));
	if (!grown.slots)
		return false;
	for (size_t i = 0; i < numbers->len; i++)
		if (numbers->slots[i].value)
			*slot_of(&grown, numbers->slots[i].key) = numbers->slots[i];
	free(numbers->slots);
	*numbers = grown;
	return true;
}

bool ks_numbers_set(struct ks_numbers *numbers, uint64_t key, uint32_t value)
{
	if (numbers->nr * 2 >= numbers->len && !grow(numbers))
		return false;
	struct ks_numbers_slot *slot = slot_of(numbers, key);
	numbers->nr += !slot->value;
	*slot = (struct ks_numbers_slot){ key, value };
	return true;
}

void ks_numbers_deinit(struct ks_numbers *numbers)
{
	free(numbers->slots);
	*numbers = (struct ks_numbers){ 0 };
}
