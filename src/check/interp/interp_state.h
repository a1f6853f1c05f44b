/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The values an abstract program holds: inside check/interp/ only. */
#include <stdbool.h>
#include <stdint.h>

enum ks_value_kind {
	KS_VALUE_ANY,	   // nothing is known
	KS_VALUE_CONST,	   // number
	KS_VALUE_CTX,	   // number bytes into the context
	KS_VALUE_STACK,	   // the frame pointer plus number (signed)
	KS_VALUE_DATA,	   // number bytes into data[index]
	KS_VALUE_KCONFIG,  // number bytes into the value of externs[index]
	KS_VALUE_FUNCTION, // the function that begins at instruction number
	KS_VALUE_POINTER,  // some pointer that is not null
	KS_VALUE_KERNEL,   // what was read at paths[index], plus number (signed)
};
/** index of a constant: CO-RE made it, or a part of it. */
enum { KS_CONST_RELOCATED = 1 };
/** index of ANY: a word of the context, maybe a pointer that the verifier knows not to be null; a number of which it knows nothing. */
enum { KS_ANY_OF_CONTEXT = 1, KS_ANY_UNBOUNDED };
struct ks_value {
	uint32_t kind; // enum ks_value_kind
	uint32_t index;
	uint64_t number;
};

enum { KS_NR_REGS = 11, KS_NR_STACK_SLOTS = 64 }; // 512 bytes of stack, in words

/** Registers and stack of one function at one instruction. */
struct ks_state {
	struct ks_value regs[KS_NR_REGS];
	uint64_t used; // bit i: slots[i] is something else than ANY
	struct ks_value slots[KS_NR_STACK_SLOTS];
	bool doubtful; // maybe the verifier knows that no path leads here
};

static inline struct ks_value ks_value_const(uint64_t number)
{
	return (struct ks_value){ .kind = KS_VALUE_CONST, .number = number };
}
static inline struct ks_value ks_value_any(void)
{
	return (struct ks_value){ .kind = KS_VALUE_ANY };
}
static inline bool ks_value_equal(const struct ks_value *a, const struct ks_value *b)
{
	return a->kind == b->kind && a->index == b->index && a->number == b->number;
}

/** Everything that b can be, a can be, too. */
bool ks_state_covers(const struct ks_state *a, const struct ks_state *b);
/** Widen a to cover b. @return whether a changed */
bool ks_state_join(struct ks_state *a, const struct ks_state *b);
/** Forget the words that hold any of the bytes from offset on, counted from the frame pointer. */
void ks_state_forget(struct ks_state *state, int64_t offset, uint64_t size);
/** A comparison may have told the verifier something of any number. */
void ks_state_bound(struct ks_state *state);
/** Keep a value of size bytes at an offset. @return whether that is known from then on */
bool ks_state_store(struct ks_state *state, int64_t offset, uint64_t size,
		    const struct ks_value *value);
struct ks_value ks_state_load(const struct ks_state *state, int64_t offset, uint64_t size);

/** Result of an ALU instruction on two values; wide: of 64 bits. @param op BPF_OP() of the instruction */
struct ks_value ks_value_alu(uint8_t op, bool wide, int16_t off, struct ks_value a,
			     struct ks_value b);
/** Whether a conditional jump is taken: 1, 0, or -1 when it is not known. */
int ks_value_branch(uint8_t op, bool wide, const struct ks_value *a, const struct ks_value *b);
