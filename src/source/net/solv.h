/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <solv/pool.h>
#include <solv/repo.h>
#include <solv/repo_arch.h>
#include <solv/repo_rpmmd.h>
#include <stdio.h>

#include "base/error.h"

/** The functions of libsolv that we use; it is loaded when the first list of another kind than Debian's is read (base/lazy.h). */
struct ks_solv {
	Pool *(*pool_create)(void);
	void (*pool_free)(Pool *pool);
	const char *(*pool_id2str)(const Pool *pool, Id id);
	char *(*pool_errstr)(Pool *pool);
	Repo *(*repo_create)(Pool *pool, const char *name);
	int (*repo_add_rpmmd)(Repo *repo, FILE *fp, const char *language, int flags);
	Id (*repo_add_arch_repo)(Repo *repo, FILE *fp, int flags);
	const char *(*solvable_lookup_str)(Solvable *s, Id key);
	unsigned long long (*solvable_lookup_num)(Solvable *s, Id key, unsigned long long missing);
	const char *(*solvable_lookup_location)(Solvable *s, unsigned int *medium);
	const char *(*solvable_lookup_checksum)(Solvable *s, Id key, Id *type);
};

/** Load libsolv, once for the process; any thread. @param[out] ret lives as long as the process */
KS_MUST_CHECK struct ks_error *ks_solv_get(const struct ks_solv **ret);
