/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which tools depend on which names of a kernel. */
#include "bpf/deps.h"
#include "check/check.h"

/** A program that needs a name. */
struct ks_use {
	enum ks_dep_kind kind;
	const char *name;
	size_t tool;
	const char *object, *program; // program is NULL: the object as a whole
};

/** All uses, by kind and name, then by tool. */
struct ks_users {
	struct ks_arena arena;
	size_t nr_tools;
	const char **tools; // names
	size_t nr;
	struct ks_use *uses;
};

/** @param inputs objects of one file stand behind each other */
KS_MUST_CHECK struct ks_error *ks_users_make(const struct ks_check_input *inputs, size_t nr,
					     struct ks_users **ret);
void ks_users_free(struct ks_users *users); // NULL is allowed
static inline void ks_users_freep(struct ks_users **users)
{
	ks_users_free(*users);
}
#define _cleanup_users_ __attribute__((__cleanup__(ks_users_freep)))

/** The uses of one name, which stand behind each other. @return how many; *ret_first is the first */
size_t ks_users_find(const struct ks_users *users, enum ks_dep_kind kind, const char *name,
		     size_t *ret_first);
/** How many different tools there are among uses. */
size_t ks_users_count_tools(const struct ks_users *users, size_t first, size_t nr);
