/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What changed of one name between two images. */
#include "base/error.h"
#include "surface/history.h"

/** In the order in which a report lists them within one construct. */
enum ks_change_kind {
	KS_PARAM_ADDED,
	KS_PARAM_REMOVED,
	KS_PARAM_REORDERED,
	KS_PARAM_TYPE_CHANGED,
	KS_RETURN_TYPE_CHANGED,
	KS_FIELD_ADDED,
	KS_FIELD_REMOVED,
	KS_FIELD_TYPE_CHANGED,
	KS_VALUE_ADDED,
	KS_VALUE_REMOVED,
	KS_VALUE_CHANGED,
	KS_EVENT_CHANGED, // of a tracepoint: the changes of its struct follow
	KS_FUNC_CHANGED,  // of a tracepoint: the changes of its function follow
	KS_ALIAS_CHANGED, // what a typedef stands for
	KS_SIZE_CHANGED,  // of an int
	KS_OPTION_CHANGED,
	// what follows does not count as a change of the name
	KS_BYTES_CHANGED,	// of a struct or union
	KS_FIELD_MOVED,		// offset in bits
	KS_FIELD_WIDTH_CHANGED, // bits; 0 when it is no bit-field
	KS_NEWLY_DUPLICATE,
	KS_NEWLY_COLLIDING,
	KS_NEWLY_FULL_INLINE,
	KS_NEWLY_SELECTIVE_INLINE,
	KS_NEWLY_TRANSFORMED,
	KS_NEWLY_AMBIGUOUS,
	KS_NEWLY_NO_FTRACE,
	KS_NEWLY_NO_KPROBE,
	KS_NEWLY_FREED,
	KS_NEWLY_NOT_IN_BTF,
	KS_ISSUE_GONE,	 // old_text is the issue's title
	KS_CALLERS_LOST, // old_names called the function and do no more
	KS_NR_CHANGES,
};

/** What a change carries besides its kind. */
enum ks_change_form {
	KS_FORM_NONE,
	KS_FORM_DECL,	// name with old_type or new_type or both
	KS_FORM_TYPE,	// old_type and new_type, without a name
	KS_FORM_NAMES,	// old_names and new_names: all names of each side
	KS_FORM_NUMBER, // name with old_number or new_number or both
	KS_FORM_TEXT,	// old_text and new_text
};

/** Differences that are not counted as changes of a name, because the published study does not. */
enum ks_diff_extra {
	KS_DIFF_STATUS =
		1 << 0, // how functions are compiled: inlined, transformed, duplicated, callers
	KS_DIFF_LAYOUT = 1 << 1, // sizes, offsets and bit-field widths of structs and unions
};

struct ks_change_info {
	const char *name;  // in JSON: "param-added"
	const char *title; // "Param added"
	enum ks_change_form form;
	bool has_old, has_new; // which sides it has
	uint32_t extra;	       // the KS_DIFF_* bit it belongs to; 0: a change of the name
};
extern const struct ks_change_info ks_changes_infos[KS_NR_CHANGES];

struct ks_name_list {
	size_t nr;
	const char *const *at;
};

struct ks_change {
	enum ks_change_kind kind;
	const char *name; // of the parameter, field or value
	union {
		const struct ks_type *old_type;
		struct ks_name_list old_names;
		int64_t old_number;
		const char *old_text;
	};
	union {
		const struct ks_type *new_type;
		struct ks_name_list new_names;
		int64_t new_number;
		const char *new_text;
	};
};

struct ks_changes {
	size_t nr;
	const struct ks_change *at;
};

/** Room to compare in, kept from one comparison to the next. One per thread. */
struct ks_diff;
/** @return &ks_nomem alone */
KS_MUST_CHECK struct ks_error *ks_diff_new(struct ks_diff **ret);
void ks_diff_free(struct ks_diff *diff); // NULL is allowed
static inline void ks_diff_freep(struct ks_diff **diff)
{
	ks_diff_free(*diff);
}
#define _cleanup_diff_ __attribute__((__cleanup__(ks_diff_freep)))

/** The fact has what comparisons of its kind compare: a type, an event, a value. */
bool ks_fact_comparable(enum ks_kind kind, const struct ks_fact *fact);

/**
 * Every change between two comparable facts of one name. Offsets, sizes and bit-field widths do not count.
 * @param ret valid until the next comparison with diff; none when both are the same
 * @return NULL or &ks_nomem
 */
KS_MUST_CHECK struct ks_error *ks_diff_facts(struct ks_diff *diff, enum ks_kind kind,
					     const struct ks_fact *old, const struct ks_fact *new,
					     struct ks_changes *ret);

/** Forget what was found: as after comparing two equal facts. */
void ks_diff_reset(struct ks_diff *diff);

/** As ks_diff_facts() for two declarations of the same kind. */
KS_MUST_CHECK struct ks_error *ks_diff_decls(struct ks_diff *diff, const struct ks_decl *old,
					     const struct ks_decl *new, struct ks_changes *ret);

/**
 * Append what else differs to the changes of the ks_diff_facts() before.
 * @param extras KS_DIFF_* bits. Status is that of functions both images have, as far as both can tell; of images that
 *	are not of the full tier, inlining counts as published data tells it.
 * @param ret all changes so far; valid until the next comparison
 */
KS_MUST_CHECK struct ks_error *ks_diff_extras(struct ks_diff *diff, enum ks_kind kind,
					      uint32_t extras, const struct ks_fact *old,
					      const struct ks_fact *new, struct ks_changes *ret);
