/* SPDX-License-Identifier: BSD-2-Clause */
/* The images of a catalogue: one packed row, for a list of thousands is read before anything else. */
#include "store/catalogue.h"
#include "store/image.h"

struct ks_error *ks_catalogue_put_images(const struct ks_store_images *images, struct ks_buf *out)
{
	ks_buf_uleb(out, images->nr);
	for (size_t field = 0; field < KS_IMAGE_NR_TEXTS; field++)
		for (size_t i = 0; i < images->nr; i++) {
			const char *text = *ks_image_text(&images->at[i]->image, field);
			ks_buf_char(out, text != NULL);
			if (text)
				ks_buf_strz(out, text);
		}
	for (size_t i = 0; i < images->nr; i++) {
		const struct ks_store_image *image = images->at[i];
		ks_buf_strz(out, ks_tier_texts[image->image.tier]);
		KS_TRY(ks_image_put_known(image->known, out));
		ks_buf_char(out, '\0');
		KS_TRY(ks_image_put_facts(image->image.facts, out));
		ks_buf_char(out, '\0');
		ks_buf_uleb(out, image->image.elf_class);
		ks_buf_uleb(out, image->image.big_endian);
		ks_buf_uleb(out, image->symtab_known);
		ks_buf_uleb(out, image->image.nr_modules);
		ks_buf_uleb(out, image->anchor);
	}
	return ks_buf_error(out);
}

static struct ks_error *get_text(struct ks_cursor *c, struct ks_arena *arena, const char **ret)
{
	bool there = ks_cursor_u8(c) != 0;
	const char *text = there ? ks_cursor_str(c) : NULL;
	*ret = text ? ks_arena_strdup(arena, text) : NULL;
	return text && !*ret ? &ks_nomem : NULL;
}

/** The last text and what it says: neighbours mostly have the same. */
struct said {
	const char *text; // NULL: none yet
	uint32_t bits;
};

static uint32_t get_bits(struct ks_cursor *c, struct said *last, uint32_t (*read)(const char *))
{
	const char *text = ks_cursor_str(c);
	if (!last->text || strcmp(last->text, text) != 0)
		*last = (struct said){ text, read(text) };
	return last->bits;
}

static void get_facts(struct ks_cursor *c, struct said last[2], struct ks_store_image *image)
{
	image->image.tier = ks_image_tier_of(ks_cursor_str(c));
	image->known = get_bits(c, &last[0], ks_image_get_known);
	image->image.facts = get_bits(c, &last[1], ks_image_get_facts);
	image->image.elf_class = (uint8_t)ks_cursor_uleb(c);
	image->image.big_endian = ks_cursor_uleb(c) != 0;
	image->symtab_known = ks_cursor_uleb(c) != 0;
	image->image.nr_modules = (uint32_t)ks_cursor_uleb(c);
	image->anchor = ks_cursor_uleb(c);
}

struct ks_error *ks_catalogue_get_images(struct ks_cursor *c, struct ks_arena *arena,
					 struct ks_store_images *ret)
{
	struct said last[2] = { 0 };
	uint64_t nr = ks_cursor_uleb(c);
	if (c->why || nr > (uint64_t)(c->end - c->pos)) // each has bytes
		return ks_store_damaged("impossible number of images");
	struct ks_store_image *images = ks_arena_array(arena, (size_t)nr + 1, sizeof(*images));
	const struct ks_store_image **at = ks_arena_array(arena, (size_t)nr + 1, sizeof(*at));
	if (!images || !at)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		images[i] = (struct ks_store_image){ .id = (int64_t)i + 1 };
		at[i] = &images[i];
	}
	for (size_t field = 0; field < KS_IMAGE_NR_TEXTS; field++)
		for (size_t i = 0; i < nr; i++)
			KS_TRY(get_text(c, arena, ks_image_text(&images[i].image, field)));
	for (size_t i = 0; i < nr; i++) {
		get_facts(c, last, &images[i]);
		if (!images[i].image.label)
			return ks_store_damaged("image without a label");
	}
	*ret = (struct ks_store_images){ .nr = (size_t)nr, .at = at };
	return c->why ? ks_store_damaged(c->why) : NULL;
}
