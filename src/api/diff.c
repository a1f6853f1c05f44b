/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "api/comparison.h"
#include "api/diff.h"
#include "api/value.h"
#include "base/vector.h"
#include "surface/image.h"

struct ksurf_diff {
	struct ks_arena arena;
	const char *old, *new;
	bool differs;
	size_t nr_kinds;
	struct ksurf_diff_kind kinds[KS_NR_KINDS];
	KS_VECTOR(struct ksurf_difference) differences;
};

struct ks_error *ks_api_diff_scope(const struct ksurf_diff_options *options,
				   struct ks_diff_scope *ret)
{
	*ret = (struct ks_diff_scope){
		.glob = options->glob,
		.extras = (options->layout ? KS_DIFF_LAYOUT : 0) |
			  (options->status ? KS_DIFF_STATUS : 0),
	};
	KS_TRY(ks_diff_scope_kinds(ret, options->kinds));
	return ks_diff_scope_changes(ret, options->changes);
}

/** One comparison while it is made. */
struct making {
	const struct ks_comparison *pair;
	struct ksurf_diff *diff;
	struct ks_api_progress progress;
	size_t nr;
};

static struct ks_error *keep(const struct ks_difference *difference, void *arg)
{
	enum { TELL_EVERY = 256 };
	struct making *making = arg;
	struct ks_arena *arena = &making->diff->arena;
	const struct ks_store_image *lacks = !difference->old	? making->pair->old
					     : !difference->new ? making->pair->new
								: NULL;
	struct ksurf_difference kept = {
		.kind = ks_kinds[difference->kind].name,
		.status = !difference->old   ? "added"
			  : !difference->new ? "removed"
					     : "changed",
		.certain = !lacks || ks_image_lists_all(&lacks->image, difference->kind),
	};
	if (!ks_api_text(arena, difference->name, &kept.name))
		return &ks_nomem;
	KS_TRY(ks_api_declaration(arena, difference->kind, difference->old, &kept.old_declaration));
	KS_TRY(ks_api_declaration(arena, difference->kind, difference->new, &kept.new_declaration));
	KS_TRY(ks_api_changes(arena, &difference->changes, &kept.nr_changes, &kept.changes));
	if (!ks_vector_add(&making->diff->differences, kept))
		return &ks_nomem;
	if (++making->nr % TELL_EVERY == 0)
		return ks_api_tell(&making->progress, "comparing names", making->nr, 0);
	return NULL;
}

static struct ks_error *fill_kind(struct ks_arena *arena, enum ks_kind kind,
				  const struct ks_tally *tally, struct ksurf_diff_kind *ret)
{
	const void **at;
	struct ksurf_change_count *counts =
		ks_api_array(arena, KS_NR_CHANGES, sizeof(*counts), &at);
	if (!counts)
		return &ks_nomem;
	*ret = (struct ksurf_diff_kind){
		.kind = ks_kinds[kind].name,
		.old_known = tally->old_known,
		.new_known = tally->new_known,
		.old_nr = tally->old,
		.new_nr = tally->new,
		.added = tally->added,
		.removed = tally->removed,
		.changed = tally->changed,
		.added_certain = tally->added_certain,
		.removed_certain = tally->removed_certain,
		.compiled = tally->compiled,
		.laid_out = tally->laid_out,
		.changes = (const struct ksurf_change_count *const *)at,
		.added_known = ks_tally_tells_added(tally),
		.removed_known = ks_tally_tells_removed(tally),
		.changed_known = ks_tally_tells_changed(tally),
	};
	for (int i = 0; i < KS_NR_CHANGES; i++)
		if (tally->changes[i])
			counts[ret->nr_changes++] =
				(struct ksurf_change_count){ ks_changes_infos[i].name,
							     tally->changes[i] };
	return NULL;
}

/** Kind by kind, so that the caller hears of each. */
static struct ks_error *compare(struct ks_store *store, const struct ks_diff_scope *scope,
				bool counts_only, struct making *making)
{
	const struct ks_comparison *pair = making->pair;
	struct ksurf_diff *diff = making->diff;
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		struct ks_diff_scope one = *scope;
		struct ks_summary summary;
		if (scope->kinds && !(scope->kinds & KS_KNOWS(kind)))
			continue;
		one.kinds = KS_KNOWS(kind);
		KS_TRY(ks_api_tell(&making->progress, "comparing kinds", kind, KS_FIELD));
		KS_TRY(ks_summary_make(store, pair->old, pair->new, &one, counts_only ? NULL : keep,
				       making, &summary));
		diff->differs = diff->differs || ks_summary_differs(&summary);
		KS_TRY(fill_kind(&diff->arena, kind, &summary.kinds[kind],
				 &diff->kinds[diff->nr_kinds++]));
	}
	return NULL;
}

static struct ks_error *make(struct ks_store *store, const char *old, const char *new,
			     const struct ksurf_diff_options *theirs, struct ksurf_diff *diff)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	struct ksurf_diff_options options = { 0 };
	_cleanup_comparison_ struct ks_comparison pair = { 0 };
	struct ks_diff_scope scope;
	KS_TRY(ks_api_options(&options, sizeof(options), theirs));
	KS_TRY(ks_api_diff_scope(&options, &scope));
	KS_TRY(ks_comparison_choose(store, old, new, &pair));
	if (options.modules)
		KS_TRY(ks_comparison_to_modules(&pair));
	scope.one_sided = !options.counts_only;
	if (!ks_api_text(&diff->arena, pair.old->image.label, &diff->old) ||
	    !ks_api_text(&diff->arena, pair.new->image.label, &diff->new))
		return &ks_nomem;
	struct making making = {
		.pair = &pair,
		.diff = diff,
		.progress = { options.progress, options.progress_arg },
	};
	return compare(store, &scope, options.counts_only, &making);
}

struct ksurf_error *ksurf_diff_make(struct ksurf_store *store, const char *old_image,
				    const char *new_image, const struct ksurf_diff_options *options,
				    struct ksurf_diff **ret)
{
	struct ksurf_diff *diff = calloc(1, sizeof(*diff));
	if (!diff)
		return &ks_api_nomem;
	struct ks_error *err = make(store->store, old_image, new_image, options, diff);
	if (err)
		ksurf_diff_free(diff);
	else
		*ret = diff;
	return ks_api_publish(err);
}

const char *ksurf_diff_old(const struct ksurf_diff *diff)
{
	return diff->old;
}

const char *ksurf_diff_new(const struct ksurf_diff *diff)
{
	return diff->new;
}

int ksurf_diff_differs(const struct ksurf_diff *diff)
{
	return diff->differs;
}

size_t ksurf_diff_nr_kinds(const struct ksurf_diff *diff)
{
	return diff->nr_kinds;
}

const struct ksurf_diff_kind *ksurf_diff_kind(const struct ksurf_diff *diff, size_t i)
{
	return i < diff->nr_kinds ? &diff->kinds[i] : NULL;
}

size_t ksurf_diff_count(const struct ksurf_diff *diff)
{
	return diff->differences.len;
}

const struct ksurf_difference *ksurf_diff_at(const struct ksurf_diff *diff, size_t i)
{
	return i < diff->differences.len ? &diff->differences.at[i] : NULL;
}

void ksurf_diff_free(struct ksurf_diff *diff)
{
	if (!diff)
		return;
	ks_vector_deinit(&diff->differences);
	ks_arena_deinit(&diff->arena);
	free(diff);
}
