/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that knows ksurf by its installed header only: add an image, find names, print a report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ksurf/ksurf.h>

static int fail(struct ksurf_error *err)
{
	fprintf(stderr, "%s\n", ksurf_error_text(err));
	int code = (int)ksurf_error_code(err);
	ksurf_error_free(err);
	return code;
}

static int show_image(const struct ksurf_image *image, void *arg)
{
	(void)arg;
	printf("image %s of %s\n", image->label, image->arch);
	return 0;
}

static int show_name(const struct ksurf_name *name, void *arg)
{
	(void)arg;
	printf("%s %s in %zu\n", name->kind, name->name, name->nr_images);
	return 1; // the first is enough
}

/** STORE IMAGE NAME DIR OBJECT: a failure's code becomes the exit status. */
int main(int argc, char **argv)
{
	struct ksurf_store *store;
	struct ksurf_error *err;
	size_t added, len;
	char *text;
	if (argc != 6 || strcmp(ksurf_version(), "") == 0)
		return 99;
	if ((err = ksurf_store_open(argv[1], KSURF_CREATE, &store)))
		return fail(err);
	err = ksurf_store_add(store, argv[2], 0, &added);
	if (!err)
		printf("added %zu\n", added);
	if (!err)
		err = ksurf_store_images(store, show_image, NULL);
	if (!err)
		err = ksurf_store_find(store, "function", "direct_*", show_name, NULL);
	if (!err)
		err = ksurf_report(store, "function", argv[3], "md", &text, &len);
	if (!err) {
		printf("%.*s", (int)len, text);
		free(text);
		err = ksurf_check(store, argv[5], NULL, "json", &text, NULL);
	}
	if (!err) {
		printf("%s", text);
		free(text);
		err = ksurf_export_depsurf(store, "nowhere", argv[4]);
	}
	ksurf_store_close(store);
	return err ? fail(err) : 0;
}
