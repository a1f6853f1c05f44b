/* SPDX-License-Identifier: BSD-2-Clause */
/* What registers and stack hold to the verifier, as far as that is sure. */
#include <string.h>

#include "check/interp/opcode.h"
#include "check/interp/witness_private.h"

struct ks_held ks_held_number(struct ks_witnessing *run, const struct ks_samples *samples)
{
	run->nomem |= !samples;
	if (!samples)
		return (struct ks_held){ 0 };
	uint32_t id = ++run->ids;
	return (struct ks_held){ .kind = KS_HELD_NUMBER, .id = id, .kin = id, .samples = samples };
}

struct ks_held ks_held_exact(struct ks_witnessing *run, uint64_t number)
{
	struct ks_held held = ks_held_number(run, ks_samples_one(&run->sampler, number));
	held.exact = held.kind == KS_HELD_NUMBER;
	return held;
}

struct ks_held ks_held_bytes(struct ks_witnessing *run, uint8_t size)
{
	struct ks_held held = ks_held_number(run, ks_samples_of_bytes(&run->sampler, size));
	held.whole = size == 8 && held.kind == KS_HELD_NUMBER;
	return held;
}

static bool same_samples(const struct ks_samples *a, const struct ks_samples *b)
{
	return a->nr == b->nr && ks_samples_cover(a, b);
}

/** Some of a set: where there are many, the smallest and largest of them. */
static uint32_t pick(const struct ks_samples *samples, uint64_t *ret)
{
	enum { EACH = 4 };
	uint32_t nr = 0;
	for (uint32_t i = 0; i < samples->nr; i++)
		if (i < EACH || i + EACH >= samples->nr)
			ret[nr++] = samples->at[i];
	return nr;
}

/** Each of a with each of b; copies of one number are the same one. */
static const struct ks_samples *combine(struct ks_witnessing *run, uint8_t op, bool wide,
					int16_t off, const struct ks_held *a,
					const struct ks_held *b)
{
	uint64_t left[KS_MAX_SAMPLES], right[KS_MAX_SAMPLES], results[KS_MAX_SAMPLES];
	bool copies = a->kind == KS_HELD_NUMBER && b->kind == KS_HELD_NUMBER && a->id == b->id &&
		      same_samples(a->samples, b->samples);
	bool few = !copies && a->samples->nr > 1 && b->samples->nr > 1;
	uint32_t nr_left = a->samples->nr, nr_right = b->samples->nr, nr = 0;
	memcpy(left, a->samples->at, nr_left * sizeof(*left));
	memcpy(right, b->samples->at, nr_right * sizeof(*right));
	if (few) {
		nr_left = pick(a->samples, left);
		nr_right = pick(b->samples, right);
	}
	for (uint32_t i = 0; i < nr_left; i++)
		for (uint32_t j = copies ? i : 0; j < (copies ? i + 1 : nr_right); j++)
			results[nr++] = ks_value_alu(op, wide, off, ks_value_const(left[i]),
						     ks_value_const(right[j]))
						.number;
	return ks_samples_of(&run->sampler, results, nr);
}

/** Whether samples of it are bytes from where it points to. */
static bool has_offset(const struct ks_held *held)
{
	return held->kind == KS_HELD_STACK || held->kind == KS_HELD_MEMORY ||
	       held->kind == KS_HELD_DATA;
}

static struct ks_held move(struct ks_witnessing *run, const struct ks_held *pointer,
			   const struct ks_held *by, uint8_t op)
{
	struct ks_held moved = *pointer;
	moved.samples = combine(run, op, true, 0, pointer, by);
	moved.exact = pointer->exact && by->exact;
	run->nomem |= !moved.samples;
	return moved.samples ? moved : (struct ks_held){ 0 };
}

/** What verifiers that learn less know nothing of. */
static bool is_lost(const struct ks_witnessing *run, uint8_t op, bool wide, const struct ks_held *b)
{
	if (run->input->learns || op == OP_MOV || op == OP_ADD || op == OP_SUB || op == OP_AND)
		return false;
	if (op == OP_DIV || op == OP_MOD || op == OP_NEG)
		return true;
	for (uint32_t i = 1; i < b->samples->nr; i++)
		if (wide || (uint32_t)b->samples->at[i] != (uint32_t)b->samples->at[0])
			return true;
	return false;
}

struct ks_held ks_held_alu(struct ks_witnessing *run, uint8_t op, bool wide, int16_t off,
			   const struct ks_held *a, const struct ks_held *b)
{
	bool unary = op == OP_NEG, copies = op == OP_MOV, numbers = b->kind == KS_HELD_NUMBER;
	if (copies && wide && !off)
		return *b;
	if (copies && off && off != 8 && off != 16 && off != 32)
		return (struct ks_held){ 0 }; // into another address space
	if (wide && op == OP_ADD && has_offset(b) && a->kind == KS_HELD_NUMBER)
		return move(run, b, a, op);
	if (wide && (op == OP_ADD || op == OP_SUB) && has_offset(a) && numbers)
		return move(run, a, b, op);
	if ((!copies && a->kind != KS_HELD_NUMBER) || (!unary && !numbers))
		return (struct ks_held){ 0 };
	if (is_lost(run, op, wide, unary ? a : b))
		return ks_held_bytes(run, wide ? 8 : 4);
	const struct ks_held *first = copies ? b : a, *second = unary ? a : b;
	struct ks_held result = ks_held_number(run, combine(run, op, wide, off, first, second));
	if (result.kind == KS_HELD_UNTOLD)
		return result;
	result.exact = first->exact && second->exact;
	if (second->exact || copies || unary)
		result.kin = first->kin;
	if (copies && run->input->links && same_samples(result.samples, b->samples))
		result.id = b->id;
	return result;
}

static bool covers(const struct ks_held *a, const struct ks_held *b)
{
	if (b->kind == KS_HELD_UNTOLD)
		return true;
	if (a->kind != b->kind || a->index != b->index || a->exact != b->exact ||
	    (b->whole && !a->whole))
		return false;
	return !b->samples || ks_samples_cover(a->samples, b->samples);
}

bool ks_held_covers(const struct ks_held_state *a, const struct ks_held_state *b)
{
	if (a->nr != b->nr)
		return false;
	for (uint32_t f = 0; f < a->nr; f++) {
		const struct ks_held_frame *x = &a->frames[f], *y = &b->frames[f];
		if (x->back != y->back)
			return false;
		for (int i = 0; i < KS_NR_REGS; i++)
			if (!covers(&x->regs[i], &y->regs[i]))
				return false;
		for (int i = 0; i < KS_NR_STACK_SLOTS; i++) {
			const struct ks_held_slot *s = &x->slots[i], *t = &y->slots[i];
			if (!covers(&s->held, &t->held) || (t->size && s->size != t->size) ||
			    t->misc & ~s->misc)
				return false;
		}
	}
	return true;
}

/** The slot that holds bytes of the stack; NULL: they lie outside, or in two. @param ret_byte the first of it */
static struct ks_held_slot *slot_at(struct ks_held_frame *frame, int64_t offset, uint8_t size,
				    unsigned int *ret_byte)
{
	if (offset >= 0 || offset < -KS_NR_STACK_SLOTS * 8)
		return NULL;
	unsigned int at = (unsigned int)(offset + KS_NR_STACK_SLOTS * 8);
	*ret_byte = at % 8;
	return *ret_byte + size > 8 ? NULL : &frame->slots[at / 8];
}

static uint8_t bytes_of(unsigned int first, unsigned int size)
{
	return (uint8_t)(((1u << size) - 1) << first);
}

void ks_held_forget(struct ks_held_frame *frame)
{
	memset(frame->slots, 0, sizeof(frame->slots));
}

/** What a slot held is known no more: bytes of a number that was kept, or of a pointer, are some number. */
static void scrub(struct ks_held_slot *slot)
{
	slot->misc |= bytes_of(0, slot->size);
	slot->held = (struct ks_held){ 0 };
	slot->size = 0;
}

void ks_held_overwrite(struct ks_held_frame *frame, int64_t offset, uint64_t size)
{
	uint64_t nr = size < KS_NR_STACK_SLOTS * 8 ? size : KS_NR_STACK_SLOTS * 8;
	for (uint64_t i = 0; i < nr; i++) {
		unsigned int byte;
		struct ks_held_slot *slot =
			slot_at(frame, (int64_t)((uint64_t)offset + i), 1, &byte);
		if (!slot)
			continue;
		scrub(slot);
		slot->misc |= bytes_of(byte, 1);
	}
}

/** A number, cut to bytes of it. */
static struct ks_held part(struct ks_witnessing *run, const struct ks_held *held,
			   unsigned int first, uint8_t size)
{
	uint64_t numbers[KS_MAX_SAMPLES], mask = size >= 8 ? UINT64_MAX : (1ull << (8 * size)) - 1;
	for (uint32_t i = 0; i < held->samples->nr; i++)
		numbers[i] = held->samples->at[i] >> (8 * first) & mask;
	struct ks_held cut =
		ks_held_number(run, ks_samples_of(&run->sampler, numbers, held->samples->nr));
	if (cut.kind == KS_HELD_NUMBER) {
		cut.exact = held->exact;
		cut.kin = held->kin;
		if (!first && same_samples(cut.samples, held->samples))
			cut.id = held->id;
	}
	return cut;
}

void ks_held_store(struct ks_witnessing *run, struct ks_held_frame *frame, int64_t offset,
		   uint8_t size, const struct ks_held *value)
{
	unsigned int byte;
	struct ks_held_slot *slot = slot_at(frame, offset, size, &byte);
	if (!slot) { // in two slots the verifier allows none
		ks_held_forget(frame);
		return;
	}
	bool some_number = value->kind == KS_HELD_NUMBER;
	bool dropped = !run->input->learns && value->whole; // since 6.9 they are kept: e67ddd9b1cff
	scrub(slot);
	slot->misc &= (uint8_t)~bytes_of(byte, size);
	if (!byte && !dropped && (size == 8 || some_number)) {
		slot->held = some_number && size < 8 ? part(run, value, 0, size) : *value;
		slot->size = slot->held.kind == KS_HELD_UNTOLD ? 0 : size;
	} else if (some_number && !run->input->learns &&
		   value->samples->at[value->samples->nr - 1]) {
		slot->misc |= bytes_of(byte, size); // zeroes are told apart
	}
}

struct ks_held ks_held_load(struct ks_witnessing *run, const struct ks_held_frame *frame,
			    int64_t offset, uint8_t size)
{
	unsigned int byte;
	const struct ks_held_slot *slot =
		slot_at((struct ks_held_frame *)frame, offset, size, &byte);
	if (!slot)
		return (struct ks_held){ 0 };
	if (slot->size == 8 && size == 8)
		return slot->held;
	bool ends = !run->input->interp->object->big_endian || size == slot->size;
	if (byte + size <= slot->size && slot->held.kind == KS_HELD_NUMBER)
		return ends ? part(run, &slot->held, byte, size) : (struct ks_held){ 0 };
	uint8_t wanted = bytes_of(byte, size);
	return (slot->misc & wanted) == wanted ? ks_held_bytes(run, size) : (struct ks_held){ 0 };
}
