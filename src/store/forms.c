/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/forms.h"

#include <string.h>
#include <xxhash.h>

#include "store/catalogue.h"
#include "store/kinds.h"
#include "store/layout.h"
#include "store/part.h"
#include "surface/codec.h"

/** A question for the forms of a name. */
struct question {
	const struct ks_store_image *image;
	struct ks_store_forms *forms;
	enum ks_kind kind;
	const char *name, *module;
	const struct ks_decl *listed;
	struct ks_arena *arena;
	const struct ks_forms *answer;
};

void ks_store_forms_deinit(struct ks_store_forms *forms)
{
	ks_hashmap_deinit(&forms->map);
	*forms = (struct ks_store_forms){ 0 };
}

static uint64_t hash_of(enum ks_kind kind, const char *name)
{
	return XXH3_64bits_withSeed(name, strlen(name), (XXH64_hash_t)kind);
}

static struct ks_error *read_names(struct ks_store *store, struct question *q)
{
	struct ks_store_forms *forms = q->forms;
	struct ks_order order;
	KS_TRY(ks_part_order(store, q->image, KS_TABLE_FORMS, q->arena, &order));
	if (!ks_hashmap_reserve(&forms->map, order.nr))
		return &ks_nomem;
	for (size_t i = 0; i < order.nr; i++) {
		_cleanup_arena_ struct ks_arena scratch = { 0 };
		struct ks_forms named;
		struct ks_cursor c;
		KS_TRY(ks_block_def(store, order.at[i], KS_DEF_FORMS, &scratch, &c));
		KS_TRY(ks_codec_forms_name(c, &named));
		ks_hashmap_add(&forms->map, hash_of(named.kind, named.name), (uint32_t)i + 1);
	}
	KS_TRY(ks_store_form_modules(store, q->image, q->arena, order.nr, &forms->modules));
	forms->ids = order.at;
	forms->known = true;
	return NULL;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/** The definition, if it is what is asked for. */
static struct ks_error *try_definition(struct ks_store *store, struct question *q, uint64_t id)
{
	struct ks_forms found, *copy = ks_arena_alloc(q->arena, sizeof(*copy));
	struct ks_cursor c;
	if (!copy)
		return &ks_nomem;
	KS_TRY(ks_block_def(store, id, KS_DEF_FORMS, q->arena, &c));
	KS_TRY(ks_codec_forms_name(c, &found));
	if (found.kind != q->kind || strcmp(found.name, q->name) != 0)
		return NULL;
	KS_TRY(ks_codec_get_forms(&c, q->arena, q->listed, copy));
	copy->module = q->module;
	q->answer = copy;
	return NULL;
}

/** Of a catalogue, in which forms have names of their own. */
static struct ks_error *ask_name(struct ks_store *store, struct question *q)
{
	_cleanup_buf_ struct ks_buf key = { 0 };
	struct ks_row row;
	bool there;
	if (!q->forms->read)
		KS_TRY(ks_catalogue_has_forms(store, &q->forms->known));
	q->forms->known = q->forms->known && q->image->image.facts & KS_FACT_FORMS;
	q->forms->read = true;
	ks_catalogue_form_key(&key, q->kind, q->module, q->name);
	const char *text = ks_buf_text(&key);
	if (!text)
		return &ks_nomem;
	if (!q->forms->known)
		return NULL;
	KS_TRY(ks_seek(store, q->image->id, KS_CATALOGUE_FORMS, text, &there, &row));
	return there && row.first ? try_definition(store, q, row.first) : NULL;
}

static struct ks_error *ask_forms(struct ks_store *store, void *arg)
{
	struct question *q = arg;
	struct ks_store_forms *forms = q->forms;
	if (!store->layout->whole)
		return ask_name(store, q);
	if (!forms->read && q->image->image.facts & KS_FACT_FORMS)
		KS_TRY(read_names(store, q));
	forms->read = true;
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash_of(q->kind, q->name));
	for (uint32_t number; !q->answer && (number = ks_hashmap_next(&forms->map, &walk));)
		if (is_same(forms->modules ? forms->modules[number - 1] : NULL, q->module))
			KS_TRY(try_definition(store, q, forms->ids[number - 1]));
	return NULL;
}

struct ks_error *ks_store_forms_of(struct ks_store *store, const struct ks_store_image *image,
				   struct ks_store_forms *forms, enum ks_kind kind,
				   const char *name, const char *module,
				   const struct ks_decl *listed, struct ks_arena *arena,
				   const struct ks_forms **ret)
{
	struct question q = { .image = image,
			      .forms = forms,
			      .kind = kind,
			      .name = name,
			      .module = module,
			      .listed = listed,
			      .arena = arena };
	KS_TRY(ks_sql_read(store, ask_forms, &q));
	*ret = q.answer;
	return NULL;
}

/** A question for the type of a variable. */
struct variable {
	const struct ks_store_image *image;
	const char *name;
	struct ks_arena *arena;
	const struct ks_type *answer;
};

static struct ks_error *ask_variable(struct ks_store *store, void *arg)
{
	struct variable *q = arg;
	struct ks_variable found = { 0 };
	struct ks_row row;
	struct ks_cursor c;
	bool there;
	KS_TRY(ks_seek(store, q->image->id, ks_list_name(KS_LIST_VARIABLES), q->name, &there,
		       &row));
	if (!there || !row.first)
		return NULL;
	KS_TRY(ks_block_def(store, row.first, KS_DEF_VARIABLE, q->arena, &c));
	KS_TRY(ks_def_ops_of(KS_DEF_VARIABLE)->get(&c, q->arena, &found));
	q->answer = found.type;
	return NULL;
}

struct ks_error *ks_store_variable_type(struct ks_store *store, const struct ks_store_image *image,
					const char *name, struct ks_arena *arena,
					const struct ks_type **ret)
{
	struct variable q = { .image = image, .name = name, .arena = arena };
	KS_TRY(ks_sql_read(store, ask_variable, &q));
	*ret = q.answer;
	return NULL;
}
