/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the other images of a view have that this one lacks: inside check/ only. */
#include "base/arena.h"
#include "check/kernels/view.h"

/** The name of an enumerator by its value, as the newest image that has the value calls it; NULL. */
const char *ks_elsewhere_named(const struct ks_site *site, const char *enumeration, int64_t value);
/** "; VERSION has it": the oldest image of the view whose enum has it; "" where none does. @param arena holds it */
const char *ks_elsewhere_since(const struct ks_site *site, const char *enumeration,
			       const char *enumerator, struct ks_arena *arena);
