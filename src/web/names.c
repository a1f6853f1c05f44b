/* SPDX-License-Identifier: BSD-2-Clause */
/* All names of a state of the store, kept for searching: walking over the store's lists takes far longer than looking. */
#include <stdlib.h>

#include "api/lookup.h"
#include "web/private.h"

/** Names on their way. */
struct keeping {
	struct ks_web_names *names;
	size_t nr_images;
};
static struct ks_error *keep(const struct ks_store_name *name, void *arg)
{
	const struct keeping *keeping = arg;
	struct ks_web_names *names = keeping->names;
	if (!name->nr_images)
		return NULL;
	for (size_t i = 0; i < keeping->nr_images; i++)
		names->nr[i][name->kind] += name->in[i / 64] >> i % 64 & 1;
	const struct ks_web_hit hit = { name->kind, ks_arena_strdup(&names->arena, name->name),
					name->nr_images, ks_web_pairs(name->name) };
	return hit.name && ks_vector_add(&names->all, hit) ? NULL : &ks_nomem;
}

uint64_t ks_web_pairs(const char *text)
{
	uint64_t pairs = 0;
	for (; text[0] && text[1]; text++)
		pairs |= 1ull << (((uint8_t)text[0] * 7u + (uint8_t)text[1]) & 63);
	return pairs;
}

bool ks_web_names_have(const struct ks_web_names *names, enum ks_kind kind, const char *name)
{
	size_t from = 0, to = names->all.len;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct ks_web_hit *hit = &names->all.at[middle];
		int order =
			hit->kind != kind ? (hit->kind < kind ? -1 : 1) : strcmp(hit->name, name);
		if (!order)
			return true;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

void ks_web_names_near(const struct ks_web_names *names, enum ks_kind kind, const char *word,
		       struct ks_suggestions *ret)
{
	struct ks_suggesting suggesting;
	if (!ks_suggesting_begin(&suggesting, word, ret))
		return;
	for (size_t i = 0; i < names->all.len; i++) {
		const struct ks_web_hit *hit = &names->all.at[i];
		if (kind == KS_NR_KINDS || hit->kind == kind)
			ks_suggesting_take(&suggesting, hit->kind, hit->name, hit->nr_images);
	}
}

struct ks_error *ks_web_unknown(struct ks_web_call *call, enum ks_kind kind, const char *name)
{
	const struct ks_store_images *images = &call->web->sel.images;
	_cleanup_buf_ struct ks_buf hint = { 0 };
	const struct ks_web_names *names;
	if (kind == KS_FIELD) // the list has none
		return ks_lookup_unknown(call->web->store, images, kind, name);
	KS_TRY(ks_web_names(call->web, &names));
	for (enum ks_kind other = 0; kind != KS_NR_KINDS && other < KS_FIELD; other++)
		if (other != kind && ks_web_names_have(names, other, name))
			ks_lookup_other_kind(other, &hint);
	if (!hint.len) {
		ks_web_names_near(names, kind, name, &call->near);
		ks_suggest_say(images, kind, &call->near, &hint);
	}
	return ks_lookup_absent(images->nr, kind, name, &hint);
}

void ks_web_names_free(struct ks_web_names *names)
{
	if (!names)
		return;
	free(names->nr);
	ks_vector_deinit(&names->all);
	ks_arena_deinit(&names->arena);
	free(names);
}

static struct ks_error *read_names(struct ks_web *web, struct ks_web_names *names)
{
	const struct keeping keeping = { names, web->sel.images.nr };
	names->nr = calloc(keeping.nr_images + 1, sizeof(*names->nr));
	if (!names->nr)
		return &ks_nomem;
	return ks_store_names(web->store, &web->sel.images, KS_NR_KINDS, NULL, keep,
			      (void *)&keeping);
}

struct ks_error *ks_web_names(struct ks_web *web, const struct ks_web_names **ret)
{
	if (!web->names) {
		struct ks_web_names *names = calloc(1, sizeof(*names));
		struct ks_error *err = names ? read_names(web, names) : &ks_nomem;
		if (err) {
			ks_web_names_free(names);
			return err;
		}
		web->names = names;
	}
	*ret = web->names;
	return NULL;
}
