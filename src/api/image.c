/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "api/value.h"
#include "base/array.h"
#include "store/compare.h"
#include "surface/image.h"

struct ksurf_images {
	struct ks_arena arena;
	size_t nr;
	const struct ksurf_image **at;
};

/** What an image may know besides kinds of names. */
static const struct {
	uint32_t fact;
	const char *name;
} facts[] = {
	{ KS_FACT_INLINE, "inlining" },
	{ KS_FACT_FTRACE, "ftrace" },
	{ KS_FACT_KPROBE, "kprobe" },
	{ KS_FACT_INJECT, "inject" },
	{ KS_FACT_INIT, "init" },
	{ KS_FACT_BTF, "btf" },
	{ KS_FACT_TRACED, "syscall-events" },
};

static bool list_unknown(struct ks_arena *arena, const struct ks_store_image *image,
			 struct ksurf_image *ret)
{
	const char **names =
		ks_arena_array(arena, KS_FIELD + KS_ARRAY_LEN(facts) + 1, sizeof(*names));
	if (!names)
		return false;
	for (int kind = 0; kind < KS_FIELD; kind++)
		if (!(image->known & KS_KNOWS(kind)))
			names[ret->nr_unknown++] = ks_kinds[kind].name;
	if (!image->symtab_known)
		names[ret->nr_unknown++] = "symbols";
	for (size_t i = 0; i < KS_ARRAY_LEN(facts); i++) {
		bool told = image->image.facts & facts[i].fact;
		if (facts[i].fact == KS_FACT_INLINE)
			told = ks_image_tells_inline(&image->image);
		if (!told)
			names[ret->nr_unknown++] = facts[i].name;
	}
	ret->unknown = names;
	return true;
}

struct ks_error *ks_api_image(struct ks_arena *arena, const struct ks_store_image *image,
			      struct ksurf_image *ret)
{
	const struct ks_image *from = &image->image;
	const struct {
		const char *text, **to;
	} texts[] = {
		{ from->label, &ret->label },
		{ from->release, &ret->release },
		{ from->version, &ret->version },
		{ from->arch, &ret->arch },
		{ from->flavor, &ret->flavor },
		{ from->build_id, &ret->build_id },
		{ from->compiler, &ret->compiler },
		{ from->revision, &ret->revision },
		{ from->distribution, &ret->distribution },
		{ from->package, &ret->package },
		{ from->package_version, &ret->package_version },
		{ from->banner, &ret->banner },
		{ from->digest, &ret->digest },
		{ from->sets, &ret->sets },
	};
	*ret = (struct ksurf_image){
		.tier = ks_image_tier_text(from),
		.bits = from->elf_class,
		.big_endian = from->big_endian,
		.nr_modules = image->modules ? image->modules->image.nr_modules : 0,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(texts); i++)
		if (!ks_api_text(arena, texts[i].text, texts[i].to))
			return &ks_nomem;
	return list_unknown(arena, image, ret) ? NULL : &ks_nomem;
}

static struct ks_error *count_names(struct ks_store *store, struct ks_arena *arena,
				    const struct ks_store_image *image, struct ksurf_image *ret)
{
	const void **at;
	struct ksurf_count *counts = ks_api_array(arena, KS_FIELD, sizeof(*counts), &at);
	if (!counts)
		return &ks_nomem;
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		struct ks_compare_count count = { 0 };
		counts[kind].kind = ks_kinds[kind].name;
		counts[kind].known = (image->known & KS_KNOWS(kind)) != 0;
		if (counts[kind].known)
			KS_TRY(ks_store_compare(store, image, image, kind, NULL, NULL, NULL,
						&count));
		counts[kind].nr = count.old;
	}
	ret->nr_counts = KS_FIELD;
	ret->counts = (const struct ksurf_count *const *)at;
	return NULL;
}

static struct ks_error *choose(struct ks_store *store, const struct ksurf_images_options *theirs,
			       struct ksurf_images *images)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	struct ksurf_images_options options = { 0 };
	_cleanup_selection_ struct ks_selection sel = { 0 };
	const void **at;
	KS_TRY(ks_api_options(&options, sizeof(options), theirs));
	KS_TRY(ks_api_choose(store, options.words ? options.words : "*", &sel));
	const struct ks_store_images *chosen = &sel.images;
	struct ksurf_image *all = ks_api_array(&images->arena, chosen->nr, sizeof(*all), &at);
	if (!all)
		return &ks_nomem;
	const struct ks_api_progress progress = { options.progress, options.progress_arg };
	for (size_t i = 0; i < chosen->nr; i++) {
		KS_TRY(ks_api_tell(&progress, "reading images", i, chosen->nr));
		KS_TRY(ks_api_image(&images->arena, chosen->at[i], &all[i]));
		all[i].is_base = i == sel.groups->base;
		if (options.counts)
			KS_TRY(count_names(store, &images->arena, chosen->at[i], &all[i]));
	}
	images->nr = chosen->nr;
	images->at = (const struct ksurf_image **)at;
	return NULL;
}

struct ksurf_error *ksurf_images_choose(struct ksurf_store *store,
					const struct ksurf_images_options *options,
					struct ksurf_images **ret)
{
	struct ksurf_images *images = calloc(1, sizeof(*images));
	if (!images)
		return &ks_api_nomem;
	struct ks_error *err = choose(store->store, options, images);
	if (err)
		ksurf_images_free(images);
	else
		*ret = images;
	return ks_api_publish(err);
}

size_t ksurf_images_count(const struct ksurf_images *images)
{
	return images->nr;
}

const struct ksurf_image *ksurf_images_at(const struct ksurf_images *images, size_t i)
{
	return i < images->nr ? images->at[i] : NULL;
}

void ksurf_images_free(struct ksurf_images *images)
{
	if (!images)
		return;
	ks_arena_deinit(&images->arena);
	free(images);
}

struct ksurf_error *ksurf_store_images(struct ksurf_store *store, ksurf_image_fn *fn, void *arg)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_error *err = ks_store_images(store->store, &arena, &images);
	for (size_t i = 0; !err && i < images.nr; i++) {
		struct ksurf_image image;
		err = ks_api_image(&arena, images.at[i], &image);
		if (!err && fn(&image, arg) != 0)
			break;
	}
	return ks_api_publish(err);
}
