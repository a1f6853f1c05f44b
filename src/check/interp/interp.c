/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/interp/interp_private.h"
#include "check/interp/opcode.h"

enum {
	MAX_DEPTH = 9,	      // the verifier: 8 frames
	MAX_STATES = 12,      // of one place, before they are taken together
	MAX_ENTERED = 24,     // ways into one function, before its arguments count as unknown
	MAX_STEPS = 1000000,  // the verifier's own limit
	MAX_HELD = 32u << 20, // bytes of states of one function
	FREE_RECORDS = 64,    // small records looked through for the price of one step
};

/** Take steps away; that there are none left says that the program is too large. */
static void spend(uint64_t *budget, uint64_t steps)
{
	*budget -= steps < *budget ? steps : *budget;
}

/** A state that was followed from a place. */
struct seen {
	struct seen *next; // of the same place
	struct ks_state state;
	bool wide; // takes together what came after MAX_STATES
};

struct todo {
	uint32_t at;
	struct ks_state state;
};

/** One function being followed. */
struct frame {
	struct ks_interp *interp;
	struct ks_arena arena;
	struct seen **seen; // of each instruction
	uint32_t *nr_seen;
	KS_VECTOR(struct todo) todo;
	bool returns;
	struct ks_value result;
};

static void frame_deinit(struct frame *frame)
{
	ks_arena_deinit(&frame->arena);
	free(frame->seen);
	free(frame->nr_seen);
	ks_vector_deinit(&frame->todo);
}
#define _cleanup_frame_ __attribute__((__cleanup__(frame_deinit)))

/**
 * Is there anything new in reaching a place with this state? The state may come back wider than it was.
 */
static struct ks_error *is_new(struct frame *frame, uint32_t at, struct ks_state *state, bool *ret)
{
	*ret = true;
	if (!frame->interp->targets[at])
		return NULL;
	struct seen *wide = NULL;
	for (struct seen *seen = frame->seen[at]; seen; seen = seen->next) {
		if (ks_state_covers(&seen->state, state)) {
			ks_interp_merge(frame->interp, &seen->state, state);
			*ret = false;
			return NULL;
		}
		if (seen->wide)
			wide = seen;
	}
	if (wide) {
		ks_interp_merge(frame->interp, &wide->state, state);
		*ret = ks_state_join(&wide->state, state);
		*state = wide->state;
		return NULL;
	}
	struct seen *seen = ks_arena_alloc(&frame->arena, sizeof(*seen));
	if (!seen)
		return &ks_nomem;
	*seen = (struct seen){ .next = frame->seen[at], .state = *state };
	if (++frame->nr_seen[at] > MAX_STATES || frame->arena.total_bytes > MAX_HELD) {
		for (const struct seen *old = seen->next; old; old = old->next) {
			ks_interp_merge(frame->interp, &seen->state, &old->state);
			ks_state_join(&seen->state, &old->state);
		}
		seen->wide = true;
		*state = seen->state;
	}
	frame->seen[at] = seen;
	return NULL;
}

/** It ends with what it was shown, or has read through that, and nothing was learned of it before. */
static void note_passed_on(struct ks_interp *interp, uint32_t at, const struct ks_value *value)
{
	int64_t offset = (int64_t)value->number;
	if (value->kind == KS_VALUE_KERNEL) {
		const struct ks_path *path = &interp->paths.at[value->index];
		if (!path->typed || path->compared || value->number ||
		    (path->how != KS_PATH_CONTEXT && path->how != KS_PATH_LOAD))
			return;
		offset = path->how == KS_PATH_CONTEXT ? path->offset : -1;
	} else if (value->kind != KS_VALUE_ANY || value->index != KS_ANY_PART) {
		return;
	}
	struct ks_ends *ends = &interp->ends;
	uint32_t i = 0;
	while (i < ends->nr_passed && ends->passed[i].offset != offset)
		i++;
	if (i < KS_MAX_EXITS && i == ends->nr_passed)
		ends->passed[ends->nr_passed++] = (struct ks_passed_on){ at, (int32_t)offset };
}

/** The program itself ends. */
static void note_exit(struct ks_interp *interp, uint32_t at, const struct ks_state *state)
{
	const struct ks_value *value = &state->regs[0];
	struct ks_ends *ends = &interp->ends;
	struct ks_varying *varying = ks_value_is_masked(value) ? &ends->masked : &ends->some;
	uint64_t bits = ks_value_varying(value);
	if (state->doubtful)
		return;
	if (bits > varying->bits)
		*varying = (struct ks_varying){ at + 1, bits };
	note_passed_on(interp, at, value);
	if (value->kind == KS_VALUE_CTX || value->kind == KS_VALUE_STACK ||
	    value->kind == KS_VALUE_DATA)
		ends->pointer = at + 1;
	if (value->kind != KS_VALUE_CONST)
		return;
	uint32_t i = 0;
	while (i < ends->nr_exits && ends->exits[i].value != value->number)
		i++;
	if (i < KS_MAX_EXITS && i == ends->nr_exits)
		ends->exits[ends->nr_exits++] = (struct ks_exit){ at, value->number };
}

static void note_return(struct frame *frame, uint32_t at, const struct ks_state *state)
{
	const struct ks_value *value = &state->regs[0];
	if (frame->interp->depth == 1)
		note_exit(frame->interp, at, state);
	ks_interp_use(frame->interp, value);
	struct ks_value result = *value;
	if (result.kind == KS_VALUE_STACK || result.kind == KS_VALUE_CTX)
		result = ks_value_any();
	if (frame->returns)
		result = ks_value_join(&frame->result, &result);
	frame->returns = true;
	frame->result = result;
}

/** Follow one path until it ends or meets what is known. */
static struct ks_error *follow(struct frame *frame, uint32_t at, struct ks_state *state)
{
	struct ks_interp *interp = frame->interp;
	uint32_t nr = interp->input->program->nr;
	struct ks_state other;
	while (at < nr && interp->budget) {
		bool new;
		KS_TRY(is_new(frame, at, state, &new));
		if (!new)
			return NULL;
		interp->budget--;
		struct ks_next next;
		KS_TRY(ks_interp_step(interp, at, state, &other, &next));
		if (next.nr == 0) {
			if (interp->input->program->insns[at].code == CODE_EXIT)
				note_return(frame, at, state);
			return NULL;
		}
		if (next.nr == 2) {
			struct todo *todo = ks_vector_push(&frame->todo);
			if (!todo)
				return &ks_nomem;
			if (frame->todo.len > MAX_HELD / sizeof(*todo))
				interp->budget = 0;
			todo->at = next.at[1];
			todo->state = other;
		}
		at = next.at[0];
	}
	return NULL;
}

static struct ks_error *follow_all(struct ks_interp *interp, uint32_t entry,
				   const struct ks_value *args, struct frame *frame)
{
	uint32_t nr = interp->input->program->nr;
	frame->interp = interp;
	frame->seen = calloc(nr, sizeof(struct seen *));
	frame->nr_seen = calloc(nr, sizeof(*frame->nr_seen));
	if (!frame->seen || !frame->nr_seen)
		return &ks_nomem;
	struct ks_state state;
	memset(&state, 0, sizeof(state));
	for (int i = 0; i < 5; i++)
		state.regs[i + 1] = args[i];
	state.regs[10].kind = KS_VALUE_STACK;
	KS_TRY(follow(frame, entry, &state));
	while (frame->todo.len) {
		struct todo todo = frame->todo.at[--frame->todo.len];
		KS_TRY(follow(frame, todo.at, &todo.state));
	}
	return NULL;
}

/** The record of an entry with these arguments; widens them when there are too many ways in. */
static struct ks_entered *find_entered(struct ks_interp *interp, uint32_t entry,
				       struct ks_value *args)
{
	size_t ways = 0;
	static const struct ks_value nothing[5];
	if (interp->global[entry])
		memcpy(args, nothing, sizeof(nothing));
	spend(&interp->budget, interp->entered.len / FREE_RECORDS);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < interp->entered.len; i++) {
			struct ks_entered *entered = &interp->entered.at[i];
			if (entered->entry != entry)
				continue;
			bool same = true;
			for (int j = 0; j < 5 && same; j++)
				same = ks_value_equal(&entered->args[j], &args[j]);
			if (same)
				return entered;
			ways++;
		}
		if (ways < MAX_ENTERED)
			return NULL;
		memcpy(args, nothing, sizeof(nothing));
	}
	return NULL;
}

struct ks_error *ks_interp_enter(struct ks_interp *interp, uint32_t entry,
				 const struct ks_value *given, struct ks_value *ret,
				 bool *ret_returns)
{
	struct ks_value args[5];
	memcpy(args, given, sizeof(args));
	const struct ks_entered *known = find_entered(interp, entry, args);
	for (int i = 0; i < 5; i++)
		if (!ks_value_equal(&given[i], &args[i]))
			ks_interp_use(interp, &given[i]);
	*ret = ks_value_any();
	*ret_returns = true;
	if (known) {
		if (known->done) {
			*ret = known->result;
			*ret_returns = known->returns;
		}
		return NULL;
	}
	if (interp->depth >= MAX_DEPTH) {
		interp->budget = 0; // the verifier refuses it anyway
		return NULL;
	}
	struct ks_entered entered = { .entry = entry };
	memcpy(entered.args, args, sizeof(args));
	size_t index = interp->entered.len;
	if (!ks_vector_add(&interp->entered, entered))
		return &ks_nomem;
	_cleanup_frame_ struct frame frame = { 0 };
	interp->depth++;
	struct ks_error *err = follow_all(interp, entry, args, &frame);
	interp->depth--;
	if (err)
		return err;
	const struct ks_value unbounded = { .kind = KS_VALUE_ANY, .index = KS_ANY_UNBOUNDED };
	struct ks_entered *slot = &interp->entered.at[index];
	slot->done = true;
	slot->returns = frame.returns;
	slot->result = interp->global[entry] ? unbounded : frame.result;
	*ret = slot->result;
	*ret_returns = slot->returns;
	return NULL;
}

/** Everything that control flow alone can reach, for programs that are too large to follow. */
static void reach_all(struct ks_interp *interp)
{
	for (uint32_t i = 0; i < interp->input->program->nr; i++)
		interp->reached[i].reached = true;
}

void ks_interp_mark(const struct ks_interp_input *input, uint8_t *targets, uint8_t *global,
		    uint64_t *budget)
{
	const struct ks_bpf_program *program = input->program;
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_insn *insn = &program->insns[i];
		uint8_t class = ks_opcode_class(insn->code), op = ks_opcode_op(insn->code);
		const struct ks_bpf_ref *at = ks_bpf_ref_at(input->object, program, i);
		if (at && at->kind == KS_REF_CALL && at->offset < program->nr && at->name &&
		    input->object->btf && *budget) {
			spend(budget, input->object->btf->nr / FREE_RECORDS);
			uint32_t id = ks_btf_find(input->object->btf, KS_BTF_FUNC, at->name, 1);
			global[at->offset] = id && ks_btf_type(input->object->btf, id).vlen == 1;
		}
		if ((class != CLASS_JMP && class != CLASS_JMP32) || op == OP_CALL || op == OP_EXIT)
			continue;
		int64_t off = class == CLASS_JMP32 && op == OP_JA ? insn->imm : insn->off;
		int64_t target = (int64_t)i + 1 + off;
		if (target >= 0 && target < program->nr)
			targets[target] = 1;
	}
}

struct ks_error *ks_interp(const struct ks_interp_input *input, struct ks_arena *arena,
			   struct ks_reach *ret)
{
	uint32_t nr = input->program->nr;
	struct ks_reached *reached = ks_arena_array(arena, (size_t)nr + 1, sizeof(*reached));
	uint8_t *marks = calloc(2, (size_t)nr + 1);
	if (!reached || !marks) {
		free(marks);
		return &ks_nomem;
	}
	memset(reached, 0, ((size_t)nr + 1) * sizeof(*reached));
	const uint64_t budget =
		input->steps && *input->steps < MAX_STEPS ? *input->steps : MAX_STEPS;
	struct ks_interp interp = { .input = input,
				    .reached = reached,
				    .targets = marks,
				    .global = marks + nr + 1,
				    .budget = budget };
	ks_interp_mark(input, marks, marks + nr + 1, &interp.budget);
	const struct ks_value args[5] = { { .kind = KS_VALUE_CTX } };
	struct ks_value result;
	bool returns;
	struct ks_error *err = NULL;
	if (nr) {
		marks[nr + 1] = 0; // the program itself is called with its context
		err = ks_interp_enter(&interp, 0, args, &result, &returns);
	}
	if (!err && !interp.budget)
		reach_all(&interp);
	if (input->steps)
		*input->steps -= budget - interp.budget;
	ks_vector_deinit(&interp.entered);
	free(marks);
	*ret = (struct ks_reach){ .complete = interp.budget != 0,
				  .at = reached,
				  .nr_paths = (uint32_t)interp.paths.len,
				  .nr_accesses = (uint32_t)interp.accesses.len,
				  .ends = interp.ends };
	ret->paths =
		ks_arena_copy(arena, interp.paths.at, interp.paths.len, sizeof(*interp.paths.at));
	ret->accesses = ks_arena_copy(arena, interp.accesses.at, interp.accesses.len,
				      sizeof(*interp.accesses.at));
	if (!err && (!ret->paths || !ret->accesses))
		err = &ks_nomem;
	ks_vector_deinit(&interp.paths);
	ks_vector_deinit(&interp.accesses);
	return err;
}
