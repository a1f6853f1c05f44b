/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What some images of a store take alone: bench-few FROM INTO IMAGE... puts these out of FROM into INTO, in the order of FROM, and
 * prints of each its tier, and the size of INTO with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/store.h"

static bool is_named(const char *label, char *const *labels, int nr)
{
	for (int i = 0; i < nr; i++)
		if (strcmp(label, labels[i]) == 0)
			return true;
	return false;
}

static struct ks_error *put(struct ks_store *from, const struct ks_store_image *image,
			    const char *path)
{
	_cleanup_store_ struct ks_store *into = NULL; // closed after each: then its log is in it
	_cleanup_surface_ struct ks_surface *surface = NULL;
	struct ks_put_result result = { 0 };
	struct stat st = { 0 };
	KS_TRY(ks_store_surface(from, image, &surface));
	KS_TRY(ks_store_open(path, KS_STORE_CREATE, &into));
	KS_TRY(ks_store_put(into, surface, 2, &result));
	free(result.label);
	ks_store_close(ks_take(into));
	if (stat(path, &st) == 0)
		printf("%-32s %-8s %7.2f MB\n", image->image.label,
		       ks_tier_texts[image->image.tier], (double)st.st_size / 1e6);
	return NULL;
}

static struct ks_error *make(struct ks_store *from, const char *path, char *const *labels, int nr)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	const struct ks_store_image *image;
	KS_TRY(ks_store_images(from, &arena, &images));
	for (int i = 0; i < nr; i++)
		KS_TRY(ks_store_image(&images, labels[i], &image)); // before anything is written
	for (size_t i = 0; i < images.nr; i++)
		if (is_named(images.at[i]->image.label, labels, nr))
			KS_TRY(put(from, images.at[i], path));
	return NULL;
}

int main(int argc, char **argv)
{
	_cleanup_store_ struct ks_store *from = NULL;
	if (argc < 4) {
		fprintf(stderr, "usage: %s FROM INTO IMAGE...\n", argv[0]);
		return 2;
	}
	struct ks_error *err = ks_store_open(argv[1], KS_STORE_READ, &from);
	if (!err)
		err = make(from, argv[2], argv + 3, argc - 3);
	if (!err)
		return 0;
	fprintf(stderr, "%s: %s\n", argv[0], ks_error_text(err));
	ks_error_free(err);
	return 1;
}
