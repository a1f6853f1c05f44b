/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Text of an image, kept by the surface: string sections are copied whole, so a name costs an addition. */
#include "base/arena.h"
#include "dwarf/unit.h"

struct ks_text {
	const char *str;   // copy of .debug_str
	uint64_t str_size; // bytes
};

/** Copy the string sections into the arena. */
KS_MUST_CHECK struct ks_error *ks_text_init(struct ks_text *text, const struct ks_dwarf *dwarf,
					    struct ks_arena *arena);
/** The text of a slot value, in memory that lives as long as the arenas; NULL when memory runs out. */
const char *ks_text_get(const struct ks_text *text, const struct ks_unit *unit, uint64_t value,
			struct ks_arena *arena);
