/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Going over the words of an image. Kernels without CONFIG_KALLSYMS_ALL carry no symbols of data: what they would
 * name is found by its form.
 */
#include "elf/image.h"

/**
 * @param addr of the word, a multiple of its size
 * @param at its bytes, and those behind it
 * @return false to stop
 */
typedef bool ks_data_word_fn(void *arg, uint64_t addr, uint64_t word, struct ks_cursor at);

/** What a word must be to be looked at: low <= word <= high. Most words of an image are no address of interest. */
struct ks_data_range {
	uint64_t low, high;
};
/** Takes one more address in. @param range starts as KS_NO_DATA_RANGE */
void ks_data_range_add(struct ks_data_range *range, uint64_t addr);
#define KS_NO_DATA_RANGE ((struct ks_data_range){ UINT64_MAX, 0 })
/** All that is loaded. */
struct ks_data_range ks_data_range_of(const struct ks_elf *elf);

/** Call fn for every aligned word of the size of an address that is loaded and in range. @return false: fn stopped */
bool ks_data_scan(const struct ks_elf *elf, struct ks_data_range range, ks_data_word_fn *fn,
		  void *arg);
