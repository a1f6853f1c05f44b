/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each image costs: bench-store FROM INTO LABEL... reads images of one store and puts them into a new one, one after the
 * other, and prints how much the file grows and how long each took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "store/store.h"

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (long)st.st_size : 0;
}

static struct ks_error *copy(struct ks_store *from, const struct ks_store_image *image,
			     const char *path)
{
	_cleanup_surface_ struct ks_surface *surface = NULL;
	_cleanup_store_ struct ks_store *into = NULL;
	struct ks_put_result result = { 0 };
	KS_TRY(ks_store_surface(from, image, &surface));
	long before = size_of(path);
	KS_TRY(ks_store_open(path, KS_STORE_CREATE, &into));
	double start = now();
	KS_TRY(ks_store_put(into, surface, 2, &result));
	double took = now() - start;
	ks_store_close(ks_take(into)); // the file has everything
	printf("%-28s %9.2f kB  %7.3f s  %zu definitions, %zu new\n", image->image.label,
	       (double)(size_of(path) - before) / 1000, took, (size_t)result.nr_definitions,
	       (size_t)result.nr_new_definitions);
	free(result.label);
	return NULL;
}

static struct ks_error *copy_all(const char *path, const char *into, char **labels, int nr)
{
	_cleanup_store_ struct ks_store *from = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_error *err = ks_store_open(path, KS_STORE_READ, &from);
	if (!err)
		err = ks_store_images(from, &arena, &images);
	for (int i = 0; !err && i < nr; i++) {
		const struct ks_store_image *image;
		err = ks_store_image(&images, labels[i], &image);
		if (!err)
			err = copy(from, image, into);
	}
	ks_arena_deinit(&arena);
	return err;
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: %s FROM INTO LABEL...\n", argv[0]);
		return 2;
	}
	struct ks_error *err = copy_all(argv[1], argv[2], argv + 3, argc - 3);
	if (!err)
		return 0;
	fprintf(stderr, "%s: %s\n", argv[0], ks_error_text(err));
	ks_error_free(err);
	return 1;
}
