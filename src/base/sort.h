/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Sorting plain numbers. Many of them, with something that belongs to each, are sorted faster by radix.h. */
#include <stddef.h>
#include <stdint.h>

/** From the least one on. */
void ks_sort_numbers(uint64_t *at, size_t nr);
void ks_sort_ids(int64_t *at, size_t nr);
/** Sort numbers, and leave each there once. @return how many there are then */
size_t ks_sort_distinct(uint64_t *at, size_t nr);
/** For qsort(3) in that order, and for bsearch(3) among what was sorted so. */
int ks_compare_numbers(const void *a, const void *b);
int ks_compare_ids(const void *a, const void *b);
