/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/compare.h"

#include <stdlib.h>

#include "store/fact.h"
#include "store/kinds.h"
#include "store/layout.h"
#include "store/lists.h"
#include "store/places.h"

struct compare {
	struct ks_lists lists;
	/* Where the functions of a side are, of the row that was read last: names that follow each other lie in one. */
	struct {
		int64_t columns;
		struct ks_places *places;
	} kept[2];
	const struct ks_compare_want *want;
	ks_compare_fn *fn;
	void *arg;
	struct ks_compare_count count;
};

/** A definition to read, and for which side of which pair. */
struct need {
	uint64_t id;
	size_t pair;
	unsigned int place; // in defs of the pair
};

struct needs {
	KS_VECTOR(struct need) at;
};

/** The kind of the list that facts of this kind come from. */
static enum ks_kind list_kind(enum ks_kind kind)
{
	return ks_kind_of_functions(kind) ? KS_FUNCTION : kind;
}

static enum ks_def_class class_of(enum ks_kind kind, unsigned int place)
{
	return place & 1 ? KS_DEF_FUNCTION : ks_kind_def_class(list_kind(kind));
}

static int compare_needs(const void *a, const void *b)
{
	const struct need *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

/** The definitions that the pairs need. */
static struct ks_error *collect(struct compare *cmp, struct needs *needs)
{
	for (size_t i = 0; i < cmp->lists.pairs.len; i++) {
		const struct ks_line_pair *pair = &cmp->lists.pairs.at[i];
		bool both = pair->old.name && pair->new.name;
		if (!ks_kind_def_class(list_kind(cmp->lists.kind)) ||
		    (!both && !cmp->want->one_sided))
			continue;
		bool groups = cmp->lists.facts && !cmp->want->unread;
		const uint64_t ids[] = { pair->old.first, groups ? pair->old.second : 0,
					 pair->new.first, groups ? pair->new.second : 0 };
		for (unsigned int place = 0; place < 4; place++) {
			struct need need = { .id = ids[place], .pair = i, .place = place };
			if (need.id && !ks_vector_add(&needs->at, need))
				return &ks_nomem;
		}
	}
	return NULL;
}

/** Fetch the bytes of the definitions, in the order in which they lie in the file. */
static struct ks_error *fetch(struct compare *cmp, struct needs *needs)
{
	if (needs->at.len)
		qsort(needs->at.at, needs->at.len, sizeof(*needs->at.at), compare_needs);
	for (size_t i = 0; i < needs->at.len; i++) {
		const struct need *need = &needs->at.at[i];
		KS_TRY(ks_block_def(cmp->lists.store, need->id,
				    class_of(cmp->lists.kind, need->place), &cmp->lists.arena,
				    &cmp->lists.pairs.at[need->pair].defs[need->place]));
	}
	return NULL;
}

/**
 * Give a row of a function its places, unpacked. Where names were chosen there may be one in a row: that is read alone, later; so is each
 * where it lies apart from its neighbours.
 */
static struct ks_error *give_places(struct compare *cmp, int side, struct ks_row *row)
{
	bool alone = cmp->want->glob || cmp->lists.store->layout->apart;
	if (cmp->lists.kind != KS_FUNCTION || !row->second || alone)
		return NULL;
	if (!cmp->kept[side].places || cmp->kept[side].columns != row->columns) {
		ks_places_free(cmp->kept[side].places);
		cmp->kept[side].places = NULL;
		KS_TRY(ks_places_load(cmp->lists.store, row->columns, KS_PLACES_ALL,
				      &cmp->kept[side].places));
		cmp->kept[side].columns = row->columns;
	}
	row->places = cmp->kept[side].places;
	return NULL;
}

/** The fact of one side; what was not fetched stays out of it. */
static struct ks_error *make_fact(struct compare *cmp, struct ks_fact_reader *reader, int side,
				  const struct ks_line_pair *pair, struct ks_fact *fact)
{
	const struct ks_line *line = side ? &pair->new : &pair->old;
	const struct ks_store_image *image = cmp->lists.images[side];
	struct ks_row row = ks_line_row(line);
	enum ks_kind kind = cmp->lists.kind;
	*fact = (struct ks_fact){ .image = &image->image };
	fact->known = image->known & KS_KNOWS(kind);
	fact->present = true;
	bool wanted = (pair->old.name && pair->new.name) || cmp->want->one_sided;
	for (unsigned int i = 0; i < 2; i++) {
		const struct ks_cursor *bytes = &pair->defs[side * 2 + i];
		uint64_t *id = i ? &row.second : &row.first;
		if (!bytes->base || !wanted)
			*id = 0;
		else
			KS_TRY(ks_fact_reader_give(reader, *id, class_of(kind, i), *bytes));
	}
	KS_TRY(give_places(cmp, side, &row));
	enum ks_def_class def_class = class_of(kind, 0);
	bool by_definition = def_class && def_class != KS_DEF_DECL;
	if (row.first || (row.second && !by_definition))
		KS_TRY(ks_fact_fill(reader, image, list_kind(kind), &row, fact));
	fact->decl_id = def_class == KS_DEF_DECL ? line->first : 0;
	return NULL;
}

static struct ks_error *tell_pair(struct compare *cmp, struct ks_arena *arena, const char *name,
				  const struct ks_line_pair *pair)
{
	_cleanup_fact_reader_ struct ks_fact_reader reader = { .store = cmp->lists.store,
							       .arena = arena };
	struct ks_fact facts[2];
	const struct ks_fact *sides[2] = { NULL, NULL };
	for (int side = 0; side < 2; side++) {
		if (!(side ? pair->new.name : pair->old.name))
			continue;
		KS_TRY(make_fact(cmp, &reader, side, pair, &facts[side]));
		sides[side] = &facts[side];
	}
	return cmp->fn(name, sides[0], sides[1], cmp->arg);
}

static struct ks_error *tell(struct compare *cmp, const char *const *names)
{
	enum { RUN = 32 }; // pairs that share their memory
	struct ks_arena arena = { 0 };
	struct ks_error *err = NULL;
	for (size_t i = 0; i < cmp->lists.pairs.len && !err; i++) {
		const struct ks_line_pair *pair = &cmp->lists.pairs.at[i];
		if (i % RUN == 0)
			ks_arena_deinit(&arena);
		const char *name = names	    ? names[i]
				   : pair->old.name ? pair->old.name
						    : pair->new.name;
		err = tell_pair(cmp, &arena, name, pair);
	}
	ks_arena_deinit(&arena);
	return err;
}

/* ---- hooks and kfuncs: their functions differ or not ---- */

/** Name of the function behind a hook or kfunc. */
static const char *function_of(struct compare *cmp, const char *name)
{
	const char *prefix = ks_kinds[cmp->lists.kind].function;
	size_t prefix_len = strlen(prefix), len = strlen(name);
	if (!prefix_len)
		return name;
	char *function = ks_arena_alloc(&cmp->lists.arena, prefix_len + len + 1);
	if (function)
		memcpy(mempcpy(function, prefix, prefix_len), name, len + 1);
	return function;
}

static struct ks_error *fill_side(struct compare *cmp, int side)
{
	struct ks_lists *lists = &cmp->lists;
	struct ks_line **lines =
		ks_arena_array(&lists->arena, lists->pairs.len + 1, sizeof(*lines));
	size_t nr = 0;
	if (!lines)
		return &ks_nomem;
	for (size_t i = 0; i < lists->pairs.len; i++) {
		struct ks_line *line = side ? &lists->pairs.at[i].new : &lists->pairs.at[i].old;
		if (!line->name)
			continue;
		line->name = function_of(cmp, line->name);
		if (!line->name)
			return &ks_nomem;
		lines[nr++] = line;
	}
	return ks_lists_functions(lists, side, lines, nr);
}

/** Give the pairs their functions, and drop those that are the same. @return the names of what is left */
static struct ks_error *fill_functions(struct compare *cmp, const char ***ret)
{
	struct ks_lists *lists = &cmp->lists;
	const char **names = ks_arena_array(&lists->arena, lists->pairs.len + 1, sizeof(*names));
	if (!names)
		return &ks_nomem;
	for (size_t i = 0; i < lists->pairs.len; i++)
		names[i] = lists->pairs.at[i].old.name ? lists->pairs.at[i].old.name
						       : lists->pairs.at[i].new.name;
	for (int side = 0; side < 2; side++)
		KS_TRY(fill_side(cmp, side));
	size_t nr = 0;
	for (size_t i = 0; i < lists->pairs.len; i++) {
		const struct ks_line_pair *pair = &lists->pairs.at[i];
		if (pair->old.name && pair->new.name && pair->old.first == pair->new.first)
			continue;
		names[nr] = names[i];
		lists->pairs.at[nr++] = *pair;
	}
	lists->pairs.len = nr;
	*ret = names;
	return NULL;
}

static struct ks_error *compare_all(struct ks_store *store, void *arg)
{
	struct compare *cmp = arg;
	const char **names = NULL;
	const struct ks_store_images both = { .at = cmp->lists.images, .nr = 2 };
	KS_TRY(ks_store_expect(store, &both));
	bool by_id = ks_lists_by_id(&cmp->lists);
	KS_TRY(by_id ? ks_lists_merge_ids(&cmp->lists) : ks_lists_merge(&cmp->lists));
	cmp->count = (struct ks_compare_count){ cmp->lists.nr[0], cmp->lists.nr[1] };
	if (!cmp->fn)
		return NULL;
	if (ks_kind_of_functions(cmp->lists.kind))
		KS_TRY(fill_functions(cmp, &names));
	if (by_id)
		return tell(cmp, names);
	struct needs needs = { 0 };
	struct ks_error *err = collect(cmp, &needs);
	if (!err)
		err = fetch(cmp, &needs);
	ks_vector_deinit(&needs.at);
	return err ? err : tell(cmp, names);
}

struct ks_error *ks_store_compare(struct ks_store *store, const struct ks_store_image *old,
				  const struct ks_store_image *new, enum ks_kind kind,
				  const struct ks_compare_want *want, ks_compare_fn *fn, void *arg,
				  struct ks_compare_count *ret)
{
	static const struct ks_compare_want nothing = { 0 };
	if (kind >= KS_FIELD)
		return ks_error_new(KS_ERR_USAGE, "fields cannot be listed");
	want = want ? want : &nothing;
	struct compare cmp = { .want = want, .fn = fn, .arg = arg };
	cmp.lists = (struct ks_lists){ .store = store,
				       .images = { old, new },
				       .kind = kind,
				       .glob = want->glob,
				       .facts = want->groups && kind == KS_FUNCTION };
	struct ks_error *err = ks_sql_read(store, compare_all, &cmp);
	ks_lists_deinit(&cmp.lists);
	for (int side = 0; side < 2; side++)
		ks_places_free(cmp.kept[side].places);
	if (!err)
		*ret = cmp.count;
	return err;
}
