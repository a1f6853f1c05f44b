/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Reasons for a verdict, as they are added: inside check/ only. */
#include "base/vector.h"
#include "check/check.h"
#include "check/kernels/attach.h"
#include "check/resolve.h"

/** Which part of a verdict a reason is about. */
enum ks_stage { KS_STAGE_LOAD, KS_STAGE_ATTACH, KS_STAGE_RUN };

/** One program on one image, while it is judged. */
struct ks_judge {
	struct ks_arena *arena;	  // of the result
	struct ks_arena *scratch; // for as long as the judge
	const struct ks_resolution *resolution;
	const struct ks_site *site;
	const struct ks_bpf_program *program;
	const struct ks_hook *hook;
	const struct ks_calling_program *caller;
	const struct ks_reach *reach;
	const struct ks_reach *base_reach; // on the base image; NULL without one
	const struct ks_bounds *bounds;	   // NULL: nobody asked
	bool untold[KS_STAGE_RUN + 1];
	bool nomem;
	struct ks_reason lost; // stands for the reasons for which memory ran out
	KS_VECTOR(struct ks_reason *) reasons;
};

/** What a reason is about, apart from its kind. */
struct ks_about {
	enum ks_kind kind; // of name; KS_NR_KINDS: it is no name of a surface
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
/** Whether another judge has the reason, as bad as that: of the same kind and name. */
bool ks_judge_agrees(const struct ks_judge *judge, const struct ks_reason *reason);
/** That only some values of an option or a type lead to it, or do that. */
extern const char ks_hint_option[];
/** What was taken for true is so by some values only of what is not known: it becomes a KS_REASON_TIER. @param hint static */
void ks_judge_doubt(struct ks_judge *judge, struct ks_reason *reason, const char *hint);
/** What another judge takes for true may be so: it is added as a KS_REASON_TIER. @param hint static */
void ks_judge_wonder(struct ks_judge *judge, const struct ks_reason *reason, const char *hint);
/** Set the hint of a reason. One that has a hint keeps it, as it keeps its detail. */
KS_PRINTF(3, 4)
void ks_reason_hint(struct ks_judge *judge, struct ks_reason *reason, const char *fmt, ...);

/** The value of a KS_PRESENT fact or, for KS_UNTOLD, a KS_REASON_TIER of the stage. @return whether it is absent */
bool ks_judge_absent(struct ks_judge *judge, enum ks_stage stage, enum ks_presence presence,
		     const struct ks_about *about);
/** The stage needs a configuration option, and nothing in the image tells whether it is set: a KS_REASON_TIER. */
void ks_judge_unset(struct ks_judge *judge, enum ks_stage stage, const struct ks_about *about,
		    const char *option);
