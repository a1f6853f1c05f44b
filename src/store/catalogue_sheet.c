/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a row of a catalogue says of the few images that a command goes through. A record says it of all images: it is gone through
 * once, what others have is stepped over, and the lists of these images are kept, each as a store has it. So a comparison of two
 * images costs as much in a catalogue of thousands as in one of them.
 */
#include <stdlib.h>

#include "base/sort.h"
#include "store/catalogue.h"

enum {
	IMAGES_MOST = 64,     // that are expected: what is kept of a row grows with them
	CELLS_MOST = 1 << 22, // names times images
};

/** What a sheet has of one image. */
struct sheet_image {
	uint64_t like, nr;	  // as in ks_catalogue_view
	uint64_t ids_at, ids_len; // bytes, counted from those of the first image
};
/** A sheet: this, a sheet_image and a mask for each image, the ids, and the names of the row. */
struct sheet_head {
	uint64_t nr, names_len, ids_len;
};

/** A row while its sheet is made. */
struct making {
	struct ks_catalogue *catalogue;
	const struct ks_catalogue_chunk *chunk;
	size_t nr_images, words;
	struct sheet_image *images;
	uint64_t *masks;
	uint64_t *numbers[2]; // chunk->nr of each image, as many of them as it has names
	uint64_t *picks;      // which value of the record each image has
	struct ks_buf ids;
};

/* ---- which images ---- */

/** Where an expected image stands among those; SIZE_MAX: it is none. */
static size_t expected_at(const struct ks_catalogue *catalogue, uint64_t image)
{
	const uint64_t *found = catalogue->expected.len ? bsearch(&image, catalogue->expected.at,
								  catalogue->expected.len,
								  sizeof(image), ks_compare_numbers)
							: NULL;
	return found ? (size_t)(found - catalogue->expected.at) : SIZE_MAX;
}

struct ks_error *ks_catalogue_expect(struct ks_store *store, const struct ks_store_images *images)
{
	struct ks_catalogue *catalogue;
	bool all = true;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	for (size_t i = 0; i < images->nr; i++)
		all = all && expected_at(catalogue, (uint64_t)images->at[i]->id - 1) != SIZE_MAX;
	if (all)
		return NULL;
	ks_cache_clear(&store->kept_columns); // sheets are of the images that were expected
	catalogue->expected.len = 0;
	if (images->nr > IMAGES_MOST)
		return NULL;
	for (size_t i = 0; i < images->nr; i++)
		if (!ks_vector_add(&catalogue->expected, (uint64_t)images->at[i]->id - 1))
			return &ks_nomem;
	catalogue->expected.len = ks_sort_distinct(catalogue->expected.at, catalogue->expected.len);
	return NULL;
}

/* ---- making a sheet ---- */

/** Which value of a record each image has. @param[out] ret_most the highest */
static struct ks_error *pick(const struct making *making, struct ks_cursor record,
			     uint64_t *ret_most)
{
	const uint64_t *wanted = making->catalogue->expected.at;
	uint64_t nr_images = making->catalogue->images.nr, at = 0;
	size_t i = 0;
	*ret_most = 0;
	while (i < making->nr_images && ks_cursor_more(&record)) {
		uint64_t value = ks_cursor_uleb(&record), run = ks_cursor_uleb(&record);
		if (run >= nr_images - at)
			ks_cursor_fail(&record, "a name has more images than there are");
		if (record.why)
			return ks_store_damaged(record.why);
		at += run + 1;
		if (wanted[i] < at && value > *ret_most)
			*ret_most = value;
		for (; i < making->nr_images && wanted[i] < at; i++)
			making->picks[i] = value;
	}
	for (; i < making->nr_images; i++)
		making->picks[i] = 0;
	return NULL;
}

/** Note for each image what it says of a name. */
static struct ks_error *read_record(struct making *making, uint32_t name, struct ks_cursor record)
{
	uint64_t nr = ks_catalogue_count(&record), most;
	struct ks_cursor values = record;
	ks_cursor_skip_ulebs(&record, 2 * nr);
	if (record.why)
		return ks_store_damaged(record.why);
	KS_TRY(pick(making, record, &most));
	if (most > nr)
		return ks_store_damaged("value of a name that is not there");
	for (uint64_t value = 1; value <= most; value++) {
		uint64_t first = ks_catalogue_id(&values, making->chunk->base);
		uint64_t second = ks_catalogue_id(&values, making->chunk->base);
		for (size_t i = 0; i < making->nr_images; i++) {
			if (making->picks[i] != value)
				continue;
			size_t at = i * making->chunk->nr + making->images[i].nr++;
			making->numbers[0][at] = first;
			making->numbers[1][at] = second;
			making->masks[i * making->words + name / 64] |= (uint64_t)1 << name % 64;
		}
	}
	return values.why ? ks_store_damaged(values.why) : NULL;
}

static bool same_numbers(const struct making *making, size_t a, size_t b)
{
	size_t nr = making->chunk->nr, len = (size_t)making->images[a].nr * sizeof(uint64_t);
	return memcmp(making->numbers[0] + a * nr, making->numbers[0] + b * nr, len) == 0 &&
	       memcmp(making->numbers[1] + a * nr, making->numbers[1] + b * nr, len) == 0;
}

/** The ids of an image as bytes: mostly those of the one before. */
static struct ks_error *lay_out(struct making *making, size_t i)
{
	const uint64_t *masks = making->masks;
	struct sheet_image *image = &making->images[i];
	size_t like = 0, len = making->words * sizeof(*masks);
	while (memcmp(masks + like * making->words, masks + i * making->words, len) != 0)
		like++;
	image->like = making->catalogue->expected.at[like];
	for (size_t k = i; k > like && k-- > 0;) {
		if (making->images[k].like != image->like || !same_numbers(making, i, k))
			continue;
		image->ids_at = making->images[k].ids_at;
		image->ids_len = making->images[k].ids_len;
		return NULL;
	}
	const uint64_t *const numbers[] = { making->numbers[0] + i * making->chunk->nr,
					    making->numbers[1] + i * making->chunk->nr };
	image->ids_at = making->ids.len;
	ks_columns_put_numbers(numbers, (size_t)image->nr, &making->ids);
	image->ids_len = making->ids.len - image->ids_at;
	return ks_buf_error(&making->ids);
}

static struct ks_error *fill(struct making *making)
{
	struct ks_catalogue_chunk walk = *making->chunk;
	for (uint32_t i = 0; i < making->chunk->nr; i++) {
		struct ks_cursor record;
		KS_TRY(ks_catalogue_record(&walk, &record));
		KS_TRY(read_record(making, i, record));
	}
	for (size_t i = 0; i < making->nr_images; i++)
		KS_TRY(lay_out(making, i));
	return NULL;
}

static struct ks_error *put(const struct making *making, struct ks_buf *out)
{
	const struct sheet_head head = { .nr = making->chunk->nr,
					 .names_len = making->chunk->names.len,
					 .ids_len = making->ids.len };
	out->len = 0;
	ks_buf_bytes(out, &head, sizeof(head));
	ks_buf_bytes(out, making->images, making->nr_images * sizeof(*making->images));
	ks_buf_bytes(out, making->masks,
		     making->nr_images * making->words * sizeof(*making->masks));
	ks_buf_bytes(out, making->ids.at, making->ids.len);
	ks_buf_bytes(out, making->chunk->names.at, making->chunk->names.len);
	return ks_buf_error(out);
}

/** Room for the numbers, in one piece that is used again. */
static struct ks_error *make_room(struct making *making)
{
	struct ks_catalogue *catalogue = making->catalogue;
	size_t nr = making->nr_images, cells = nr * making->chunk->nr;
	size_t cleared = nr * (making->words + sizeof(*making->images) / sizeof(uint64_t));
	catalogue->sheet_room.len = 0;
	if (making->chunk->nr > KS_COLUMNS_MAX || cells > CELLS_MOST)
		return ks_store_damaged("impossible number of names in a row");
	if (!ks_vector_reserve(&catalogue->sheet_room, cleared + nr + 2 * cells))
		return &ks_nomem;
	uint64_t *at = catalogue->sheet_room.at;
	memset(at, 0, cleared * sizeof(*at));
	making->images = (struct sheet_image *)at;
	making->masks = at + nr * (sizeof(*making->images) / sizeof(*at));
	making->picks = at + cleared;
	making->numbers[0] = making->picks + nr;
	making->numbers[1] = making->numbers[0] + cells;
	return NULL;
}

static struct ks_error *make(struct ks_store *store, struct ks_catalogue *catalogue, size_t row,
			     struct ks_bytes *ret)
{
	struct ks_catalogue_chunk chunk;
	KS_TRY(ks_catalogue_chunk(store, row, &chunk));
	struct making making = { .catalogue = catalogue,
				 .chunk = &chunk,
				 .nr_images = catalogue->expected.len,
				 .words = ks_catalogue_words(chunk.nr) };
	KS_TRY(make_room(&making));
	struct ks_error *err = fill(&making);
	if (!err)
		err = put(&making, &catalogue->made_sheet);
	ks_buf_deinit(&making.ids);
	*ret = ks_bytes_of(&catalogue->made_sheet);
	return err;
}

/* ---- reading one ---- */

static void view_sheet(const char *sheet, size_t nr_images, size_t at,
		       struct ks_catalogue_view *ret)
{
	const struct sheet_head *head = (const void *)sheet;
	const struct sheet_image *image = (const void *)(head + 1);
	const uint64_t *masks = (const void *)(image + nr_images);
	const char *ids = (const char *)(masks + nr_images * ks_catalogue_words(head->nr));
	image += at;
	*ret = (struct ks_catalogue_view){
		.chunk = { .nr = (uint32_t)head->nr,
			   .names = { ids + head->ids_len, (size_t)head->names_len } },
		.mask = masks + at * ks_catalogue_words(head->nr),
		.expected = true,
		.like = image->like,
		.nr = image->nr,
		.ids = { ids + image->ids_at, (size_t)image->ids_len },
	};
}

/** Of an image that nobody has said to come. */
static struct ks_error *view_mask(struct ks_store *store, size_t row, uint64_t image,
				  struct ks_catalogue_view *ret)
{
	*ret = (struct ks_catalogue_view){ 0 };
	KS_TRY(ks_catalogue_mask(store, row, image, &ret->chunk, &ret->mask));
	ret->like = ks_catalogue_mask_like(store->catalogue, &ret->chunk, ret->mask);
	for (size_t i = 0; i < ks_catalogue_words(ret->chunk.nr); i++)
		ret->nr += (uint64_t)__builtin_popcountll(ret->mask[i]);
	return NULL;
}

struct ks_error *ks_catalogue_view(struct ks_store *store, size_t row, uint64_t image,
				   struct ks_catalogue_view *ret)
{
	struct ks_catalogue *catalogue;
	struct ks_bytes sheet;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	size_t at = expected_at(catalogue, image);
	if (at == SIZE_MAX)
		return view_mask(store, row, image, ret);
	int64_t key = -1 - (int64_t)row; // masks have the other numbers
	if (!ks_cache_get(&store->kept_columns, key, &sheet)) {
		KS_TRY(make(store, catalogue, row, &sheet));
		ks_cache_put(&store->kept_columns, key, sheet);
	}
	view_sheet(sheet.at, catalogue->expected.len, at, ret);
	return NULL;
}
