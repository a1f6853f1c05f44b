/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* One program on one image, while it is judged: inside check/ only. */
#include "base/vector.h"
#include "check/check.h"
#include "check/core/core.h"
#include "check/interp/interp.h"
#include "check/rules/helpers.h"

/** How an extern of an object comes out on an image. */
enum ks_extern_state {
	KS_EXTERN_FOUND,
	KS_EXTERN_WEAK,	   // missing, which its declaration allows: it is zero
	KS_EXTERN_MISSING, // missing: no program of the object can be loaded
	KS_EXTERN_UNTOLD,
};

/** An object, and what follows from it for every image. */
struct ks_prepared {
	const struct ks_bpf_object *object;
	const struct ks_core_spec **specs;  // of each relocation
	const struct ks_interp_data *data;  // of each section of data, as the tool loads it
	const struct ks_hook *hooks;	    // of each program, as the tool attaches it
	const bool *optional;		    // of each program
	const struct ks_caller_of *callers; // of each program
};

/** An object on one image. */
struct ks_resolution {
	const struct ks_prepared *prepared;
	struct ks_site site, base; // base.view is NULL without a base image
	const struct ks_core_result *cores;
	const struct ks_known *core_values, *extern_values;
	const enum ks_extern_state *externs;
	uint64_t digest; // of all values that branches may depend on
};

/** Which part of a verdict a reason is about. */
enum ks_stage { KS_STAGE_LOAD, KS_STAGE_ATTACH, KS_STAGE_RUN };

struct ks_judge {
	struct ks_arena *arena;	  // of the result
	struct ks_arena *scratch; // for as long as the judge
	const struct ks_resolution *resolution;
	const struct ks_site *site;
	const struct ks_bpf_program *program;
	const struct ks_hook *hook;
	const struct ks_caller_of *caller;
	const struct ks_reach *reach;
	const struct ks_reach *base_reach; // on the base image; NULL without one
	bool untold[KS_STAGE_RUN + 1];
	bool nomem;
	struct ks_reason lost; // stands for the reasons for which memory ran out
	KS_VECTOR(struct ks_reason *) reasons;
};

/** What a reason is about, apart from its kind. */
struct ks_about {
	enum ks_kind kind; // of name; KS_NR_KINDS is said as KS_ABOUT_OTHER
	const char *name;
	uint32_t insn; // KS_NO_INDEX: the whole program
	bool soft;
};
#define KS_ABOUT_NAME(k, n) (&(struct ks_about){ .kind = (k), .name = (n), .insn = KS_NO_INDEX })

/**
 * Add a reason: it fails the stage, or in KS_STAGE_RUN is a risk. KS_REASON_TIER and KS_REASON_TARGET_AT_RUN_TIME make
 * the stage unknown. The same kind and name count once: the first, or the worst.
 * @param fmt the detail; NULL for none
 * @return the reason of that kind and name, which stays where it is; never NULL
 */
KS_PRINTF(5, 6)
struct ks_reason *ks_judge_add(struct ks_judge *judge, enum ks_stage stage,
			       enum ks_reason_kind kind, const struct ks_about *about,
			       const char *fmt, ...);
/** Add what is worth knowing and harms nothing: a reason whose verdict is KS_VERDICT_OK. Otherwise as ks_judge_add(). */
KS_PRINTF(4, 5)
struct ks_reason *ks_judge_note(struct ks_judge *judge, enum ks_reason_kind kind,
				const struct ks_about *about, const char *fmt, ...);
/** Set the hint of a reason. One that has a hint keeps it, as it keeps its detail. */
KS_PRINTF(3, 4)
void ks_reason_hint(struct ks_judge *judge, struct ks_reason *reason, const char *fmt, ...);

/** The value of a KS_PRESENT fact or, for KS_UNTOLD, a KS_REASON_TIER of the stage. @return whether it is absent */
bool ks_judge_absent(struct ks_judge *judge, enum ks_stage stage, enum ks_presence presence,
		     const struct ks_about *about);

/* ---- what is judged, one file each ---- */

/** Externs, relocations and data of an object on an image. @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_resolution_make(struct ks_arena *arena,
						  const struct ks_prepared *prepared,
						  const struct ks_site *site,
						  const struct ks_site *base,
						  struct ks_resolution *ret);
/** What fails every program of the object: maps, externs, operations. */
void ks_judge_object(struct ks_judge *judge);
/** Program and attach type, and what can be reached in the program. */
void ks_judge_program(struct ks_judge *judge);
/** Instructions of newer kernels. */
void ks_judge_insns(struct ks_judge *judge);
/** The kernel's function, tracepoint or iterator that is looked up by BTF before loading. */
void ks_judge_btf_target(struct ks_judge *judge);
/** Where the program is attached. */
void ks_judge_attach(struct ks_judge *judge);
/** What a pattern of kprobe.multi matches ('*' and '?'), and whether the kernel takes all of it. */
void ks_judge_pattern(struct ks_judge *judge, const char *pattern);
/** Calls that it does not see. */
void ks_judge_risks(struct ks_judge *judge);
/** Parameters, records and fields that are not what they were where it was written. */
void ks_judge_reads(struct ks_judge *judge);
/** Kernel structs that are read at fixed offsets. */
void ks_judge_blind_reads(struct ks_judge *judge);
/** All of that, from loading to running. */
void ks_judge_all(struct ks_judge *judge);

/* ---- shared ---- */

/** What makes a name of functions more than the name of one, or of one with a suffix. */
#define KS_PATTERN_SPECIAL "*?.[-:+"
/** As libbpf matches patterns of functions: '*' and '?' are special, nothing else. */
bool ks_pattern_matches(const char *pattern, const char *name);

/** A function of an image, in the kernel itself or, where modules count, in one of them. */
struct ks_target {
	const struct ks_fact *fact;	    // never NULL
	const struct ks_function *function; // NULL: the image has no group of that name
	const struct ks_symbol *symbol;	    // the first of exactly that name; NULL
	uint32_t nr_symbols;		    // of exactly that name
	uint32_t nr_in_modules;		    // more of them, in modules that count as loaded
	enum ks_presence in_btf;	    //
	bool in_module;			    // found in a module that counts as loaded
	bool only_module;		    // found in a module that does not
	bool untold;			    // the image does not list its functions
	const char *module;
};
struct ks_target ks_target_find(const struct ks_site *site, const char *name);
/** Prototype of a function as the image's BTF has it; NULL when it is not known. */
const struct ks_type *ks_target_proto(const struct ks_target *target);
/** Parameters of the tracepoint that BTF describes by typedef btf_trace_<name>; NULL when unknown. */
const struct ks_type *ks_tracepoint_proto(const struct ks_site *site, const char *name,
					  enum ks_presence *ret);
/** Has the kernel BTF of its own? */
enum ks_presence ks_site_has_btf(const struct ks_site *site);
/** Does the architecture's kernel attach programs to functions by trampolines? */
enum ks_presence ks_site_has_trampolines(const struct ks_site *site);
/** Can a symbol have an attach bit (KS_ATTACH_*)? KS_UNTOLD when the image does not know it. */
enum ks_presence ks_symbol_attach(const struct ks_site *site, const struct ks_symbol *symbol,
				  uint8_t bit);
/** Why a function that has no symbol of its name has none; adds the reason. */
void ks_judge_no_symbol(struct ks_judge *judge, enum ks_stage stage, const struct ks_target *target,
			const char *name);
