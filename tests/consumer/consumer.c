/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that knows ksurf by its installed headers only, and uses all of them.
 * Usage: consumer STORE KERNEL OTHER_KERNEL OBJECT DIR; the first thing that is not as it should be ends it with 99.
 */
#include "expect.h"

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

/** The calls that need no struct. */
static void use_plain(struct ksurf_store *store, const struct given *given)
{
	size_t added = 99, len = 0;
	char *text;
	SUCCEED(ksurf_store_add(store, given->one, 0, &added));
	printf("added again %zu\n", added);
	SUCCEED(ksurf_store_images(store, show_image, NULL));
	SUCCEED(ksurf_store_find(store, "function", "direct_*", show_name, NULL));
	SUCCEED(ksurf_report(store, "function", "global_call", "md", &text, &len));
	EXPECT(len == strlen(text));
	printf("%s", text);
	free(text);
	SUCCEED(ksurf_check(store, given->object, NULL, "json", &text, NULL));
	printf("%s", text);
	free(text);
	FAIL(ksurf_export_depsurf(store, "nowhere", given->dir), KSURF_ERR_NOTFOUND, "nowhere");
	SUCCEED(ksurf_export_depsurf(store, "6.6.6-mini-amd64", given->dir));
	FAIL(ksurf_store_find(store, "pizza", NULL, show_name, NULL), KSURF_ERR_USAGE, "pizza");
}

int main(int argc, char **argv)
{
	struct ksurf_store *store;
	if (argc != 6 || strcmp(ksurf_version(), "") == 0)
		return 99;
	const struct given given = { argv[1], argv[2], argv[3], argv[4], argv[5] };
	FAIL(ksurf_store_open(given.store, KSURF_READ, &store), KSURF_ERR_NOTFOUND,
	     "no such store");
	use_ingest(&given);
	SUCCEED(ksurf_store_open(given.store, KSURF_CREATE, &store));
	use_plain(store, &given);
	use_images(store);
	use_names(store);
	use_history(store);
	use_diff(store);
	use_objects(&given);
	use_verdicts(store, &given);
	use_reports(store, &given);
	use_options(store);
	use_merge(store, &given);
	ksurf_store_close(store);
	use_settings(&given);
	ksurf_store_close(NULL);
	ksurf_error_free(NULL);
	puts("all used");
	return 0;
}
