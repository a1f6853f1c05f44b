/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* From verdicts on programs to one on the tool that loads them. */
#include "check/check.h"
#include "check/policy.h"

/** From best to worst. */
enum ks_tool_verdict {
	KS_TOOL_WORKS,
	KS_TOOL_PART,	 // it runs, and something is lost
	KS_TOOL_UNKNOWN, // no static reader can tell
	KS_TOOL_FAILS,
	KS_TOOL_FOREIGN, // built for another machine than the kernel's
	KS_NR_TOOL_VERDICTS,
};
struct ks_tool_verdict_info {
	const char *name;   // in JSON: "works-in-part"
	const char *title;  // "works in part"
	const char *symbol; // one column in the matrix
};
extern const struct ks_tool_verdict_info ks_tool_verdicts[KS_NR_TOOL_VERDICTS];

/** Who says which programs a tool needs. */
enum ks_basis {
	KS_BASIS_COMPILED, // nobody: what the object has is needed
	KS_BASIS_POLICY,   // a ksurf.toml, or the command line
	KS_BASIS_SHIPPED,  // the list of known loaders (check/tools/shipped.toml)
	KS_BASIS_INFERRED, // programs that are twins of each other
	KS_NR_BASES,
};
extern const char *const ks_bases[KS_NR_BASES]; // in JSON: "as-compiled"

/** Why a loss is not told, and does not count. */
enum ks_excuse {
	KS_EXCUSE_NONE,
	KS_EXCUSE_KNOWN,  // it was there before
	KS_EXCUSE_WAIVED, // a ksurf.toml accepts it
};

/** What one program costs a tool on one image, and why. */
struct ks_loss {
	size_t row;
	const struct ks_reason *reason; // NULL: there is none to tell
	const char *words;		// what the tool then lacks; NULL: nobody said
	bool fatal;			// the tool does not work because of it
	bool doubt;			// nobody can tell whether it does
	enum ks_verdict counted;	// as which verdict on a program it counts
	enum ks_excuse excuse;
};

/** One tool on one image. */
struct ks_tool_outcome {
	enum ks_tool_verdict verdict;
	enum ks_verdict counted; // as the verdict on a program it comes to; optional parts left out
	bool spared;		 // the tool need not work on this image
	uint32_t side;		 // which of its sets of objects it takes, from 1 on; 0: none
	uint32_t nr;
	struct ks_loss *losses; // those that made the verdict
};

/** A choice of its loader that was assumed. */
struct ks_tool_choice {
	enum ks_basis basis;
	const char *source; // the loader's line, or how it was inferred; NULL
	size_t nr_sides;
	const char *const *sides; // "kprobe_vfs_read, kprobe_vfs_write"
};

/** A tool: an object, all objects of an executable, or those of files that are one tool together. */
struct ks_tool {
	const char *name;
	const char *path; // of its first object
	size_t nr_objects;
	const size_t *objects; // indexes into those of the check
	enum ks_basis basis;   // the weakest that its verdict rests on
	size_t nr_choices;
	const struct ks_tool_choice *choices;
};

/** A table as struct ks_check: one row for each tool. */
struct ks_tools {
	struct ks_arena arena;
	const struct ks_check *check; // borrowed
	bool as_compiled;
	struct ks_policy *shipped; // the list of known loaders; NULL: as compiled
	size_t nr;
	struct ks_tool *at;
	struct ks_tool_outcome *outcomes; // outcomes[tool * check->nr_images + image]
};
static inline const struct ks_tool_outcome *ks_tool_outcome(const struct ks_tools *tools,
							    size_t tool, size_t image)
{
	return &tools->outcomes[tool * tools->check->nr_images + image];
}

/**
 * The tools of a check.
 * @param check borrowed as long as the result; its policy counts in any case
 * @param as_compiled neither the list of known loaders nor twins are looked at
 */
KS_MUST_CHECK struct ks_error *ks_tools_make(const struct ks_check *check, bool as_compiled,
					     struct ks_tools **ret);
void ks_tools_free(struct ks_tools *tools); // NULL is allowed
static inline void ks_tools_freep(struct ks_tools **tools)
{
	ks_tools_free(*tools);
}
#define _cleanup_tools_ __attribute__((__cleanup__(ks_tools_freep)))

/** The list of known loaders, as a policy. */
KS_MUST_CHECK struct ks_error *ks_shipped_read(struct ks_policy **ret);
/** The worst verdict of a tool over the images of its own machine; KS_TOOL_FOREIGN when there is none. */
enum ks_tool_verdict ks_tool_worst(const struct ks_tools *tools, size_t tool);
/** Whether a tool comes to the same on two images, for the same reasons. */
bool ks_tool_same(const struct ks_tools *tools, size_t tool, size_t a, size_t b);
/** Whether an outcome has a loss, or a worse one: of the same program, for the same reason. */
bool ks_tool_has_loss(const struct ks_tool_outcome *outcome, const struct ks_loss *loss);
/** The worst of what is counted: what an exit status tells. */
enum ks_verdict ks_tools_counted(const struct ks_tools *tools);
