/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the user says about programs that no object tells: in ksurf.toml, or on the command line. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "bpf/object.h"

/** Texts: globs, as fnmatch(3), or names. */
struct ks_policy_texts {
	size_t nr;
	const char *const *at;
};

/** The value that a tool gives a read-only variable before it loads the object. */
struct ks_policy_constant {
	const char *name;
	int64_t value;
};

/** What a tool attaches a program to, although its section does not say so. */
struct ks_policy_target {
	const char *program; // glob
	const char *section; // the section it behaves as: "fentry/vfs_read"
};

/** Lists of texts. */
struct ks_policy_lists {
	size_t nr;
	const struct ks_policy_texts *at;
};

/** How a tool chooses among sets of programs. */
enum ks_choice_by {
	KS_BY_TRIAL,	// the first that works
	KS_BY_PRESENCE, // the first whose targets are there, whether it works or not
	KS_BY_PROBE, // the first whose first program can be attached, whether the others can or not
};
/** Sets of programs of which the tool takes one. */
struct ks_policy_choice {
	struct ks_policy_lists sides; // globs of programs
	enum ks_choice_by by;
	const char *source; // the line of the loader that says so; NULL
};

/** What a tool lacks where it goes on without a program. */
struct ks_policy_loss {
	const char *program; // glob
	const char *text;    // "no merged requests"
};

/** What holds for the objects whose name matches. */
struct ks_policy_object {
	const char *match;  // glob of object names
	const char *file;   // glob of the file that it is in, with its folder; NULL: any
	const char *source; // the line of the loader that says so; NULL
	bool own_loader;    // what libbpf refuses to open, the tool's own loader takes
	struct ks_policy_texts programs; // globs of programs that the object must have to be meant
	struct ks_policy_texts needed;	 // globs of programs: the tool does not go on without them
	struct ks_policy_texts optional; // globs of programs: the tool goes on without them
	struct ks_policy_texts ignored;	 // the tool never loads them
	struct ks_policy_texts modes;	 // its user chooses among them
	struct ks_policy_texts present;	 // loaded only where what they attach to is there
	struct ks_policy_texts chosen;	 // the user tells what they attach to
	struct ks_policy_texts
		rewritten; // attached to something else where their target is not there
	size_t nr_choices, nr_losses;
	const struct ks_policy_choice *choices;
	const struct ks_policy_loss *losses;
	size_t nr_alternatives, nr_constants, nr_targets, nr_rewrites, nr_probes;
	const struct ks_policy_target *rewrites;    // what rewritten programs are attached to then
	const struct ks_policy_target *probes;	    // what is looked for before they are loaded
	const struct ks_policy_texts *alternatives; // programs of which one is enough
	const struct ks_policy_constant *constants;
	const struct ks_policy_target *targets;
};

/** What holds for the tools whose name matches. Globs are of names of its objects. */
struct ks_policy_tool {
	const char *match;
	const char *files;  // glob: those of a folder that share a name are one tool; NULL
	const char *source; // the line of the loader that says so; NULL
	struct ks_policy_texts optional, ignored, modes;
	struct ks_policy_lists sides;	 // sets of objects of which the first that works is taken
	const char *side_of;		 // glob: or the one that the tool of that name takes; NULL
	struct ks_policy_texts required; // globs of images on which it must work; none: all
	struct ks_policy_texts spared;	 // and of those on which it need not
};

/** A finding that is known, why it is accepted, and for how long. */
struct ks_policy_waiver {
	unsigned int line;		// of the file
	const char *tool;		// glob
	const char *cause;		// glob of what a reason is about, or of its kind
	struct ks_policy_texts kernels; // globs of images; none: all
	const char *reason;
	unsigned int until; // the last day on which it holds: 20270131
};

struct ks_policy {
	struct ks_arena arena;
	struct ks_policy_texts on; // globs of images: the supported kernels; none: all of them
	const char *base;	   // image the programs were written against; NULL: found out
	const char *fail_on;	   // "unknown", "risk", "failure" or "never"; NULL: not said
	const char *path;	   // of the file; NULL: there is none
	bool packaged;		   // it is what a package says of itself
	bool modules;		   // all modules count as loaded
	bool brings_btf;	   // btf = "custom": the tool has BTF for kernels that have none
	size_t nr_objects;
	const struct ks_policy_object *objects;
	size_t nr_tools, nr_waivers;
	const struct ks_policy_tool *tools;
	const struct ks_policy_waiver *waivers;
};

/**
 * Read a ksurf.toml (docs/check.md has the keys).
 * @param text of len bytes
 * @return KS_ERR_DATA with the line, for what is no TOML, an unknown key or a value of the wrong type
 */
KS_MUST_CHECK struct ks_error *ks_policy_read(const char *text, size_t len, struct ks_policy **ret);
void ks_policy_free(struct ks_policy *policy); // NULL is allowed
static inline void ks_policy_freep(struct ks_policy **policy)
{
	ks_policy_free(*policy);
}
#define _cleanup_policy_ __attribute__((__cleanup__(ks_policy_freep)))

/** Whether a name is one of the texts, or matches one. */
bool ks_policy_matches(const struct ks_policy_texts *globs, const char *name);
/**
 * The next part about an object, from position *at on, that is about its name and has the programs it must have; NULL when there is none.
 * @param policy NULL: nothing was said @param at 0 before the first call
 */
const struct ks_policy_object *ks_policy_next(const struct ks_policy *policy,
					      const struct ks_bpf_object *object, size_t *at);
/** Whether the user said that the tool goes on without a program. @param policy NULL: nothing was said */
bool ks_policy_optional(const struct ks_policy *policy, const struct ks_bpf_object *object,
			const char *program);
/** Whether a program is one of several of which one is enough. */
bool ks_policy_alternative(const struct ks_policy *policy, const struct ks_bpf_object *object,
			   const char *program);
/** The section a program behaves as, because its tool chooses the target; NULL: nothing was said. */
const char *ks_policy_section(const struct ks_policy *policy, const struct ks_bpf_object *object,
			      const char *program);
/** The value the tool gives a read-only variable of an object; NULL: the one it is built with. */
const struct ks_policy_constant *ks_policy_constant(const struct ks_policy *policy,
						    const struct ks_bpf_object *object,
						    const char *variable);
