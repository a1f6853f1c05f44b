/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/numbers.h"

static struct ks_number *find(const struct ks_numbers *numbers, uint64_t key)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(key);
	for (uint32_t at; (at = ks_hashmap_next(&numbers->map, &walk));)
		if (numbers->all.at[at - 1].key == key)
			return &numbers->all.at[at - 1];
	return NULL;
}

uint32_t ks_numbers_get(const struct ks_numbers *numbers, uint64_t key)
{
	const struct ks_number *number = find(numbers, key);
	return number ? number->value : 0;
}

bool ks_numbers_set(struct ks_numbers *numbers, uint64_t key, uint32_t value)
{
	struct ks_number *number = find(numbers, key);
	if (number) {
		number->value = value;
		return true;
	}
	if (!ks_hashmap_reserve(&numbers->map, 1) ||
	    !ks_vector_add(&numbers->all, ((struct ks_number){ key, value })))
		return false;
	return ks_hashmap_add(&numbers->map, key, (uint32_t)numbers->all.len);
}

void ks_numbers_deinit(struct ks_numbers *numbers)
{
	ks_vector_deinit(&numbers->all);
	ks_hashmap_deinit(&numbers->map);
}
