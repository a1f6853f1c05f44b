/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Paths as surfaces spell them: relative to the kernel's source, wherever it was built. */
#include "base/arena.h"

/** dir joined with name (an absolute name stands alone), normalised. NULL when memory runs out. */
const char *ks_path_join(struct ks_arena *arena, const char *dir, const char *name);
/** The directory normalised, a slash, the name as it is. NULL when memory runs out. */
const char *ks_path_location(struct ks_arena *arena, const char *dir, const char *name);
