/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/sort.h"

#include <stdlib.h>

int ks_compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

int ks_compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

void ks_sort_numbers(uint64_t *at, size_t nr)
{
	if (nr) // else there may be no memory
		qsort(at, nr, sizeof(*at), ks_compare_numbers);
}

void ks_sort_ids(int64_t *at, size_t nr)
{
	if (nr)
		qsort(at, nr, sizeof(*at), ks_compare_ids);
}

size_t ks_sort_distinct(uint64_t *at, size_t nr)
{
	size_t kept = 0;
	ks_sort_numbers(at, nr);
	for (size_t i = 0; i < nr; i++)
		if (!kept || at[kept - 1] != at[i])
			at[kept++] = at[i];
	return kept;
}
