/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs beside the changes of a name: layout and how functions are compiled. */
#include <string.h>

#include "diff/room.h"
#include "surface/image.h"
#include "surface/issue.h"

static bool add_number(struct ks_diff *diff, enum ks_change_kind kind, const char *name,
		       uint64_t old, uint64_t new)
{
	return old == new ||
	       ks_vector_add(&diff->changes, ((struct ks_change){ .kind = kind,
								  .name = name,
								  .old_number = (int64_t)old,
								  .new_number = (int64_t) new }));
}

static bool diff_layout(struct ks_diff *diff, const struct ks_decl *old, const struct ks_decl *new)
{
	if (!ks_list_read(&diff->old, old) || !ks_list_read(&diff->new, new) ||
	    !add_number(diff, KS_BYTES_CHANGED, old->name, old->size, new->size))
		return false;
	for (size_t i = 0; i < diff->old.items.len; i++) {
		const struct ks_member *a = diff->old.items.at[i].member, *b;
		size_t place = ks_list_find(&diff->new, &diff->old.items.at[i]);
		if (place == SIZE_MAX)
			continue;
		b = diff->new.items.at[place].member;
		if (!add_number(diff, KS_FIELD_MOVED, a->name, a->bits_offset, b->bits_offset) ||
		    !add_number(diff, KS_FIELD_WIDTH_CHANGED, a->name, a->bitfield_size,
				b->bitfield_size))
			return false;
	}
	return true;
}

/** Which change tells of an issue that is new. */
static const enum ks_change_kind newly[KS_NR_ISSUES] = {
	[KS_ISSUE_DUPLICATE] = KS_NEWLY_DUPLICATE,
	[KS_ISSUE_COLLISION] = KS_NEWLY_COLLIDING,
	[KS_ISSUE_FULL_INLINE] = KS_NEWLY_FULL_INLINE,
	[KS_ISSUE_SELECTIVE_INLINE] = KS_NEWLY_SELECTIVE_INLINE,
	[KS_ISSUE_TRANSFORMATION] = KS_NEWLY_TRANSFORMED,
	[KS_ISSUE_AMBIGUOUS] = KS_NEWLY_AMBIGUOUS,
	[KS_ISSUE_NO_FTRACE] = KS_NEWLY_NO_FTRACE,
	[KS_ISSUE_NO_KPROBE] = KS_NEWLY_NO_KPROBE,
	[KS_ISSUE_FREED] = KS_NEWLY_FREED,
	[KS_ISSUE_NOT_IN_BTF] = KS_NEWLY_NOT_IN_BTF,
};

static bool diff_issues(struct ks_diff *diff, uint32_t old, uint32_t new)
{
	for (int i = KS_ISSUE_DUPLICATE; i < KS_NR_ISSUES; i++) {
		struct ks_change change = { .kind = KS_ISSUE_GONE, .old_text = ks_issues[i].title };
		if (new & ~old & KS_ISSUE_BIT(i))
			change = (struct ks_change){ .kind = newly[i] };
		else if (!(old & ~new &KS_ISSUE_BIT(i)))
			continue;
		if (!ks_vector_add(&diff->changes, change))
			return false;
	}
	return true;
}

static bool diff_callers(struct ks_diff *diff, const struct ks_function *old,
			 const struct ks_function *new, uint8_t without)
{
	if (!ks_list_callers(&diff->old, old, without) ||
	    !ks_list_callers(&diff->new, new, without))
		return false;
	diff->callers.len = 0;
	for (size_t i = 0; i < diff->old.items.len; i++)
		if (ks_list_find(&diff->new, &diff->old.items.at[i]) == SIZE_MAX &&
		    !ks_vector_add(&diff->callers, diff->old.items.at[i].name))
			return false;
	return !diff->callers.len ||
	       ks_vector_add(&diff->changes,
			     ((struct ks_change){
				     .kind = KS_CALLERS_LOST,
				     .old_names = { diff->callers.len, diff->callers.at } }));
}

/**
 * Imported images know less of inlining: then what the published data would say is compared. Symbols tell of
 * transformations in every image.
 */
static uint32_t status_of(const struct ks_fact *fact, bool published)
{
	uint32_t own = ks_fact_issues(KS_FUNCTION, fact);
	uint32_t symbols = KS_ISSUE_BIT(KS_ISSUE_TRANSFORMATION);
	return published ? (ks_function_issues(fact->function) & ~symbols) | (own & symbols) : own;
}

static bool has_entries(const struct ks_fact *fact)
{
	return fact->function->nr_entries != 0;
}

/**
 * The issues that an image can tell of a function: of what can be attached, when there is a symbol for it. What is no function, or
 * maybe none, is no status of one.
 */
static uint32_t told_of(const struct ks_fact *fact)
{
	const uint32_t labels = KS_ISSUE_BIT(KS_ISSUE_LABEL) | KS_ISSUE_BIT(KS_ISSUE_UNTOLD);
	const struct ks_function *fn = fact->function;
	uint32_t told = ks_issues_told(fact->image) & ~labels;
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		if (strcmp(fn->symbols[i].name, fn->name) == 0)
			return told;
	return told & ~KS_ISSUES_OF_SYMBOLS;
}

/** What only one image can tell is no difference. */
static bool diff_status(struct ks_diff *diff, const struct ks_fact *old, const struct ks_fact *new)
{
	uint32_t told = told_of(old) & told_of(new);
	bool published =
		old->image->tier == KS_TIER_IMPORTED || new->image->tier == KS_TIER_IMPORTED;
	bool both = has_entries(old) && has_entries(new);
	if (!both && ks_image_tells_inline(old->image) && ks_image_tells_inline(new->image))
		return true; // debug information of one of them does not mention it
	published = published && both;
	return diff_issues(diff, status_of(old, published) & told,
			   status_of(new, published) & told) &&
	       (!both ||
		diff_callers(diff, old->function, new->function, published ? KS_CALLER_OWN : 0));
}

struct ks_error *ks_diff_extras(struct ks_diff *diff, enum ks_kind kind, uint32_t extras,
				const struct ks_fact *old, const struct ks_fact *new,
				struct ks_changes *ret)
{
	bool record = kind == KS_STRUCT || kind == KS_UNION, done = true;
	if (extras & KS_DIFF_LAYOUT && record && old->decl && new->decl)
		done = diff_layout(diff, old->decl, new->decl);
	if (extras & KS_DIFF_STATUS && kind == KS_FUNCTION && old->function && new->function)
		done = diff_status(diff, old, new);
	if (!done)
		return &ks_nomem;
	*ret = (struct ks_changes){ diff->changes.len, diff->changes.at };
	return NULL;
}
