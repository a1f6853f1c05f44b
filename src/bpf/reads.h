/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a program reads of its context, the block of memory that the kernel hands to it in r1. */
#include "bpf/object.h"

struct ks_bpf_read {
	uint32_t insn;		     // of the program
	uint32_t offset, size_bytes; // size 0: it depends
	bool relocated;		     // through CO-RE: the offset follows the kernel
};

/**
 * The reads at offsets that can be told without knowing values, in the order of instructions; those of called
 * functions too. Gives none for programs of more than 100,000 instructions.
 */
KS_MUST_CHECK struct ks_error *ks_bpf_context_reads(struct ks_arena *arena,
						    const struct ks_bpf_object *object,
						    const struct ks_bpf_program *program,
						    struct ks_bpf_read **ret, uint32_t *ret_nr);

struct ks_arch_registers;
/** Those of the machine that types give away; NULL: none do. */
const struct ks_arch_registers *ks_bpf_registers_of(const struct ks_btf *btf);

enum { KS_ARGUMENT_NONE = -1, KS_ARGUMENT_RETURN = 0 };
/**
 * What stands at an offset of the context: the 1st, 2nd, … argument of the function or tracepoint (behind the last
 * one of a function: what it returns), or the register with what a function returns.
 * @param machine may be NULL: then nothing is known of registers
 * @return 1 to 12, KS_ARGUMENT_RETURN or KS_ARGUMENT_NONE
 */
int ks_bpf_argument(const struct ks_arch_registers *machine, const struct ks_hook *hook,
		    uint32_t offset);
