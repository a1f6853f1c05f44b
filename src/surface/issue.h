/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What can be wrong with relying on a name: declared once, for every report and check. */
#include "base/error.h"
#include "surface/history.h"

/** In the order in which reports list them. */
enum ks_issue {
	KS_ISSUE_ABSENT,
	KS_ISSUE_DUPLICATE,
	KS_ISSUE_COLLISION,
	KS_ISSUE_FULL_INLINE,
	KS_ISSUE_SELECTIVE_INLINE,
	KS_ISSUE_TRANSFORMATION,
	KS_ISSUE_AMBIGUOUS, // of images that do not tell whether it is a duplicate or a collision
	KS_ISSUE_NO_FTRACE,
	KS_ISSUE_NO_KPROBE,
	KS_ISSUE_FREED,
	KS_ISSUE_NOT_IN_BTF,
	KS_ISSUE_LABEL,	 // of images without debug information: no function
	KS_ISSUE_UNTOLD, // or maybe none
	KS_NR_ISSUES,
};
#define KS_ISSUE_BIT(issue) (1u << (issue))
/** The last ones are about the symbols of exactly the name. */
#define KS_ISSUES_OF_SYMBOLS (KS_ISSUE_BIT(KS_NR_ISSUES) - KS_ISSUE_BIT(KS_ISSUE_AMBIGUOUS))

struct ks_issue_info {
	const char *name;	 // in JSON: "full-inline"
	const char *title;	 // "Full Inline"
	const char *consequence; // for somebody who never heard of it
};
extern const struct ks_issue_info ks_issues[KS_NR_ISSUES];

/** The issues that an image can tell: the others are unknown there, neither present nor excluded. */
uint32_t ks_issues_told(const struct ks_image *image);

/** The issues of a function group as published [D]: bits, KS_ISSUE_ABSENT never among them. */
uint32_t ks_function_issues(const struct ks_function *fn);

/**
 * The issues as ksurf sees them: fragments and aliases are no transformation, and where the image had
 * debug information a function counts as inlined when code of it is, not when an attribute says so. What can be
 * attached to counts for symbols of exactly the name. Of a fact that is not known: none.
 */
uint32_t ks_fact_issues(enum ks_kind kind, const struct ks_fact *fact);

/**
 * A piece of the function inside a piece of the same one: what splitting leaves behind, no inlining. The
 * outer one counts where it is inlined itself.
 * @param entry of fn, @param caller of entry
 */
bool ks_caller_inside_itself(const struct ks_function *fn, const struct ks_entry *entry,
			     const struct ks_caller *caller);

/** A call from what is left of a split function to the piece that was split off: it stays inside the function. */
bool ks_caller_of_own_piece(const struct ks_function *fn, const struct ks_entry *entry,
			    const struct ks_caller *caller);

/** Whether a function really was inlined, over all entries of its name. */
struct ks_usage {
	size_t inlined;	       // places where code of it stands inside another function
	size_t inliners;       // functions with such places
	size_t inlined_away;   // places where nothing of it is left
	size_t called;	       // direct calls, tail calls included, those to an own piece not
	size_t callers;	       // functions with such calls
	size_t tail_called;    // of called: the caller's frame is gone
	size_t own;	       // places of all sorts that only ksurf sees (KS_CALLER_OWN)
	size_t indirect_calls; // it makes through pointers
	bool calls_known;      // every unit that holds it describes its calls
};
/** @return NULL or &ks_nomem */
KS_MUST_CHECK struct ks_error *ks_function_usage(const struct ks_function *fn,
						 struct ks_usage *ret);
