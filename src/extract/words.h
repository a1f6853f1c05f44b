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
typedef bool ks_word_fn(void *arg, uint64_t addr, uint64_t word, struct ks_cursor at);

/** Call fn for every aligned word of the size of an address that is loaded. @return false: fn stopped */
bool ks_words_each(const struct ks_elf *elf, ks_word_fn *fn, void *arg);
