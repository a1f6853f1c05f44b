/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a loader does with the parts of an object, or of a tool: inside check/tools/ only. */
#include "check/tools/tools.h"

enum ks_role {
	KS_ROLE_NEEDED,
	KS_ROLE_OPTIONAL,
	KS_ROLE_PRESENT, // needed where what it attaches to is there
	KS_ROLE_IGNORED, // never loaded, or a probe that is meant to fail
	KS_ROLE_MODE,	 // the user chooses one
	KS_ROLE_SIDE,	 // of a choice
};

/** A program of an object, or an object of a tool. */
struct ks_plan_part {
	enum ks_role role;
	enum ks_basis basis;
	uint32_t choice, side; // of KS_ROLE_SIDE
	bool lead;	       // the first of its side
	bool chosen;	       // the user tells what it attaches to
	bool told;	       // it names no target, and the list of known loaders tells it
	bool own_loader;       // what libbpf refuses to open, the tool takes
	bool rewritten;	       // it is attached to something else where its target is not there
	bool known;	       // and it is known to what
	bool probed;	       // its loader looks for something else than its target before
};

struct ks_plan_choice {
	enum ks_basis basis;
	bool any; // the best side counts; otherwise the one that is chosen
	enum ks_choice_by by;
	uint32_t nr_sides;
	const char *source;
	const char *side_of; // glob of the tool whose side is taken; NULL
	uint32_t fixed;	     // which that is, from 1 on; 0: not known
};

/** A zeroed plan is empty. */
struct ks_plan {
	size_t nr;
	struct ks_plan_part *parts;
	size_t nr_choices;
	struct ks_plan_choice *choices;
};

/** How a part fares. */
struct ks_fare {
	enum ks_tool_verdict verdict;
	enum ks_verdict counted;
	bool absent;	 // it fails, because what it attaches to is not there
	bool unattached; // it fails, and a program that does nothing would fail there as well
};
/** What a part has to do with the result; a loss of what is optional does not count. */
enum ks_blame { KS_BLAME_NONE, KS_BLAME_SPARE, KS_BLAME_LOSS, KS_BLAME_DOUBT, KS_BLAME_FATAL };

struct ks_fare ks_fare_of(enum ks_verdict verdict);
/** The verdict on a program, without what only libbpf minds where the tool has a loader of its own. */
enum ks_verdict ks_fare_verdict(const struct ks_plan_part *part, const struct ks_outcome *outcome);
/** Whether a reason is of those that made the verdict on its program. */
bool ks_fare_made_it(const struct ks_plan_part *part, const struct ks_reason *reason,
		     enum ks_verdict verdict);
/**
 * The outcome that counts: of a program that names no target or whose target is not there, where its tool attaches it
 * then, if that is known; of one that the loader looks for by another name, that one where it is not there.
 * @param ret_elsewhere it is that of another target than the first
 */
const struct ks_outcome *ks_fare_outcome(const struct ks_check *check, size_t index,
					 const struct ks_plan_part *part, size_t row, size_t image,
					 bool *ret_elsewhere);
/** How a program fares, by what its loader does with its target. @param elsewhere that is another one, which is known */
struct ks_fare ks_fare_of_program(const struct ks_plan_part *part, const struct ks_outcome *outcome,
				  bool elsewhere);

/**
 * What the parts come to.
 * @param states of each part
 * @param[out] blames of each part: what it has to do with the result
 * @param[out] ret_side the one that is taken of the last choice, from 1 on; 0: none
 */
struct ks_fare ks_plan_judge(const struct ks_plan *plan, const struct ks_fare *states,
			     enum ks_blame *blames, uint32_t *ret_side);

/** What the policies say of a name among parts, and what follows from twins. NULL policies say nothing. */
KS_MUST_CHECK struct ks_error *ks_plan_object(struct ks_arena *arena,
					      const struct ks_bpf_object *object, const char *path,
					      const struct ks_policy *policy,
					      const struct ks_policy *shipped, bool infer,
					      struct ks_plan *ret);
/** The same for the objects of a tool. */
KS_MUST_CHECK struct ks_error *ks_plan_tool(struct ks_arena *arena, const char *tool,
					    const char *const *objects, size_t nr,
					    const struct ks_policy *policy,
					    const struct ks_policy *shipped, struct ks_plan *ret);

/** Tell the choices of a tool, and what its verdicts rest on. @param plans of each object of the check @param objects names */
KS_MUST_CHECK struct ks_error *ks_tool_tell(struct ks_arena *arena, const struct ks_check *check,
					    const struct ks_plan *plans, const struct ks_plan *plan,
					    const char *const *objects, struct ks_tool *tool);
/** A choice that is being made; false when memory runs out. @param[out] ret its index */
bool ks_plan_add_choice(struct ks_arena *arena, struct ks_plan *plan,
			const struct ks_plan_choice *choice, uint32_t *ret);
/** Find twins among the parts that nobody has said anything of (infer.c). */
KS_MUST_CHECK struct ks_error *
ks_plan_infer(struct ks_arena *arena, const struct ks_bpf_object *object, struct ks_plan *plan);
