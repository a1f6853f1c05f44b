/* SPDX-License-Identifier: BSD-2-Clause */
/* A view of images in a store. */
#include <stdlib.h>

#include "check/view.h"

struct stored {
	struct ks_store *store;
	const struct ks_store_images *images;
	const struct ks_image **headers; // of the images, one after the other
};

static void stored_free(void *arg)
{
	struct stored *stored = arg;
	free(stored->headers);
	free(stored);
}

static struct ks_error *stored_history(void *arg, enum ks_kind kind, const char *name,
				       struct ks_arena *arena, struct ks_history *ret)
{
	struct stored *stored = arg;
	return ks_store_history(stored->store, stored->images, kind, name, arena, ret);
}

static struct ks_error *stored_symbol(void *arg, const char *name, bool variable,
				      enum ks_presence *ret)
{
	struct stored *stored = arg;
	for (size_t i = 0; i < stored->images->nr; i++) {
		const struct ks_store_image *image = stored->images->at[i];
		bool known =
			variable ? (image->image.facts & KS_FACT_BTF) != 0 : image->symtab_known;
		bool found = false;
		if (!known)
			continue;
		KS_TRY(variable ? ks_store_variable(stored->store, image, name, &found)
				: ks_store_symbol(stored->store, image, name, &found));
		ret[i] = found ? KS_PRESENT : KS_ABSENT;
	}
	return NULL;
}

struct ks_error *ks_view_over_store(struct ks_store *store, const struct ks_store_images *images,
				    bool modules, struct ks_view **ret)
{
	struct stored *stored = calloc(1, sizeof(*stored));
	const struct ks_image **headers = calloc(images->nr + 1, sizeof(struct ks_image *));
	if (!stored || !headers) {
		free(stored);
		free(headers);
		return &ks_nomem;
	}
	for (size_t i = 0; i < images->nr; i++)
		headers[i] = &images->at[i]->image;
	*stored = (struct stored){ .store = store, .images = images, .headers = headers };
	struct ks_view_source source = { .history = stored_history,
					 .symbol = stored_symbol,
					 .free = stored_free,
					 .arg = stored };
	return ks_view_new(&source, images->nr, headers, modules, ret);
}
