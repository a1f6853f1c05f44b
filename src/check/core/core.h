/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What a loader makes of one CO-RE relocation on one image. The rules are those of libbpf's relo_core.c: candidates
 * by name up to "___" and kind, fields found by name through unnamed members, and all candidates must agree.
 */
#include "base/buf.h"
#include "bpf/object.h"
#include "check/kernels/view.h"

enum ks_core_state {
	KS_CORE_VALUE,	 // value is what the instruction gets
	KS_CORE_POISON,	 // the instruction is made one that the verifier refuses
	KS_CORE_REFUSED, // the loader itself gives up, whether the instruction can be reached or not
	KS_CORE_UNTOLD,	 // the image does not tell
};
enum ks_core_why {
	KS_CORE_WHY_NONE,
	KS_CORE_NO_TYPE,
	KS_CORE_NO_FIELD,
	KS_CORE_NO_VALUE,     // the enum has no such value
	KS_CORE_INCOMPATIBLE, // the field is something else there
	KS_CORE_AMBIGUOUS,    // several definitions, which disagree
	KS_CORE_MALFORMED,    // the object's own types do not fit the relocation
};

/** One step of an access path: a member by name, or an element by index. */
struct ks_core_step {
	const char *name;     // NULL: element `index` of an array, or of the pointer it begins with
	uint32_t index;	      //
	uint32_t type;	      // local id of what the step ends at
	uint32_t owner;	      // local id of the struct or union that the member is in
	uint32_t bits_offset; // local: of the member in its owner, unnamed members passed through
	uint32_t bitfield;    // local: its bits, or 0
};

/** The local side of a relocation: the same for every image. */
struct ks_core_spec {
	enum ks_core_kind kind;
	const struct ks_btf *btf;
	uint32_t type;	  // root, as the relocation has it
	const char *root; // its name up to "___"; NULL: the relocation is malformed
	enum ks_kind root_kind;
	uint32_t nr;
	const struct ks_core_step *steps;
	const char *enumerator; // of enum relocations, up to "___"
	const char *text;	// "task_struct::state", as reports name it
	const char *field;	// the last named member on the path; NULL
};

struct ks_core_result {
	enum ks_core_state state;
	enum ks_core_why why;
	bool bad_access; // a load or store through it is poisoned: sizes differ and may not be adjusted
	bool found;	 // a definition that matches
	uint64_t value;
	uint64_t bits; // offset of the field
	const struct ks_decl
		*owner; // struct or union that the last named member was found in, or NULL
	const struct ks_member *member; // that member; NULL
	const struct ks_decl
		*nearest;    // the definition in which the first missing member was looked for
	const char *missing; // that member, or the type
};

/** Read the local side. A malformed relocation gives a spec without root. NULL when memory runs out. */
const struct ks_core_spec *ks_core_spec(struct ks_arena *arena, const struct ks_bpf_object *object,
					const struct ks_bpf_core *core);

/** Resolve a relocation on one image. */
struct ks_core_result ks_core_resolve(const struct ks_site *site, const struct ks_core_spec *spec);

/** A sentence on why there is no value, for reports: "struct task_struct has no member state". */
void ks_core_explain(const struct ks_core_spec *spec, const struct ks_core_result *result,
		     struct ks_buf *buf);

/** Length of a name without its "___flavour". */
size_t ks_core_name_len(const char *name);
