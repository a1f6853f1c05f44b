/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What reading the modules of a kernel takes of the kernel: which image it is, where its tables keep what, and
 * what of a module only repeats it. It is small beside the surface it is made from, which may go.
 */
#include "base/numbers.h"
#include "extract/btf/btf_names.h"
#include "extract/tables/find.h"

struct ks_base_kernel {
	struct ks_image image;
	struct ks_event_layout events; // .class is NULL when the kernel cannot tell
	struct ks_numbers names; // of types (ks_name_hash()): 1 with one definition, 2 with several
	struct ks_numbers definitions;	// ks_decl_hash() of all of them
	struct ks_numbers values;	// ks_enumerator_hash() of unnamed enums
	struct ks_numbers functions;	// ks_name_hash() of what it defines
	struct ks_numbers places;	// ks_place_hash() of its functions
	struct ks_btf *btf;		// that the BTF of its modules continues; NULL: not at hand
	struct ks_surface *btf_home;	// holds its bytes
	struct ks_btf_names *btf_names; // NULL where btf is
	struct ks_arena arena;
};

/** @param surface of a kernel, of any tier; borrowed */
KS_MUST_CHECK struct ks_error *ks_base_kernel_new(const struct ks_surface *surface,
						  struct ks_base_kernel **ret);
/**
 * Take the BTF out of the bytes of the kernel, or of what it boots from. An image without any leaves btf NULL.
 * @param elf borrowed for the call; the caller knows that it is this kernel, of the same build
 */
KS_MUST_CHECK struct ks_error *ks_base_kernel_read_btf(struct ks_base_kernel *kernel,
						       const struct ks_elf *elf);
void ks_base_kernel_free(struct ks_base_kernel *kernel); // NULL is allowed
static inline void ks_base_kernel_freep(struct ks_base_kernel **kernel)
{
	ks_base_kernel_free(*kernel);
}
#define _cleanup_base_kernel_ __attribute__((__cleanup__(ks_base_kernel_freep)))
