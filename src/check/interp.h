/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Which instructions of a program can be reached on one kernel, as far as constants decide: an abstract
 * interpretation that follows both sides of every branch whose outcome it does not know. What it calls
 * unreachable the verifier never looks at; it may call reachable what the verifier, which knows ranges, prunes.
 */
#include "bpf/object.h"

/** A value as one kernel gives it to a relocated instruction or an extern. */
struct ks_known {
	enum {
		KS_KNOWN_NOT,
		KS_KNOWN_VALUE,
		KS_KNOWN_POINTER
	} how; // a pointer: not null, value unknown
	uint64_t value;
};

/** A read-only section whose bytes a tool changes before it loads the object. */
struct ks_interp_data {
	const uint8_t *bytes; // instead of those in the object; NULL: all zero
	bool constant;
};

struct ks_interp_input {
	const struct ks_bpf_object *object;
	const struct ks_bpf_program *program;
	const struct ks_known *cores;	   // for each of the object's relocations
	const struct ks_known *externs;	   // for each extern: kconfig: its value; ksym: its address
	const struct ks_interp_data *data; // for each of the object's sections of data
	uint64_t *
		steps; // left for all programs of the object, counted down; NULL: each has its own bound only
};

/** What is known of one instruction. */
struct ks_reached {
	bool reached;
	bool modified_ctx;  // reads the context through a pointer to its inside
	uint8_t ctx_size;   // bytes it reads or writes of the context, 0: none
	int32_t ctx_offset; // where; the largest of several
};

struct ks_reach {
	bool complete; // false: too large; whatever control flow can reach is taken as reached
	const struct ks_reached *at; // one for each instruction
};

/** @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_interp(const struct ks_interp_input *input,
					 struct ks_arena *arena, struct ks_reach *ret);
