/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What an image says of a function or tracepoint that a program is attached to: inside check/ only. */
#include "check/kernels/view.h"

/** A function of an image, in the kernel itself or, where modules count, in one of them. */
struct ks_target {
	const struct ks_fact *fact;	    // never NULL
	const struct ks_function *function; // NULL: the image has no group of that name
	const struct ks_symbol *symbol;	    // the first of exactly that name; NULL
	uint32_t nr_symbols;		    // of exactly that name
	uint32_t nr_in_modules;		    // more of them, in modules that count as loaded
	enum ks_presence in_btf;	    //
	bool in_module;			    // found in a module that counts as loaded
	bool only_module;		    // found in a module that does not
	bool untold;			    // the image does not list its functions
	const char *module;
};
struct ks_target ks_target_find(const struct ks_site *site, const char *name);
/** Prototype of a function as the image's BTF has it; NULL when it is not known. */
const struct ks_type *ks_target_proto(const struct ks_target *target);
/** Parameters of the tracepoint that BTF describes by typedef btf_trace_<name>; NULL when unknown. */
const struct ks_type *ks_tracepoint_proto(const struct ks_site *site, const char *name,
					  enum ks_presence *ret);
/** Has the kernel BTF of its own? */
enum ks_presence ks_site_has_btf(const struct ks_site *site);
/** Does the architecture's kernel attach programs to functions by trampolines? */
enum ks_presence ks_site_has_trampolines(const struct ks_site *site);
/** Can a symbol have an attach bit (KS_ATTACH_*)? KS_UNTOLD when the image does not know it. */
enum ks_presence ks_symbol_attach(const struct ks_site *site, const struct ks_symbol *symbol,
				  uint8_t bit);
