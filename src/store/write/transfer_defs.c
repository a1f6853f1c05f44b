/* SPDX-License-Identifier: BSD-2-Clause */
/* Definitions of another store: by their hashes, which are counted anew. */
#include <stdlib.h>

#include "base/sort.h"
#include "store/kinds.h"
#include "store/write/transfer_private.h"

/** The class of the definitions of a table. */
static enum ks_def_class class_of(int table)
{
	static const enum ks_def_class classes[KS_NR_TABLES] = {
		[KS_TABLE_FUNCTIONS] = KS_DEF_FUNCTION,
		[KS_TABLE_AMBIGUITIES] = KS_DEF_AMBIGUITY,
		[KS_TABLE_FORMS] = KS_DEF_FORMS,
		[KS_TABLE_VARIABLES] = KS_DEF_VARIABLE,
	};
	return classes[table] ? classes[table] : ks_kind_def_class(ks_table_kind(table));
}

/** It can be read: what is taken shall not be what ends readers here. */
static struct ks_error *check(struct ks_bytes bytes)
{
	static const struct ks_type type = { .kind = KS_TYPE_VOID };
	static const struct ks_decl any = { .type = &type }; // prototypes are not asked for
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const char *at = bytes.at;
	enum ks_def_class def_class = (enum ks_def_class)(uint8_t)at[0];
	struct ks_cursor c = ks_cursor_over(at + 1, bytes.len - 1, false);
	struct ks_function fn;
	struct ks_forms forms;
	if (def_class < KS_DEF_DECL || def_class > KS_DEF_VARIABLE)
		return ks_store_damaged("definition is of no class");
	if (def_class == KS_DEF_FUNCTION)
		return ks_codec_get_function(&c, &arena, &any, &fn);
	if (def_class == KS_DEF_FORMS)
		return ks_codec_forms_name(c, &forms);
	const struct ks_def_ops *ops = ks_def_ops_of(def_class);
	void *value = ks_arena_alloc(&arena, ops->size);
	return value ? ops->get(&c, &arena, value) : &ks_nomem;
}

static struct ks_error *add_new(struct ks_transfer *t, struct ks_transfer_job *job, uint64_t id,
				struct ks_bytes bytes, struct ks_hash hash)
{
	struct ks_put_def *def = &job->defs.at[job->defs.new_defs.len];
	const char *copy = ks_arena_strndup(&job->arena, bytes.at, bytes.len);
	uint64_t like;
	if (!copy)
		return &ks_nomem;
	KS_TRY(check(bytes));
	*def = (struct ks_put_def){
		.hash = hash,
		.bytes = (const uint8_t *)copy,
		.len = (uint32_t)bytes.len,
		.id = ks_hashes_add(&t->into->hashes, hash),
	};
	struct ks_put_new new = { .def = def, .stored = { copy, bytes.len } };
	KS_TRY(ks_block_like_of(t->from, id, &like));
	new.like = like < t->nr_ids ? t->ids[like] : 0;
	if (new.like >= job->first_new)
		new.like = 0; // is not written yet
	t->ids[id] = def->id;
	return ks_vector_add(&job->defs.new_defs, new) ? NULL : &ks_nomem;
}

/** A definition there, which must be the one that its hash is of. */
static struct ks_error *read_def(struct ks_transfer *t, uint64_t id, struct ks_def_bytes *ret,
				 struct ks_hash *ret_hash)
{
	KS_TRY(ks_block_like(t->from, id, ret));
	if (!ret->bytes.len || ret->bytes.len > KS_ZSTD_LIMIT / 2)
		return ks_store_damaged("definition has an impossible length");
	*ret_hash = ks_hash_of(ret->bytes.at, ret->bytes.len);
	return ks_hashes_find(&t->from->hashes, *ret_hash) == id
		       ? NULL
		       : ks_store_damaged("definition has another hash, or is there twice");
}

static struct ks_error *take(struct ks_transfer *t, struct ks_transfer_job *job, uint64_t id)
{
	_cleanup_buf_ struct ks_buf own = { 0 };
	struct ks_def_bytes def = { .own = &own };
	struct ks_hash hash;
	KS_TRY(read_def(t, id, &def, &hash));
	t->classes[id] = *(const uint8_t *)def.bytes.at;
	t->ids[id] = ks_hashes_find(&t->into->hashes, hash);
	return t->ids[id] ? NULL : add_new(t, job, id, def.bytes, hash);
}

/** Those that were not taken with another image, each once, in their order. */
static struct ks_error *list_missing(struct ks_transfer *t, struct ks_transfer_job *job,
				     struct ks_order *ret)
{
	size_t nr = 0;
	for (int table = 0; table < KS_NR_TABLES; table++) {
		KS_TRY(ks_part_order(t->from, job->image, table, &job->arena, &job->orders[table]));
		nr += job->orders[table].nr;
	}
	uint64_t *at = ks_arena_array(&job->arena, nr + 1, sizeof(*at));
	if (!at)
		return &ks_nomem;
	nr = 0;
	for (int table = 0; table < KS_NR_TABLES; table++)
		for (size_t i = 0; i < job->orders[table].nr; i++) {
			uint64_t id = job->orders[table].at[i];
			if (id == 0 || id >= t->nr_ids)
				return ks_store_damaged("image has an unknown definition");
			if (!t->ids[id])
				at[nr++] = id;
		}
	*ret = (struct ks_order){ .at = at, .nr = ks_sort_distinct(at, nr) };
	return NULL;
}

struct ks_error *ks_transfer_defs(struct ks_transfer *t, struct ks_transfer_job *job)
{
	struct ks_order missing = { 0 };
	KS_TRY(list_missing(t, job, &missing));
	KS_TRY(ks_hashes_load(t->into, missing.nr));
	KS_TRY(ks_hashes_reserve(&t->into->hashes, missing.nr));
	job->first_new = t->into->hashes.by_id.len + 1;
	job->defs.at = calloc(missing.nr + 1, sizeof(*job->defs.at));
	if (!job->defs.at)
		return &ks_nomem;
	for (size_t i = 0; i < missing.nr; i++)
		KS_TRY(take(t, job, missing.at[i]));
	for (int table = 0; table < KS_NR_TABLES; table++)
		for (size_t i = 0; i < job->orders[table].nr; i++)
			if (t->classes[job->orders[table].at[i]] != class_of(table))
				return ks_store_damaged("definition is of another class");
	return NULL;
}

struct ks_error *ks_transfer_check(struct ks_transfer *t, struct ks_transfer_job *job)
{
	_cleanup_buf_ struct ks_buf own = { 0 };
	struct ks_order missing = { 0 };
	KS_TRY(list_missing(t, job, &missing));
	for (size_t i = 0; i < missing.nr; i++) {
		struct ks_def_bytes def = { .own = &own };
		struct ks_hash hash;
		KS_TRY(read_def(t, missing.at[i], &def, &hash));
	}
	return NULL;
}

struct ks_error *ks_transfer_known(struct ks_transfer *t, struct ks_transfer_job *job, bool *ret)
{
	struct ks_order missing = { 0 };
	KS_TRY(list_missing(t, job, &missing));
	KS_TRY(ks_hashes_load(t->into, 0));
	*ret = true;
	for (size_t i = 0; i < missing.nr && *ret; i++)
		*ret = ks_hashes_find(&t->into->hashes,
				      t->from->hashes.by_id.at[missing.at[i] - 1]) != 0;
	for (size_t i = 0; i < missing.nr && *ret; i++)
		KS_TRY(take(t, job, missing.at[i]));
	return NULL;
}

/** @param table whose definition the number is; -1: it is no definition's */
static struct ks_error *exchange(const struct ks_transfer *t, int table, uint64_t *number)
{
	if (table < 0 || !*number)
		return NULL;
	if (*number >= t->nr_ids || !t->ids[*number] || t->classes[*number] != class_of(table))
		return ks_store_damaged("list has an unknown definition");
	*number = t->ids[*number];
	return NULL;
}

struct ks_error *ks_transfer_numbers(const struct ks_transfer *t, struct ks_transfer_row *row)
{
	_cleanup_columns_buf_ struct ks_columns_buf numbers = { 0 };
	struct ks_columns columns;
	int tables[2];
	ks_list_tables(row->list, tables);
	KS_TRY(ks_columns_open(row->ids.at, row->ids.len, &columns));
	if (columns.nr != row->nr)
		return ks_store_damaged("names and facts do not match");
	while (columns.at < columns.nr) {
		struct ks_row at;
		KS_TRY(ks_columns_next(&columns, &at));
		KS_TRY(exchange(t, tables[0], &at.first));
		KS_TRY(exchange(t, tables[1], &at.second));
		if (!ks_vector_add(&numbers.numbers[0], at.first) ||
		    !ks_vector_add(&numbers.numbers[1], at.second))
			return &ks_nomem;
	}
	row->ids.len = 0;
	ks_columns_put_ids(&numbers, &row->ids);
	return ks_buf_error(&row->ids);
}
