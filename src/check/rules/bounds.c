/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that the verifier of a kernel does not know well enough: an offset or a size that may be out of bounds as far as it
 * knows (check_mem_region_access(), check_stack_access_within_bounds(), check_mem_size_reg()).
 */
#include "check/rules/bounds.h"

#include <inttypes.h>

#include "check/rules/rules.h"
#include "check/rules/type_bits.h"

/**
 * Since 6.8 it learns of two registers that are compared (67420501e868), and of what a number is not equal to (d028f87517d6).
 * The latter was sent to 6.6.y, too: from there on it is taken as learnt, and what is computed as known. Distributions take
 * newer verifiers into older kernels: those are told by a state of iterators, which came with 6.4 (06accc8779c1). Copies of 32
 * bits are linked since 6.4 (3be49f79555e), which was sent to 6.1.y: 5.10.262, 6.1.176 and 6.1.192 do not.
 */
struct ks_bounds_known ks_bounds_known(const struct ks_site *site)
{
	uint32_t version = site->version;
	const struct ks_fact *newer = ks_site_fact(site, KS_ENUM, "bpf_iter_state");
	bool old = version && version < KS_SINCE(6, 6) && newer->known && !newer->present;
	bool read = version < KS_SINCE(5, 11) ||
		    (version >= KS_SINCE(6, 1) && version <= ks_version(6, 1, 192));
	return (struct ks_bounds_known){ .learns = !old, .links = !old || !read };
}

/** Whether all that the program finds in its context are numbers to the verifier. */
static bool gets_numbers(const struct ks_hook *hook)
{
	const uint32_t types = T(KPROBE) | T(TRACEPOINT) | T(PERF_EVENT) | T(RAW_TRACEPOINT);
	return !hook->guessed && ks_prog_type_bit(hook->program_type) & types;
}

struct ks_error *ks_bounds_find(const struct ks_interp_input *interp, const struct ks_hook *hook,
				struct ks_bounds_known known, uint64_t *steps,
				struct ks_bounds *ret)
{
	struct ks_witness_input input = { .interp = interp,
					  .numbers = gets_numbers(hook),
					  .learns = known.learns,
					  .links = known.links,
					  .steps = steps };
	struct ks_witness learned = { 0 };
	*ret = (struct ks_bounds){ .always = true };
	KS_TRY(ks_witness_find(&input, &ret->witness));
	if (known.learns || !ret->witness.how)
		return NULL;
	input.learns = input.links = true;
	KS_TRY(ks_witness_find(&input, &learned));
	ret->always = learned.how;
	return NULL;
}

/** What is accessed, or given a size. */
static const char *name_of(const struct ks_judge *judge, const struct ks_witness *witness)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	if (witness->how == KS_WITNESS_STACK)
		return "stack";
	if (witness->how != KS_WITNESS_OFFSET)
		return "size";
	if (witness->map && object->maps[witness->map - 1].name)
		return object->maps[witness->map - 1].name;
	if (witness->data && object->data[witness->data - 1].name)
		return object->data[witness->data - 1].name;
	return "memory";
}

static struct ks_reason *tell(struct ks_judge *judge, const struct ks_witness *witness)
{
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = name_of(judge, witness),
					.insn = witness->insn };
	switch (witness->how) {
	case KS_WITNESS_STACK:
		return ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_BOUNDS, &about,
				    "as far as the verifier knows, the offset into the stack may "
				    "be %" PRId64,
				    (int64_t)witness->number);
	case KS_WITNESS_SIZE:
		return ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_BOUNDS, &about,
				    "as far as the verifier knows, the size that the helper gets "
				    "may be %" PRIu64,
				    witness->number);
	case KS_WITNESS_RESERVED:
		return ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_BOUNDS, &about,
				    "the size that is reserved has to be a constant");
	default:
		return ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_BOUNDS, &about,
				    "as far as the verifier knows, the offset into it may be "
				    "%" PRId64,
				    (int64_t)witness->number);
	}
}

void ks_judge_bounds(struct ks_judge *judge)
{
	const struct ks_bounds *bounds = judge->bounds;
	if (!bounds || !bounds->witness.how)
		return;
	struct ks_reason *reason = tell(judge, &bounds->witness);
	if (bounds->always)
		ks_reason_hint(judge, reason, "compare it with a constant, or mask it");
	else
		ks_reason_hint(judge, reason,
			       "compare it with a constant, or mask it, right before: older "
			       "verifiers learn less of comparisons (nothing of two variables "
			       "before 6.8) and of what is computed");
}
