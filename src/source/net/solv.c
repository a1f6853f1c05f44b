/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/solv.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/lazy.h"

static const struct ks_lazy_symbol symbols[] = {
#define SYMBOL(name)                                                                               \
	{                                                                                          \
#name, offsetof(struct ks_solv, name)                                              \
	}
	SYMBOL(pool_create),
	SYMBOL(pool_free),
	SYMBOL(pool_id2str),
	SYMBOL(pool_errstr),
	SYMBOL(repo_create),
	SYMBOL(repo_add_rpmmd),
	SYMBOL(repo_add_arch_repo),
	SYMBOL(solvable_lookup_str),
	SYMBOL(solvable_lookup_num),
	SYMBOL(solvable_lookup_location),
	SYMBOL(solvable_lookup_checksum),
#undef SYMBOL
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ks_solv table;
static bool usable;

KS_LAZY_NOTE("lists", "lists of RPM and pacman archives", "suggested", "libsolvext.so.1");

static void load(void)
{
	static const char *const names[] = { "libsolvext.so.1", NULL }; // it brings libsolv.so.1
	const struct ks_lazy lazy = { names, symbols, KS_ARRAY_LEN(symbols), &table };
	usable = ks_lazy_load(&lazy);
}

struct ks_error *ks_solv_get(const struct ks_solv **ret)
{
	pthread_once(&once, load);
	if (!usable)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "cannot load libsolvext.so.1, which lists of "
				    "RPM and pacman archives need: install "
				    "libsolvext1");
	*ret = &table;
	return NULL;
}
