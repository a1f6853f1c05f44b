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
		KS_KNOWN_POINTER, // not null, value unknown
		KS_KNOWN_TEXT,
	} how;
	uint64_t value;	  // of a text: its hash
	const char *text; // in quotes, as .config has it; borrowed
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
	bool paths; // find out where pointers come from, too
};

/** A pointer that the program reads, by where it stands. */
struct ks_path {
	uint32_t
		from; // the path of the pointer that it is read through; KS_NO_PATH: it stands in the context
	int32_t offset; // bytes into that
	uint8_t depth;	// 0: in the context
	bool used;	// something is done with it, as far as can be told
};
#define KS_NO_PATH UINT32_MAX
enum { KS_MAX_PATHS = 256, KS_MAX_DEREFS = 3 };

/** What is known of one instruction. */
struct ks_reached {
	bool reached;
	bool modified_ctx;  // reads the context through a pointer to its inside
	uint8_t ctx_size;   // bytes it reads or writes of the context, 0: none
	int32_t ctx_offset; // where; the largest of several
	/** With ks_interp_input.paths: 1 + the path of the pointer that it reads, 0: none, or not known. */
	uint16_t loads;
	/** 1 + the path of the pointer that it reads through without CO-RE, 0: none; many_reads: several. */
	uint16_t reads;
	bool many_reads;
	int32_t read_offset; // bytes behind that pointer
	uint32_t read_size;  // 0: it depends
};

/** A number that the program ends with on some path. */
struct ks_exit {
	uint32_t insn;
	uint64_t value;
};
enum { KS_MAX_EXITS = 16 };

struct ks_reach {
	bool complete; // false: too large; whatever control flow can reach is taken as reached
	const struct ks_reached *at; // one for each instruction
	const struct ks_path *paths;
	uint32_t nr_paths;
	uint32_t
		unbounded; // 1 + an instruction that ends it with a number that can be anything; 0: none
	uint32_t nr_exits; // of the numbers that are known, the first ones
	struct ks_exit exits[KS_MAX_EXITS];
};

/** @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_interp(const struct ks_interp_input *input,
					 struct ks_arena *arena, struct ks_reach *ret);
