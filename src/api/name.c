/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "api/value.h"
#include "base/vector.h"
#include "store/suggest.h"

struct ksurf_names {
	struct ks_arena arena;
	KS_VECTOR(struct found {
		struct ksurf_name name;
		const uint64_t *in;
	})
	all;
	size_t nr_images;
	const char **images;
};

const char *ksurf_kind(size_t i)
{
	return i < KS_NR_KINDS ? ks_kinds[i].name : NULL;
}

struct ks_error *ks_api_kind(const char *word, enum ks_kind *ret)
{
	*ret = ks_kind_by_name(word);
	return *ret == KS_NR_KINDS ? ks_kind_unknown(word) : NULL;
}

/** One search, and whoever hears of what it finds. */
struct search {
	struct ksurf_names *names; // NULL: they are told, not kept
	ksurf_name_fn *fn;
	void *arg;
	struct ks_api_progress progress;
	size_t nr, limit;
	bool done; // the error that ends the walk is none for the caller
};

static struct ks_error *keep(struct search *search, const struct ks_store_name *name)
{
	struct ksurf_names *names = search->names;
	size_t words = (names->nr_images + 63) / 64;
	struct found found = {
		.name = { ks_kinds[name->kind].name, NULL, name->nr_images },
	};
	uint64_t *in = ks_arena_array(&names->arena, words, sizeof(*in));
	if (!in || !ks_api_text(&names->arena, name->name, &found.name.name))
		return &ks_nomem;
	memcpy(in, name->in, words * sizeof(*in));
	found.in = in;
	return ks_vector_add(&names->all, found) ? NULL : &ks_nomem;
}

static struct ks_error *found(const struct ks_store_name *name, void *arg)
{
	enum { TELL_EVERY = 4096 };
	struct search *search = arg;
	if (!name->nr_images)
		return NULL;
	const struct ksurf_name shown = { ks_kinds[name->kind].name, name->name, name->nr_images };
	if (search->fn)
		search->done = search->fn(&shown, search->arg) != 0;
	if (search->names)
		KS_TRY(keep(search, name));
	if (++search->nr % TELL_EVERY == 0)
		KS_TRY(ks_api_tell(&search->progress, "finding names", search->nr, 0));
	search->done = search->done || search->nr == search->limit;
	return search->done ? ks_error_new(KS_ERR_USAGE, "stopped") : NULL;
}

static struct ks_error *list_images(struct ksurf_names *names, const struct ks_store_images *images)
{
	names->images = ks_arena_array(&names->arena, images->nr, sizeof(*names->images));
	if (!names->images)
		return &ks_nomem;
	for (size_t i = 0; i < images->nr; i++)
		if (!ks_api_text(&names->arena, images->at[i]->image.label, &names->images[i]))
			return &ks_nomem;
	names->nr_images = images->nr;
	return NULL;
}

static struct ks_error *find(struct ks_store *store, const struct ksurf_names_options *options,
			     struct search *search)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	_cleanup_selection_ struct ks_selection sel = { 0 };
	enum ks_kind kind = KS_NR_KINDS;
	if (options->kind)
		KS_TRY(ks_api_kind(options->kind, &kind));
	KS_TRY(ks_api_choose(store, options->images, &sel));
	if (search->names)
		KS_TRY(list_images(search->names, &sel.images));
	KS_TRY(ks_api_tell(&search->progress, "finding names", 0, 0));
	struct ks_error *err =
		ks_store_names(store, &sel.images, kind, options->glob, found, search);
	if (err && search->done) {
		ks_error_free(err);
		return NULL;
	}
	return err;
}

struct ksurf_error *ksurf_names_find(struct ksurf_store *store,
				     const struct ksurf_names_options *theirs,
				     struct ksurf_names **ret)
{
	struct ksurf_names_options options = { 0 };
	struct ksurf_names *names = calloc(1, sizeof(*names));
	if (!names)
		return &ks_api_nomem;
	struct ks_error *err = ks_api_options(&options, sizeof(options), theirs);
	struct search search = {
		.names = names,
		.progress = { options.progress, options.progress_arg },
		.limit = options.limit,
	};
	if (!err)
		err = find(store->store, &options, &search);
	if (err)
		ksurf_names_free(names);
	else
		*ret = names;
	return ks_api_publish(err);
}

static struct ks_error *near(struct ks_store *store, const char *kind_name, const char *name,
			     struct ksurf_names *names)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	_cleanup_selection_ struct ks_selection sel = { 0 };
	struct ks_suggestions near;
	enum ks_kind kind = KS_NR_KINDS;
	if (kind_name)
		KS_TRY(ks_api_kind(kind_name, &kind));
	KS_TRY(ks_api_choose(store, NULL, &sel));
	KS_TRY(list_images(names, &sel.images));
	KS_TRY(ks_suggest_names(store, &sel.images, kind, name, &near));
	for (size_t i = 0; i < near.nr; i++) {
		struct found one = {
			.name = { ks_kinds[near.at[i].kind].name, NULL, near.at[i].nr_images },
		};
		if (!ks_api_text(&names->arena, near.at[i].name, &one.name.name) ||
		    !ks_vector_add(&names->all, one))
			return &ks_nomem;
	}
	return NULL;
}

struct ksurf_error *ksurf_names_near(struct ksurf_store *store, const char *kind, const char *name,
				     struct ksurf_names **ret)
{
	struct ksurf_names *names = calloc(1, sizeof(*names));
	if (!names)
		return &ks_api_nomem;
	struct ks_error *err = near(store->store, kind, name, names);
	if (err)
		ksurf_names_free(names);
	else
		*ret = names;
	return ks_api_publish(err);
}

size_t ksurf_names_count(const struct ksurf_names *names)
{
	return names->all.len;
}

const struct ksurf_name *ksurf_names_at(const struct ksurf_names *names, size_t i)
{
	return i < names->all.len ? &names->all.at[i].name : NULL;
}

size_t ksurf_names_nr_images(const struct ksurf_names *names)
{
	return names->nr_images;
}

const char *ksurf_names_image(const struct ksurf_names *names, size_t i)
{
	return i < names->nr_images ? names->images[i] : NULL;
}

int ksurf_names_in(const struct ksurf_names *names, size_t name, size_t image)
{
	const uint64_t *in = name < names->all.len ? names->all.at[name].in : NULL;
	return in && image < names->nr_images && (in[image / 64] >> (image % 64) & 1);
}

void ksurf_names_free(struct ksurf_names *names)
{
	if (!names)
		return;
	ks_vector_deinit(&names->all);
	ks_arena_deinit(&names->arena);
	free(names);
}

struct ksurf_error *ksurf_store_find(struct ksurf_store *store, const char *kind, const char *glob,
				     ksurf_name_fn *fn, void *arg)
{
	const struct ksurf_names_options options = { .kind = kind, .glob = glob };
	struct search search = { .fn = fn, .arg = arg };
	return ks_api_publish(find(store->store, &options, &search));
}
