/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A view of one made-up image: declarations, functions and options as arrays. */
#include "check/kernels/view.h"

struct tiny_option {
	const char *name, *value;
};
struct tiny_image {
	struct ks_image image;
	size_t nr_decls, nr_functions, nr_options, nr_ambiguities, nr_tracepoints, nr_syscalls;
	const struct ks_decl *const *decls;
	const struct ks_function *const *functions; // the prototype is a decl of the same name
	const struct tiny_option *options;
	const struct ks_ambiguity *const *ambiguities;
	const struct ks_tracepoint *tracepoints;
	const struct ks_syscall *syscalls;
	const char *variable;		     // that BTF has; NULL: which it has is not known
	const struct ks_type *variable_type; // of that; NULL: not known
	const struct ks_forms *forms;	     // what BTF says beyond declarations
	size_t nr_forms;
	bool no_forms;		    // and that is not known
	const char *const *symbols; // of kallsyms, up to a NULL; NULL: not known
	bool no_config;		    // its configuration is not known
	bool mute_modules;	    // its modules count as loaded, and were read without types
	const char *const *unsure;  // functions that may be there or not, up to a NULL
};

/** A view of it, which knows all kinds of names; the image is borrowed. */
struct ks_view *tiny_view(const struct tiny_image *tiny);
