/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Sorting many numbers. */
#include <stddef.h>
#include <stdint.h>

struct ks_radix {
	uint64_t key;
	uint64_t value;
};

/**
 * Sort by key; equal keys stay in their order.
 * @param spare room for as many
 */
void ks_radix_sort(struct ks_radix *at, struct ks_radix *spare, size_t nr);
