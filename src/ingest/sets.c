/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of kernels, such as debian:12: each becomes the packages that it stands for today. */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "ingest/private.h"
#include "source/net/kernel_package.h"
#include "surface/image_sets.h"

/* ---- what the store has of a set ---- */

struct ks_error *ks_ingest_of_set(struct ks_store *store, const char *name, struct ks_arena *arena,
				  struct ks_store_images *ret)
{
	struct ks_set_name set;
	struct ks_store_images all;
	ks_set_name_read(name, strlen(name), &set);
	set.flavour = set.flavour ? set.flavour : "";
	KS_TRY(ks_store_images(store, arena, &all));
	const struct ks_store_image **at = ks_arena_array(arena, all.nr + 1, sizeof(*at));
	if (!at)
		return &ks_nomem;
	*ret = (struct ks_store_images){ .at = at };
	for (size_t i = 0; i < all.nr; i++)
		if (ks_image_is_of_set(&all.at[i]->image, &set))
			at[ret->nr++] = all.at[i];
	return NULL;
}

/** A package as a list names it: "linux-image-6.1.0-50-amd64=6.1.176-1". */
struct listed {
	const char *release, *version;
	size_t release_len;
	size_t version_len; // without what a rebuild adds ("+b1"), which the kernel does not know
};

static bool read_listed(const char *package, struct listed *ret)
{
	size_t len = strcspn(package, "=");
	ret->release = ks_kernel_package_release(package, len, &ret->release_len);
	ret->version = package[len] ? package + len + 1 : "";
	ret->version_len = strlen(ret->version);
	size_t digits = ret->version_len;
	while (digits && isdigit((unsigned char)ret->version[digits - 1]))
		digits--;
	if (digits >= 2 && digits < ret->version_len && ret->version[digits - 1] == 'b' &&
	    ret->version[digits - 2] == '+')
		ret->version_len = digits - 2;
	return ret->release;
}

static int compare(const char *a, size_t len, const char *b)
{
	char text[256];
	if (len >= sizeof(text))
		return 0;
	*(char *)mempcpy(text, a, len) = '\0';
	return ks_package_version_compare(text, b);
}

/** Newer than an image: of a later release, or the same one packaged later. What the image cannot tell counts as the same. */
static bool is_newer(const struct listed *listed, const struct ks_image *image)
{
	int diff =
		image->release ? compare(listed->release, listed->release_len, image->release) : 0;
	if (!diff && image->package_version)
		diff = compare(listed->version, listed->version_len, image->package_version);
	return diff > 0;
}

/** How many of the packages, which begin with the newest, are newer than all images. */
static size_t count_newer(const struct ks_set_kernels *kernels,
			  const struct ks_store_images *images)
{
	size_t nr = 0;
	for (; nr < kernels->packages.len; nr++) {
		struct listed listed;
		bool newer = read_listed(kernels->packages.at[nr], &listed);
		for (size_t i = 0; newer && i < images->nr; i++)
			newer = is_newer(&listed, &images->at[i]->image);
		if (!newer)
			break;
	}
	return nr;
}

/* ---- what is added ---- */

/** Of a set that is followed, packages with debug information when its newest image is one of these. */
static struct ks_error *choose_extent(const struct ks_ingest *ingest, const char *word,
				      struct ks_set_extent *ret)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	*ret = (struct ks_set_extent){ ingest->opts.last, ingest->opts.debug };
	if (!ingest->opts.since)
		return NULL;
	KS_TRY(ks_ingest_of_set(ingest->opts.since, word, &arena, &images));
	ret->last = UINT_MAX;
	ret->debug =
		ret->debug || (images.nr && images.at[images.nr - 1]->image.tier == KS_TIER_FULL);
	return NULL;
}

/** @param[out] ret a set, kept as long as the run; NULL: the name is no set's */
static struct ks_error *expand(struct ks_ingest *ingest, const char *name,
			       struct ks_ingest_set **ret)
{
	struct ks_ingest_teller teller = { ingest, name };
	const struct ks_progress progress = ks_ingest_progress(&teller);
	struct ks_set_extent extent;
	bool is_set;
	KS_TRY(choose_extent(ingest, name, &extent));
	struct ks_ingest_set *set = calloc(1, sizeof(*set));
	if (!set || !ks_vector_add(&ingest->sets, set)) {
		free(set);
		return &ks_nomem;
	}
	struct ks_error *err =
		ks_set_expand(name, &extent, &ingest->opts.pull, &progress, &is_set, &set->kernels);
	*ret = is_set ? set : NULL;
	return err;
}

/**
 * What is new of a set: of one that the store has nothing of, the newest that is there. The oldest first: what is ended early leaves out
 * nothing that the next time would take for known.
 */
static struct ks_error *add_newer(struct ks_ingest *ingest, struct ks_ingest_set *set)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_set_kernels *kernels = &set->kernels;
	struct ks_store_images images;
	KS_TRY(ks_ingest_of_set(ingest->opts.since, kernels->pull.set, &arena, &images));
	size_t nr = count_newer(kernels, &images);
	if (!images.nr && nr)
		return ks_ingest_add_first(ingest, set, 0, kernels->packages.len);
	for (size_t i = nr; i > 0; i--)
		KS_TRY(ks_ingest_add_first(ingest, set, i - 1, 1));
	return NULL;
}

struct ks_error *ks_ingest_add_set(struct ks_ingest *ingest, const char *name, bool *is_set)
{
	struct ks_ingest_set *set = NULL;
	struct ks_error *err = expand(ingest, name, &set);
	*is_set = err || set;
	if (err)
		return ks_ingest_fail(ingest, name, err);
	if (!set)
		return NULL;
	set->is_known = true;
	if (ingest->opts.since)
		return add_newer(ingest, set);
	size_t nr = set->kernels.nr_wanted;
	for (size_t i = 0; i < nr; i++)
		KS_TRY(ks_ingest_add_first(ingest, set, i, nr > 1 ? 1 : set->kernels.packages.len));
	return NULL;
}

struct ks_error *ks_ingest_mark_sets(const struct ks_ingest *ingest, struct ks_store *store)
{
	char now[32] = "";
	time_t clock = time(NULL);
	struct tm tm;
	if (gmtime_r(&clock, &tm))
		strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", &tm);
	for (size_t i = 0; i < ingest->sets.len; i++) {
		const char *name = ingest->sets.at[i]->kernels.pull.set;
		if (ingest->sets.at[i]->is_known && name)
			KS_TRY(ks_store_mark_set(store, name, now));
	}
	return NULL;
}

void ks_ingest_free_sets(struct ks_ingest *ingest)
{
	for (size_t i = 0; i < ingest->sets.len; i++) {
		ks_set_kernels_deinit(&ingest->sets.at[i]->kernels);
		free(ingest->sets.at[i]);
	}
	ks_vector_deinit(&ingest->sets);
}
