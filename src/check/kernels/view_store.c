/* SPDX-License-Identifier: BSD-2-Clause */
/* A view of images in a store. */
#include <stdlib.h>

#include "check/kernels/view.h"
#include "store/forms.h"

struct stored {
	struct ks_store *store;
	const struct ks_store_images *images;
	const struct ks_image **headers; // of the images, one after the other
	struct ks_store_forms *forms;	 // of each image and, behind it, of its modules
	struct ks_arena arena;		 // of what follows
	bool sorted;			 // partial is set
	struct ks_store_images partial;	 // of all in the store: those with a choice of names
};

static void stored_free(void *arg)
{
	struct stored *stored = arg;
	for (size_t i = 0; i < 2 * stored->images->nr; i++)
		ks_store_forms_deinit(&stored->forms[i]);
	ks_arena_deinit(&stored->arena);
	free(stored->forms);
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

static struct ks_error *stored_btf(void *arg, size_t image, enum ks_kind kind, const char *name,
				   const struct ks_decl *listed, struct ks_arena *arena,
				   struct ks_view_btf *ret)
{
	struct stored *stored = arg;
	const struct ks_store_image *asked = stored->images->at[image];
	const char *module = listed ? listed->module : NULL;
	struct ks_store_forms *forms = &stored->forms[2 * image + (module != NULL)];
	if (module)
		asked = asked->modules;
	if (!asked)
		return NULL;
	if (kind == KS_NR_KINDS)
		return ks_store_variable_type(stored->store, asked, name, arena, &ret->variable);
	KS_TRY(ks_store_forms_of(stored->store, asked, forms, kind, name, module, listed, arena,
				 &ret->forms));
	ret->known = forms->known;
	return NULL;
}

static bool stored_mute(const void *arg, size_t image)
{
	const struct stored *stored = arg;
	const struct ks_store_image *modules = stored->images->at[image]->modules;
	return modules && !(modules->known & KS_KNOWS(KS_STRUCT));
}

/** Names as they come, up to a bound: each costs a look into the store for every image. */
struct gathered {
	struct ks_arena *arena;
	const char **at;
	size_t nr;
	bool more;
};
enum { MAX_NAMES = 5000 };

static struct ks_error *gather(const struct ks_store_name *name, void *arg)
{
	struct gathered *gathered = arg;
	if (gathered->nr == MAX_NAMES) {
		gathered->more = true;
		return NULL;
	}
	char *copy = ks_arena_strdup(gathered->arena, name->name);
	if (!copy)
		return &ks_nomem;
	gathered->at[gathered->nr++] = copy;
	return NULL;
}

static struct ks_error *stored_names(void *arg, const char *glob, struct ks_arena *arena,
				     struct ks_view_names *ret)
{
	struct stored *stored = arg;
	struct gathered gathered = { .arena = arena,
				     .at = ks_arena_array(arena, MAX_NAMES, sizeof(char *)) };
	if (!gathered.at)
		return &ks_nomem;
	KS_TRY(ks_store_names(stored->store, stored->images, KS_FUNCTION, glob, gather, &gathered));
	*ret = (struct ks_view_names){ gathered.nr, gathered.at, gathered.more };
	return NULL;
}

/** Images of a dataset without a struct that every kernel has. */
static struct ks_error *find_partial(struct stored *stored)
{
	struct ks_store_images all;
	struct ks_history history;
	KS_TRY(ks_store_images(stored->store, &stored->arena, &all));
	KS_TRY(ks_store_history(stored->store, &all, KS_STRUCT, "task_struct", &stored->arena,
				&history));
	stored->partial.at = all.at;
	for (size_t i = 0; i < all.nr; i++)
		if (all.at[i]->image.tier == KS_TIER_IMPORTED && history.facts[i].known &&
		    !history.facts[i].present)
			stored->partial.at[stored->partial.nr++] = all.at[i];
	stored->sorted = true;
	return NULL;
}

static struct ks_error *stored_chosen(void *arg, enum ks_kind kind, const char *name, bool *ret)
{
	struct stored *stored = arg;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_history history;
	if (!stored->sorted)
		KS_TRY(find_partial(stored));
	KS_TRY(ks_store_history(stored->store, &stored->partial, kind, name, &arena, &history));
	*ret = ks_history_present(&history);
	return NULL;
}

struct ks_error *ks_view_over_store(struct ks_store *store, const struct ks_store_images *images,
				    bool modules, struct ks_view **ret)
{
	struct stored *stored = calloc(1, sizeof(*stored));
	const struct ks_image **headers = calloc(images->nr + 1, sizeof(struct ks_image *));
	struct ks_store_forms *forms = calloc(2 * images->nr + 1, sizeof(*forms));
	if (!stored || !headers || !forms) {
		free(stored);
		free(headers);
		free(forms);
		return &ks_nomem;
	}
	for (size_t i = 0; i < images->nr; i++)
		headers[i] = &images->at[i]->image;
	*stored = (struct stored){
		.store = store, .images = images, .headers = headers, .forms = forms
	};
	struct ks_view_source source = { .history = stored_history,
					 .symbol = stored_symbol,
					 .names = stored_names,
					 .btf = stored_btf,
					 .mute = stored_mute,
					 .chosen = stored_chosen,
					 .free = stored_free,
					 .arg = stored };
	return ks_view_new(&source, images->nr, headers, modules, ret);
}
