/* SPDX-License-Identifier: BSD-2-Clause */
/* What BTF says beyond the declarations of an image, joined with these. */
#include <string.h>
#include <xxhash.h>

#include "base/hashmap.h"
#include "store/block.h"
#include "store/forms.h"
#include "store/load.h"
#include "surface/codec.h"

/** Declarations by kind and name: all kinds before this one have so many. */
struct listing {
	const struct ks_surface *surface;
	struct ks_hashmap map; // to places in all tables, one behind the other, + 1
	size_t before[KS_INT + 2];
};

static uint64_t hash_of(enum ks_kind kind, const char *name)
{
	return XXH3_64bits_withSeed(name, strlen(name), (XXH64_hash_t)kind);
}

static bool index_decls(struct listing *listing)
{
	const struct ks_surface *surface = listing->surface;
	for (int kind = KS_FUNCTION; kind <= KS_INT; kind++)
		listing->before[kind + 1] = listing->before[kind] + surface->decls[kind].nr;
	if (!ks_hashmap_reserve(&listing->map, listing->before[KS_INT + 1]))
		return false;
	for (enum ks_kind kind = KS_FUNCTION; kind <= KS_INT; kind++)
		for (size_t i = 0; i < surface->decls[kind].nr; i++)
			ks_hashmap_add(&listing->map,
				       hash_of(kind, surface->decls[kind].at[i].name),
				       (uint32_t)(listing->before[kind] + i + 1));
	return true;
}

/** The first declaration of that kind and name; NULL: there is none. */
static const struct ks_decl *find_decl(const struct listing *listing, enum ks_kind kind,
				       const char *name)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash_of(kind, name));
	for (uint32_t number; (number = ks_hashmap_next(&listing->map, &walk));) {
		size_t at = number - 1;
		if (at < listing->before[kind] || at >= listing->before[kind + 1])
			continue;
		const struct ks_decl *decl =
			&listing->surface->decls[kind].at[at - listing->before[kind]];
		if (strcmp(decl->name, name) == 0)
			return decl;
	}
	return NULL;
}

static struct ks_error *read_forms(struct ks_store *store, const struct listing *listing,
				   const struct ks_order *order, struct ks_arena *arena,
				   struct ks_forms *forms)
{
	for (size_t i = 0; i < order->nr; i++) {
		struct ks_cursor c;
		KS_TRY(ks_block_def(store, order->at[i], KS_DEF_FORMS, arena, &c));
		KS_TRY(ks_codec_forms_name(c, &forms[i]));
		KS_TRY(ks_codec_get_forms(
			&c, arena, find_decl(listing, forms[i].kind, forms[i].name), &forms[i]));
	}
	return NULL;
}

struct ks_error *ks_store_form_modules(struct ks_store *store, const struct ks_store_image *image,
				       struct ks_arena *arena, size_t nr, const char *const **ret)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	const char *module = NULL;
	uint64_t nr_modules;
	*ret = NULL;
	KS_TRY(ks_part_read(store, image, KS_PART_FORM_MODULES, &raw, &nr_modules));
	if (!nr_modules)
		return NULL;
	if (nr_modules != nr)
		return ks_store_damaged("forms have columns of different length");
	const char **modules = ks_arena_array(arena, nr, sizeof(char *));
	if (!modules)
		return &ks_nomem;
	struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
	for (size_t i = 0; i < nr; i++) {
		if (!ks_part_module(&c, arena, &module))
			return &ks_nomem;
		modules[i] = module;
	}
	*ret = modules;
	return c.why ? ks_store_damaged(c.why) : NULL;
}

struct ks_error *ks_load_forms(struct ks_store *store, const struct ks_store_image *image,
			       struct ks_surface *surface)
{
	struct ks_arena *arena = &surface->arenas[0];
	struct listing listing = { .surface = surface };
	struct ks_order order;
	KS_TRY(ks_part_order(store, image, KS_TABLE_FORMS, arena, &order));
	if (!order.nr)
		return NULL;
	struct ks_forms *forms = ks_arena_array(arena, order.nr, sizeof(*forms));
	const char *const *modules = NULL;
	struct ks_error *err = &ks_nomem;
	if (forms && index_decls(&listing))
		err = read_forms(store, &listing, &order, arena, forms);
	if (!err)
		err = ks_store_form_modules(store, image, arena, order.nr, &modules);
	for (size_t i = 0; !err && modules && i < order.nr; i++)
		forms[i].module = modules[i];
	ks_hashmap_deinit(&listing.map);
	surface->forms = forms;
	surface->nr_forms = order.nr;
	return err;
}
