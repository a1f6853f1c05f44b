/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Modules while they are put together: shared by modules.c, modules_copy.c, _types.c and _functions.c only. */
#include "base/intern.h"
#include "base/vector.h"
#include "extract/modules/modules.h"

/** A definition that some module adds. Chains go by index + 1. */
struct ks_modules_decl {
	struct ks_decl decl;
	uint32_t next; // other definition of the name
	bool first;    // of its name
	uint32_t nr_units;
	const char *const *units;
};

/** Callers that came with one module. */
struct ks_modules_slice {
	const struct ks_caller *at;
	uint32_t nr, next;
};

/** Callers of an entry, in the order they came. */
struct ks_modules_callers {
	uint32_t first, last, nr;
};

struct ks_modules_entry {
	struct ks_entry facts; // without callers
	struct ks_modules_callers inlined, direct;
	uint32_t next; // of the group
};

struct ks_modules_symbol {
	struct ks_symbol facts;
	uint32_t next; // of the group
};

struct ks_modules_group {
	const char *name;
	uint32_t first, last, nr_entries;
	uint32_t first_symbol, last_symbol, nr_symbols;
	uint8_t nr_btf;
};

struct ks_modules {
	const struct ks_base_kernel *kernel;
	struct ks_surface *surface; // being made
	struct ks_arena *arena;	    // its own
	const char *module;	    // that is being added
	bool failed;		    // out of memory
	bool whole;		    // these are all of the kernel's modules
	uint32_t known_once;	    // kinds that some module knows

	struct ks_intern texts;
	struct ks_numbers type_numbers;
	KS_VECTOR(const struct ks_type *) types;
	unsigned int type_budget; // of the definition that is being copied

	struct ks_numbers definitions;	// ks_decl_hash()
	struct ks_numbers decl_numbers; // ks_name_hash(): first definition
	struct ks_numbers value_numbers;
	KS_VECTOR(struct ks_modules_decl) decls;
	KS_VECTOR(struct ks_enumerator) values; // of unnamed enums
	KS_VECTOR(struct ks_decl) protos;

	struct ks_numbers group_numbers;
	KS_VECTOR(struct ks_modules_group) groups;
	KS_VECTOR(struct ks_modules_entry) entries;
	KS_VECTOR(struct ks_modules_slice) slices;
	KS_VECTOR(struct ks_modules_symbol) symbols;
	KS_VECTOR(struct ks_tracepoint) tracepoints;
	struct ks_numbers kfunc_numbers;
	KS_VECTOR(const char *) kfuncs;
	KS_VECTOR(struct ks_forms) forms; // a decl that is NULL: what is listed
	KS_VECTOR(struct ks_variable) variables;
	struct ks_numbers names; // ks_text_hash() of modules: KS_MODULE_*
	void *digest;		 // XXH3_state_t
	uint32_t nr;
};

/** Text and types that live as long as the surface, every one once. NULL when memory runs out, or for NULL. */
const char *ks_modules_text(struct ks_modules *m, const char *text);
const struct ks_type *ks_modules_type(struct ks_modules *m, const struct ks_type *type);
/** The same for a declaration, which gets the module's name. */
struct ks_decl ks_modules_decl(struct ks_modules *m, const struct ks_decl *decl);

enum { KS_MODULE_ADDED = 1, KS_MODULE_JOINED };

/** Parts of adding that joining shares. @param variant of a name that has several in the module, or NULL */
void ks_modules_add_definition(struct ks_modules *m, const struct ks_decl *decl,
			       const struct ks_variant *variant);
void ks_modules_add_values(struct ks_modules *m, const struct ks_decl *decl);
void ks_modules_add_tracepoint(struct ks_modules *m, const struct ks_tracepoint *from);
void ks_modules_add_kfunc(struct ks_modules *m, const char *name);
/** The listed prototype of a name is that of the first module that has one. */
void ks_modules_add_proto(struct ks_modules *m, const struct ks_decl *decl);
/** The group of a name, made when there is none; NULL when memory runs out. */
struct ks_modules_group *ks_modules_group(struct ks_modules *m, const char *name);
void ks_modules_add_entry(struct ks_modules *m, struct ks_modules_group *group,
			  const struct ks_entry *from);
void ks_modules_add_symbol(struct ks_modules *m, struct ks_modules_group *group,
			   const struct ks_symbol *from);
void ks_modules_add_nr_btf(struct ks_modules_group *group, unsigned int nr);

/** What the module's BTF says of a name. All types and prototypes of the module are there. */
void ks_modules_add_forms(struct ks_modules *m, const struct ks_forms *from);
void ks_modules_add_variable(struct ks_modules *m, const struct ks_variable *from);
/** Whether a module is taken over; if so, what is added next is its. */
typedef bool ks_modules_keep_fn(void *arg, const char *module);
/** The forms of those that are, out of a surface that was made before. */
void ks_modules_join_forms(struct ks_modules *m, const struct ks_surface *before,
			   ks_modules_keep_fn *keep, void *arg);

/** The steps of adding; memory that runs out is noted in failed. */
void ks_modules_add_types(struct ks_modules *m, const struct ks_surface *module);
void ks_modules_add_functions(struct ks_modules *m, const struct ks_surface *module);
/** The steps of finishing. */
void ks_modules_finish_types(struct ks_modules *m);
void ks_modules_finish_functions(struct ks_modules *m);
void ks_modules_finish_forms(struct ks_modules *m); // the last; where all modules know their forms
