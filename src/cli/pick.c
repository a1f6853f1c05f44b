/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/pick.h"

#include <ctype.h>
#include <string.h>

/** The text begins with the word, which does not end inside a number or a word of it. */
static bool begins(const char *text, const char *word)
{
	size_t len = strlen(word);
	return text && len && strncmp(text, word, len) == 0 &&
	       !(isalnum((unsigned char)text[len]) && isalnum((unsigned char)word[len - 1]));
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/** How well an image fits: 0 not at all. */
static int fit(const struct ks_session *session, const struct ks_image *image, const char *word)
{
	if (!begins(image->label, word) && !begins(image->release, word) &&
	    !begins(image->version, word))
		return 0;
	const struct ks_groups *groups = session->sel.groups;
	if (groups->base >= groups->nr_images)
		return 1;
	const struct ks_image *base = groups->images[groups->base];
	return 1 + same(image->arch, base->arch) + same(image->flavor, base->flavor);
}

struct ks_error *ks_pick_image(const struct ks_session *session, const char *word,
			       const struct ks_store_image **ret, bool *ret_exact)
{
	const struct ks_store_images *images = &session->sel.images;
	const struct ks_store_image *best = NULL;
	int best_fit = 0;
	for (size_t i = 0; i < images->nr; i++) {
		const struct ks_image *image = &images->at[i]->image;
		bool exact = strcmp(image->label, word) == 0;
		int fits = exact ? INT32_MAX : fit(session, image, word);
		if (!fits || fits < best_fit)
			continue;
		best = images->at[i]; // of those that fit alike, the newest comes last
		best_fit = fits;
	}
	if (!best)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "no image is called '%s'; 'ksurf images' lists them", word);
	*ret = best;
	*ret_exact = best_fit == INT32_MAX;
	return NULL;
}
