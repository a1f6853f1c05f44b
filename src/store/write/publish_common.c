/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that nearly every question comes to, and their definitions, once more: they are read with the head. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/sort.h"
#include "store/write/publish.h"

/** A name, and what the images say of it. */
struct ks_publish_common {
	struct ks_buf key; // kind and name
	struct ks_buf record;
};

static int compare_keys(const void *a, const void *b)
{
	const struct ks_publish_common *x = a, *y = b;
	return strcmp(x->key.at, y->key.at);
}

struct ks_error *ks_publish_common_begin(struct ks_publish *publish,
					 const struct ks_store_want *names, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct ks_publish_common *common = ks_vector_push(&publish->common);
		if (!common)
			return &ks_nomem;
		*common = (struct ks_publish_common){ 0 };
		ks_buf_printf(&common->key, "%s %s", ks_list_name((int)names[i].kind),
			      names[i].name);
		if (!ks_buf_text(&common->key))
			return &ks_nomem;
	}
	if (nr)
		qsort(publish->common.at, nr, sizeof(*publish->common.at), compare_keys);
	return NULL;
}

void ks_publish_common_deinit(struct ks_publish *publish)
{
	for (size_t i = 0; i < publish->common.len; i++) {
		ks_buf_deinit(&publish->common.at[i].record);
		ks_buf_deinit(&publish->common.at[i].key);
	}
	ks_vector_deinit(&publish->common);
	ks_vector_deinit(&publish->common_ids);
}

static struct ks_error *add_id(struct ks_publish *publish, uint64_t id)
{
	return !id || ks_vector_add(&publish->common_ids, id) ? NULL : &ks_nomem;
}

struct ks_error *ks_publish_common_take(struct ks_publish *publish, const char *list,
					const enum ks_def_class *classes, const char *name,
					const struct ks_publish_cell *cells, size_t nr)
{
	struct ks_publish_common wanted = { 0 }, *common = NULL;
	if (!publish->common.len)
		return NULL;
	ks_buf_printf(&wanted.key, "%s %s", list, name);
	if (ks_buf_text(&wanted.key))
		common = bsearch(&wanted, publish->common.at, publish->common.len, sizeof(wanted),
				 compare_keys);
	struct ks_error *err = ks_buf_error(&wanted.key);
	ks_buf_deinit(&wanted.key);
	if (err || !common || common->record.len)
		return err;
	KS_TRY(ks_publish_record(&common->record, cells, nr, 0));
	for (size_t i = 0; i < nr; i++) {
		KS_TRY(add_id(publish, classes && classes[0] ? cells[i].first : 0));
		KS_TRY(add_id(publish, classes && classes[1] ? cells[i].second : 0));
	}
	return ks_buf_error(&common->record);
}

/** Names as a row of them has them. */
static struct ks_error *put_names(struct ks_publish *publish, struct ks_buf *raw)
{
	_cleanup_buf_ struct ks_buf names = { 0 }, lengths = { 0 }, records = { 0 };
	for (size_t i = 0; i < publish->common.len; i++) {
		struct ks_publish_common *common = &publish->common.at[i];
		if (!common->record.len) // no image has it
			KS_TRY(ks_publish_record(&common->record, NULL, 0, 0));
		ks_buf_strz(&names, common->key.at);
		ks_buf_uleb(&lengths, common->record.len);
		ks_buf_bytes(&records, common->record.at, common->record.len);
	}
	KS_TRY(ks_buf_error(&records));
	ks_publish_chunk(raw, publish->common.len, 0, &names, &lengths, &records);
	return ks_buf_error(raw);
}

/** Which definitions of the store the ids stand for. @return as many as ids, the caller frees */
static uint64_t *old_ids(const struct ks_publish *publish, const uint64_t *ids, size_t nr)
{
	uint64_t *old = calloc(nr + 1, sizeof(*old));
	for (uint64_t i = 0; old && nr && i < publish->nr_old; i++) {
		const uint64_t id = publish->ids[i];
		const uint64_t *at =
			id ? bsearch(&id, ids, nr, sizeof(id), ks_compare_numbers) : NULL;
		if (at)
			old[at - ids] = i;
	}
	return old;
}

static struct ks_error *put_definitions(struct ks_publish *publish, const uint64_t *ids,
					const uint64_t *old, size_t nr, struct ks_buf *raw)
{
	_cleanup_buf_ struct ks_buf own = { 0 };
	ks_buf_uleb(raw, nr);
	for (size_t i = 0; i < nr; i++) {
		struct ks_def_bytes def = { .own = &own };
		KS_TRY(ks_block_like(publish->from, old[i], &def));
		ks_buf_uleb(raw, ids[i] - (i ? ids[i - 1] : 0));
		ks_buf_uleb(raw, def.bytes.len);
		ks_buf_bytes(raw, def.bytes.at, def.bytes.len);
	}
	return ks_buf_error(raw);
}

struct ks_error *ks_publish_common_end(struct ks_publish *publish, struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf names = { 0 };
	uint64_t *ids = publish->common_ids.at;
	size_t nr = ks_sort_distinct(ids, publish->common_ids.len);
	_cleanup_free_ uint64_t *old = old_ids(publish, ids, nr);
	if (!old)
		return &ks_nomem;
	KS_TRY(put_names(publish, &names));
	ks_buf_uleb(out, names.len);
	ks_buf_bytes(out, names.at, names.len);
	return put_definitions(publish, ids, old, nr, out);
}
