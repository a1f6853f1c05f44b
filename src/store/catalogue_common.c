/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that nearly every question comes to: a catalogue has them, and their definitions, in its head once more. */
#include "store/catalogue.h"
#include "store/names.h"

/** Definitions, kept as if they had been read from their blocks. */
static struct ks_error *keep_definitions(struct ks_store *store, struct ks_cursor *c)
{
	uint64_t nr = ks_catalogue_count(c), id = 0;
	for (uint64_t i = 0; i < nr && !c->why; i++) {
		id += ks_cursor_uleb(c);
		uint64_t len = ks_cursor_uleb(c);
		struct ks_bytes bytes = { ks_cursor_take(c, len), (size_t)len }, kept;
		if (bytes.at && !ks_cache_get(&store->kept_defs, (int64_t)id, &kept))
			ks_cache_put(&store->kept_defs, (int64_t)id, bytes);
	}
	return c->why ? ks_store_damaged(c->why) : NULL;
}

struct ks_error *ks_catalogue_get_common(struct ks_store *store, struct ks_catalogue *catalogue,
					 struct ks_bytes all)
{
	struct ks_cursor c = ks_cursor_over(all.at, all.len, false);
	if (!all.len)
		return NULL;
	uint64_t len = ks_cursor_uleb(&c);
	struct ks_bytes raw = { ks_cursor_take(&c, len), (size_t)len };
	if (c.why)
		return ks_store_damaged(c.why);
	KS_TRY(ks_catalogue_chunk_of(raw, &catalogue->common_names));
	return keep_definitions(store, &c);
}

struct ks_error *ks_catalogue_common(struct ks_catalogue *catalogue, const char *list,
				     const char *name, bool *ret_found, struct ks_cursor *ret)
{
	struct ks_catalogue_chunk chunk = catalogue->common_names;
	_cleanup_buf_ struct ks_buf key = { 0 };
	*ret_found = false;
	if (!chunk.nr)
		return NULL;
	ks_buf_printf(&key, "%s %s", list, name);
	const char *text = ks_buf_text(&key);
	if (!text)
		return &ks_nomem;
	int64_t at = ks_segment_names_find(chunk.names, text);
	for (int64_t i = 0; i <= at; i++)
		KS_TRY(ks_catalogue_record(&chunk, ret));
	*ret_found = at >= 0;
	return NULL;
}
