/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Settings that tell of packages. */
#include <string.h>

#include "store/private.h"

/** Begins the names of these settings; behind it is the SHA-256 of a package. packages.c has what they say. */
#define KS_SETTING_PACKAGE "package:"

/** Whether a setting of that name is one of these. */
static inline bool ks_store_is_package(const char *name)
{
	return strncmp(name, KS_SETTING_PACKAGE, sizeof(KS_SETTING_PACKAGE) - 1) == 0;
}

/** Take over what another store knows of packages. Inside a transaction that writes. */
KS_MUST_CHECK struct ks_error *ks_store_merge_packages(struct ks_store *into,
						       struct ks_store *from);
