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

typedef KS_VECTOR(const char *) ks_call_names;
/** Append what struct syscall_metadata describe: "read" of "sys_read". False when memory runs out. */
bool ks_call_metas_find(const struct ks_finder *finder, ks_call_names *ret);
