/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* For the files that read dataset lines, and for nobody else: lists that nest, pooled text. */
#include "source/dataset/dataset_read.h"

/** Append to one of the reader's lists. */
#define KS_DATASET_PUSH(rd, list, ...)                                                             \
	do {                                                                                       \
		if (!ks_vector_add(&(rd)->list, (__VA_ARGS__)))                                    \
			ks_jread_fail_nomem(&(rd)->json);                                          \
	} while (0)
/** Move what lies in a list from a mark on into the arena; NULL when that is nothing, and on failure. */
#define KS_DATASET_POP(rd, list, mark, nr_ret)                                                     \
	ks_dataset_pop(rd, (rd)->list.at, &(rd)->list.len, mark, sizeof(*(rd)->list.at), nr_ret)
const void *ks_dataset_pop(struct ks_dataset_reader *rd, const void *at, size_t *len, size_t mark,
			   size_t size, uint32_t *nr_ret);

/** The string that comes next. */
const char *ks_dataset_text(struct ks_dataset_reader *rd);
/** The index of the string that comes next in a table of words; NULLs in it match nothing. */
uint32_t ks_dataset_word(struct ks_dataset_reader *rd, const char *const *words, uint32_t nr,
			 const char *key);
/** The definition object that comes next. */
struct ks_decl ks_dataset_decl(struct ks_dataset_reader *rd, enum ks_kind kind);
