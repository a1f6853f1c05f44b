/* SPDX-License-Identifier: BSD-2-Clause */
/* Pointers of the kernel that a program follows: where they come from, and whether anything is done with them. */
#include <string.h>

#include "check/interp/interp_private.h"
#include "check/interp/results.h"

/** The number of a path, new or known; KS_NO_PATH when there are too many. */
static uint32_t path_of(struct ks_interp *interp, struct ks_path path, int64_t offset)
{
	const struct ks_interp_input *input = interp->input;
	for (uint32_t i = 0; i < interp->paths.len; i++) {
		const struct ks_path *known = &interp->paths.at[i];
		if (known->from == path.from && known->offset == offset && known->how == path.how &&
		    known->moved == path.moved && known->map == path.map)
			return i;
	}
	const struct ks_path *from = path.from == KS_NO_PATH ? NULL : &interp->paths.at[path.from];
	path.depth = (uint8_t)(from ? from->depth + 1 : 0);
	path.offset = (int32_t)offset;
	if (path.how == KS_PATH_LOAD && from)
		path.typed = from->typed;
	else if (path.how == KS_PATH_CONTEXT)
		path.typed = input->typed;
	bool fits = interp->paths.len < KS_MAX_PATHS && path.depth <= KS_MAX_DEREFS &&
		    offset >= 0 && offset <= INT32_MAX;
	if (!fits || !ks_vector_add(&interp->paths, path))
		return KS_NO_PATH;
	uint32_t index = (uint32_t)interp->paths.len - 1;
	bool given = path.how == KS_PATH_RESULT || path.how == KS_PATH_KFUNC;
	if (path.typed && !given && input->may_be_null)
		interp->paths.at[index].may_be_null =
			input->may_be_null(input->types, interp->paths.at, index);
	return index;
}

/** A pointer of a path that an instruction comes to. */
static struct ks_value pointer_of(const struct ks_interp *interp, uint32_t at, uint32_t path)
{
	struct ks_value value = { .kind = KS_VALUE_KERNEL, .index = path };
	if (!interp->paths.at[path].may_be_null)
		return value;
	bool fits = at + 1 < KS_VALUE_IDS;
	value.null = fits ? KS_NULL_MAYBE : KS_NULL_UNTOLD;
	value.id = fits ? (at + 1) & (KS_VALUE_IDS - 1) : 0;
	return value;
}

void ks_interp_use(struct ks_interp *interp, const struct ks_value *value)
{
	if (value->kind == KS_VALUE_KERNEL)
		interp->paths.at[value->index].used = true;
}

struct ks_value ks_interp_pointer(struct ks_interp *interp, uint32_t at, uint32_t from,
				  int64_t offset, enum ks_path_how how)
{
	struct ks_reached *reached = &interp->reached[at];
	const struct ks_path wanted = { .from = from,
					.how = (uint8_t)how,
					.moved = from != KS_NO_PATH &&
						 interp->paths.at[from].moved };
	uint32_t path = interp->input->paths ? path_of(interp, wanted, offset) : KS_NO_PATH;
	if (reached->loads && reached->loads != path + 1) { // of several nobody is told apart
		interp->paths.at[reached->loads - 1].used = true;
		if (path != KS_NO_PATH)
			interp->paths.at[path].used = true;
	}
	if (path == KS_NO_PATH)
		return ks_value_any();
	reached->loads = (uint16_t)(path + 1);
	return pointer_of(interp, at, path);
}

struct ks_value ks_interp_read(struct ks_interp *interp, uint32_t at, const struct ks_value *base,
			       int64_t offset, uint64_t size, enum ks_path_how how)
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
	return size == 8 ? ks_interp_pointer(interp, at, base->index, offset, how) : ks_value_any();
}

struct ks_value ks_interp_read_moved(struct ks_interp *interp, uint32_t at,
				     const struct ks_value *base, int64_t offset, uint8_t size)
{
	const struct ks_path wanted = { .from = base->index, .how = KS_PATH_LOAD, .moved = true };
	ks_interp_use(interp, base);
	if (!interp->paths.at[base->index].typed || size != 8)
		return ks_value_any();
	uint32_t path = path_of(interp, wanted, offset);
	return path == KS_NO_PATH ? ks_value_any() : pointer_of(interp, at, path);
}

struct ks_value ks_interp_result(struct ks_interp *interp, uint32_t at, int32_t helper,
				 uint32_t map)
{
	const struct ks_helper_result *result = ks_helper_result(helper);
	if (!result || !interp->input->may_be_null)
		return ks_value_any();
	const struct ks_path wanted = { .from = KS_NO_PATH,
					.how = KS_PATH_RESULT,
					.map = map,
					.typed = result->record || result->number,
					.may_be_null = result->may_be_null };
	uint32_t path = path_of(interp, wanted, helper);
	if (path == KS_NO_PATH)
		return ks_value_any();
	struct ks_value value = pointer_of(interp, at, path);
	if (result->record || result->number)
		return value;
	value.kind = KS_VALUE_RESULT;
	return value.id ? value : ks_value_any();
}

struct ks_value ks_interp_kfunc(struct ks_interp *interp, uint32_t at, uint32_t ext)
{
	const struct ks_interp_input *input = interp->input;
	const struct ks_path wanted = {
		.from = KS_NO_PATH, .how = KS_PATH_KFUNC, .typed = true, .may_be_null = true
	};
	if (!input->kfunc_may_give_null || !input->kfunc_may_give_null(input->types, ext))
		return ks_value_any();
	uint32_t path = path_of(interp, wanted, ext);
	return path == KS_NO_PATH ? ks_value_any() : pointer_of(interp, at, path);
}

void ks_interp_access(struct ks_interp *interp, uint32_t at, const struct ks_value *base,
		      int64_t offset, uint8_t size, bool moved, enum ks_access_how how)
{
	enum { MAX_ACCESSES = 8 }; // of one instruction
	struct ks_reached *reached = &interp->reached[at];
	if (interp->doubtful || offset < INT32_MIN || offset > INT32_MAX)
		return;
	const struct ks_access access = { .path = base->index,
					  .next = reached->accesses,
					  .offset = (int32_t)offset,
					  .size = size,
					  .null = (uint8_t)base->null,
					  .moved = moved,
					  .varies = base->varies,
					  .how = (uint8_t)how };
	uint32_t nr = 0;
	for (uint32_t i = reached->accesses; i; i = interp->accesses.at[i - 1].next) {
		const struct ks_access *known = &interp->accesses.at[i - 1];
		if ((known->path == access.path && known->offset == access.offset &&
		     known->null == access.null && known->moved == moved &&
		     known->varies == access.varies) ||
		    ++nr == MAX_ACCESSES)
			return;
	}
	if (ks_vector_add(&interp->accesses, access))
		reached->accesses = (uint32_t)interp->accesses.len;
}

/** Two values of one place: what they are not both is not followed under its name any more. */
static void lose(struct ks_interp *interp, const struct ks_value *a, const struct ks_value *b)
{
	if (ks_value_alike(a, b))
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
