/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How the published dataset spells kinds and symbol facts: read on import, written on export. */
#include "surface/model.h"

/** The files of one image, in the order in which they are read and written. */
enum ks_dataset_file_kind {
	KS_DATASET_FUNC_GROUPS,
	KS_DATASET_TYPES_FUNC,
	KS_DATASET_TYPES_STRUCT,
	KS_DATASET_TYPES_UNION,
	KS_DATASET_TYPES_ENUM,
	KS_DATASET_TYPES_INT,
	KS_DATASET_SYMTAB,
	KS_DATASET_TRACEPOINTS,
	KS_DATASET_SYSCALLS,
	KS_DATASET_CONFIG,
	KS_DATASET_COMMENT,
	KS_NR_DATASET_FILES,
};
extern const struct ks_dataset_file_info {
	const char *folder; // "func_groups"
	const char *suffix; // of the published file name: ".jsonl"
} ks_dataset_files[KS_NR_DATASET_FILES];

/** "STRUCT", "PTR"; both kinds of forward declaration are "FWD". */
extern const char *const ks_dataset_type_words[KS_NR_TYPE_KINDS];
/** KS_FUNCTION to KS_INT: the "kind" of a definition. */
extern const char *const ks_dataset_decl_words[KS_INT + 1];

enum { KS_NR_SYMBOL_WORDS = 16 };
/** Values without a word (NULL) are spelled as numbers. */
extern const char *const ks_dataset_bind_words[KS_NR_SYMBOL_WORDS];
extern const char *const ks_dataset_type_of_symbol_words[KS_NR_SYMBOL_WORDS];
extern const char *const ks_dataset_visibility_words[KS_NR_SYMBOL_WORDS];
