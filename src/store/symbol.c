/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an image has a symbol or a variable of a name: what a ksym asks. */
#include "store/layout.h"
#include "store/part.h"
#include "surface/traits.h"

struct question {
	const struct ks_store_image *image;
	const char *name;
	bool answer;
};

/** The symbols of functions stand in the function's group. */
static struct ks_error *ask_function(struct ks_store *store, struct question *q)
{
	struct ks_row row;
	bool found;
	KS_TRY(ks_seek(store, q->image->id, ks_list_name(KS_FUNCTION), q->name, &found, &row));
	if (!found || !row.second)
		return NULL;
	struct ks_arena arena = { 0 };
	struct ks_cursor c;
	struct ks_traits traits = { 0 };
	struct ks_error *err = ks_block_def(store, row.second, KS_DEF_FUNCTION, &arena, &c);
	if (!err)
		err = ks_codec_get_traits(&c, &traits);
	ks_arena_deinit(&arena);
	q->answer = !err && traits.names[KS_TRANSFORM_NONE];
	return err;
}

struct ks_error *ks_rows_symbol(struct ks_store *store, const struct ks_store_image *image,
				const char *name, bool *ret)
{
	if (ks_symbols_find(&store->symbols, image->id, name, ret))
		return NULL;
	struct ks_buf *raw = &store->symbol_names;
	uint64_t nr;
	raw->len = 0;
	KS_TRY(ks_part_read(store, image, KS_PART_SYMBOL_NAMES, raw, &nr));
	return ks_symbols_add(&store->symbols, image->id, raw, nr, name, ret);
}

static struct ks_error *ask_symbol(struct ks_store *store, void *arg)
{
	struct question *q = arg;
	KS_TRY(ask_function(store, q));
	if (q->answer || !*q->name)
		return NULL;
	return store->layout->symbol(store, q->image, q->name, &q->answer);
}

struct ks_error *ks_store_symbol(struct ks_store *store, const struct ks_store_image *image,
				 const char *name, bool *ret)
{
	struct question q = { .image = image, .name = name };
	KS_TRY(ks_sql_read(store, ask_symbol, &q));
	*ret = q.answer;
	return NULL;
}

static struct ks_error *ask_variable(struct ks_store *store, void *arg)
{
	struct question *q = arg;
	struct ks_row row;
	return ks_seek(store, q->image->id, ks_list_name(KS_LIST_VARIABLES), q->name, &q->answer,
		       &row);
}

struct ks_error *ks_store_variable(struct ks_store *store, const struct ks_store_image *image,
				   const char *name, bool *ret)
{
	struct question q = { .image = image, .name = name };
	KS_TRY(ks_sql_read(store, ask_variable, &q));
	*ret = q.answer;
	return NULL;
}
