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
	KS_VALUE_RESULT,   // what the helper of paths[index] gave, which may be null, plus number
};
/** index of a constant, as bits. */
enum {
	KS_CONST_RELOCATED = 1, // CO-RE made it, or a part of it
	KS_CONST_NULL = 2, // a pointer that a comparison told to be null, and nothing else since
};
/**
 * index of ANY: a word of the context, maybe a pointer that the verifier knows not to be null; a number of which it knows nothing;
 * a number that it knows more than one value of: the bits in number can be both; and all others are 0; a part of a word
 * of a typed context, number bytes into it; a number that it knows, for libbpf puts it in, and the image does not tell.
 */
enum {
	KS_ANY_OF_CONTEXT = 1,
	KS_ANY_UNBOUNDED,
	KS_ANY_VARIES,
	KS_ANY_MASKED,
	KS_ANY_PART,
	KS_ANY_UNTOLD
};
/** Whether a pointer may be null, as the verifier sees it. */
enum ks_null {
	KS_NULL_NEVER, // it was compared with null, or need not be
	KS_NULL_MAYBE, // it must be compared with null before it is read through
	KS_NULL_UNTOLD,
};
enum { KS_VALUE_IDS = 1 << 20 };
struct ks_value {
	uint32_t kind : 8;   // enum ks_value_kind
	uint32_t null : 2;   // enum ks_null
	uint32_t moved : 1;  // number is not the program's own: CO-RE made it, or a part of it
	uint32_t varies : 1; // of KERNEL: and something more that is only known when it runs
	uint32_t id : 20;    // of one that may be null: copies have the same, and are told together
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
	bool null;     // the last comparison told that a pointer is null, which it may be
};

static inline struct ks_value ks_value_const(uint64_t number)
{
	return (struct ks_value){ .kind = KS_VALUE_CONST, .number = number };
}
static inline struct ks_value ks_value_any(void)
{
	return (struct ks_value){ .kind = KS_VALUE_ANY };
}
static inline struct ks_value ks_value_untold(void)
{
	return (struct ks_value){ .kind = KS_VALUE_ANY, .index = KS_ANY_UNTOLD };
}
static inline bool ks_value_is_untold(const struct ks_value *value)
{
	return value->kind == KS_VALUE_ANY && value->index == KS_ANY_UNTOLD;
}
static inline bool ks_value_equal(const struct ks_value *a, const struct ks_value *b)
{
	return a->kind == b->kind && a->index == b->index && a->number == b->number &&
	       a->null == b->null && a->moved == b->moved && a->varies == b->varies &&
	       a->id == b->id;
}
/** The same but for what is known of null. */
static inline bool ks_value_alike(const struct ks_value *a, const struct ks_value *b)
{
	return a->kind == b->kind && a->index == b->index && a->number == b->number &&
	       a->moved == b->moved && a->varies == b->varies;
}
/** What stands for both. */
struct ks_value ks_value_join(const struct ks_value *a, const struct ks_value *b);

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

/** What a comparison told of a pointer that may be null, and of all its copies. @param id not 0 */
void ks_state_learn_null(struct ks_state *state, uint32_t id, enum ks_null null);
/** Whether pointers that may be null are is not known any more. */
void ks_state_forget_null(struct ks_state *state);
/** Such a pointer, or one of its copies, is null. @param id not 0 */
void ks_state_set_null(struct ks_state *state, uint32_t id);
/**
 * Another comparison comes between: the verifier, which knows ranges, may know that it goes the other way where a pointer
 * is null.
 */
void ks_state_forget_set_null(struct ks_state *state);

/** The bits of a number that can be both, as far as the verifier knows; 0: none, or not known. */
uint64_t ks_value_varying(const struct ks_value *value);
/** Whether all other bits are known to be 0. */
bool ks_value_is_masked(const struct ks_value *value);
/** A number of so many bytes, up to 8, of which the verifier knows nothing. */
struct ks_value ks_value_of_bytes(uint8_t size);
/** Result of an ALU instruction on two values; wide: of 64 bits. @param op BPF_OP() of the instruction */
struct ks_value ks_value_alu(uint8_t op, bool wide, int16_t off, struct ks_value a,
			     struct ks_value b);
/** Whether a conditional jump is taken: 1, 0, or -1 when it is not known. */
int ks_value_branch(uint8_t op, bool wide, const struct ks_value *a, const struct ks_value *b);
