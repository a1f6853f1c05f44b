/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* System calls by the form of their tables, for kernels whose symbols do not name them: inside extract/ only. */
#include "base/vector.h"
#include "extract/tables/find.h"

/** A table of addresses of functions. */
struct ks_call_table {
	struct ks_cursor at;
	uint64_t nr; // slots
};

/** The name of the system call whose function is at the address, or NULL. */
const char *ks_call_name(const struct ks_finder *finder, uint64_t addr);

/** The table of native calls, told by its first calls. @return false: none, or more than one looks like it */
bool ks_call_table_find(const struct ks_finder *finder, struct ks_call_table *ret);

/** A struct syscall_metadata. */
struct ks_call_meta {
	const char *name; // "read" of "sys_read"
	uint8_t args;	  // as ks_syscall.args
};
typedef KS_VECTOR(struct ks_call_meta) ks_call_metas;
/** What ks_syscall.args is by the struct that a cursor stands at the beginning of. */
uint8_t ks_call_meta_args(const struct ks_elf *elf, struct ks_cursor at);
/** Whether a struct of that form lies at the address. */
bool ks_call_meta_at(const struct ks_finder *finder, uint64_t addr);
/** Append all there are, by what they look like. False when memory runs out. */
bool ks_call_metas_find(const struct ks_finder *finder, ks_call_metas *ret);
