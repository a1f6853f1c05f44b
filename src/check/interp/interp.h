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
		KS_KNOWN_NOT, // the image does not tell
		KS_KNOWN_VALUE,
		KS_KNOWN_POINTER,    // not null, value unknown
		KS_KNOWN_MAYBE_NULL, // a pointer that may be null to the verifier
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

/** How a program comes to a pointer. */
enum ks_path_how {
	KS_PATH_CONTEXT, // it stands in the context
	KS_PATH_LOAD,	 // it is read through another one
	KS_PATH_COPY,	 // a helper copies it from there: a number, to the verifier
	KS_PATH_RESULT,	 // a helper gives it
	KS_PATH_KFUNC,	 // a function of the kernel gives it
};
/** A pointer that the program reads, by where it stands. */
struct ks_path {
	uint32_t from; // the path of the pointer that it is read through; KS_NO_PATH: none
	int32_t offset; // bytes into that, or into the context; of a result: the helper, or the extern
	uint32_t map;	  // of a result: 1 + the map that the helper was given, 0: none
	uint8_t depth;	  // 0: it is read through no other
	uint8_t how;	  // enum ks_path_how
	bool moved;	  // CO-RE made the offset, or that of a pointer on the way
	bool typed;	  // the verifier knows its type
	bool may_be_null; // and takes it for one that may be null
	bool used;	  // something is done with it, as far as can be told
	bool compared;	  // something of it was compared
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
	bool typed; // the verifier knows of what type the words of the context are
	/**
	 * Whether the verifier takes the pointer at the end of a typed path for one that may be null; asked once for each.
	 * NULL: what helpers give is not followed, and no pointer may be null.
	 */
	bool (*may_be_null)(const void *types, const struct ks_path *paths, uint32_t path);
	/**
	 * Whether the verifier knows that the pointer at the end of a typed path, which it takes for none that may be null, is
	 * not null: it follows no comparison that says otherwise. NULL: it may know that of all.
	 */
	bool (*is_never_null)(const void *types, const struct ks_path *paths, uint32_t path);
	/** Whether the function of the kernel that an extern stands for gives a pointer that may be null. With may_be_null. */
	bool (*kfunc_may_give_null)(const void *types, uint32_t ext);
	const void *types;
};

#define KS_NO_PATH UINT32_MAX
enum { KS_MAX_PATHS = 256, KS_MAX_DEREFS = 8 };

enum ks_access_how {
	KS_ACCESS_READ,
	KS_ACCESS_WRITE,
	KS_ACCESS_COMPUTE, // something is added or taken away
	KS_ACCESS_OPERATE, // it is shifted, masked, multiplied: what is done with numbers only
	KS_ACCESS_PASS,	   // a helper gets it that wants such a pointer
};
/** What is done with a pointer whose type the verifier knows, or that a helper gave. */
struct ks_access {
	uint32_t path;	// of the pointer
	uint32_t next;	// 1 + another access of the instruction, 0: none
	int32_t offset; // bytes behind the pointer
	uint8_t size;	// bytes, as the object has it
	uint8_t null;	// enum ks_null: whether it was compared with null
	bool moved;	// CO-RE made the offset
	bool varies;	// and something comes to it that is only known when it runs
	uint8_t how;	// enum ks_access_how
};

/** Ways that a conditional jump was gone, as bits: one for a known number, both for one that shows when it runs, one of them for one that only the image does not tell. */
enum {
	KS_WAY_GOES_ON = 1,
	KS_WAY_JUMPS = 2,
	KS_WAYS_BOTH = KS_WAY_GOES_ON | KS_WAY_JUMPS,
	KS_WAYS_UNTOLD = 4,
};
/** What is known of one instruction. */
struct ks_reached {
	bool reached;
	uint8_t ways;	   // KS_WAY_*, KS_WAYS_*
	bool modified_ctx; // reads the context through a pointer to its inside
	bool through_null; // reads or writes through what was just told to be null, or a number behind it
	/** 1 + the path of what it reads or writes through, which is a number to the verifier; 0: nothing such. */
	uint16_t through_number;
	uint8_t ctx_size;   // bytes it reads or writes of the context, 0: none
	int32_t ctx_offset; // where; the largest of several
	/** With ks_interp_input.paths: 1 + the path of the pointer that it reads, 0: none, or not known. */
	uint16_t loads;
	/** 1 + the path of the pointer that it reads through without CO-RE, 0: none; many_reads: several. */
	uint16_t reads;
	bool many_reads;
	uint32_t accesses;   // 1 + the first of them, 0: none
	int32_t read_offset; // bytes behind that pointer
	uint32_t read_size;  // 0: it depends
};

/** A number that the program ends with on some path. */
struct ks_exit {
	uint32_t insn;
	uint64_t value;
};

/** Numbers that are only known when it runs: the bits that can be both, of several those with the highest. */
struct ks_varying {
	uint32_t insn; // 1 + the instruction that ends it so; 0: none does
	uint64_t bits;
};

/** A word of a typed context, or a part of one, that the program ends with on some path. */
struct ks_passed_on {
	uint32_t insn;
	int32_t offset; // where that stands; -1: it was read through such a word
};
enum { KS_MAX_EXITS = 16 };

/** What a program can end with; of many different ones the first. */
struct ks_ends {
	struct ks_varying some, masked; // masked: all other bits are 0
	uint32_t nr_exits, nr_passed;
	struct ks_exit exits[KS_MAX_EXITS]; // numbers that are known
	struct ks_passed_on passed[KS_MAX_EXITS];
	/** 1 + an instruction that ends it with an address of its context, stack or data; 0: none. */
	uint32_t pointer;
};

struct ks_reach {
	bool complete; // false: too large; whatever control flow can reach is taken as reached
	const struct ks_reached *at; // one for each instruction
	const struct ks_path *paths;
	uint32_t nr_paths, nr_accesses;
	const struct ks_access *accesses;
	struct ks_ends ends;
};

/**
 * Whether the verifier comes to an instruction, whatever those numbers are that it knows and the image does not tell:
 * options of an unknown configuration, what CO-RE asks of types that are not known; and of a program that is too large to be
 * followed, whichever way it goes where nobody has looked.
 * @return false also when memory ran out
 */
bool ks_reach_is_sure(const struct ks_bpf_object *object, const struct ks_bpf_program *program,
		      const struct ks_reach *reach, uint32_t insn);

/** @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_interp(const struct ks_interp_input *input,
					 struct ks_arena *arena, struct ks_reach *ret);
