/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking the images of another store in, in one transaction: each as if it had been read from its kernel here, kernels in the
 * order in which they came there, then modules, then what the user chose. What is new here is taken over row by row (transfer.h), other
 * images are read whole and put.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "store/image.h"
#include "store/kept.h"
#include "store/packages.h"
#include "store/selection.h"
#include "store/write/transfer.h"
#include "surface/image.h"

/** What an image is called there and here. */
struct renamed {
	const char *from;
	char *into; // owned
};

struct merge {
	struct ks_store *into, *from;
	const struct ks_merge_opts *opts;
	struct ks_arena arena;
	struct ks_store_images images; // of from, modules behind kernels
	struct ks_transfer *transfer;
	KS_VECTOR(struct renamed) labels;
	struct ks_merge_result result;
};

static void merge_deinit(struct merge *merge)
{
	for (size_t i = 0; i < merge->labels.len; i++)
		free(merge->labels.at[i].into);
	ks_vector_deinit(&merge->labels);
	ks_transfer_free(merge->transfer);
	ks_arena_deinit(&merge->arena);
}

/* ---- labels ---- */

static bool has_label(const struct merge *merge, const char *label, size_t len)
{
	for (size_t i = 0; i < merge->images.nr; i++) {
		const char *other = merge->images.at[i]->image.label;
		if (strncmp(other, label, len) == 0 && !other[len])
			return true;
	}
	return false;
}

/** How long the label is without the number that it got there because another image had it. */
static size_t plain_length(const struct merge *merge, const char *label)
{
	const char *at = strrchr(label, '@');
	if (!at || !at[1])
		return strlen(label);
	for (const char *p = at + 1; *p; p++)
		if (!isdigit((unsigned char)*p))
			return strlen(label);
	size_t len = (size_t)(at - label);
	return has_label(merge, label, len) ? len : strlen(label);
}

/** What to ask for: LABEL@2 is one of LABEL unless it is free here, too. */
static struct ks_error *wanted_label(struct merge *merge, const char *label, const char **ret)
{
	int64_t id, base;
	KS_TRY(ks_image_find(merge->into, label, &id, &base));
	*ret = id ? ks_arena_strndup(&merge->arena, label, plain_length(merge, label)) : label;
	return *ret ? NULL : &ks_nomem;
}

/** @param into becomes the merge's */
static struct ks_error *note_label(struct merge *merge, const char *from, char *into)
{
	struct renamed renamed = { from, into };
	if (ks_vector_add(&merge->labels, renamed))
		return NULL;
	free(into);
	return &ks_nomem;
}

/* ---- images ---- */

static struct ks_error *load(const struct merge *merge, const struct ks_store_image *image,
			     struct ks_surface **ret)
{
	return ks_error_in_file(ks_transfer_whole(merge->transfer, image, ret), merge->from->path);
}

static void count(struct merge *merge, const struct ks_put_result *put, bool modules)
{
	struct ks_merge_counts *counts = modules ? &merge->result.modules : &merge->result.kernels;
	if (!put->added)
		counts->kept++;
	else if (put->replaced)
		counts->replaced++;
	else
		counts->added++;
	merge->result.bytes += put->bytes;
}

/** It came by being read whole, and may have taken the place of another, and that of what only this had. */
static void note_put(struct merge *merge, const struct ks_put_result *put)
{
	if (put->replaced || put->enriched)
		ks_transfer_forget(merge->transfer);
}

static struct ks_error *put_whole(struct merge *merge, const struct ks_store_image *image,
				  const char *wanted, struct ks_put_result *put)
{
	_cleanup_surface_ struct ks_surface *surface = NULL;
	KS_TRY(load(merge, image, &surface));
	surface->image.label = wanted;
	KS_TRY(ks_store_put(merge->into, surface, merge->opts->nr_threads, put));
	note_put(merge, put);
	return NULL;
}

/** An image of which nothing is here: its rows are taken over, where that can be. @param home of modules: of their kernel here */
static struct ks_error *take_over(struct merge *merge, const struct ks_store_image *image,
				  const char *wanted, const char *home, struct ks_put_result *put)
{
	struct ks_image named = image->image;
	_cleanup_free_ char *label = NULL;
	named.label = wanted;
	named.modules_of = home;
	KS_TRY(ks_image_choose_label(merge->into, &named, &label));
	const struct ks_image_key key = { .label = label, .digest = named.digest };
	KS_TRY(ks_error_in_file(
		ks_transfer_image(merge->transfer, image, &key, home, &put->bytes, &put->added),
		merge->from->path));
	put->label = put->added ? ks_take(label) : NULL;
	return NULL;
}

/** What came with one that is here may only be its configuration. */
static struct ks_error *may_enrich(struct merge *merge, const struct ks_store_image *image,
				   const char *label, bool *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	bool row;
	KS_TRY(ks_sql_get(merge->into, KS_SQL_IMAGE_KNOWN, &stmt));
	ks_sql_bind_text(stmt, 1, label);
	KS_TRY(ks_sql_row(merge->into, stmt, &row));
	uint32_t known = row ? ks_image_get_known((const char *)sqlite3_column_text(stmt, 0)) : 0;
	*ret = image->known & ~known & KS_KNOWS(KS_CONFIG);
	return NULL;
}

static struct ks_error *put_kernel(struct merge *merge, const struct ks_store_image *image,
				   struct ks_put_result *put)
{
	_cleanup_kept_ struct ks_kept kept = { 0 };
	const char *wanted;
	bool stays, enriches = false;
	KS_TRY(ks_kept_find(merge->into, &image->image, &kept));
	stays = ks_kept_stays(&kept, &image->image);
	if (stays)
		KS_TRY(may_enrich(merge, image, kept.label, &enriches));
	if (stays && !enriches) {
		put->label = ks_take(kept.label);
		return ks_error_in_file(ks_transfer_adopt(merge->transfer, image, kept.id),
					merge->from->path);
	}
	KS_TRY(wanted_label(merge, image->image.label, &wanted));
	if (!kept.label)
		KS_TRY(take_over(merge, image, wanted, NULL, put));
	return put->label ? NULL : put_whole(merge, image, wanted, put);
}

static struct ks_error *merge_kernel(struct merge *merge, const struct ks_store_image *image)
{
	struct ks_put_result put = { 0 };
	struct ks_error *err = put_kernel(merge, image, &put);
	if (!err) {
		count(merge, &put, false);
		err = ks_store_join_sets(merge->into, put.label, image->image.sets);
	}
	if (err) {
		free(put.label);
		return err;
	}
	return note_label(merge, image->image.label, put.label);
}

/** The kernel there that modules belong to; NULL: there is none. */
static const struct ks_store_image *find_home(const struct merge *merge, const char *digest)
{
	for (size_t i = 0; i < merge->images.nr; i++) {
		const struct ks_image *image = &merge->images.at[i]->image;
		if (!image->modules_of && image->digest && strcmp(image->digest, digest) == 0)
			return merge->images.at[i];
	}
	return NULL;
}

/** The modules here of the kernel with a digest; NULL: there are none. */
static struct ks_error *find_modules(struct merge *merge, const char *home,
				     const struct ks_store_image **ret)
{
	struct ks_store_images images;
	*ret = NULL;
	KS_TRY(ks_image_all(merge->into, &merge->arena, &images));
	for (size_t i = 0; i < images.nr; i++) {
		const char *of = images.at[i]->image.modules_of;
		if (of && strcmp(of, home) == 0)
			*ret = images.at[i];
	}
	return NULL;
}

/** Those of both stores, where both have some. @param surface of those there; replaced by all */
static struct ks_error *join(struct merge *merge, const struct ks_store_image *home,
			     const struct ks_store_image *here, struct ks_surface **surface)
{
	_cleanup_surface_ struct ks_surface *kernel = NULL, *kept = NULL, *all = NULL;
	KS_TRY(load(merge, home, &kernel));
	KS_TRY(ks_store_surface(merge->into, here, &kept));
	KS_TRY(merge->opts->join(kernel, kept, *surface, &all));
	ks_surface_free(*surface);
	*surface = ks_take(all);
	return NULL;
}

/** @param home the digest of their kernel here, which may have come here out of another package */
static struct ks_error *put_modules(struct merge *merge, const struct ks_store_image *image,
				    const struct ks_store_image *kernel, const char *home)
{
	_cleanup_surface_ struct ks_surface *surface = NULL;
	const struct ks_store_image *here;
	struct ks_put_result put = { 0 };
	KS_TRY(find_modules(merge, home, &here));
	bool same = here && here->image.digest && image->image.digest &&
		    strcmp(here->image.digest, image->image.digest) == 0 &&
		    !ks_image_gives_way(&here->image, &image->image);
	if (!here)
		KS_TRY(take_over(merge, image, image->image.label, home, &put));
	free(ks_take(put.label));
	if (!same && !put.added) {
		KS_TRY(load(merge, image, &surface));
		if (here)
			KS_TRY(join(merge, kernel, here, &surface));
		surface->image.modules_of = home;
		KS_TRY(ks_store_put(merge->into, surface, merge->opts->nr_threads, &put));
		free(put.label);
		put.replaced = put.replaced || (put.added && here);
		note_put(merge, &put);
	}
	count(merge, &put, true);
	return NULL;
}

static struct ks_error *merge_modules(struct merge *merge, const struct ks_store_image *image)
{
	_cleanup_kept_ struct ks_kept kept = { 0 };
	const struct ks_store_image *kernel = find_home(merge, image->image.modules_of);
	if (!kernel)
		return NULL; // nobody sees them there either
	KS_TRY(ks_kept_find(merge->into, &kernel->image, &kept));
	return kept.digest ? put_modules(merge, image, kernel, kept.digest) : NULL;
}

/* ---- settings ---- */

/** A line of a setting: a label is what it is called here, a pattern stays. */
static void translate(const struct merge *merge, const char *line, size_t len, struct ks_buf *out)
{
	for (size_t i = 0; i < merge->labels.len; i++) {
		const struct renamed *label = &merge->labels.at[i];
		if (strlen(label->from) == len && memcmp(label->from, line, len) == 0) {
			ks_buf_str(out, label->into);
			return;
		}
	}
	ks_buf_bytes(out, line, len);
}

/** What was chosen here stays. */
static struct ks_error *merge_setting(struct merge *merge, const char *name)
{
	_cleanup_buf_ struct ks_buf lines = { 0 };
	const char *here, *there;
	KS_TRY(ks_store_setting(merge->into, &merge->arena, name, &here));
	KS_TRY(ks_store_setting(merge->from, &merge->arena, name, &there));
	if (here || !there)
		return NULL;
	for (const char *line = there;; line++) {
		size_t len = strcspn(line, "\n");
		translate(merge, line, len, &lines);
		line += len;
		if (!*line)
			break;
		ks_buf_char(&lines, '\n');
	}
	const char *text = ks_buf_text(&lines);
	return text ? ks_store_set(merge->into, name, text) : &ks_nomem;
}

/** A set was seen when the later of both stores has seen it. */
static struct ks_error *merge_seen(struct merge *merge)
{
	struct ks_seen_sets here, there;
	KS_TRY(ks_store_seen_sets(merge->into, &merge->arena, &here));
	KS_TRY(ks_store_seen_sets(merge->from, &merge->arena, &there));
	for (size_t i = 0; i < there.nr; i++) {
		bool is_older = false;
		for (size_t k = 0; k < here.nr; k++)
			if (strcmp(here.at[k].name, there.at[i].name) == 0)
				is_older = strcmp(here.at[k].when, there.at[i].when) >= 0;
		if (!is_older)
			KS_TRY(ks_store_mark_set(merge->into, there.at[i].name, there.at[i].when));
	}
	return NULL;
}

/** Inside the transaction. */
static struct ks_error *merge_all(struct ks_store *into, void *arg)
{
	static const char *const settings[] = { KS_SETTING_BASE, KS_SETTING_MEMBERS,
						KS_SETTING_LTS };
	struct merge *merge = arg;
	KS_TRY(ks_transfer_new(into, merge->from, &merge->images, merge->opts->nr_threads,
			       &merge->transfer));
	for (size_t i = 0; i < merge->images.nr; i++) {
		const struct ks_store_image *image = merge->images.at[i];
		KS_TRY(image->image.modules_of ? merge_modules(merge, image)
					       : merge_kernel(merge, image));
	}
	for (size_t i = 0; i < KS_ARRAY_LEN(settings); i++)
		KS_TRY(merge_setting(merge, settings[i]));
	KS_TRY(merge_seen(merge));
	return ks_store_merge_packages(merge->into, merge->from);
}

static struct ks_error *read_images(struct ks_store *from, void *arg)
{
	struct merge *merge = arg;
	KS_TRY(ks_image_all(from, &merge->arena, &merge->images));
	ks_images_sort_by_age(&merge->images);
	struct ks_error *err = ks_sql_write(merge->into, merge_all, merge);
	if (err) { // these hold what is not in the file
		ks_hashes_deinit(&merge->into->hashes);
		ks_blocks_deinit(&merge->into->blocks);
	}
	return err;
}

struct ks_error *ks_store_merge(struct ks_store *into, struct ks_store *from,
				const struct ks_merge_opts *opts, struct ks_merge_result *ret)
{
	struct merge merge = { .into = into, .from = from, .opts = opts };
	struct ks_error *err = ks_sql_read(from, read_images, &merge);
	if (!err)
		*ret = merge.result;
	merge_deinit(&merge);
	return err;
}
