/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the pointers of a program point to on one image, as far as its hook's prototype tells: inside check/ only. */
#include "bpf/reads.h"
#include "check/interp/interp_state.h"
#include "check/reasons.h"
#include "check/rules/type_tags.h"

/** The program and the image that is asked. */
struct ks_pointers {
	const struct ks_site *site;
	const struct ks_bpf_object *object;
	const struct ks_hook *hook;
	const struct ks_arch_registers *machine;
	const struct ks_type *proto; // behind the hook; NULL: not known
	/** The function, typedef, or struct of operations that has it; NULL: not known. */
	const struct ks_decl *told_by;
	const char *member; // of that struct; NULL
	/** Another one, whose parameters' names tell which may be NULL; NULL. */
	const struct ks_type *named;
	const char *operations; // the struct of which the program is a member; NULL
	uint32_t skip;		// parameters of proto that the program does not get
	bool sleepable;
	bool locks; // it may hold RCU for a while where it sleeps
};

/** Get ready to ask about a program that is attached to the hook. @param sleepable the program may sleep */
struct ks_pointers ks_pointers_of(const struct ks_bpf_object *object,
				  const struct ks_bpf_program *program, const struct ks_hook *hook,
				  bool sleepable, const struct ks_site *site);
/** About the one that is judged, on that image or on its base. */
struct ks_pointers ks_judge_pointers(const struct ks_judge *judge, const struct ks_site *site);

/** What the verifier takes a word for, or would if it were one of its hook's typed arguments. */
enum ks_word {
	KS_WORD_UNTOLD,
	KS_WORD_NUMBER,	 // not to be read through
	KS_WORD_RECORD,	 // a pointer to a struct
	KS_WORD_MEMORY,	 // a pointer to memory that may be read
	KS_WORD_REFUSED, // not even to be loaded
};
struct ks_pointee {
	enum ks_word word;
	enum ks_null null;
	/** Of a KS_WORD_RECORD, or one that the verifier does not know of. */
	const struct ks_decl *record;
	const struct ks_type *type; // as declared; NULL: of what a helper gives
	bool trusted;		    // the verifier knows that it stays valid, or RCU keeps it so
	bool untrusted;		    // the verifier knows that it may not
	/** Of a KS_WORD_RECORD: whether it points to where a program does not read by itself. */
	enum ks_tagged tagged;
};
/** What stands at the end of a path. */
struct ks_pointee ks_pointee_of(const struct ks_pointers *pointers, const struct ks_path *paths,
				uint32_t path);
/** What stands at an offset of the context, to the verifier. @param ret_index which argument it is */
struct ks_pointee ks_argument_of(const struct ks_pointers *pointers, uint32_t offset,
				 uint32_t *ret_index);
/** The struct behind the pointer of a path; NULL: it is none, or not known. */
const struct ks_decl *ks_record_of(const struct ks_pointers *pointers, const struct ks_path *paths,
				   uint32_t path);
/** For ks_interp_input: types is a struct ks_pointers. */
bool ks_pointer_may_be_null(const void *types, const struct ks_path *paths, uint32_t path);

bool ks_pointer_is_never_null(const void *types, const struct ks_path *paths, uint32_t path);

/** The same of what a function of the kernel gives. */
bool ks_kfunc_may_give_null(const void *types, uint32_t ext);

/** Hooks of which the verifier knows the types of arguments. */
bool ks_hook_is_typed(const struct ks_hook *hook);
