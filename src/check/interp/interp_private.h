/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the interpreter works in: inside check/interp/ only. */
#include "base/vector.h"
#include "check/interp/interp.h"
#include "check/interp/interp_state.h"

/** A function entered with some arguments; what it gives back is found out once. */
struct ks_entered {
	uint32_t entry;
	bool done;    // false while it is being followed: a recursion
	bool returns; // it can come back
	struct ks_value args[5];
	struct ks_value result;
};

struct ks_interp {
	const struct ks_interp_input *input;
	struct ks_reached *reached;
	const uint8_t *targets; // of each instruction: something jumps to it
	const uint8_t *global; // of each instruction: a function begins that is verified on its own
	uint64_t budget;       // instructions still to be followed
	unsigned int depth;
	KS_VECTOR(struct ks_entered) entered;
	KS_VECTOR(struct ks_path) paths;
	KS_VECTOR(struct ks_access) accesses;
	bool doubtful; // of the state that an instruction is carried out in
	struct ks_ends ends;
};

/** What follows an instruction. */
struct ks_next {
	uint32_t nr; // 0: the function ends here
	uint32_t at[2];
	struct ks_state *states[2]; // states[0] is the one given, changed
};

/** What CO-RE makes of an instruction's number; NULL when it has no relocation. */
const struct ks_known *ks_interp_core_at(const struct ks_interp_input *input, uint32_t at);
/** What CO-RE or the loader puts in; where the image does not tell, the kernel at hand does. */
struct ks_value ks_interp_put_in(const struct ks_known *known);
/** The offset in an instruction, as CO-RE makes it. @param core NULL: it does not */
int16_t ks_interp_off(const struct ks_known *core, const struct ks_bpf_insn *insn);
/** The number, or address, that a ld_imm64 loads. */
struct ks_value ks_interp_imm64(const struct ks_interp_input *input, uint32_t at);
/** Bytes of a section of data, or of an extern, as the program would read them. */
struct ks_value ks_interp_load_data(const struct ks_interp_input *input,
				    const struct ks_value *base, int16_t off, uint8_t size);
struct ks_value ks_interp_load_kconfig(const struct ks_interp_input *input,
				       const struct ks_value *base, int16_t off, uint8_t size);
/** Mark what jumps lead to, and the functions that the verifier looks at with unknown arguments. @param budget steps left */
void ks_interp_mark(const struct ks_interp_input *input, uint8_t *targets, uint8_t *global,
		    uint64_t *budget);

/** A call of a function of the program. @param ret_returns whether it can come back */
KS_MUST_CHECK struct ks_error *ks_interp_enter(struct ks_interp *interp, uint32_t entry,
					       const struct ks_value *args, struct ks_value *ret,
					       bool *ret_returns);

/** Something is done with a value. */
void ks_interp_use(struct ks_interp *interp, const struct ks_value *value);
/** What is read or copied at an offset of the context (from is KS_NO_PATH), or through the pointer of a path. */
struct ks_value ks_interp_pointer(struct ks_interp *interp, uint32_t at, uint32_t from,
				  int64_t offset, enum ks_path_how how);
/** A read or a copy at an offset from where the pointer of a path points to. @return what is read */
struct ks_value ks_interp_read(struct ks_interp *interp, uint32_t at, const struct ks_value *base,
			       int64_t offset, uint64_t size, enum ks_path_how how);
/** The same, where CO-RE made the offset. */
struct ks_value ks_interp_read_moved(struct ks_interp *interp, uint32_t at,
				     const struct ks_value *base, int64_t offset, uint8_t size);
/** What a helper gives. @param map 1 + the map that it was given, 0: none */
struct ks_value ks_interp_result(struct ks_interp *interp, uint32_t at, int32_t helper,
				 uint32_t map);
/** What a function of the kernel gives. @param ext the extern that stands for it */
struct ks_value ks_interp_kfunc(struct ks_interp *interp, uint32_t at, uint32_t ext);
/** Note that an instruction reads or writes through a pointer, or computes with it. */
void ks_interp_access(struct ks_interp *interp, uint32_t at, const struct ks_value *base,
		      int64_t offset, uint8_t size, bool moved, enum ks_access_how how);
/** One state is going to stand for both. */
void ks_interp_merge(struct ks_interp *interp, const struct ks_state *a, const struct ks_state *b);
/** Bytes of the stack from an offset on are handed to somebody who may read them. */
void ks_interp_expose(struct ks_interp *interp, const struct ks_state *state, int64_t offset,
		      uint64_t size);
/**
 * What a call does with its arguments, and leaves of the stack that these point to.
 * @param insn the call of a helper; NULL: of something else
 */
void ks_interp_hand_over(struct ks_interp *interp, struct ks_state *state,
			 const struct ks_bpf_insn *insn);
/** What memory a helper gets by a pointer in that register. */
enum ks_given {
	KS_GIVEN_UNTOLD, // maybe some, to read and to write
	KS_GIVEN_NONE,
	KS_GIVEN_READ,
	KS_GIVEN_WRITTEN, // not read; the size is in the register behind it
};
enum ks_given ks_helper_is_given(const struct ks_bpf_insn *insn, int reg);
/** Is it a helper that copies kernel memory, bpf_probe_read(to, size, from) and its kin? ret_text: up to a NUL */
bool ks_helper_copies_kernel(const struct ks_bpf_insn *insn, bool *ret_text);

/**
 * Carry out the instruction at a place.
 * @param state before, and after for the first of the next places
 * @param other room for the state of the second
 */
KS_MUST_CHECK struct ks_error *ks_interp_step(struct ks_interp *interp, uint32_t at,
					      struct ks_state *state, struct ks_state *other,
					      struct ks_next *ret);
/** The same of a conditional jump. @param with the second operand */
void ks_interp_branch(struct ks_interp *interp, uint32_t at, struct ks_state *state,
		      struct ks_state *other, const struct ks_value *with, struct ks_next *ret);
