/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/suggest.h"

#include <string.h>

#include "base/edit_distance.h"
#include "surface/image.h"

enum { MAX_LEN = 96, NR_BEST = 4 };

/** The best names so far, nearest first; of equals the one that more images have. */
struct best {
	const char *wanted;
	size_t len;
	unsigned int limit;
	size_t nr;
	struct {
		unsigned int score;
		size_t nr_images;
		char name[MAX_LEN + 1];
	} at[NR_BEST];
};

static struct ks_error *consider(const struct ks_store_name *name, void *arg)
{
	struct best *best = arg;
	size_t len = strlen(name->name);
	if (len > MAX_LEN)
		return NULL;
	unsigned int score = ks_edit_distance(best->wanted, name->name, best->limit);
	const char *inside = score > best->limit ? strstr(name->name, best->wanted) : NULL;
	if (inside) // a name that only adds to the wanted one is near too, but not as near
		score = best->limit + (inside == name->name ? 1 : 2);
	else if (score > best->limit)
		return NULL;
	for (size_t i = 0; i < best->nr; i++)
		if (strcmp(best->at[i].name, name->name) == 0)
			return NULL; // of another kind
	size_t i = best->nr;
	while (i > 0 &&
	       (score < best->at[i - 1].score ||
		(score == best->at[i - 1].score && name->nr_images > best->at[i - 1].nr_images)))
		i--;
	if (i == NR_BEST)
		return NULL;
	best->nr += best->nr < NR_BEST;
	memmove(&best->at[i + 1], &best->at[i], (best->nr - 1 - i) * sizeof(best->at[0]));
	best->at[i].score = score;
	best->at[i].nr_images = name->nr_images;
	memcpy(best->at[i].name, name->name, len + 1);
	return NULL;
}

/** No image can tell of the kind: a name that is not found says nothing then. */
static bool nobody_tells(const struct ks_session *session, enum ks_kind kind)
{
	uint32_t bit = KS_KNOWS(kind == KS_FIELD ? KS_STRUCT : kind);
	for (size_t i = 0; i < session->sel.images.nr; i++)
		if (session->sel.images.at[i]->known & bit)
			return false;
	return true;
}

/** Some image has functions without telling of those that are inlined everywhere. */
static bool some_blind(const struct ks_session *session)
{
	for (size_t i = 0; i < session->sel.images.nr; i++)
		if (!ks_image_tells_inline(&session->sel.images.at[i]->image))
			return true;
	return false;
}

const char ks_module_hint[] = "; it may be in a module: ksurf add --modules all PACKAGE";

bool ks_may_be_in_module(const struct ks_session *session, enum ks_kind kind)
{
	enum { NEVER = KS_KNOWS(KS_SYSCALL) | KS_KNOWS(KS_LSM) | KS_KNOWS(KS_CONFIG) };
	if (kind != KS_NR_KINDS && (NEVER & KS_KNOWS(kind)))
		return false;
	for (size_t i = 0; i < session->sel.images.nr; i++)
		if (session->sel.images.at[i]->image.tier != KS_TIER_IMPORTED &&
		    !session->sel.images.at[i]->modules)
			return true;
	return false;
}

struct ks_error *ks_suggest(struct ks_session *session, enum ks_kind kind, const char *name,
			    struct ks_buf *out)
{
	struct best best = { .wanted = name, .len = strlen(name) };
	if (kind != KS_NR_KINDS && nobody_tells(session, kind)) {
		ks_buf_printf(out, "; none of them can tell any %s", ks_kinds[kind].name);
		return NULL;
	}
	best.limit = best.len < 8 ? 1 : best.len < 16 ? 2 : 3;
	if (best.len >= 3)
		KS_TRY(ks_store_names(session->store, &session->sel.images, kind, NULL, consider,
				      &best));
	for (size_t i = 0; i < best.nr; i++)
		ks_buf_printf(out, "%s%s", i ? ", " : "; did you mean ", best.at[i].name);
	if (best.nr)
		ks_buf_char(out, '?');
	else if (kind == KS_FUNCTION && some_blind(session))
		ks_buf_str(out, "; without debug information nobody knows what is inlined "
				"everywhere");
	if (ks_may_be_in_module(session, kind))
		ks_buf_str(out, ks_module_hint);
	return NULL;
}
