/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/interp/witness.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check/interp/opcode.h"
#include "check/interp/witness_private.h"

enum {
	MAX_STEPS = 100000,
	MAX_STATES = 24,      // of one place that are remembered
	MAX_HELD = 16u << 20, // bytes of states and sets
};

/** A state that was followed from a place. */
struct seen {
	struct seen *next;
	struct ks_held_state *state;
};
struct todo {
	struct todo *next;
	uint32_t at;
	struct ks_held_state *state;
};
struct following {
	struct ks_witnessing run;
	const uint8_t *targets;
	struct seen **seen;
	uint8_t *nr_seen;
	struct todo *todo;
	uint64_t steps;
};

/** A copy of a state, of the frames that it has. */
static struct ks_held_state *keep(struct ks_witnessing *run, const struct ks_held_state *state)
{
	size_t size = offsetof(struct ks_held_state, frames) + state->nr * sizeof(state->frames[0]);
	struct ks_held_state *kept = ks_arena_alloc(&run->arena, size);
	run->nomem |= !kept;
	return kept ? memcpy(kept, state, size) : NULL;
}

/** Nothing is lost for certain where a place is not followed again. */
static bool is_new(struct following *following, uint32_t at, const struct ks_held_state *state)
{
	if (!following->targets[at])
		return true;
	for (const struct seen *seen = following->seen[at]; seen; seen = seen->next)
		if (ks_held_covers(seen->state, state))
			return false;
	if (following->nr_seen[at] == MAX_STATES)
		return false;
	struct seen *seen = ks_arena_alloc(&following->run.arena, sizeof(*seen));
	following->run.nomem |= !seen;
	struct ks_held_state *kept = seen ? keep(&following->run, state) : NULL;
	if (!kept)
		return false;
	*seen = (struct seen){ .next = following->seen[at], .state = kept };
	following->seen[at] = seen;
	following->nr_seen[at]++;
	return true;
}

static void put_off(struct following *following, uint32_t at, const struct ks_held_state *state)
{
	struct todo *todo = ks_arena_alloc(&following->run.arena, sizeof(*todo));
	following->run.nomem |= !todo;
	struct ks_held_state *kept = todo ? keep(&following->run, state) : NULL;
	if (!kept)
		return;
	*todo = (struct todo){ .next = following->todo, .at = at, .state = kept };
	following->todo = todo;
}

static bool goes_on(const struct following *following)
{
	return following->steps && !following->run.found.how && !following->run.nomem &&
	       following->run.arena.total_bytes < MAX_HELD;
}

static void follow(struct following *following, uint32_t at, struct ks_held_state *state,
		   struct ks_held_state *other)
{
	uint32_t nr = following->run.input->interp->program->nr;
	while (at < nr && goes_on(following) && is_new(following, at, state)) {
		struct ks_held_next next;
		following->steps--;
		ks_held_step(&following->run, at, state, other, &next);
		if (!next.nr)
			return;
		if (next.nr == 2)
			put_off(following, next.at[1], other);
		at = next.at[0];
	}
}

static void follow_all(struct following *following, struct ks_held_state *state,
		       struct ks_held_state *other)
{
	struct ks_witnessing *run = &following->run;
	state->nr = 1;
	state->frames[0].regs[1].kind = KS_HELD_CONTEXT;
	state->frames[0].regs[10] = (struct ks_held){ .kind = KS_HELD_STACK,
						      .exact = true,
						      .samples = ks_samples_one(&run->sampler, 0) };
	run->nomem |= !state->frames[0].regs[10].samples;
	follow(following, 0, state, other);
	while (following->todo && goes_on(following)) {
		const struct todo *todo = following->todo;
		following->todo = todo->next;
		memcpy(state, todo->state,
		       offsetof(struct ks_held_state, frames) +
			       todo->state->nr * sizeof(state->frames[0]));
		follow(following, todo->at, state, other);
	}
}

/** Numbers that the program compares with are tried. */
static void sample(struct ks_sampler *sampler, const struct ks_bpf_program *program)
{
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_insn *insn = &program->insns[i];
		uint8_t class = ks_opcode_class(insn->code), op = ks_opcode_op(insn->code);
		if ((class == CLASS_JMP || class == CLASS_JMP32) && op != OP_CALL &&
		    op != OP_EXIT && op != OP_JA && !(insn->code & SOURCE_REG))
			ks_sampler_add(sampler, class == CLASS_JMP ? (uint64_t)(int64_t)insn->imm
								   : (uint32_t)insn->imm);
	}
}

/** Whether a type of the object says that values of maps hold pointers of the kernel (__kptr, __uptr and their kin). */
static bool has_kernel_pointers(const struct ks_btf *btf)
{
	for (uint32_t id = 1; btf && id < btf->nr; id++)
		if (ks_btf_kind_of(btf, id) == KS_BTF_TYPE_TAG &&
		    strstr(ks_btf_type(btf, id).name, "ptr"))
			return true;
	return false;
}

struct ks_error *ks_witness_find(const struct ks_witness_input *input, struct ks_witness *ret)
{
	uint32_t nr = input->interp->program->nr;
	struct following following = { .run = { .input = input },
				       .steps = *input->steps < MAX_STEPS ? *input->steps
									  : MAX_STEPS };
	uint64_t given = following.steps;
	*ret = (struct ks_witness){ 0 };
	_cleanup_free_ struct ks_held_state *states = calloc(2, sizeof(*states));
	_cleanup_free_ uint8_t *marks = calloc(3, (size_t)nr + 1);
	_cleanup_free_ struct seen **seen = calloc((size_t)nr + 1, sizeof(struct seen *));
	if (!states || !marks || !seen)
		return &ks_nomem;
	following.targets = marks;
	following.nr_seen = marks + 2 * ((size_t)nr + 1);
	following.seen = seen;
	following.run.global = marks + nr + 1;
	following.run.sampler.arena = &following.run.arena;
	following.run.kernel_pointers = has_kernel_pointers(input->interp->object->btf);
	ks_interp_mark(input->interp, marks, marks + nr + 1, &following.steps);
	sample(&following.run.sampler, input->interp->program);
	follow_all(&following, &states[0], &states[1]);
	*input->steps -= given - following.steps;
	*ret = following.run.found;
	ks_arena_deinit(&following.run.arena);
	return following.run.nomem ? &ks_nomem : NULL;
}
