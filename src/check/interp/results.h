/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Helpers that give a pointer: what the verifier takes it for (the ret_type of their bpf_func_proto). Inside check/ only. */
#include <stdbool.h>
#include <stdint.h>

/** What a helper gives. */
struct ks_helper_result {
	uint8_t id;
	bool may_be_null;
	const char *name; // of the helper
	const char *
		record; // the kernel's struct that it points to; NULL: memory, or what only the program knows
	bool number; // the verifier takes it for a number all the same
};
/** NULL: it gives no pointer, or nothing is known of it. */
const struct ks_helper_result *ks_helper_result(int32_t id);

enum { KS_HELPER_MAP_LOOKUP = 1 };

/** It gives a number of which the verifier knows nothing (RET_INTEGER, not refined by do_refine_retval_range()). */
bool ks_helper_gives_number(int32_t id);

/** Which argument of a helper has to be a pointer to a struct of the kernel that is not NULL (ARG_PTR_TO_BTF_ID); 0: none. */
uint8_t ks_helper_wants_record(int32_t id);
/** How it is called, of those; NULL: it is none. */
const char *ks_helper_wanting(int32_t id);
