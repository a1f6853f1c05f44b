/* SPDX-License-Identifier: BSD-2-Clause */
#include <fnmatch.h>
#include <stdlib.h>

#include "store/index.h"
#include "store/layout.h"

bool ks_find_wants(const struct ks_find *find, enum ks_kind kind, const char *name)
{
	return (!find->glob || fnmatch(find->glob, name, 0) == 0) &&
	       (!find->wanted || find->wanted(kind, name, find->arg));
}

struct found {
	const char *name;
	const uint64_t *in;
};

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static struct ks_error *tell(const struct ks_find *find, enum ks_kind kind,
			     const struct found *found, size_t nr, size_t words)
{
	for (size_t i = 0; i < nr; i++) {
		struct ks_store_name name = { .kind = kind,
					      .name = found[i].name,
					      .in = found[i].in };
		for (size_t k = 0; k < words; k++)
			name.nr_images += (size_t)__builtin_popcountll(found[i].in[k]);
		KS_TRY(find->fn(&name, find->arg));
	}
	return NULL;
}

static struct ks_error *find_kind(struct ks_store *store, const struct ks_find *find,
				  enum ks_kind kind, struct ks_index *index)
{
	const struct ks_index_ask ask = { .images = find->images,
					  .kind = kind,
					  .list = ks_list_name((int)kind),
					  .find = find->glob || find->wanted ? find : NULL,
					  .modules = true };
	KS_TRY(ks_index_fill(index, store, &ask));
	size_t nr = index->names.all.len, words = (find->images->nr + 63) / 64;
	uint64_t *bits = ks_arena_array(&index->arena, nr * words + 1, sizeof(*bits));
	struct found *found = ks_arena_array(&index->arena, nr + 1, sizeof(*found));
	if (!bits || !found)
		return &ks_nomem;
	memset(bits, 0, nr * words * sizeof(*bits));
	for (size_t i = 0; i < index->rows.len; i++) {
		const struct ks_index_row *row = &index->rows.at[i];
		for (size_t k = row->from; k < row->from + row->nr; k++)
			bits[index->members.at[k] * words + row->image / 64] |= (uint64_t)1
										<< row->image % 64;
	}
	for (size_t i = 0; i < nr; i++)
		found[i] = (struct found){ ks_intern_at(&index->names, (uint32_t)i + 1),
					   bits + i * words };
	qsort(found, nr, sizeof(*found), compare_found);
	return tell(find, kind, found, nr, words);
}

static struct ks_error *find_one(struct ks_store *store, const struct ks_find *find,
				 enum ks_kind kind)
{
	struct ks_index index = { 0 };
	struct ks_error *err = find_kind(store, find, kind, &index);
	ks_index_deinit(&index);
	return err;
}

struct ks_error *ks_rows_find(struct ks_store *store, const struct ks_find *find)
{
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++)
		if (ks_find_has_kind(find, kind))
			KS_TRY(find_one(store, find, kind));
	return NULL;
}

static struct ks_error *find_all(struct ks_store *store, void *arg)
{
	return store->layout->find(store, arg);
}

struct ks_error *ks_store_names(struct ks_store *store, const struct ks_store_images *images,
				enum ks_kind kind, const char *glob, ks_store_name_fn *fn,
				void *arg)
{
	struct ks_find find = {
		.images = images, .kind = kind, .glob = glob, .fn = fn, .arg = arg
	};
	return ks_sql_read(store, find_all, &find);
}

struct ks_error *ks_store_names_wanted(struct ks_store *store, const struct ks_store_images *images,
				       enum ks_kind kind, ks_store_wanted_fn *wanted,
				       ks_store_name_fn *fn, void *arg)
{
	struct ks_find find = {
		.images = images, .kind = kind, .wanted = wanted, .fn = fn, .arg = arg
	};
	return ks_sql_read(store, find_all, &find);
}

struct ks_error *ks_store_names_near(struct ks_store *store, const struct ks_store_images *images,
				     enum ks_kind kind, const struct ks_store_near *near,
				     ks_store_name_fn *fn, void *arg)
{
	struct ks_find find = { .images = images,
				.kind = kind,
				.wanted = near->is_near,
				.near = near->name,
				.edits = near->edits,
				.fn = fn,
				.arg = arg };
	return ks_sql_read(store, find_all, &find);
}
