/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "surface/model.h"

/** The same text; NULL equals only NULL. */
bool ks_text_equal(const char *a, const char *b);

/**
 * The same type, spelled out in full: named types by kind and name, an enum also by its size, arrays by
 * their length, function prototypes with the names of their parameters. NULL equals only NULL.
 */
bool ks_type_equal(const struct ks_type *a, const struct ks_type *b);
