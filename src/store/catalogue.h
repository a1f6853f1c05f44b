/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A catalogue: what a store says of names, laid out by names and not by images; docs/catalogue.md has the format. It is made
 * once (ks_store_publish()) and read by the functions of layout.h. Inside store/ only.
 */
#include "store/layout.h"

/** Names of one row, unless more stand under one name. */
enum { KS_CATALOGUE_NAMES = 64 };
/** Rows of symbols, and in format 1 of any list, that stand where all lists do. */
enum { KS_CATALOGUE_INLINE = 256 };
/** What the list of all names of symbol tables is called: beside those of ks_list_name(). */
#define KS_CATALOGUE_SYMBOLS "symbol"
/** And that of what BTF says of names beyond their declarations. */
#define KS_CATALOGUE_FORMS "form"
/** What forms are called in it. @param module in whose BTF; NULL: of the kernel */
void ks_catalogue_form_key(struct ks_buf *out, enum ks_kind kind, const char *module,
			   const char *name);
/** Whether the file has that list: those of before have not. */
KS_MUST_CHECK struct ks_error *ks_catalogue_has_forms(struct ks_store *store, bool *ret);
/** Keys of the rows of table head. */
#define KS_CATALOGUE_HEAD_FIRST "first"	  // images, lists and common names
#define KS_CATALOGUE_HEAD_IMAGES "images" // of format 1
#define KS_CATALOGUE_HEAD_LISTS "lists"	  // of format 1
#define KS_CATALOGUE_HEAD_ROWS "rows."	  // and the name of a list with too many rows for it
#define KS_CATALOGUE_HEAD_CONTENT "content"

/** One row of table names. */
struct ks_catalogue_row {
	const char *first; // name
	uint64_t before;   // names of its list in rows before it
	uint32_t nr;	   // names
};
struct ks_catalogue_list {
	const char *name;
	size_t from, nr;		     // its rows: row i of it has the id from + i + 1
	const struct ks_catalogue_row *rows; // NULL until they are asked for
};

/** A row of table names, taken apart. */
struct ks_catalogue_chunk {
	struct ks_bytes names; // one behind the other, each with a NUL
	uint32_t nr;
	uint64_t base;		  // the ids count from it
	struct ks_cursor lengths; // of the records
	struct ks_cursor records;
};

/** A name that was asked for. */
struct ks_catalogue_name {
	struct ks_buf list, name;
	bool found;
	size_t row;  // in table names, counted from 0; of a name of the head KS_CATALOGUE_NO_ROW
	uint64_t at; // which of its names
	uint64_t in_list;     // the same, counted over the list
	uint64_t base;	      // the ids count from it
	struct ks_buf record; // what the images say of it
};
#define KS_CATALOGUE_NO_ROW SIZE_MAX
/** Names that are asked for in turn, image by image. */
enum { KS_CATALOGUE_LAST = 8 };

struct ks_catalogue {
	struct ks_arena arena;
	struct ks_store_images images; // number i has the id i + 1
	KS_VECTOR(struct ks_catalogue_list) lists;
	bool indexed; // it has trigrams: not of format 1
	/** Which names of the last row each image has: kept in the store's cache of columns, or here. catalogue_masks.c */
	const uint64_t *masks;
	KS_VECTOR(uint64_t) made_masks, flips;
	/** Images that are asked for, counted from 0 and sorted, and room for what a row says of them. catalogue_sheet.c */
	KS_VECTOR(uint64_t) expected, sheet_room;
	struct ks_buf made_sheet;
	/** The last row of places. */
	uint64_t place_first, place_nr;
	struct ks_buf place;
	KS_VECTOR(struct ks_cursor) records; // of its names
	struct ks_buf unpacked;		     // of the last row of names that is too long to be kept
	char *first;			     // what ks_run_row.first points to
	struct ks_buf first_row;	     // of the head
	struct ks_catalogue_chunk common_names; // in it: those that nearly every question comes to
	struct ks_catalogue_name last[KS_CATALOGUE_LAST]; // that were asked for
	size_t nr_looked_up;
};
void ks_catalogue_free(struct ks_catalogue *catalogue); // NULL is allowed

/** What is known of the catalogue, read when it is first asked for. */
KS_MUST_CHECK struct ks_error *ks_catalogue_get(struct ks_store *store, struct ks_catalogue **ret);
/** A list with its rows; *ret is NULL when there is none of that name. */
KS_MUST_CHECK struct ks_error *ks_catalogue_list(struct ks_store *store, const char *name,
						 const struct ks_catalogue_list **ret);

/** The row of a list in which a name would stand; -1: before all of them. */
int64_t ks_catalogue_row_of(const struct ks_catalogue_list *list, const char *name);

/** @param raw bytes of a row */
KS_MUST_CHECK struct ks_error *ks_catalogue_chunk_of(struct ks_bytes raw,
						     struct ks_catalogue_chunk *ret);
/** @param index of the row @param ret points into bytes that last until the store is forgotten or another row is asked for */
KS_MUST_CHECK struct ks_error *ks_catalogue_chunk(struct ks_store *store, size_t index,
						  struct ks_catalogue_chunk *ret);
/** Look a name up, the first of equal ones. @param[out] ret valid until the next */
KS_MUST_CHECK struct ks_error *ks_catalogue_look_up(struct ks_store *store, const char *list,
						    const char *name,
						    const struct ks_catalogue_name **ret);
/** Take the common names apart, and keep their definitions. @param all empty: there are none */
KS_MUST_CHECK struct ks_error *ks_catalogue_get_common(struct ks_store *store,
						       struct ks_catalogue *catalogue,
						       struct ks_bytes all);
/** The record of a name of the head. */
KS_MUST_CHECK struct ks_error *ks_catalogue_common(struct ks_catalogue *catalogue, const char *list,
						   const char *name, bool *ret_found,
						   struct ks_cursor *ret);
/** The record of the next name. */
KS_MUST_CHECK struct ks_error *ks_catalogue_record(struct ks_catalogue_chunk *chunk,
						   struct ks_cursor *ret);
/** A number of things that follow and have bytes; 0 when there are not so many. */
uint64_t ks_catalogue_count(struct ks_cursor *c);
/** An id of a record; 0 stands for none. */
uint64_t ks_catalogue_id(struct ks_cursor *c, uint64_t base);
/** What a record says of an image; false when the image does not have the name. @param record fails when it is damaged */
bool ks_catalogue_value(struct ks_cursor record, uint64_t base, uint64_t image, uint64_t *ret_first,
			uint64_t *ret_second, const char **ret_why);

/** A walk over the images that have a name, runs of which follow each other. */
struct ks_catalogue_holders {
	struct ks_cursor record;
	uint64_t nr_images, at, from, to; // images from the one to before the other have it
};
struct ks_catalogue_holders ks_catalogue_holders_of(struct ks_cursor record, size_t nr_images);
/** The next run; false at the end, and when the record is damaged: then record.why tells. */
bool ks_catalogue_holders_next(struct ks_catalogue_holders *holders);

/** Fetch rows of a table, when the catalogue is on a server. @param ids sorted here */
KS_MUST_CHECK struct ks_error *ks_catalogue_fetch(struct ks_store *store, const char *table,
						  int64_t *ids, size_t nr);

/** Segments and columns are called by a row of table names, counted from 0, and an image. */
enum { KS_CATALOGUE_IMAGE_BITS = 24 };
static inline int64_t ks_catalogue_key(size_t row, uint64_t image)
{
	return (int64_t)((uint64_t)row << KS_CATALOGUE_IMAGE_BITS | image);
}
static inline size_t ks_catalogue_key_row(int64_t key)
{
	return (size_t)((uint64_t)key >> KS_CATALOGUE_IMAGE_BITS);
}
static inline uint64_t ks_catalogue_key_image(int64_t key)
{
	return (uint64_t)key & ((1 << KS_CATALOGUE_IMAGE_BITS) - 1);
}

/**
 * The names of a row that an image has.
 * @param chunk filled, too @param ret bit after bit, valid until another row is asked for
 */
KS_MUST_CHECK struct ks_error *ks_catalogue_mask(struct ks_store *store, size_t row, uint64_t image,
						 struct ks_catalogue_chunk *chunk,
						 const uint64_t **ret);
/** The first image that has the same names of the row. @param mask of the row that was asked for last */
uint64_t ks_catalogue_mask_like(const struct ks_catalogue *catalogue,
				const struct ks_catalogue_chunk *chunk, const uint64_t *mask);

/** What a row says of an image. */
struct ks_catalogue_view {
	struct ks_catalogue_chunk chunk; // of an expected image only the names and their number
	const uint64_t *mask;		 // which of them it has
	uint64_t nr;			 // how many these are
	uint64_t like; // an image that has the same of the row, the same one for all that do
	bool expected;
	struct ks_bytes ids; // of an expected image: columns, as ks_columns_load() gives them
};
/** @param ret valid until another row is asked for */
KS_MUST_CHECK struct ks_error *ks_catalogue_view(struct ks_store *store, size_t row, uint64_t image,
						 struct ks_catalogue_view *ret);
/** How many words a mask of so many names has. */
static inline size_t ks_catalogue_words(uint64_t nr)
{
	return ((size_t)nr + 63) / 64;
}
/** Whether an image has a name of the row. @param mask its own */
static inline bool ks_catalogue_has(const uint64_t *mask, uint32_t name)
{
	return mask[name / 64] >> name % 64 & 1;
}

/* ---- of layout.h ---- */

struct ks_error *ks_catalogue_images(struct ks_store *store, struct ks_arena *arena,
				     struct ks_store_images *ret);
struct ks_error *ks_catalogue_seek(struct ks_store *store, int64_t image, const char *list,
				   const char *name, bool *ret_found, struct ks_row *ret);
struct ks_error *ks_catalogue_next(struct ks_run_walk *list, bool *ret);
struct ks_error *ks_catalogue_names(struct ks_store *store, int64_t segment, struct ks_buf *out);
struct ks_error *ks_catalogue_columns(struct ks_store *store, int64_t id,
				      const struct ks_near *near, struct ks_buf *out);
struct ks_error *ks_catalogue_places(struct ks_store *store, int64_t columns, uint64_t only,
				     struct ks_places **ret);
struct ks_error *ks_catalogue_expect(struct ks_store *store, const struct ks_store_images *images);
struct ks_error *ks_catalogue_moves(struct ks_store *store, int64_t image, struct ks_buf *out);
struct ks_error *ks_catalogue_find(struct ks_store *store, const struct ks_find *find);
struct ks_error *ks_catalogue_symbol(struct ks_store *store, const struct ks_store_image *image,
				     const char *name, bool *ret);

/** The hash of what it says, but for the hash itself. */
KS_MUST_CHECK struct ks_error *ks_catalogue_content(struct ks_store *store, char hex[65]);

/* ---- the images, as bytes ---- */

/** Append all images, column after column. @param images number i gets the id i + 1 */
KS_MUST_CHECK struct ks_error *ks_catalogue_put_images(const struct ks_store_images *images,
						       struct ks_buf *out);
KS_MUST_CHECK struct ks_error *ks_catalogue_get_images(struct ks_cursor *c, struct ks_arena *arena,
						       struct ks_store_images *ret);
