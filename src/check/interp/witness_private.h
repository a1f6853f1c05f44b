/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What witness.c and its neighbours work in. */
#include "check/interp/interp_private.h"
#include "check/interp/samples.h"
#include "check/interp/witness.h"

enum ks_held_kind {
	KS_HELD_UNTOLD, // what the verifier knows of it is not known
	KS_HELD_NUMBER, // it may be any of the samples
	KS_HELD_CONTEXT,
	KS_HELD_STACK,	  // samples bytes (signed) above the frame pointer of frame index
	KS_HELD_MEMORY,	  // samples bytes into the value of maps[index - 1], 0: into other memory
	KS_HELD_NULLABLE, // the beginning of the same, or NULL
	KS_HELD_MAP,	  // maps[index - 1]
	KS_HELD_DATA,	  // samples bytes into data[index]
	KS_HELD_KCONFIG,  // samples bytes into externs[index]
	KS_HELD_CALLBACK,
};
/** What a register, or a part of the stack, holds to the verifier. */
struct ks_held {
	uint8_t kind; // enum ks_held_kind
	bool exact;   // the verifier knows the only sample
	bool whole;   // a number of 64 bits of which it knows nothing at all
	uint32_t index;
	uint32_t id;  // copies have the same
	uint32_t kin; // and what is computed of it and constants
	const struct ks_samples *samples;
};
/** Eight bytes of the stack. */
struct ks_held_slot {
	struct ks_held held; // what the first of them hold; UNTOLD: nothing that is known
	uint8_t size;	     // so many
	uint8_t misc; // bit i: byte i, which is none of those, is a number of which nothing is known
};
struct ks_held_frame {
	struct ks_held regs[KS_NR_REGS];
	struct ks_held_slot slots[KS_NR_STACK_SLOTS];
	uint32_t back; // where it was called
};
enum { KS_MAX_HELD_FRAMES = 4 };
struct ks_held_state {
	uint32_t nr; // frames
	struct ks_held_frame frames[KS_MAX_HELD_FRAMES];
};
static inline struct ks_held_frame *ks_held_top(struct ks_held_state *state)
{
	return &state->frames[state->nr - 1];
}

/** A run over a program. */
struct ks_witnessing {
	const struct ks_witness_input *input;
	struct ks_arena arena;
	struct ks_sampler sampler;
	const uint8_t *global; // of each instruction: a function begins that is verified on its own
	bool kernel_pointers;  // values of maps may hold pointers of the kernel
	uint32_t ids;	       // given away
	bool nomem;
	struct ks_witness found;
};
/** Ways that go on from an instruction. */
struct ks_held_next {
	uint32_t nr, at[2]; // 0: what follows is not known, or nothing
};

/** A number that may be any of the samples; NULL: memory ran out. */
struct ks_held ks_held_number(struct ks_witnessing *run, const struct ks_samples *samples);
struct ks_held ks_held_exact(struct ks_witnessing *run, uint64_t number);
/** A number of so many bytes of which the verifier knows nothing. */
struct ks_held ks_held_bytes(struct ks_witnessing *run, uint8_t size);
/** What an operation makes of two values. */
struct ks_held ks_held_alu(struct ks_witnessing *run, uint8_t op, bool wide, int16_t off,
			   const struct ks_held *a, const struct ks_held *b);
/** Everything that b can be found to do, a can, too. */
bool ks_held_covers(const struct ks_held_state *a, const struct ks_held_state *b);

/** A value of size bytes at an offset below the frame pointer. */
void ks_held_store(struct ks_witnessing *run, struct ks_held_frame *frame, int64_t offset,
		   uint8_t size, const struct ks_held *value);
struct ks_held ks_held_load(struct ks_witnessing *run, const struct ks_held_frame *frame,
			    int64_t offset, uint8_t size);
/** Something unknown is written over bytes of the stack. */
void ks_held_overwrite(struct ks_held_frame *frame, int64_t offset, uint64_t size);
/** What a frame holds is not known any more. */
void ks_held_forget(struct ks_held_frame *frame);

/** A conditional jump. @param other the state of the second way */
void ks_held_branch(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state,
		    struct ks_held_state *other, struct ks_held_next *ret);
/** A call of a helper. @return whether it is known how it goes on */
bool ks_held_call_helper(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state);
/** Note an access of size bytes, off bytes from a pointer, that the verifier refuses. */
void ks_held_access(struct ks_witnessing *run, uint32_t at, const struct ks_held *base, int16_t off,
		    uint8_t size);
/** Carry out an instruction. @param other room for the state of the second way */
void ks_held_step(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state,
		  struct ks_held_state *other, struct ks_held_next *ret);
/** The second operand of an instruction. */
struct ks_held ks_held_operand(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state);
