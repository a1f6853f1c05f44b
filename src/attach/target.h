/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The function or tracepoint that a program names, on one image. */
#include "attach/facts.h"

enum { KS_ATTACH_NAME = 640 }; // bytes of a symbol's name with what goes in front of it

/** A function of an image, in the kernel itself or, where modules count, in one of them. */
struct ks_target {
	const struct ks_fact *fact;	    // never NULL
	const struct ks_function *function; // NULL: the image has no group of that name
	const struct ks_symbol *symbol;	    // the first of exactly that name; NULL
	uint32_t nr_symbols;		    // of exactly that name
	uint32_t nr_in_modules;		    // more of them, in modules that count as loaded
	enum ks_presence in_btf;	    // whether BTF describes it
	bool in_module;			    // found in a module that counts as loaded
	bool only_module;		    // found in a module that does not
	bool untold;			    // the image does not list its functions
	bool types_alone;		    // the image does not list symbols
	bool by_types;			    // nor does it, and has its type
	const char *module;
};

/** The function that the kernel finds by a name. */
struct ks_target ks_attach_target(const struct ks_attach_facts *facts, const char *name);
/** The same of kprobes, which also find what has a suffix ("f.isra.0"): that is listed with the function it was made of. */
struct ks_target ks_attach_target_probed(const struct ks_attach_facts *facts, const char *name);
/** The name in front of a symbol's suffix. @return whether it has one */
bool ks_attach_plain_name(const char *symbol, char plain[KS_ATTACH_NAME]);
/** The same as ks_attach_target(), where one fact is all that counts: of the kernel, or of its modules when they are loaded. */
struct ks_target ks_attach_target_of(const struct ks_attach_facts *facts,
				     const struct ks_fact *fact, const char *name);
/** Has the kernel BTF of its own? */
enum ks_presence ks_attach_has_btf(const struct ks_attach_facts *facts);
/** Has the kernel code of the function: under its symbol, or, where types alone are known, as far as BTF says? */
enum ks_presence ks_target_code(const struct ks_target *target);
/** Prototype of a function as the image's BTF has it; NULL when it is not known. */
const struct ks_type *ks_target_proto(const struct ks_target *target);
/** The typedef btf_trace_<name> that BTF describes a tracepoint by; what its modules say where they count. */
const struct ks_fact *ks_attach_tracepoint(const struct ks_attach_facts *facts, const char *name);
