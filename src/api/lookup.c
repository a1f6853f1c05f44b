/* SPDX-License-Identifier: BSD-2-Clause */
#include "api/lookup.h"

#include <string.h>

#include "store/suggest.h"

struct ks_error *ks_lookup_history(struct ks_store *store, const struct ks_store_images *images,
				   enum ks_kind kind, const char *name, struct ks_arena *arena,
				   struct ks_history *ret)
{
	KS_TRY(ks_store_history(store, images, kind, name, arena, ret));
	return ks_history_join_modules(images, arena, ret);
}

bool ks_lookup_may_be(enum ks_kind kind, const char *name)
{
	return (kind == KS_FIELD) == (strstr(name, "::") != NULL);
}

void ks_lookup_other_kind(enum ks_kind kind, struct ks_buf *hint)
{
	ks_buf_printf(hint, "%s%s", hint->len ? ", " : "; it is the name of a ",
		      ks_kinds[kind].name);
}

struct ks_error *ks_lookup_absent(size_t nr_images, enum ks_kind kind, const char *name,
				  struct ks_buf *hint)
{
	const char *text = ks_buf_text(hint);
	return ks_error_new(KS_ERR_NOTFOUND, "no %s '%s' in %zu image%s%s",
			    kind == KS_NR_KINDS ? "name" : ks_kinds[kind].name, name, nr_images,
			    nr_images == 1 ? "" : "s", text ? text : "");
}

/** Append the other kinds that have the name; nothing when there is none. */
static struct ks_error *other_kinds(struct ks_store *store, const struct ks_store_images *images,
				    enum ks_kind but, const char *name, struct ks_buf *out)
{
	struct ks_store_want wants[KS_NR_KINDS]; // at once, when the store is far
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++)
		wants[kind] = (struct ks_store_want){ kind, name, false };
	KS_TRY(ks_store_want(store, images, wants, KS_FIELD));
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		struct ks_history history;
		if (kind == but)
			continue;
		KS_TRY(ks_lookup_history(store, images, kind, name, &arena, &history));
		if (ks_history_present(&history))
			ks_lookup_other_kind(kind, out);
	}
	return NULL;
}

struct ks_error *ks_lookup_unknown(struct ks_store *store, const struct ks_store_images *images,
				   enum ks_kind kind, const char *name)
{
	_cleanup_buf_ struct ks_buf hint = { 0 };
	if (kind != KS_NR_KINDS)
		KS_TRY(other_kinds(store, images, kind, name, &hint));
	if (!hint.len)
		KS_TRY(ks_suggest(store, images, kind, name, &hint));
	return ks_lookup_absent(images->nr, kind, name, &hint);
}
