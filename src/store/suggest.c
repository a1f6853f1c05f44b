/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/suggest.h"

#include <string.h>

#include "base/edit_distance.h"
#include "surface/image.h"

/** The best names so far, and the names they belong to. */
struct best {
	const char *wanted;
	unsigned int limit;
	struct ks_suggestions *found;
	unsigned int scores[KS_NR_SUGGESTIONS];
};

static bool is_near(enum ks_kind kind, const char *name, void *arg)
{
	const struct best *best = arg;
	(void)kind;
	return strlen(name) <= KS_SUGGESTION_MAX &&
	       (ks_edit_distance(best->wanted, name, best->limit) <= best->limit ||
		strstr(name, best->wanted));
}

static struct ks_error *consider(const struct ks_store_name *name, void *arg)
{
	struct best *best = arg;
	struct ks_suggestions *found = best->found;
	size_t len = strlen(name->name);
	if (len > KS_SUGGESTION_MAX)
		return NULL;
	unsigned int score = ks_edit_distance(best->wanted, name->name, best->limit);
	const char *inside = score > best->limit ? strstr(name->name, best->wanted) : NULL;
	if (inside) // a name that only adds to the wanted one is near too, but not as near
		score = best->limit + (inside == name->name ? 1 : 2);
	else if (score > best->limit)
		return NULL;
	for (size_t i = 0; i < found->nr; i++)
		if (strcmp(found->at[i].name, name->name) == 0)
			return NULL; // of another kind
	size_t i = found->nr;
	while (i > 0 &&
	       (score < best->scores[i - 1] ||
		(score == best->scores[i - 1] && name->nr_images > found->at[i - 1].nr_images)))
		i--;
	if (i == KS_NR_SUGGESTIONS)
		return NULL;
	found->nr += found->nr < KS_NR_SUGGESTIONS;
	size_t behind = found->nr - 1 - i;
	memmove(&found->at[i + 1], &found->at[i], behind * sizeof(found->at[0]));
	memmove(&best->scores[i + 1], &best->scores[i], behind * sizeof(best->scores[0]));
	best->scores[i] = score;
	found->at[i].kind = name->kind;
	found->at[i].nr_images = name->nr_images;
	memcpy(found->at[i].name, name->name, len + 1);
	return NULL;
}

struct ks_error *ks_suggest_names(struct ks_store *store, const struct ks_store_images *images,
				  enum ks_kind kind, const char *name, struct ks_suggestions *ret)
{
	size_t len = strlen(name);
	struct best best = { .wanted = name, .found = ret };
	ret->nr = 0;
	best.limit = len < 8 ? 1 : len < 16 ? 2 : 3;
	// what is much longer than any suggestion is near none, and comparing it takes long
	if (len < 3 || len > KS_SUGGESTION_MAX + best.limit)
		return NULL;
	const struct ks_store_near near = { name, best.limit, is_near };
	return ks_store_names_near(store, images, kind, &near, consider, &best);
}

/** No image can tell of the kind: a name that is not found says nothing then. */
static bool nobody_tells(const struct ks_store_images *images, enum ks_kind kind)
{
	uint32_t bit = KS_KNOWS(kind == KS_FIELD ? KS_STRUCT : kind);
	for (size_t i = 0; i < images->nr; i++)
		if (images->at[i]->known & bit)
			return false;
	return true;
}

/** Some image has functions without telling of those that are inlined everywhere. */
static bool some_blind(const struct ks_store_images *images)
{
	for (size_t i = 0; i < images->nr; i++)
		if (!ks_image_tells_inline(&images->at[i]->image))
			return true;
	return false;
}

const char ks_module_hint[] = "; it may be in a module: ksurf add --modules all PACKAGE";

bool ks_may_be_in_module(const struct ks_store_images *images, enum ks_kind kind)
{
	if (kind != KS_NR_KINDS && ks_kinds[kind].kernel_only)
		return false;
	for (size_t i = 0; i < images->nr; i++)
		if (images->at[i]->image.tier != KS_TIER_IMPORTED && !images->at[i]->modules)
			return true;
	return false;
}

struct ks_error *ks_suggest(struct ks_store *store, const struct ks_store_images *images,
			    enum ks_kind kind, const char *name, struct ks_buf *out)
{
	struct ks_suggestions found;
	if (kind != KS_NR_KINDS && nobody_tells(images, kind)) {
		ks_buf_printf(out, "; none of them can tell any %s", ks_kinds[kind].name);
		return NULL;
	}
	KS_TRY(ks_suggest_names(store, images, kind, name, &found));
	for (size_t i = 0; i < found.nr; i++)
		ks_buf_printf(out, "%s%s", i ? ", " : "; did you mean ", found.at[i].name);
	if (found.nr)
		ks_buf_char(out, '?');
	else if (kind == KS_FUNCTION && some_blind(images))
		ks_buf_str(out, "; without debug information nobody knows what is inlined "
				"everywhere");
	if (ks_may_be_in_module(images, kind))
		ks_buf_str(out, ks_module_hint);
	return NULL;
}
