/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Will these programs work on those kernels? The value that every report of `ksurf check` draws. */
#include "bpf/object.h"
#include "check/policy.h"
#include "store/store.h"

/** From best to worst. */
enum ks_verdict {
	KS_VERDICT_OK,
	KS_VERDICT_UNKNOWN, // the image, or any static reader, cannot tell
	KS_VERDICT_RISK,    // runs, but sees too little or something else
	KS_VERDICT_NO_ATTACH,
	KS_VERDICT_NO_LOAD,
	KS_NR_VERDICTS,
};
struct ks_verdict_info {
	const char *name;   // in JSON: "fails-to-attach"
	const char *title;  // "fails to attach"
	const char *symbol; // one column in the matrix
};
extern const struct ks_verdict_info ks_verdicts[KS_NR_VERDICTS];

/** Why, or what else is worth knowing; declared once, for every report. In the order in which they are listed within a verdict. */
enum ks_reason_kind {
	KS_REASON_LOADER,	     // libbpf refuses it before the kernel is asked
	KS_REASON_MACHINE,	     // built for another machine
	KS_REASON_CORE_RELO,	     // a relocation without a target can be reached
	KS_REASON_KSYM_MISSING,	     // kernel symbol or kfunc
	KS_REASON_HELPER,	     // not in this kernel, or not for this program type
	KS_REASON_KFUNC,	     // a kernel function that this program may not call
	KS_REASON_PROG_TYPE,	     //
	KS_REASON_ATTACH_TYPE,	     //
	KS_REASON_MAP_TYPE,	     //
	KS_REASON_KCONFIG,	     // an option that is not weak
	KS_REASON_STRUCT_OPS,	     // no such struct, or no such member
	KS_REASON_INSN_SET,	     // instructions newer than the kernel
	KS_REASON_POINTER,	     // a pointer that the verifier does not let it read so
	KS_REASON_BOUNDS,	     // an offset or a size that the verifier knows no bounds of
	KS_REASON_RESULT,	     // ends with a number that the kernel does not take
	KS_REASON_TARGET_ABSENT,     // no such function
	KS_REASON_TARGET_INLINED,    // inlined everywhere
	KS_REASON_TARGET_SUFFIXED,   // only .isra, .constprop, .part, … are left
	KS_REASON_TARGET_NOT_IN_BTF, //
	KS_REASON_TARGET_NO_FTRACE,  // no ftrace entry
	KS_REASON_TARGET_BLACKLISTED,
	KS_REASON_TARGET_AMBIGUOUS, // several functions of the name
	KS_REASON_TARGET_SIGNATURE, // too many arguments, variadic, struct by value
	KS_REASON_TARGET_REFUSED,   // init code, deny list, not for fmod_ret
	KS_REASON_TARGET_MODULE,    // in a module, which must be loaded
	KS_REASON_TRACEPOINT_MISSING,
	KS_REASON_SYSCALL_MISSING,
	KS_REASON_LSM_MISSING,
	KS_REASON_ITER_MISSING,
	KS_REASON_SELECTIVE_INLINE, // sees N of M calls
	KS_REASON_CLONES,	    // some calls go to clones
	KS_REASON_DUPLICATED,	    // one of several copies is attached to
	KS_REASON_SIGNATURE_CHANGED,
	KS_REASON_FIELD_CHANGED,      // type or meaning of a field that is read
	KS_REASON_CONTEXT_CHANGED,    // a tracepoint's fields are read at other offsets
	KS_REASON_BLIND_READ,	      // reads a kernel struct without CO-RE
	KS_REASON_TARGET_AT_RUN_TIME, // the tool sets the target
	KS_REASON_TIER,		      // the image cannot tell
	KS_REASON_MATCHES,	      // harmless: how many functions a pattern matches
	KS_NR_REASONS,
};
struct ks_reason_info {
	const char *name;	 // in JSON and SARIF rule ids: "target-inlined"
	const char *title;	 // a short sentence for people
	enum ks_verdict verdict; // what it makes of a program, unless a reason says otherwise
	const char *about;	 // at length, in whole sentences: what it means
	const char *remedy;	 // and what to do about it
};
extern const struct ks_reason_info ks_reasons[KS_NR_REASONS];

/** One reason, with its evidence. Text is owned by the check's arena; NULL where there is none. */
struct ks_reason {
	enum ks_reason_kind kind;
	enum ks_verdict verdict;
	bool soft; // only code that cannot be reached needs it: for `explain`, never counted
	enum ks_kind name_kind; // of name, KS_NR_KINDS when it is no name of a surface
	const char *name;	// "blk_account_io_start", "task_struct::state", "bpf_loop"
	const char *detail;	// what the image says: "inlined at 8 places in 4 functions"
	const char *hint;	// what to do
	uint32_t insn;		// in the program, KS_NO_INDEX when it is about the whole program
	const struct ks_bpf_line *line; // source of that instruction
};

/** One program on one image. */
struct ks_outcome {
	enum ks_verdict verdict;
	enum ks_verdict load, attach; // separately: OK, UNKNOWN or NO_LOAD / NO_ATTACH
	bool optional;		      // not counted: declared so, or not loaded by default
	uint32_t nr;
	const struct ks_reason *reasons; // worst first
};

/** One object. */
struct ks_check_object {
	const struct ks_bpf_object *object;
	const char *path;      // of the file it was found in
	uint64_t offset, size; // of the object in that file
	const char *base;      // label of the image its programs are compared with; NULL: none
	size_t first, nr;      // rows
};

/** A table: one row for each program, one column for each image. */
struct ks_check {
	struct ks_arena arena;
	const struct ks_policy *policy; // what the user said; NULL: nothing
	/** Some of the objects, on the same images, as known loaders attach those that name no target; NULL: none. */
	const struct ks_check *told;
	/** Some of the objects, on the same images, as tools attach them that rewrite targets; NULL: none does. */
	const struct ks_check *rewritten;
	/** Some of the objects, on the same images, at what loaders look for by another name than their targets; NULL: none does. */
	const struct ks_check *probed;
	size_t nr_objects, nr_rows, nr_images;
	struct ks_check_object *objects;
	const struct ks_image **images;
	const struct ks_bpf_program **programs; // of each row
	struct ks_outcome *outcomes;		// outcomes[row * nr_images + image]
};
/** The outcome of a program, by its row, on an image, by its column. */
static inline const struct ks_outcome *ks_check_outcome(const struct ks_check *check, size_t row,
							size_t image)
{
	return &check->outcomes[row * check->nr_images + image];
}

/**
 * The verdict on an object: the worst of its programs, optional ones left out; of alternatives the best one counts.
 */
enum ks_verdict ks_check_object_verdict(const struct ks_check *check,
					const struct ks_check_object *object, size_t image);

struct ks_check_options {
	const struct ks_policy *policy; // NULL: nothing is said
	/** What checks that follow go by, too: of a store on a server the names that it has are fetched with the others. NULL: none follow. */
	const struct ks_policy *next;
	const struct ks_store_image
		*base;		 // NULL: the image that agrees best with each object's own types
	bool modules;		 // all modules in the store count as loaded
	unsigned int nr_threads; // 0 is 1; the result does not depend on it
	/** Told of each program that is done, by one thread at a time; an error ends the check. NULL: nobody listens. */
	struct ks_error *(*step)(void *arg, size_t done, size_t total);
	void *step_arg;
};

/** An object to check; all borrowed as long as the result. */
struct ks_check_input {
	const struct ks_bpf_object *object;
	const char *path; // of the file it was found in
	uint64_t offset, size;
};

/** Every program of the objects on every image. The caller frees the result with ks_check_free(). */
KS_MUST_CHECK struct ks_error *ks_check_run(struct ks_store *store,
					    const struct ks_store_images *images,
					    const struct ks_check_input *inputs, size_t nr,
					    const struct ks_check_options *options,
					    struct ks_check **ret);
void ks_check_free(struct ks_check *check); // NULL is allowed
static inline void ks_check_freep(struct ks_check **check)
{
	ks_check_free(*check);
}
#define _cleanup_check_ __attribute__((__cleanup__(ks_check_freep)))
