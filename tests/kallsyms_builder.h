/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The tables of kallsyms in every form that kernels had, after the kernel's scripts/kallsyms. */
#include "base/buf.h"

/** Where the values stand, and what they are. */
enum kallsyms_layout {
	KALLSYMS_ABSOLUTE, // to 4.5: addresses, before the names
	KALLSYMS_BEFORE,   // 4.6 on: offsets and their base, before the names
	KALLSYMS_PERCPU,   // the same with small addresses as they are, and others negative (x86)
	KALLSYMS_BEHIND,   // 6.4 on: offsets and their base, behind the tokens
	KALLSYMS_WORDS,	   // 7.x on armhf: addresses of 32 bits there
	KALLSYMS_PLACE, // 7.x: distances from the value's own place, nothing aligned to more than 4
	NR_KALLSYMS_LAYOUTS,
};

struct kallsyms_entry {
	uint64_t addr;
	char letter;
	const char *name;
};

struct kallsyms_spec {
	enum kallsyms_layout layout;
	bool is64, big_endian;
	bool long_markers; // before 4.20: markers and the number of symbols are words
	bool by_name;	   // 6.2 and 6.3: the order by name stands before the tokens
	uint64_t base;
	uint64_t place;			      // address of the byte that comes next into the buffer
	const struct kallsyms_entry *entries; // by address
	size_t nr;
};

/** Append the tables; out is aligned to a word. */
void kallsyms_build(struct ks_buf *out, const struct kallsyms_spec *spec);
