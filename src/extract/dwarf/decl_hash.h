/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Whether two definitions say the same, across files that were compiled apart: what is only declared in one of
 * them counts as the definition it stands for.
 */
#include "surface/model.h"

/** Hash of a declaration with its name and everything in it; never 0. */
uint64_t ks_decl_hash(const struct ks_decl *decl);
/** Hash of a text; never 0. */
uint64_t ks_text_hash(const char *text);
/** Hash of a name within its kind; never 0. */
uint64_t ks_name_hash(enum ks_kind kind, const char *name);
/** Hash of one value of an enum; never 0. */
uint64_t ks_enumerator_hash(const struct ks_enumerator *value);
/** Hash of where a function is written; never 0. */
uint64_t ks_place_hash(const char *name, const struct ks_entry *entry);
