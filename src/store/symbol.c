/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an image has a symbol or a variable of a name: what a ksym asks. */
#include "store/part.h"
#include "store/seek.h"
#include "surface/traits.h"

/** Bytes: the symbol names of 25 kernels, 3 MB each, fit. */
enum { SYMBOLS_LIMIT = 128 << 20 };

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

static bool holds(struct ks_bytes names, const char *name)
{
	const char *at = names.at, *end = at + names.len;
	size_t len = strlen(name) + 1;
	const char *hit = NULL;
	while (at < end && (hit = memmem(at, (size_t)(end - at), name, len)) && hit[-1])
		at = hit + 1; // the end of a longer name
	return at < end && hit;
}

/** The names of all symbols, with a NUL in front of each. */
static struct ks_error *ask_table(struct ks_store *store, struct question *q)
{
	struct ks_bytes names;
	if (ks_keep_get(&store->kept_symbols, q->image->id, &names)) {
		q->answer = holds(names, q->name);
		return NULL;
	}
	_cleanup_buf_ struct ks_buf raw = { 0 };
	uint64_t nr;
	ks_buf_char(&raw, '\0');
	KS_TRY(ks_part_read(store, q->image, KS_PART_SYMBOL_NAMES, &raw, &nr));
	KS_TRY(ks_buf_error(&raw));
	store->kept_symbols.limit = SYMBOLS_LIMIT;
	ks_keep_put(&store->kept_symbols, q->image->id, ks_bytes_of(&raw));
	q->answer = holds(ks_bytes_of(&raw), q->name);
	return NULL;
}

static struct ks_error *ask_symbol(struct ks_store *store, void *arg)
{
	struct question *q = arg;
	KS_TRY(ask_function(store, q));
	return q->answer || !*q->name ? NULL : ask_table(store, q);
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
