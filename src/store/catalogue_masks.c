/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which names of a row of a catalogue each image has. Neighbours mostly have the same, so it is kept for runs of images: as words
 * of 64 bits, the number of runs, the first image of each, and the masks of each.
 */
#include "base/array.h"
#include "store/catalogue.h"

enum { MASKS_MOST = 1 << 24 };

/** Mark the images at which a name comes and goes. @param flips a mask for each image, and one more */
static struct ks_error *flip(struct ks_cursor record, uint64_t *flips, size_t words, uint32_t name,
			     size_t nr_images)
{
	struct ks_catalogue_holders holders = ks_catalogue_holders_of(record, nr_images);
	uint64_t bit = (uint64_t)1 << name % 64;
	while (ks_catalogue_holders_next(&holders)) {
		flips[holders.from * words + name / 64] ^= bit;
		flips[holders.to * words + name / 64] ^= bit;
	}
	return holders.record.why ? ks_store_damaged(holders.record.why) : NULL;
}

/** Where an image has others than the one before. */
static bool begins_run(const uint64_t *flips, size_t words, size_t image)
{
	bool begins = image == 0;
	for (size_t w = 0; w < words; w++)
		begins = begins || flips[image * words + w];
	return begins;
}

/** Lay the runs out in catalogue->made_masks. */
static struct ks_error *gather(struct ks_catalogue *catalogue, size_t words)
{
	const uint64_t *flips = catalogue->flips.at;
	size_t nr = 0, nr_images = catalogue->images.nr;
	for (size_t i = 0; i < nr_images; i++)
		nr += begins_run(flips, words, i);
	catalogue->made_masks.len = 0;
	if (!ks_vector_reserve(&catalogue->made_masks, 1 + nr * (1 + words)))
		return &ks_nomem;
	uint64_t *at = catalogue->made_masks.at;
	catalogue->made_masks.len = 1 + nr * (1 + words);
	*at++ = nr;
	uint64_t *mask = at + nr;
	for (size_t i = 0; i < nr_images; i++) {
		if (!begins_run(flips, words, i))
			continue;
		*at++ = i;
		for (size_t w = 0; w < words; w++)
			mask[w] = flips[i * words + w] ^
				  (i ? mask[(ptrdiff_t)w - (ptrdiff_t)words] : 0);
		mask += words;
	}
	return NULL;
}

static struct ks_error *make(struct ks_catalogue *catalogue, const struct ks_catalogue_chunk *chunk)
{
	size_t nr_images = catalogue->images.nr, words = ks_catalogue_words(chunk->nr);
	if (words > MASKS_MOST / (nr_images + 1))
		return ks_store_damaged("impossible number of names in a row");
	catalogue->flips.len = 0;
	if (!ks_vector_reserve(&catalogue->flips, (nr_images + 1) * words + 1))
		return &ks_nomem;
	memset(catalogue->flips.at, 0, (nr_images + 1) * words * sizeof(uint64_t));
	struct ks_catalogue_chunk walk = *chunk;
	for (uint32_t i = 0; i < chunk->nr; i++) {
		struct ks_cursor record;
		KS_TRY(ks_catalogue_record(&walk, &record));
		KS_TRY(flip(record, catalogue->flips.at, words, i, nr_images));
	}
	return gather(catalogue, words);
}

/** The last run that begins at an image or before it. */
static size_t run_of(const uint64_t *masks, uint64_t image)
{
	return KS_FIRST_NOT(1, (size_t)masks[0], i, masks[1 + i] <= image) - 1;
}

struct ks_error *ks_catalogue_mask(struct ks_store *store, size_t row, uint64_t image,
				   struct ks_catalogue_chunk *chunk, const uint64_t **ret)
{
	struct ks_catalogue *catalogue;
	struct ks_bytes kept;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	if (image >= catalogue->images.nr)
		return ks_store_damaged("impossible number of images");
	KS_TRY(ks_catalogue_chunk(store, row, chunk));
	if (ks_cache_get(&store->kept_columns, (int64_t)row, &kept)) {
		catalogue->masks = kept.at;
	} else {
		KS_TRY(make(catalogue, chunk));
		catalogue->masks = catalogue->made_masks.at;
		kept.at = catalogue->masks;
		kept.len = catalogue->made_masks.len * sizeof(uint64_t);
		ks_cache_put(&store->kept_columns, (int64_t)row, kept);
	}
	const uint64_t *masks = catalogue->masks;
	*ret = masks + 1 + masks[0] + run_of(masks, image) * ks_catalogue_words(chunk->nr);
	return NULL;
}

uint64_t ks_catalogue_mask_like(const struct ks_catalogue *catalogue,
				const struct ks_catalogue_chunk *chunk, const uint64_t *mask)
{
	size_t words = ks_catalogue_words(chunk->nr), run = 0;
	const uint64_t *masks = catalogue->masks, *at = masks + 1 + masks[0];
	while (at != mask && memcmp(at, mask, words * sizeof(*at)) != 0) {
		at += words;
		run++;
	}
	return masks[1 + run];
}
