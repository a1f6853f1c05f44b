/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/vector.h"
#include "bpf/reads.h"

/*
 * Which registers and stack slots hold the address of the context, plus a constant, in front of each instruction;
 * where paths meet, what holds on all of them. Everything that is not followed is forgotten.
 */

enum {
	NR_REGS = 10,  // r10 is the frame
	NR_SLOTS = 64, // 8 bytes each
	NR_PLACES = NR_REGS + NR_SLOTS,
	NOTHING = INT16_MIN,
	MAX_INSNS = 100000,
	// classes, and the operations that matter
	CLASS_LD = 0,
	CLASS_LDX = 1,
	CLASS_ST = 2,
	CLASS_STX = 3,
	CLASS_JMP = 5,
	CLASS_JMP32 = 6,
	MOV64_X = 0xbf,
	ADD64_K = 0x07,
	CALL = 0x85,
	EXIT = 0x95,
	JA = 0x05,
	JA32 = 0x06,
	LD_IMM64 = 0x18,
	LDX_DW = 0x79,
	STX_DW = 0x7b,
	MODE_ATOMIC = 0xc0,
	PSEUDO_CALL = 1,
};

struct state {
	int16_t at[NR_PLACES];
};

struct flow {
	const struct ks_bpf_object *object;
	const struct ks_bpf_program *program;
	struct state *states;
	bool *seen, *queued;
	KS_VECTOR(uint32_t) queue;
};

static void forget(struct state *state, int first, int last)
{
	for (int i = first; i <= last; i++)
		state->at[i] = NOTHING;
}

/** The state in front of an instruction is also this one. */
static struct ks_error *join(struct flow *flow, uint64_t insn, const struct state *state)
{
	if (insn >= flow->program->nr)
		return NULL;
	struct state *at = &flow->states[insn];
	bool changed = !flow->seen[insn];
	if (changed)
		*at = *state;
	for (int i = 0; !changed && i < NR_PLACES; i++)
		changed = at->at[i] != NOTHING && at->at[i] != state->at[i];
	if (changed && flow->seen[insn])
		for (int i = 0; i < NR_PLACES; i++)
			if (at->at[i] != state->at[i])
				at->at[i] = NOTHING;
	flow->seen[insn] = true;
	if (!changed || flow->queued[insn])
		return NULL;
	flow->queued[insn] = true;
	return ks_vector_add(&flow->queue, (uint32_t)insn) ? NULL : &ks_nomem;
}

/** The stack slot of an offset from r10, or -1. */
static int slot_of(int off)
{
	return off < 0 && off >= -NR_SLOTS * 8 ? NR_REGS + (off + NR_SLOTS * 8) / 8 : -1;
}

static void store(struct state *state, const struct ks_bpf_insn *insn)
{
	bool atomic = (insn->code & 0xe0) == MODE_ATOMIC && (insn->code & 7) == CLASS_STX;
	if (insn->dst == NR_REGS && slot_of(insn->off) >= 0) {
		bool whole = insn->code == STX_DW && insn->off % 8 == 0 && insn->src < NR_REGS;
		state->at[slot_of(insn->off)] = whole ? state->at[insn->src] : NOTHING;
	}
	if (atomic && insn->src < NR_REGS) // some bring the old value back
		state->at[insn->src] = NOTHING;
	if (atomic)
		state->at[0] = NOTHING;
}

/** What an instruction that is no jump leaves behind. */
static void step(struct state *state, const struct ks_bpf_insn *insn)
{
	unsigned int class = insn->code & 7;
	if (class == CLASS_ST || class == CLASS_STX) {
		store(state, insn);
		return;
	}
	if (insn->dst >= NR_REGS)
		return;
	int16_t *dst = &state->at[insn->dst];
	if (insn->code == MOV64_X && insn->off == 0 && insn->src < NR_REGS)
		*dst = state->at[insn->src];
	else if (insn->code == ADD64_K && *dst != NOTHING && insn->imm >= 0 &&
		 insn->imm <= INT16_MAX - *dst)
		*dst = (int16_t)(*dst + insn->imm);
	else if (insn->code == LDX_DW && insn->src == NR_REGS && insn->off % 8 == 0 &&
		 slot_of(insn->off) >= 0)
		*dst = state->at[slot_of(insn->off)];
	else
		*dst = NOTHING;
}

/** Follow a call: into a function of the program with the arguments, and behind it without them. */
static struct ks_error *step_call(struct flow *flow, uint32_t at, struct state *state)
{
	const struct ks_bpf_insn *insn = &flow->program->insns[at];
	if (insn->src == PSEUDO_CALL) {
		struct state inside = *state;
		inside.at[0] = NOTHING;
		forget(&inside, 6, NR_PLACES - 1);
		KS_TRY(join(flow, (uint64_t)((int64_t)at + 1 + insn->imm), &inside));
	}
	forget(state, 0, 5);
	return join(flow, at + 1, state);
}

static struct ks_error *step_from(struct flow *flow, uint32_t at)
{
	const struct ks_bpf_insn *insn = &flow->program->insns[at];
	struct state state = flow->states[at];
	unsigned int class = insn->code & 7;
	if (insn->code == EXIT)
		return NULL;
	if (insn->code == CALL)
		return step_call(flow, at, &state);
	if (class == CLASS_JMP || class == CLASS_JMP32) {
		int64_t to = (int64_t)at + 1 + (insn->code == JA32 ? insn->imm : insn->off);
		KS_TRY(join(flow, (uint64_t)to, &state)); // a negative one lies behind the end
		return insn->code == JA || insn->code == JA32 ? NULL : join(flow, at + 1, &state);
	}
	step(&state, insn);
	return join(flow, at + (insn->code == LD_IMM64 ? 2u : 1u), &state);
}

static struct ks_error *run(struct flow *flow)
{
	struct state start;
	forget(&start, 0, NR_PLACES - 1);
	start.at[1] = 0;
	KS_TRY(join(flow, 0, &start));
	while (flow->queue.len) {
		uint32_t at = flow->queue.at[--flow->queue.len];
		flow->queued[at] = false;
		KS_TRY(step_from(flow, at));
	}
	return NULL;
}

/** Helpers that copy from the address in r3: bpf_probe_read() and its kin. */
static bool copies_from_r3(const struct ks_bpf_insn *insn)
{
	static const int32_t ids[] = { 4, 45, 112, 113, 114, 115 };
	for (size_t i = 0; i < KS_ARRAY_LEN(ids); i++)
		if (insn->src == 0 && insn->imm == ids[i])
			return true;
	return false;
}

/** Does an instruction read of the context? */
static bool read_at(const struct flow *flow, uint32_t at, struct ks_bpf_read *ret)
{
	static const uint8_t sizes[] = { 4, 2, 1, 8 };
	const struct ks_bpf_program *program = flow->program;
	const struct ks_bpf_insn *insn = &program->insns[at];
	const struct state *state = &flow->states[at];
	bool load = (insn->code & 7) == CLASS_LDX && insn->src < NR_REGS;
	bool copy = insn->code == CALL && copies_from_r3(insn);
	int base = load ? state->at[insn->src] : copy ? state->at[3] : NOTHING;
	if (!flow->seen[at] || base == NOTHING)
		return false;
	int offset = base + (load ? insn->off : 0);
	*ret = (struct ks_bpf_read){
		.insn = at,
		.offset = (uint32_t)offset,
		.size_bytes = load ? sizes[insn->code >> 3 & 3] : 0,
		.relocated = program->cores[at] != KS_NO_INDEX,
	};
	return offset >= 0;
}

static struct ks_error *collect(struct flow *flow, struct ks_arena *arena, struct ks_bpf_read **ret,
				uint32_t *ret_nr)
{
	struct ks_bpf_read read;
	uint32_t nr = 0;
	for (uint32_t i = 0; i < flow->program->nr; i++)
		nr += read_at(flow, i, &read);
	*ret = ks_arena_array(arena, nr, sizeof(**ret));
	if (!*ret)
		return &ks_nomem;
	*ret_nr = nr;
	for (uint32_t i = 0, k = 0; k < nr; i++)
		if (read_at(flow, i, &read))
			(*ret)[k++] = read;
	return NULL;
}

struct ks_error *ks_bpf_context_reads(struct ks_arena *arena, const struct ks_bpf_object *object,
				      const struct ks_bpf_program *program,
				      struct ks_bpf_read **ret, uint32_t *ret_nr)
{
	*ret = NULL;
	*ret_nr = 0;
	if (!program->nr || program->nr > MAX_INSNS)
		return NULL;
	struct flow flow = { .object = object, .program = program };
	flow.states = malloc(program->nr * sizeof(*flow.states));
	flow.seen = calloc(program->nr, sizeof(*flow.seen));
	flow.queued = calloc(program->nr, sizeof(*flow.queued));
	struct ks_error *err = &ks_nomem;
	if (flow.states && flow.seen && flow.queued)
		err = run(&flow);
	if (!err)
		err = collect(&flow, arena, ret, ret_nr);
	ks_vector_deinit(&flow.queue);
	free(flow.states);
	free(flow.seen);
	free(flow.queued);
	return err;
}
