/* SPDX-License-Identifier: BSD-2-Clause */
/* How a program of a tool fares on an image: by which of its outcomes, and what its loader makes of that. */
#include "check/reasons.h"
#include "check/tools/plan.h"

struct ks_fare ks_fare_of(enum ks_verdict verdict)
{
	static const enum ks_tool_verdict verdicts[KS_NR_VERDICTS] = {
		[KS_VERDICT_OK] = KS_TOOL_WORKS,      [KS_VERDICT_UNKNOWN] = KS_TOOL_UNKNOWN,
		[KS_VERDICT_RISK] = KS_TOOL_PART,     [KS_VERDICT_NO_ATTACH] = KS_TOOL_FAILS,
		[KS_VERDICT_NO_LOAD] = KS_TOOL_FAILS,
	};
	return (struct ks_fare){ .verdict = verdicts[verdict], .counted = verdict };
}

/** Kinds of reasons about what a program attaches to: not there, or there and not fit. */
static bool is_absence(enum ks_reason_kind kind)
{
	return kind == KS_REASON_TARGET_ABSENT || kind == KS_REASON_TARGET_INLINED ||
	       kind == KS_REASON_TARGET_SUFFIXED || kind == KS_REASON_TARGET_NOT_IN_BTF ||
	       kind == KS_REASON_TARGET_MODULE || kind == KS_REASON_TRACEPOINT_MISSING ||
	       kind == KS_REASON_SYSCALL_MISSING || kind == KS_REASON_LSM_MISSING ||
	       kind == KS_REASON_ITER_MISSING;
}

static bool is_of_target(enum ks_reason_kind kind)
{
	return (kind >= KS_REASON_TARGET_ABSENT && kind <= KS_REASON_DUPLICATED) ||
	       kind == KS_REASON_TARGET_AT_RUN_TIME;
}

bool ks_fare_made_it(const struct ks_plan_part *part, const struct ks_reason *reason,
		     enum ks_verdict verdict)
{
	if (part->own_loader && reason->kind == KS_REASON_LOADER)
		return false;
	if (part->chosen && is_of_target(reason->kind))
		return false; // its user names another one
	if (reason->soft || reason->verdict == KS_VERDICT_OK)
		return false;
	return verdict >= KS_VERDICT_NO_ATTACH ? reason->verdict >= KS_VERDICT_NO_ATTACH
					       : reason->verdict == verdict;
}

enum ks_verdict ks_fare_verdict(const struct ks_plan_part *part, const struct ks_outcome *outcome)
{
	enum ks_verdict worst = KS_VERDICT_OK;
	if (!part->own_loader)
		return outcome->verdict;
	for (uint32_t i = 0; i < outcome->nr; i++) {
		const struct ks_reason *reason = &outcome->reasons[i];
		if (!reason->soft && reason->kind != KS_REASON_LOADER && reason->verdict > worst)
			worst = reason->verdict;
	}
	return worst;
}

/** The outcome of a program as another look at some of the objects has it; NULL: it is not among them. */
static const struct ks_outcome *other_outcome(const struct ks_check *other,
					      const struct ks_check_object *object, size_t row,
					      size_t image)
{
	for (size_t i = 0; other && i < other->nr_objects; i++)
		if (other->objects[i].object == object->object)
			return ks_check_outcome(
				other, other->objects[i].first + row - object->first, image);
	return NULL;
}

/** Reasons of an outcome that made its verdict: what kinds there are. */
struct kinds {
	bool absent, other; // about a target that is not there; about no target
	bool hook;	    // about a target, or a way to attach to one
	bool unseen;	    // and nothing else: nobody can make that system call
};
static struct kinds kinds_of(const struct ks_plan_part *part, const struct ks_outcome *outcome)
{
	struct kinds ret = { .unseen = true };
	enum ks_verdict verdict = ks_fare_verdict(part, outcome);
	for (uint32_t i = 0; i < outcome->nr; i++) {
		const struct ks_reason *reason = &outcome->reasons[i];
		if (!ks_fare_made_it(part, reason, verdict))
			continue;
		ret.absent = ret.absent || is_absence(reason->kind);
		ret.other = ret.other || !is_of_target(reason->kind);
		ret.hook = ret.hook || is_of_target(reason->kind) ||
			   reason->kind == KS_REASON_ATTACH_TYPE;
		ret.unseen = ret.unseen && reason->kind == KS_REASON_SYSCALL_MISSING;
	}
	ret.absent = ret.absent && verdict >= KS_VERDICT_NO_ATTACH;
	ret.hook = ret.hook && verdict >= KS_VERDICT_NO_ATTACH;
	return ret;
}

const struct ks_outcome *ks_fare_outcome(const struct ks_check *check, size_t index,
					 const struct ks_plan_part *part, size_t row, size_t image,
					 bool *ret_elsewhere)
{
	const struct ks_check_object *object = &check->objects[index];
	const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
	const struct ks_outcome *told =
		part->told ? other_outcome(check->told, object, row, image) : NULL;
	const struct ks_outcome *probe =
		part->probed ? other_outcome(check->probed, object, row, image) : NULL;
	if (told)
		outcome = told;
	*ret_elsewhere = probe && kinds_of(part, probe).absent;
	if (*ret_elsewhere)
		return probe;
	bool fails = ks_fare_of(ks_fare_verdict(part, outcome)).verdict == KS_TOOL_FAILS;
	const struct ks_outcome *other =
		part->known && fails ? other_outcome(check->rewritten, object, row, image) : NULL;
	*ret_elsewhere = other;
	return other ? other : outcome;
}

struct ks_fare ks_fare_of_program(const struct ks_plan_part *part, const struct ks_outcome *outcome,
				  bool elsewhere)
{
	struct ks_fare ret = ks_fare_of(ks_fare_verdict(part, outcome));
	struct kinds kinds = kinds_of(part, outcome);
	// what the loader has found by another name is loaded, whether its own target is there or not
	ret.absent = kinds.absent && (!part->probed || elsewhere);
	ret.unattached = kinds.hook;
	if (part->role == KS_ROLE_PRESENT && ret.absent && !kinds.other && kinds.unseen)
		return ks_fare_of(KS_VERDICT_OK); // it has nothing to see
	if (part->chosen && !kinds.other)
		return ks_fare_of(KS_VERDICT_OK);
	return part->rewritten && !elsewhere && ret.verdict == KS_TOOL_FAILS && !kinds.other
		       ? ks_fare_of(KS_VERDICT_UNKNOWN)
		       : ret;
}
