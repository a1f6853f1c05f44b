/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"
#include "store/fact.h"
#include "store/layout.h"
#include "surface/image.h"

struct lookup {
	const struct ks_store_images *images;
	enum ks_kind kind;
	const char *name;
	struct ks_fact_reader reader;
	struct ks_fact *facts;
};

static struct ks_error *look_up(struct lookup *look, const struct ks_store_image *image,
				enum ks_kind kind, const char *name, struct ks_fact *fact)
{
	struct ks_row row;
	bool found;
	KS_TRY(ks_seek(look->reader.store, image->id, ks_kinds[kind].name, name, &found, &row));
	return found ? ks_fact_fill(&look->reader, image, kind, &row, fact) : NULL;
}

static struct ks_error *look_up_prefixed(struct lookup *look, const struct ks_store_image *image,
					 const char *prefix, struct ks_fact *fact)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%s%s", prefix, look->name);
	const char *function = ks_buf_text(&name);
	return function ? look_up(look, image, KS_FUNCTION, function, fact) : &ks_nomem;
}

/** Some record of the kernel has the hook as a member. */
static struct ks_error *is_hook(struct lookup *look, const struct ks_store_image *image, bool *ret)
{
	static const char *const records[] = { "security_hook_heads", "lsm_static_calls_table" };
	*ret = false;
	for (size_t i = 0; i < KS_ARRAY_LEN(records); i++) {
		struct ks_fact record = { .image = &image->image };
		KS_TRY(look_up(look, image, KS_STRUCT, records[i], &record));
		for (uint32_t k = 0; record.decl && k < record.decl->nr && !*ret; k++)
			*ret = strcmp(record.decl->members[k].name, look->name) == 0;
	}
	return NULL;
}

/**
 * A hook or a kfunc that is listed has the facts of its function. LSM hooks without a function security_HOOK are in no
 * list [D]; programs attach to them by another function, and a published dataset does not know of that.
 */
static struct ks_error *look_up_listed(struct lookup *look, const struct ks_store_image *image,
				       struct ks_fact *fact)
{
	KS_TRY(look_up(look, image, look->kind, look->name, fact));
	if (fact->present)
		return look_up_prefixed(look, image, ks_kinds[look->kind].function, fact);
	bool hook = false;
	if (look->kind == KS_LSM && fact->known && image->image.tier != KS_TIER_IMPORTED)
		KS_TRY(is_hook(look, image, &hook));
	return hook ? look_up_prefixed(look, image, "bpf_lsm_", fact) : NULL;
}

static void pick_member(struct ks_fact *fact, const char *member)
{
	fact->present = false;
	for (uint32_t i = 0; fact->decl && i < fact->decl->nr && !fact->present; i++) {
		if (strcmp(fact->decl->members[i].name, member) == 0) {
			fact->member = &fact->decl->members[i];
			fact->present = true;
		}
	}
}

/** STRUCT::MEMBER; the definition is given even when it has no such member. */
static struct ks_error *look_up_field(struct lookup *look, const struct ks_store_image *image,
				      struct ks_fact *fact)
{
	const char *colons = strstr(look->name, "::");
	if (!colons)
		return ks_error_new(KS_ERR_USAGE,
				    "'%s' is no field; fields are named STRUCT::MEMBER",
				    look->name);
	char *owner =
		ks_arena_strndup(look->reader.arena, look->name, (size_t)(colons - look->name));
	if (!owner)
		return &ks_nomem;
	static const enum ks_kind kinds[] = { KS_STRUCT, KS_UNION };
	for (size_t i = 0; i < 2 && !fact->present; i++) {
		struct ks_fact next = { .image = fact->image, .known = fact->known };
		KS_TRY(look_up(look, image, kinds[i], owner, &next));
		pick_member(&next, colons + 2);
		if (next.present || !fact->decl)
			*fact = next;
	}
	return NULL;
}

static struct ks_error *look_up_image(struct lookup *look, const struct ks_store_image *image,
				      struct ks_fact *fact)
{
	*fact = (struct ks_fact){ .image = &image->image };
	fact->known = image->known &
		      (look->kind == KS_FIELD ? KS_KNOWS(KS_STRUCT) : KS_KNOWS(look->kind));
	if (look->kind == KS_FIELD)
		return look_up_field(look, image, fact);
	if (ks_kind_of_functions(look->kind))
		return look_up_listed(look, image, fact);
	KS_TRY(look_up(look, image, look->kind, look->name, fact));
	if (!fact->present && !ks_image_lists_all(fact->image, look->kind))
		fact->known = false; // absent, or out of sight
	return NULL;
}

static struct ks_error *look_up_all(struct ks_store *store, void *arg)
{
	struct lookup *look = arg;
	(void)store;
	for (size_t i = 0; i < look->images->nr; i++) {
		const struct ks_store_image *image = look->images->at[i];
		KS_TRY(look_up_image(look, image, &look->facts[i]));
		if (!image->modules)
			continue;
		struct ks_fact *modules = ks_arena_alloc(look->reader.arena, sizeof(*modules));
		if (!modules)
			return &ks_nomem;
		KS_TRY(look_up_image(look, image->modules, modules));
		look->facts[i].modules = modules->present ? modules : NULL;
	}
	return NULL;
}

struct ks_error *ks_store_history(struct ks_store *store, const struct ks_store_images *images,
				  enum ks_kind kind, const char *name, struct ks_arena *arena,
				  struct ks_history *ret)
{
	struct lookup look = { .images = images,
			       .kind = kind,
			       .name = ks_arena_strdup(arena, name),
			       .reader = { .store = store, .arena = arena } };
	look.facts = ks_arena_array(arena, images->nr + 1, sizeof(*look.facts));
	if (!look.facts || !look.name)
		return &ks_nomem;
	KS_TRY(ks_store_want(store, images, &(struct ks_store_want){ kind, name }, 1));
	struct ks_error *err = ks_sql_read(store, look_up_all, &look);
	ks_fact_reader_deinit(&look.reader);
	if (err)
		return err;
	*ret = (struct ks_history){
		.kind = kind, .name = look.name, .nr = images->nr, .facts = look.facts
	};
	return NULL;
}

static bool has_all_modules(const struct ks_store_image *image)
{
	return image->modules && image->modules->image.facts & KS_FACT_WHOLE;
}

struct ks_error *ks_history_join_modules(const struct ks_store_images *images,
					 struct ks_arena *arena, struct ks_history *history)
{
	bool any = false;
	for (size_t i = 0; i < history->nr; i++) {
		struct ks_fact *fact = &history->facts[i];
		if (fact->present || !fact->modules)
			continue;
		// the kernel's image, which tells what its modules can tell
		struct ks_image *image = ks_arena_alloc(arena, sizeof(*image));
		if (!image)
			return &ks_nomem;
		*image = *fact->image;
		*fact = *fact->modules;
		image->facts = fact->image->facts;
		image->tier = fact->image->tier;
		fact->image = image;
		any = true;
	}
	for (size_t i = 0; any && i < history->nr; i++)
		if (!history->facts[i].present && !has_all_modules(images->at[i]))
			history->facts[i].known = false;
	return NULL;
}
