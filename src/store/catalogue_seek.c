/* SPDX-License-Identifier: BSD-2-Clause */
/* One name of a catalogue: its row, its record in that, what that says of an image. */
#include "base/array.h"
#include "store/catalogue.h"
#include "store/names.h"

int64_t ks_catalogue_row_of(const struct ks_catalogue_list *list, const char *name)
{
	size_t behind = KS_FIRST_NOT(0, list->nr, i, strcmp(list->rows[i].first, name) <= 0);
	return (int64_t)behind - 1;
}

/** The row that a name would stand in. */
static struct ks_error *look_in_list(struct ks_store *store, struct ks_catalogue_name *last,
				     struct ks_cursor *record)
{
	const struct ks_catalogue_list *list;
	struct ks_catalogue_chunk chunk;
	KS_TRY(ks_catalogue_list(store, last->list.at, &list));
	int64_t row = list ? ks_catalogue_row_of(list, last->name.at) : -1;
	if (row < 0)
		return NULL;
	last->row = list->from + (size_t)row;
	KS_TRY(ks_catalogue_chunk(store, last->row, &chunk));
	int64_t at = ks_segment_names_find(chunk.names, last->name.at);
	last->base = chunk.base;
	for (int64_t i = 0; i <= at; i++)
		KS_TRY(ks_catalogue_record(&chunk, record));
	last->found = at >= 0;
	last->at = last->found ? (uint64_t)at : 0;
	last->in_list = list->rows[row].before + last->at;
	return NULL;
}

static struct ks_error *look_up(struct ks_store *store, struct ks_catalogue *catalogue,
				struct ks_catalogue_name *last)
{
	struct ks_cursor record = ks_cursor_over(NULL, 0, false);
	last->record.len = 0;
	last->base = 0;
	last->row = KS_CATALOGUE_NO_ROW;
	KS_TRY(ks_catalogue_common(catalogue, last->list.at, last->name.at, &last->found, &record));
	if (!last->found)
		KS_TRY(look_in_list(store, last, &record));
	ks_buf_bytes(&last->record, record.base, (size_t)(record.end - record.base));
	return ks_buf_error(&last->record);
}

static bool is_of(const struct ks_catalogue_name *last, const char *list, const char *name)
{
	return last->name.len && strcmp(last->name.at, name) == 0 &&
	       strcmp(last->list.at, list) == 0;
}

struct ks_error *ks_catalogue_look_up(struct ks_store *store, const char *list, const char *name,
				      const struct ks_catalogue_name **ret)
{
	struct ks_catalogue *catalogue;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	for (size_t i = 0; i < KS_CATALOGUE_LAST; i++) {
		*ret = &catalogue->last[i];
		if (is_of(*ret, list, name))
			return NULL;
	}
	struct ks_catalogue_name *last =
		&catalogue->last[catalogue->nr_looked_up++ % KS_CATALOGUE_LAST];
	*ret = last;
	last->list.len = last->name.len = 0;
	ks_buf_strz(&last->list, list);
	ks_buf_strz(&last->name, name);
	struct ks_error *err = ks_buf_error(&last->list);
	if (!err)
		err = ks_buf_error(&last->name);
	if (!err)
		err = look_up(store, catalogue, last);
	if (err)
		last->name.len = 0; // it is not known
	return err;
}

/** Where a name of a row stands among those that the image has. */
static struct ks_error *find_place(struct ks_store *store, size_t row, uint64_t image,
				   uint64_t name, struct ks_row *ret)
{
	struct ks_catalogue_chunk chunk;
	const uint64_t *mask;
	KS_TRY(ks_catalogue_mask(store, row, image, &chunk, &mask));
	ret->columns = ks_catalogue_key(row, image);
	ret->at = 0;
	for (uint32_t i = 0; i < name; i++)
		ret->at += ks_catalogue_has(mask, i);
	return NULL;
}

struct ks_error *ks_catalogue_seek(struct ks_store *store, int64_t image, const char *list,
				   const char *name, bool *ret_found, struct ks_row *ret)
{
	const struct ks_catalogue_name *named;
	const char *why;
	*ret_found = false;
	*ret = (struct ks_row){ 0 };
	KS_TRY(ks_catalogue_look_up(store, list, name, &named));
	if (!named->found)
		return NULL;
	struct ks_cursor record = ks_cursor_over(named->record.at, named->record.len, false);
	*ret_found = ks_catalogue_value(record, named->base, (uint64_t)image - 1, &ret->first,
					&ret->second, &why);
	if (why)
		return ks_store_damaged(why);
	if (!*ret_found || !ret->second || named->row == KS_CATALOGUE_NO_ROW ||
	    strcmp(list, ks_list_name(KS_FUNCTION)) != 0)
		return NULL;
	return find_place(store, named->row, (uint64_t)image - 1, named->at, ret);
}

struct ks_error *ks_catalogue_symbol(struct ks_store *store, const struct ks_store_image *image,
				     const char *name, bool *ret)
{
	struct ks_row row;
	return ks_catalogue_seek(store, image->id, KS_CATALOGUE_SYMBOLS, name, ret, &row);
}

void ks_catalogue_form_key(struct ks_buf *out, enum ks_kind kind, const char *module,
			   const char *name)
{
	ks_buf_printf(out, "%s %s %s", ks_list_name((int)kind), module ? module : "", name);
}

struct ks_error *ks_catalogue_has_forms(struct ks_store *store, bool *ret)
{
	const struct ks_catalogue_list *list;
	KS_TRY(ks_catalogue_list(store, KS_CATALOGUE_FORMS, &list));
	*ret = list != NULL;
	return NULL;
}
