/* SPDX-License-Identifier: BSD-2-Clause */
/* Pointers of the kernel that a program follows: where they come from, and whether anything is done with them. */
#include <string.h>

#include "check/interp/interp_private.h"

/** The path of a pointer read at an offset, new or known; KS_NO_PATH when there are too many. */
static uint32_t path_of(struct ks_interp *interp, uint32_t from, int64_t offset)
{
	for (uint32_t i = 0; i < interp->paths.len; i++)
		if (interp->paths.at[i].from == from && interp->paths.at[i].offset == offset)
			return i;
	const struct ks_path path = {
		.from = from,
		.depth = (uint8_t)(from == KS_NO_PATH ? 0 : interp->paths.at[from].depth + 1),
		.offset = (int32_t)offset
	};
	bool fits = interp->paths.len < KS_MAX_PATHS && path.depth <= KS_MAX_DEREFS &&
		    offset >= 0 && offset <= INT32_MAX;
	if (!fits || !ks_vector_add(&interp->paths, path))
		return KS_NO_PATH;
	return (uint32_t)interp->paths.len - 1;
}

void ks_interp_use(struct ks_interp *interp, const struct ks_value *value)
{
	if (value->kind == KS_VALUE_KERNEL)
		interp->paths.at[value->index].used = true;
}

struct ks_value ks_interp_pointer(struct ks_interp *interp, uint32_t at, uint32_t from,
				  int64_t offset)
{
	struct ks_reached *reached = &interp->reached[at];
	uint32_t path = interp->input->paths ? path_of(interp, from, offset) : KS_NO_PATH;
	if (reached->loads && reached->loads != path + 1) { // of several nobody is told apart
		interp->paths.at[reached->loads - 1].used = true;
		if (path != KS_NO_PATH)
			interp->paths.at[path].used = true;
	}
	if (path == KS_NO_PATH)
		return ks_value_any();
	reached->loads = (uint16_t)(path + 1);
	return (struct ks_value){ .kind = KS_VALUE_KERNEL, .index = path };
}

struct ks_value ks_interp_read(struct ks_interp *interp, uint32_t at, const struct ks_value *base,
			       int64_t offset, uint64_t size)
{
	struct ks_reached *reached = &interp->reached[at];
	ks_interp_use(interp, base);
	bool same = reached->reads == base->index + 1 && reached->read_offset == offset &&
		    reached->read_size == size;
	if (offset < 0 || offset > INT32_MAX || size > UINT32_MAX || (reached->reads && !same)) {
		reached->many_reads = true;
		return ks_value_any();
	}
	reached->reads = (uint16_t)(base->index + 1);
	reached->read_offset = (int32_t)offset;
	reached->read_size = (uint32_t)size;
	return size == 8 ? ks_interp_pointer(interp, at, base->index, offset) : ks_value_any();
}

/** Two values of one place: what they are not both is not followed under its name any more. */
static void lose(struct ks_interp *interp, const struct ks_value *a, const struct ks_value *b)
{
	if (ks_value_equal(a, b))
		return;
	ks_interp_use(interp, a);
	ks_interp_use(interp, b);
}

void ks_interp_merge(struct ks_interp *interp, const struct ks_state *a, const struct ks_state *b)
{
	static const struct ks_value any;
	for (int i = 0; i < KS_NR_REGS; i++)
		lose(interp, &a->regs[i], &b->regs[i]);
	for (uint64_t left = a->used | b->used; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		lose(interp, a->used >> i & 1 ? &a->slots[i] : &any,
		     b->used >> i & 1 ? &b->slots[i] : &any);
	}
}

void ks_interp_expose(struct ks_interp *interp, const struct ks_state *state, int64_t offset,
		      uint64_t size)
{
	int64_t end = size > (uint64_t)INT32_MAX || offset > 0 ? 0 : offset + (int64_t)size;
	for (uint64_t left = state->used; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		int64_t at = (i - KS_NR_STACK_SLOTS) * 8;
		if (at + 8 > offset && at < end)
			ks_interp_use(interp, &state->slots[i]);
	}
}
