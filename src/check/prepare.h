/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* An object made ready to be judged: inside check/ only. */
#include "check/core/core.h"
#include "check/interp/interp.h"
#include "check/policy.h"
#include "check/rules/helpers.h"

/** An object, and what follows from it for every image. */
struct ks_prepared {
	const struct ks_bpf_object *object;
	const struct ks_core_spec **specs;	  // of each relocation
	const struct ks_interp_data *data;	  // of each section of data, as the tool loads it
	const struct ks_hook *hooks;		  // of each program, as the tool attaches it
	const bool *optional;			  // of each program
	const struct ks_calling_program *callers; // of each program
	const struct ks_arch *machine; // whose registers its types have; NULL: none's, or several
	bool brings_btf;	       // the tool has BTF for kernels that have none
};

/** @param policy NULL: nothing was said. @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_object_prepare(struct ks_arena *arena,
						 const struct ks_bpf_object *object,
						 const struct ks_policy *policy,
						 struct ks_prepared *ret);
/**
 * The image whose structs agree best with those the object was built with, the first of several; nr_images when none agrees.
 * Those of the object's own machine come first, where that is known: by the registers in its types, or by the program that has it;
 * then those of its byte order.
 * @param scores room for one number for each image
 */
size_t ks_object_base(const struct ks_prepared *prepared, struct ks_view *view, size_t nr_images,
		      uint64_t *scores);
