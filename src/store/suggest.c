/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/suggest.h"

#include <limits.h>
#include <string.h>

#include "base/edit_distance.h"
#include "surface/image.h"

bool ks_suggesting_begin(struct ks_suggesting *suggesting, const char *wanted,
			 struct ks_suggestions *ret)
{
	size_t len = strlen(wanted);
	*suggesting = (struct ks_suggesting){ .wanted = wanted, .found = ret };
	suggesting->limit = ks_edit_slips(len);
	ret->nr = 0;
	// what is much longer than any suggestion is near none, and comparing it takes long
	return len >= 3 && len <= KS_SUGGESTION_MAX + suggesting->limit;
}

/** How near a name is; UINT_MAX: it is not. */
static unsigned int score_of(const struct ks_suggesting *suggesting, const char *name)
{
	unsigned int limit = suggesting->limit;
	unsigned int score = ks_edit_distance(suggesting->wanted, name, limit);
	if (score <= limit)
		return score;
	// a name that only adds to the wanted one is near too, but not as near
	const char *inside = strstr(name, suggesting->wanted);
	return inside ? limit + (inside == name ? 1 : 2) : UINT_MAX;
}

void ks_suggesting_take(struct ks_suggesting *suggesting, enum ks_kind kind, const char *name,
			size_t nr_images)
{
	struct ks_suggestions *found = suggesting->found;
	unsigned int *scores = suggesting->scores;
	size_t len = strlen(name);
	unsigned int score = len <= KS_SUGGESTION_MAX ? score_of(suggesting, name) : UINT_MAX;
	if (score == UINT_MAX)
		return;
	for (size_t i = 0; i < found->nr; i++)
		if (strcmp(found->at[i].name, name) == 0)
			return; // of another kind
	size_t i = found->nr;
	while (i > 0 && (score < scores[i - 1] ||
			 (score == scores[i - 1] && nr_images > found->at[i - 1].nr_images)))
		i--;
	if (i == KS_NR_SUGGESTIONS)
		return;
	found->nr += found->nr < KS_NR_SUGGESTIONS;
	size_t behind = found->nr - 1 - i;
	memmove(&found->at[i + 1], &found->at[i], behind * sizeof(found->at[0]));
	memmove(&scores[i + 1], &scores[i], behind * sizeof(scores[0]));
	scores[i] = score;
	found->at[i].kind = kind;
	found->at[i].nr_images = nr_images;
	memcpy(found->at[i].name, name, len + 1);
}

static bool is_near(enum ks_kind kind, const char *name, void *arg)
{
	const struct ks_suggesting *suggesting = arg;
	(void)kind;
	return strlen(name) <= KS_SUGGESTION_MAX && score_of(suggesting, name) != UINT_MAX;
}

static struct ks_error *consider(const struct ks_store_name *name, void *arg)
{
	ks_suggesting_take(arg, name->kind, name->name, name->nr_images);
	return NULL;
}

struct ks_error *ks_suggest_names(struct ks_store *store, const struct ks_store_images *images,
				  enum ks_kind kind, const char *name, struct ks_suggestions *ret)
{
	struct ks_suggesting suggesting;
	if (!ks_suggesting_begin(&suggesting, name, ret))
		return NULL;
	const struct ks_store_near near = { name, suggesting.limit, is_near };
	return ks_store_names_near(store, images, kind, &near, consider, &suggesting);
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

void ks_suggest_say(const struct ks_store_images *images, enum ks_kind kind,
		    const struct ks_suggestions *found, struct ks_buf *out)
{
	if (kind != KS_NR_KINDS && nobody_tells(images, kind)) {
		ks_buf_printf(out, "; none of them can tell any %s", ks_kinds[kind].name);
		return;
	}
	for (size_t i = 0; i < found->nr; i++)
		ks_buf_printf(out, "%s%s", i ? ", " : "; did you mean ", found->at[i].name);
	if (found->nr)
		ks_buf_char(out, '?');
	else if (kind == KS_FUNCTION && some_blind(images))
		ks_buf_str(out, "; without debug information nobody knows what is inlined "
				"everywhere");
	if (ks_may_be_in_module(images, kind))
		ks_buf_str(out, ks_module_hint);
}

struct ks_error *ks_suggest(struct ks_store *store, const struct ks_store_images *images,
			    enum ks_kind kind, const char *name, struct ks_buf *out)
{
	struct ks_suggestions found = { 0 };
	if (kind == KS_NR_KINDS || !nobody_tells(images, kind))
		KS_TRY(ks_suggest_names(store, images, kind, name, &found));
	ks_suggest_say(images, kind, &found, out);
	return NULL;
}
