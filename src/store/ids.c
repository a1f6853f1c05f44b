/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which definitions only one of two images has, told by their ids alone: the order of a table is a list of all of
 * them, and the definitions hold their names. Nothing is read that both have.
 */
#include <stdlib.h>

#include "store/block.h"
#include "store/kinds.h"
#include "store/layout.h"
#include "store/lists.h"

/** A definition, and what it defines. */
struct found {
	const char *name;
	uint64_t id;
	struct ks_cursor def;
};

/** The definitions of one image. */
struct side {
	KS_VECTOR(uint64_t) ids;
	uint64_t *bits;		       // of ids
	KS_VECTOR(struct found) found; // what the other side does not have
};

static void side_deinit(struct side *side)
{
	ks_vector_deinit(&side->ids);
	ks_vector_deinit(&side->found);
	free(side->bits);
}

static struct ks_error *read_ids(struct ks_lists *lists, int image, uint64_t limit,
				 struct side *side)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	uint64_t nr, id = 0;
	KS_TRY(ks_part_read(lists->store, lists->images[image],
			    (enum ks_part)ks_kind_table(lists->kind), &raw, &nr));
	side->bits = calloc((size_t)limit / 64 + 1, sizeof(*side->bits));
	if (!side->bits || !ks_vector_reserve(&side->ids, (size_t)nr + 1))
		return &ks_nomem;
	struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
	for (uint64_t i = 0; i < nr; i++) {
		id += (uint64_t)ks_cursor_zigzag(&c);
		if (c.why || id >= limit)
			return ks_store_damaged("order of an image names no definition");
		side->ids.at[side->ids.len++] = id;
		side->bits[id / 64] |= (uint64_t)1 << id % 64;
	}
	lists->nr[image] = (size_t)nr;
	return NULL;
}

static int compare_ids(const void *a, const void *b)
{
	const struct found *x = *(struct found *const *)a, *y = *(struct found *const *)b;
	return (x->id > y->id) - (x->id < y->id);
}

static int compare_names(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	return strcmp(x->name, y->name);
}

/** What the other side does not have. */
static struct ks_error *find_own(struct side *side, const struct side *other)
{
	for (size_t i = 0; i < side->ids.len; i++) {
		struct found found = { .id = side->ids.at[i] };
		if (other->bits[found.id / 64] >> found.id % 64 & 1)
			continue;
		if (!ks_vector_add(&side->found, found))
			return &ks_nomem;
	}
	return NULL;
}

/** Fetch the definitions of both sides in the order in which they lie in the file: each block is unpacked once. */
static struct ks_error *fetch(struct ks_lists *lists, struct side sides[2])
{
	size_t nr = 0, total = sides[0].found.len + sides[1].found.len;
	struct found **all = ks_arena_array(&lists->arena, total + 1, sizeof(struct found *));
	if (!all)
		return &ks_nomem;
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < sides[side].found.len; i++)
			all[nr++] = &sides[side].found.at[i];
	qsort(all, nr, sizeof(struct found *), compare_ids);
	for (size_t i = 0; i < nr; i++) {
		KS_TRY(ks_block_def(lists->store, all[i]->id, KS_DEF_DECL, &lists->arena,
				    &all[i]->def));
		KS_TRY(ks_codec_decl_name(all[i]->def, &all[i]->name));
	}
	for (int side = 0; side < 2; side++)
		if (sides[side].found.len)
			qsort(sides[side].found.at, sides[side].found.len, sizeof(struct found),
			      compare_names);
	return NULL;
}

static struct ks_error *merge_found(struct ks_lists *lists, const struct side *old,
				    const struct side *new)
{
	size_t nr_old = old->found.len, nr_new = new->found.len;
	for (size_t i = 0, k = 0; i < nr_old || k < nr_new;) {
		const struct found *a = i < nr_old ? &old->found.at[i] : NULL;
		const struct found *b = k < nr_new ? &new->found.at[k] : NULL;
		int order = i == nr_old ? 1 : k == nr_new ? -1 : strcmp(a->name, b->name);
		struct ks_line_pair pair = { 0 };
		if (order <= 0) {
			pair.old = (struct ks_line){ .name = a->name, .first = a->id };
			pair.defs[0] = a->def;
			i++;
		}
		if (order >= 0) {
			pair.new = (struct ks_line){ .name = b->name, .first = b->id };
			pair.defs[2] = b->def;
			k++;
		}
		if (!ks_vector_add(&lists->pairs, pair))
			return &ks_nomem;
	}
	return NULL;
}

bool ks_lists_by_id(const struct ks_lists *lists)
{
	return lists->store->layout->whole && ks_kind_def_class(lists->kind) == KS_DEF_DECL &&
	       !lists->facts && !lists->glob;
}

struct ks_error *ks_lists_merge_ids(struct ks_lists *lists)
{
	struct side sides[2] = { 0 };
	uint64_t limit = 0;
	KS_TRY(ks_block_id_limit(lists->store, &limit));
	struct ks_error *err = read_ids(lists, 0, limit, &sides[0]);
	if (!err)
		err = read_ids(lists, 1, limit, &sides[1]);
	if (!err)
		err = find_own(&sides[0], &sides[1]);
	if (!err)
		err = find_own(&sides[1], &sides[0]);
	if (!err)
		err = fetch(lists, sides);
	if (!err)
		err = merge_found(lists, &sides[0], &sides[1]);
	side_deinit(&sides[0]);
	side_deinit(&sides[1]);
	return err;
}
