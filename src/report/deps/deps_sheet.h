/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "report/deps/deps.h"

/** One for each format. */
typedef struct ks_error *ks_deps_fn(const struct ks_deps_options *options,
				    const struct ks_deps_sheet *sheets, size_t nr,
				    struct ks_buf *out);
ks_deps_fn ks_deps_terminal, ks_deps_json;
