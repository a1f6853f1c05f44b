/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/dataset/dataset_vocabulary.h"

const struct ks_dataset_file_info ks_dataset_files[KS_NR_DATASET_FILES] = {
	[KS_DATASET_FUNC_GROUPS] = { "func_groups", ".jsonl" },
	[KS_DATASET_TYPES_FUNC] = { "types_func", ".jsonl" },
	[KS_DATASET_TYPES_STRUCT] = { "types_struct", ".jsonl" },
	[KS_DATASET_TYPES_UNION] = { "types_union", ".jsonl" },
	[KS_DATASET_TYPES_ENUM] = { "types_enum", ".jsonl" },
	[KS_DATASET_TYPES_INT] = { "types_int", ".jsonl" },
	[KS_DATASET_SYMTAB] = { "symtab", ".jsonl" },
	[KS_DATASET_TRACEPOINTS] = { "tracepoints", ".jsonl" },
	[KS_DATASET_SYSCALLS] = { "syscalls", ".json" },
	[KS_DATASET_CONFIG] = { "config", ".config" },
	[KS_DATASET_COMMENT] = { "comment", ".txt" },
};

const char *const ks_dataset_type_words[KS_NR_TYPE_KINDS] = {
	[KS_TYPE_VOID] = "VOID",	 [KS_TYPE_INT] = "INT",
	[KS_TYPE_FLOAT] = "FLOAT",	 [KS_TYPE_TYPEDEF] = "TYPEDEF",
	[KS_TYPE_STRUCT] = "STRUCT",	 [KS_TYPE_UNION] = "UNION",
	[KS_TYPE_ENUM] = "ENUM",	 [KS_TYPE_FWD_STRUCT] = "FWD",
	[KS_TYPE_FWD_UNION] = "FWD",	 [KS_TYPE_PTR] = "PTR",
	[KS_TYPE_CONST] = "CONST",	 [KS_TYPE_VOLATILE] = "VOLATILE",
	[KS_TYPE_RESTRICT] = "RESTRICT", [KS_TYPE_ARRAY] = "ARRAY",
	[KS_TYPE_PROTO] = "FUNC_PROTO",
};

const char *const ks_dataset_decl_words[KS_INT + 1] = {
	[KS_FUNCTION] = "FUNC", [KS_STRUCT] = "STRUCT",	  [KS_UNION] = "UNION",
	[KS_ENUM] = "ENUM",	[KS_TYPEDEF] = "TYPEDEF", [KS_INT] = "INT",
};

const char *const ks_dataset_bind_words[KS_NR_SYMBOL_WORDS] = {
	[0] = "STB_LOCAL", [1] = "STB_GLOBAL", [2] = "STB_WEAK",    [3] = "STB_NUM",
	[10] = "STB_LOOS", [12] = "STB_HIOS",  [13] = "STB_LOPROC", [15] = "STB_HIPROC",
};

const char *const ks_dataset_type_of_symbol_words[KS_NR_SYMBOL_WORDS] = {
	[0] = "STT_NOTYPE",  [1] = "STT_OBJECT",  [2] = "STT_FUNC",  [3] = "STT_SECTION",
	[4] = "STT_FILE",    [5] = "STT_COMMON",  [6] = "STT_TLS",   [7] = "STT_NUM",
	[8] = "STT_RELC",    [9] = "STT_SRELC",	  [10] = "STT_LOOS", [12] = "STT_HIOS",
	[13] = "STT_LOPROC", [15] = "STT_HIPROC",
};

const char *const ks_dataset_visibility_words[KS_NR_SYMBOL_WORDS] = {
	[0] = "STV_DEFAULT",  [1] = "STV_INTERNAL",  [2] = "STV_HIDDEN",    [3] = "STV_PROTECTED",
	[4] = "STV_EXPORTED", [5] = "STV_SINGLETON", [6] = "STV_ELIMINATE",
};
