/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* One line of a DepSurf dataset file -> one record of the model. */
#include "base/json_read.h"
#include "base/vector.h"
#include "source/dataset/dataset_pool.h"

/**
 * What all lines of one image share. A zeroed one with a pool is ready. The records live in the pool's
 * arena. Readers return false on failure; ks_jread_error(&reader.json) says what it was.
 */
struct ks_dataset_reader {
	struct ks_jread json;
	struct ks_dataset_pool pool;
	// Lists of unknown length, one on top of the other while objects nest.
	KS_VECTOR(struct ks_param) params;
	KS_VECTOR(struct ks_member) members;
	KS_VECTOR(struct ks_enumerator) values;
	KS_VECTOR(struct ks_entry) entries;
	KS_VECTOR(struct ks_caller) callers;
	KS_VECTOR(struct ks_symbol) symbols;
	KS_VECTOR(struct ks_syscall) syscalls;
};
void ks_dataset_reader_deinit(struct ks_dataset_reader *rd);

/** A line of func_groups. The collision and inline classes follow from the entries and are not kept. */
bool ks_dataset_read_function(struct ks_dataset_reader *rd, const char *line, size_t len,
			      struct ks_function *ret);
/** A line of types_*. @param kind KS_FUNCTION, KS_STRUCT, KS_UNION, KS_ENUM or KS_INT */
bool ks_dataset_read_decl(struct ks_dataset_reader *rd, const char *line, size_t len,
			  enum ks_kind kind, struct ks_decl *ret);
bool ks_dataset_read_tracepoint(struct ks_dataset_reader *rd, const char *line, size_t len,
				struct ks_tracepoint *ret);
/** A line of symtab. */
bool ks_dataset_read_symbol(struct ks_dataset_reader *rd, const char *line, size_t len,
			    struct ks_symbol *ret);
/** The whole syscalls file. */
bool ks_dataset_read_syscalls(struct ks_dataset_reader *rd, const char *text, size_t len,
			      const struct ks_syscall **ret, size_t *nr_ret);
