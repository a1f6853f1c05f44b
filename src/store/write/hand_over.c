/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All images that go are looked at together, so that each row that stays is written once. A part gets what it is a difference to
 * for itself, for an image's parts may be differences to different images, or to none; and none becomes a difference to more
 * than it was, so that the others that are differences to it are read as before.
 */
#include "store/write/hand_over.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/part.h"
#include "store/write/rebase.h"

/** A part that is a difference to that of another image. */
struct link {
	enum ks_part which;
	int64_t image, base;
};

/** One that is a difference to an image that goes. */
struct heir {
	enum ks_part which;
	int64_t image;
	int64_t gone; // that image, or the last of those behind it that go without one between that stays
	int64_t kept;	    // what that one is a difference to, which stays; 0: nothing
	unsigned int depth; // parts that it is a difference to, one after the other
};

struct hand_over {
	struct ks_store *store;
	KS_VECTOR(int64_t) gone; // sorted
	KS_VECTOR(struct link) links;
	KS_VECTOR(struct heir) heirs;
};

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static bool is_gone(const struct hand_over *h, int64_t image)
{
	size_t at = KS_FIRST_NOT(0, h->gone.len, i, h->gone.at[i] < image);
	return at < h->gone.len && h->gone.at[at] == image;
}

/* ---- lists ---- */

/** The first image that was based on it, and stays, becomes the base of the others. */
static struct ks_error *hand_over_lists(struct hand_over *h, int64_t image)
{
	KS_VECTOR(int64_t) heirs = { 0 };
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	struct ks_error *err = ks_sql_get(h->store, KS_SQL_IMAGES_ON_BASE, &stmt);
	bool row = true;
	if (!err)
		sqlite3_bind_int64(stmt, 1, image);
	while (!err && !(err = ks_sql_row(h->store, stmt, &row)) && row) {
		int64_t heir = sqlite3_column_int64(stmt, 0);
		if (!is_gone(h, heir) && !ks_vector_add(&heirs, heir))
			err = &ks_nomem;
	}
	for (size_t i = 0; !err && i < heirs.len; i++)
		err = ks_image_rebase(h->store, heirs.at[i], i ? heirs.at[0] : 0);
	ks_vector_deinit(&heirs);
	return err;
}

/* ---- parts ---- */

static int compare_links(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	return x->which != y->which ? (x->which > y->which) - (x->which < y->which)
				    : compare_ids(&x->image, &y->image);
}

static enum ks_part part_of(const char *name)
{
	for (int i = 0; name && i < KS_NR_PARTS; i++) {
		const char *other = ks_part_name((enum ks_part)i);
		if (other && strcmp(other, name) == 0)
			return (enum ks_part)i;
	}
	return KS_NR_PARTS;
}

static struct ks_error *read_links(struct hand_over *h)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(h->store, KS_SQL_PART_LINKS, &stmt));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(h->store, stmt, &row));
		if (!row)
			break;
		struct link link = { .which = part_of((const char *)sqlite3_column_text(stmt, 1)),
				     .image = sqlite3_column_int64(stmt, 0),
				     .base = sqlite3_column_int64(stmt, 2) };
		if (link.which < KS_NR_PARTS && !ks_vector_add(&h->links, link))
			return &ks_nomem; // of others nobody reads any
	}
	if (h->links.len)
		qsort(h->links.at, h->links.len, sizeof(*h->links.at), compare_links);
	return NULL;
}

static const struct link *find_link(const struct hand_over *h, enum ks_part which, int64_t image)
{
	const struct link key = { .which = which, .image = image };
	if (!h->links.len)
		return NULL;
	return bsearch(&key, h->links.at, h->links.len, sizeof(key), compare_links);
}

/** Follow a part that is a difference to an image that goes. */
static struct ks_error *add_heir(struct hand_over *h, const struct link *link)
{
	struct heir heir = { .which = link->which, .image = link->image };
	bool goes = true;
	for (; link; link = find_link(h, link->which, link->base)) {
		if (++heir.depth > KS_PART_DEPTH_READ)
			return ks_store_damaged("parts of images are differences without an end");
		if (!goes)
			continue;
		goes = is_gone(h, link->base);
		*(goes ? &heir.gone : &heir.kept) = link->base;
	}
	return ks_vector_add(&h->heirs, heir) ? NULL : &ks_nomem;
}

static int compare_heirs(const void *a, const void *b)
{
	const struct heir *x = a, *y = b;
	if (x->which != y->which)
		return x->which < y->which ? -1 : 1;
	if (x->gone != y->gone)
		return compare_ids(&x->gone, &y->gone);
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return compare_ids(&x->image, &y->image);
}

static struct ks_error *write_part(struct ks_store *store, const struct heir *heir, int64_t base,
				   const struct ks_buf *like, const struct ks_buf *raw)
{
	_cleanup_buf_ struct ks_buf packed = { 0 };
	KS_TRY(ks_zstd_pack(&store->zstd, ks_bytes_of(like), ks_bytes_of(raw), &packed));
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_PART_REPLACE, &stmt));
	sqlite3_bind_int64(stmt, 1, heir->image);
	ks_sql_bind_text(stmt, 2, ks_part_name(heir->which));
	ks_sql_bind_bytes(stmt, 3, ks_bytes_of(&packed));
	ks_sql_bind_id(stmt, 4, like->len ? base : 0);
	return ks_sql_run(store, stmt);
}

/**
 * Those behind one image that goes: the first, of which none of the others was less of a difference, becomes what these are
 * differences to, and is itself one to what that image was.
 */
static struct ks_error *write_heirs(struct ks_store *store, const struct heir *heirs, size_t nr)
{
	const char *name = ks_part_name(heirs[0].which);
	_cleanup_buf_ struct ks_buf like = { 0 };
	int64_t base = heirs[0].kept;
	struct ks_part_row row;
	if (base)
		KS_TRY(ks_part_load(store, base, name, &like, &row));
	for (size_t i = 0; i < nr; i++) {
		_cleanup_buf_ struct ks_buf raw = { 0 };
		KS_TRY(ks_part_load(store, heirs[i].image, name, &raw, &row));
		KS_TRY(write_part(store, &heirs[i], base, &like, &raw));
		if (i)
			continue;
		const struct ks_buf first = raw;
		raw = like;
		like = first;
		base = heirs[0].image;
	}
	return NULL;
}

static struct ks_error *hand_over_parts(struct hand_over *h)
{
	KS_TRY(read_links(h));
	for (size_t i = 0; i < h->links.len; i++)
		if (is_gone(h, h->links.at[i].base) && !is_gone(h, h->links.at[i].image))
			KS_TRY(add_heir(h, &h->links.at[i]));
	const struct heir *heirs = h->heirs.at;
	if (h->heirs.len)
		qsort(h->heirs.at, h->heirs.len, sizeof(*heirs), compare_heirs);
	for (size_t from = 0, to; from < h->heirs.len; from = to) {
		for (to = from + 1; to < h->heirs.len; to++)
			if (heirs[to].which != heirs[from].which ||
			    heirs[to].gone != heirs[from].gone)
				break;
		KS_TRY(write_heirs(h->store, heirs + from, to - from));
	}
	ks_part_bases_clear(&h->store->bases); // which say to how many they are differences
	return NULL;
}

static struct ks_error *hand_over(struct hand_over *h, const int64_t *ids, size_t nr)
{
	if (!ks_vector_reserve(&h->gone, nr))
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++)
		h->gone.at[h->gone.len++] = ids[i];
	if (nr)
		qsort(h->gone.at, nr, sizeof(*h->gone.at), compare_ids);
	for (size_t i = 0; i < nr; i++)
		KS_TRY(hand_over_lists(h, h->gone.at[i]));
	return hand_over_parts(h);
}

struct ks_error *ks_hand_over(struct ks_store *store, const int64_t *ids, size_t nr)
{
	struct hand_over h = { .store = store };
	struct ks_error *err = hand_over(&h, ids, nr);
	ks_vector_deinit(&h.gone);
	ks_vector_deinit(&h.links);
	ks_vector_deinit(&h.heirs);
	return err;
}
