/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Tags on types: what BTF of kernels that clang built says of pointers beside what they point to. Inside check/ only. */
#include "check/rules/struct_walk.h"

/** What a tag makes of a pointer to a struct. */
enum ks_tagged {
	KS_TAGGED_NOT,
	KS_TAGGED_USER,	  // it is one of user space
	KS_TAGGED_PERCPU, // each CPU has what it points to somewhere else
	KS_TAGGED_RCU,	  // RCU keeps what it points to, and it may be NULL
	KS_TAGGED_UNTOLD, // the image does not tell its tags
};

/** Of the pointer at which a walk ended. */
enum ks_tagged ks_tag_of_member(const struct ks_site *site, const struct ks_walk *walk);
/**
 * Of a parameter of a prototype.
 * @param decl the function, the typedef of a tracepoint, or the struct of operations that has it; NULL: none is known
 * @param member which of the operations; NULL: it is no such struct
 */
enum ks_tagged ks_tag_of_parameter(const struct ks_site *site, const struct ks_decl *decl,
				   const char *member, uint32_t index);
