/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What many images say of one name: the value every report and comparison is made from. */
#include "surface/model.h"

/** What one image says of the name. */
struct ks_fact {
	const struct ks_image *image;
	bool known;   // the image can tell whether names of this kind exist
	bool present; // it has the name, in whatever form
	/**
	 * The definition: struct, union, enum, typedef, int, field (of its struct or union); the
	 * prototype of a function, kfunc, or of security_<hook> for an LSM hook. NULL when there is none.
	 */
	const struct ks_decl *decl;
	/** Same non-zero id in two facts: the same definition. Different ids may still compare equal. */
	uint64_t decl_id;
	const struct ks_function *function; // function, kfunc, LSM; NULL without a group
	const struct ks_tracepoint *tracepoint;
	const struct ks_ambiguity *ambiguity; // differing definitions of a type name, else NULL
	const struct ks_member *member;	      // field
	const char *value;		      // config
	uint32_t number;		      // syscall
	bool traced;			      // syscall: ks_syscall.traced
	uint8_t args;			      // syscall: ks_syscall.args
	/** What the modules of this kernel say of the name; NULL when none of those in the store has it. */
	const struct ks_fact *modules;
};

struct ks_history {
	enum ks_kind kind;
	const char *name;
	size_t nr; // one fact for each image, in the order of ks_image_compare()
	struct ks_fact *facts;
};

/** Some image has the name. */
static inline bool ks_history_present(const struct ks_history *history)
{
	for (size_t i = 0; i < history->nr; i++)
		if (history->facts[i].present)
			return true;
	return false;
}
