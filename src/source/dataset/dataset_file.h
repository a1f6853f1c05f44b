/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* One file of a dataset, plain or zstd-compressed, read in bounded memory. */
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct ks_dataset_file;
struct XXH3_state_s;

/**
 * Open a file for one of the two reads below.
 * @param[in] hash Takes in every byte that is read, uncompressed. Borrowed, may be NULL.
 * @return KS_ERR_IO; the other functions also KS_ERR_DATA for damaged or absurd contents.
 */
KS_MUST_CHECK struct ks_error *ks_dataset_file_open(const char *path, struct XXH3_state_s *hash,
						    struct ks_dataset_file **ret);
void ks_dataset_file_close(struct ks_dataset_file *file); // NULL is allowed

/** The next line without its newline, valid until the next call; *ret is NULL at the end. */
KS_MUST_CHECK struct ks_error *ks_dataset_file_line(struct ks_dataset_file *file, const char **ret,
						    size_t *len_ret);
/** The whole file with a NUL behind it, valid until it is closed. */
KS_MUST_CHECK struct ks_error *ks_dataset_file_text(struct ks_dataset_file *file, const char **ret,
						    size_t *len_ret);

static inline void ks_dataset_file_closep(struct ks_dataset_file **file)
{
	ks_dataset_file_close(*file);
}
#define _cleanup_dataset_file_ __attribute__((__cleanup__(ks_dataset_file_closep)))
