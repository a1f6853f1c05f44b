/* SPDX-License-Identifier: BSD-2-Clause */
/* What helpers do with their arguments and with the stack that these point to. */
#include "base/array.h"
#include "check/interp/interp_private.h"

enum { KEY = 6, VALUE }; // sizes that the map in r1 tells
/** Memory that a helper gets by a pointer. */
struct part {
	uint8_t pointer, size; // registers
	bool writes;	       // it does not read it
};
/** Helpers that take less than five arguments, or do less with them than might be. */
static const struct helper {
	uint8_t id, nr_args;
	struct part parts[2];
} helpers[] = {
	{ 1, 2, { { 2, KEY, false } } }, // maps: look up, update, delete
	{ 2, 4, { { 2, KEY, false }, { 3, VALUE, false } } },
	{ 3, 2, { { 2, KEY, false } } },
	{ 4, 3, { { 1, 2, true } } }, // copies of memory
	{ 45, 3, { { 1, 2, true } } },
	{ 112, 3, { { 1, 2, true } } },
	{ 113, 3, { { 1, 2, true } } },
	{ 114, 3, { { 1, 2, true } } },
	{ 115, 3, { { 1, 2, true } } },
	{ 16, 2, { { 1, 2, true } } },	// the name of the task
	{ 25, 5, { { 4, 5, false } } }, // what is put out
	{ 130, 4, { { 2, 3, false } } },
	{ 131, 3, { { 0 } } },
	{ 132, 2, { { 0 } } },
	{ 133, 2, { { 0 } } },
	{ 27, 3, { { 0 } } },
	{ 5, 0, { { 0 } } }, // time, processor, task
	{ 7, 0, { { 0 } } },
	{ 8, 0, { { 0 } } },
	{ 14, 0, { { 0 } } },
	{ 15, 0, { { 0 } } },
	{ 35, 0, { { 0 } } },
	{ 80, 0, { { 0 } } },
	{ 125, 0, { { 0 } } },
	{ 158, 0, { { 0 } } },
};

static const struct helper *find_helper(const struct ks_bpf_insn *insn)
{
	for (size_t i = 0; insn && insn->src == 0 && i < KS_ARRAY_LEN(helpers); i++)
		if (helpers[i].id == insn->imm)
			return &helpers[i];
	return NULL;
}

enum ks_given ks_helper_is_given(const struct ks_bpf_insn *insn, int reg)
{
	const struct helper *helper = find_helper(insn);
	if (!helper)
		return KS_GIVEN_UNTOLD;
	if (reg > helper->nr_args)
		return KS_GIVEN_NONE;
	for (size_t i = 0; i < KS_ARRAY_LEN(helper->parts); i++) {
		const struct part *part = &helper->parts[i];
		if (part->pointer == reg)
			return part->writes && part->size == reg + 1 ? KS_GIVEN_WRITTEN
			       : part->writes			     ? KS_GIVEN_UNTOLD
								     : KS_GIVEN_READ;
	}
	return KS_GIVEN_UNTOLD;
}

bool ks_helper_copies_kernel(const struct ks_bpf_insn *insn, bool *ret_text)
{
	static const uint8_t ids[] = { 4, 113, 45, 115 };
	for (size_t i = 0; insn->src == 0 && i < sizeof(ids); i++) {
		*ret_text = i >= 2;
		if (insn->imm == ids[i])
			return true;
	}
	return false;
}

/** Bytes of a part; UINT64_MAX when they are not known. */
static uint64_t size_of(const struct ks_interp *interp, const struct ks_state *state,
			const struct part *part)
{
	const struct ks_bpf_object *object = interp->input->object;
	const struct ks_value *map = &state->regs[1];
	if (part->size < KEY) {
		const struct ks_value *size = &state->regs[part->size];
		return size->kind == KS_VALUE_CONST && size->number ? size->number : UINT64_MAX;
	}
	if (map->kind != KS_VALUE_POINTER || !map->index || map->index > object->nr_maps)
		return UINT64_MAX;
	uint32_t size = part->size == KEY ? object->maps[map->index - 1].key_size
					  : object->maps[map->index - 1].value_size;
	return size ? size : UINT64_MAX;
}

/** Nobody knows what becomes of it: it may be read and written; the size is often the next argument. */
static void give_away(struct ks_interp *interp, struct ks_state *state, int reg)
{
	const struct ks_value *arg = &state->regs[reg];
	uint64_t size = UINT64_MAX;
	if (reg < 5 && state->regs[reg + 1].kind == KS_VALUE_CONST && state->regs[reg + 1].number)
		size = state->regs[reg + 1].number;
	ks_interp_expose(interp, state, (int64_t)arg->number, UINT64_MAX);
	ks_state_forget(state, (int64_t)arg->number, size);
}

static void hand_over_one(struct ks_interp *interp, struct ks_state *state,
			  const struct helper *helper, int reg)
{
	int64_t offset = (int64_t)state->regs[reg].number;
	for (size_t i = 0; helper && i < 2; i++) {
		const struct part *part = &helper->parts[i];
		if (part->pointer != reg)
			continue;
		uint64_t size = size_of(interp, state, part);
		if (part->writes)
			ks_state_forget(state, offset, size);
		else
			ks_interp_expose(interp, state, offset, size);
		return;
	}
	give_away(interp, state, reg);
}

void ks_interp_hand_over(struct ks_interp *interp, struct ks_state *state,
			 const struct ks_bpf_insn *insn)
{
	const struct helper *helper = find_helper(insn);
	for (int reg = 1; reg <= (helper ? helper->nr_args : 5); reg++) {
		if (insn)
			ks_interp_use(interp, &state->regs[reg]);
		if (state->regs[reg].kind == KS_VALUE_STACK)
			hand_over_one(interp, state, helper, reg);
	}
}
