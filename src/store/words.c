/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/words.h"

#include <fnmatch.h>
#include <string.h>

#include "base/buf.h"
#include "base/edit_distance.h"
#include "source/net/sets.h"

enum { NAMED_MAX = 8 }; // sets that an error names

/** What the table of sets calls it; else what the images may. */
static struct ks_error *name_set(struct ks_arena *arena, struct ks_image_word *word)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	struct ks_set_wish wish;
	KS_TRY(ks_sets_load(&sets));
	struct ks_error *err = ks_sets_find(&sets, word->text, &wish);
	ks_error_free(err);
	if (err)
		return NULL;
	word->set.name = ks_arena_strdup(arena, wish.set->name);
	if (!word->set.name)
		return &ks_nomem;
	word->set.name_len = strlen(word->set.name);
	const char *usual = wish.set->flavour;
	if (usual && strlen(usual) == wish.flavour_len && wish.flavour_len &&
	    memcmp(usual, wish.flavour, wish.flavour_len) == 0)
		word->set.flavour_len = 0;
	return NULL;
}

struct ks_error *ks_image_word_read(struct ks_arena *arena, const char *text, size_t len,
				    struct ks_image_word *ret)
{
	*ret = (struct ks_image_word){ .text = ks_arena_strndup(arena, text, len) };
	if (!ret->text)
		return &ks_nomem;
	ret->is_set = memchr(text, ':', len) != NULL;
	if (!ret->is_set)
		return NULL;
	ks_set_name_read(ret->text, len, &ret->set);
	return name_set(arena, ret);
}

bool ks_image_word_fits(const struct ks_image_word *word, const struct ks_image *image)
{
	if (strcmp(word->text, image->label) == 0)
		return true;
	return word->is_set ? ks_image_is_of_set(image, &word->set)
			    : fnmatch(word->text, image->label, 0) == 0;
}

/* ---- a word that means none ---- */

/** The sets that there are images of, each once. */
static void list_sets(const struct ks_store_images *images, struct ks_buf *out)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const char *all = NULL;
	for (size_t i = 0; i < images->nr; i++)
		if (!ks_image_sets_join(&arena, all, images->at[i]->image.sets, &all))
			return;
	struct ks_set_name set;
	size_t nr = 0;
	for (const char *at = all, *one = at; ks_image_sets_next(&at, &set); one = at, nr++)
		if (nr < NAMED_MAX)
			ks_buf_printf(out, "%s%.*s", nr ? ", " : "", (int)strcspn(one, ","), one);
	if (nr > NAMED_MAX)
		ks_buf_str(out, ", …");
}

static struct ks_error *no_image_of_set(const struct ks_image_word *word,
					const struct ks_store_images *images)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	_cleanup_buf_ struct ks_buf here = { 0 };
	struct ks_set_wish wish;
	KS_TRY(ks_sets_load(&sets));
	struct ks_error *err = ks_sets_find(&sets, word->text, &wish);
	if (err)
		return err;
	list_sets(images, &here);
	const char *text = here.len ? ks_buf_text(&here) : NULL;
	return ks_error_new(KS_ERR_NOTFOUND,
			    "no image is known to be of '%s'; 'ksurf pull %s' brings one%s%s",
			    word->text, word->text, text ? "; here are " : "", text ? text : "");
}

struct ks_error *ks_image_word_unknown(const struct ks_image_word *word,
				       const struct ks_store_images *images)
{
	struct ks_near_word near = ks_near_word_of(word->text);
	if (word->is_set)
		return no_image_of_set(word, images);
	if (strpbrk(word->text, "*?["))
		return ks_error_new(KS_ERR_NOTFOUND, "no image matches '%s'", word->text);
	for (size_t i = 0; i < images->nr; i++)
		ks_near_word_see(&near, images->at[i]->image.label);
	return ks_error_new(KS_ERR_NOTFOUND, "no image is called '%s'%s; 'ksurf images' lists them",
			    word->text, ks_near_word_hint(&near));
}
