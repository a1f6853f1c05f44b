/* SPDX-License-Identifier: BSD-2-Clause */
#include "diff/summary.h"

#include "base/vector.h"
#include "store/compare.h"
#include "surface/image.h"

/** One kind of a pair while it is counted. */
struct counting {
	enum ks_kind kind;
	const struct ks_diff_scope *scope;
	struct ks_diff *diff;
	struct ks_tally *tally;
	ks_difference_fn *fn;
	void *arg;
	KS_VECTOR(struct ks_change) wanted; // of one name
};

bool ks_summary_differs(const struct ks_summary *summary)
{
	for (int kind = 0; kind < KS_NR_KINDS; kind++) {
		const struct ks_tally *tally = &summary->kinds[kind];
		if (tally->added || tally->removed || tally->changed || tally->compiled ||
		    tally->laid_out)
			return true;
	}
	return false;
}

static void count_changes(struct ks_tally *tally, const struct ks_changes *changes)
{
	bool seen[KS_NR_CHANGES] = { false };
	bool changed = false, compiled = false, laid_out = false;
	for (size_t i = 0; i < changes->nr; i++) {
		enum ks_change_kind kind = changes->at[i].kind;
		uint32_t extra = ks_changes_infos[kind].extra;
		tally->changes[kind] += !seen[kind];
		seen[kind] = true;
		changed = changed || !extra;
		compiled = compiled || extra == KS_DIFF_STATUS;
		laid_out = laid_out || extra == KS_DIFF_LAYOUT;
	}
	tally->changed += changed;
	tally->compiled += compiled;
	tally->laid_out += laid_out;
}

/** The image lists the name: a function with its prototype. */
static bool listed(enum ks_kind kind, const struct ks_fact *fact)
{
	return fact && (kind != KS_FUNCTION || fact->decl_id);
}

/** The name as the image has it. Without debug information a function may be there and BTF not describe it. */
static const struct ks_fact *there(enum ks_kind kind, const struct ks_fact *fact)
{
	return listed(kind, fact) || (fact && !ks_image_tells_inline(fact->image)) ? fact : NULL;
}

static bool is_heading(enum ks_change_kind kind)
{
	return kind == KS_EVENT_CHANGED || kind == KS_FUNC_CHANGED;
}

/** Leave the changes that are looked for, and the headings above them. */
static struct ks_error *keep_wanted(struct counting *counting, struct ks_changes *changes)
{
	uint64_t wanted = counting->scope->changes;
	const struct ks_change *heading = NULL;
	counting->wanted.len = 0;
	if (!wanted)
		return NULL;
	for (size_t i = 0; i < changes->nr; i++) {
		const struct ks_change *change = &changes->at[i];
		if (is_heading(change->kind))
			heading = change;
		if (!(wanted & KS_CHANGE_BIT(change->kind)))
			continue;
		if (heading && heading != change && !ks_vector_add(&counting->wanted, *heading))
			return &ks_nomem;
		heading = NULL;
		if (!ks_vector_add(&counting->wanted, *change))
			return &ks_nomem;
	}
	*changes = (struct ks_changes){ counting->wanted.len, counting->wanted.at };
	return NULL;
}

static bool looked_for(const struct ks_diff_scope *scope, uint64_t bit)
{
	return !scope->changes || (scope->changes & bit);
}

static struct ks_error *count_name(const char *name, const struct ks_fact *old,
				   const struct ks_fact *new, void *arg)
{
	struct counting *counting = arg;
	enum ks_kind kind = counting->kind;
	struct ks_difference difference = { .kind = kind, .name = name };
	difference.old = there(kind, old);
	difference.new = there(kind, new);
	bool added =
		!difference.old && listed(kind, new) && looked_for(counting->scope, KS_ADDED_BIT);
	bool removed =
		listed(kind, old) && !difference.new &&looked_for(counting->scope, KS_REMOVED_BIT);
	counting->tally->added += added;
	counting->tally->removed += removed;
	struct ks_changes *changes = &difference.changes;
	if (difference.old && difference.new &&ks_fact_comparable(kind, old) &&
	    ks_fact_comparable(kind, new))
		KS_TRY(ks_diff_facts(counting->diff, kind, old, new, changes));
	else
		ks_diff_reset(counting->diff);
	if (old && new && counting->scope->extras)
		KS_TRY(ks_diff_extras(counting->diff, kind, counting->scope->extras, old, new,
				      changes));
	KS_TRY(keep_wanted(counting, changes));
	count_changes(counting->tally, changes);
	if (!counting->fn || (!changes->nr && !added && !removed))
		return NULL;
	return counting->fn(&difference, counting->arg);
}

static struct ks_error *count_kind(struct ks_store *store, const struct ks_store_image *old,
				   const struct ks_store_image *new, struct counting *counting)
{
	struct ks_tally *tally = counting->tally;
	enum ks_kind kind = counting->kind;
	bool status = counting->scope->extras & KS_DIFF_STATUS;
	bool blind = !ks_image_tells_inline(&old->image) || !ks_image_tells_inline(&new->image);
	struct ks_compare_want want = { .glob = counting->scope->glob,
					.groups = status || blind,
					.unread = !status && !counting->fn,
					.one_sided = counting->scope->one_sided };
	struct ks_compare_count count;
	tally->old_known = old->known & KS_KNOWS(kind);
	tally->new_known = new->known &KS_KNOWS(kind);
	tally->old_counted = ks_image_counts(old->known, kind);
	tally->new_counted = ks_image_counts(new->known, kind);
	tally->added_certain = ks_image_lists_all(&old->image, kind);
	tally->removed_certain = ks_image_lists_all(&new->image, kind);
	bool known = tally->old_known && tally->new_known;
	KS_TRY(ks_store_compare(store, old, new, kind, &want, known ? count_name : NULL, counting,
				&count));
	tally->old = count.old;
	tally->new = count.new;
	return NULL;
}

struct ks_error *ks_summary_make(struct ks_store *store, const struct ks_store_image *old,
				 const struct ks_store_image *new,
				 const struct ks_diff_scope *scope, ks_difference_fn *fn, void *arg,
				 struct ks_summary *ret)
{
	static const struct ks_diff_scope everything = { 0 };
	struct ks_summary summary = { 0 };
	_cleanup_diff_ struct ks_diff *diff = NULL;
	KS_TRY(ks_diff_new(&diff));
	scope = scope ? scope : &everything;
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		if (scope->kinds && !(scope->kinds & KS_KNOWS(kind)))
			continue;
		struct counting counting = { .kind = kind,
					     .scope = scope,
					     .diff = diff,
					     .tally = &summary.kinds[kind],
					     .fn = fn,
					     .arg = arg };
		struct ks_error *err = count_kind(store, old, new, &counting);
		ks_vector_deinit(&counting.wanted);
		if (err)
			return err;
	}
	*ret = summary;
	return NULL;
}
