/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What readers ask a file for, however it is laid out: a store, which grows by images, or a catalogue, which is made once for
 * looking names up. Everything else is read through these.
 */
#include "store/columns.h"
#include "store/places.h"
#include "store/private.h"

/** A run of the sorted names of one list of an image. */
struct ks_run_row {
	int64_t segment;   // for ks_segment_names_load(); equal for equal names
	int64_t columns;   // for ks_columns_load()
	const char *first; // name; valid until the next row
	uint64_t nr;	   // names; of a store only where they are counted
};

/** A walk over these, in the order of names. Zeroed but for what is asked. */
struct ks_run_walk {
	struct ks_store *store;
	int64_t image;
	const char *name;   // of the list, as ks_list_name() calls it
	bool counts;	    // how many names a run has is wanted
	const char *from;   // the run that this name would be in is the first; NULL: all
	sqlite3_stmt *stmt; // of a store
	size_t at;	    // of a catalogue
	struct ks_run_row row;
};

/** What ks_store_names() is asked for. */
struct ks_find {
	const struct ks_store_images *images;
	enum ks_kind kind;
	const char *glob;
	ks_store_wanted_fn *wanted; // NULL: all
	const char *near;   // what wanted names are near, or have in them; NULL: it is not known
	unsigned int edits; // that they are from it at most
	ks_store_name_fn *fn;
	void *arg; // of both
};

static inline bool ks_find_has_kind(const struct ks_find *find, enum ks_kind kind)
{
	return find->kind == KS_NR_KINDS || find->kind == kind;
}

/** Whether a name is of those that are asked for. */
bool ks_find_wants(const struct ks_find *find, enum ks_kind kind, const char *name);

/** One layout of files. */
struct ks_layout {
	/** As ks_image_all(). */
	struct ks_error *(*images)(struct ks_store *store, struct ks_arena *arena,
				   struct ks_store_images *ret);
	/** As ks_store_expect(). */
	struct ks_error *(*expect)(struct ks_store *store, const struct ks_store_images *images);
	/** As ks_seek(). */
	struct ks_error *(*seek)(struct ks_store *store, int64_t image, const char *list,
				 const char *name, bool *ret_found, struct ks_row *ret);
	/** As ks_run_next(). */
	struct ks_error *(*next)(struct ks_run_walk *list, bool *ret);
	/** As ks_segment_names_load(). */
	struct ks_error *(*names)(struct ks_store *store, int64_t segment, struct ks_buf *out);
	/** As ks_columns_load_near(). */
	struct ks_error *(*columns)(struct ks_store *store, int64_t id, const struct ks_near *near,
				    struct ks_buf *out);
	/** As ks_places_load(). */
	struct ks_error *(*places)(struct ks_store *store, int64_t columns, uint64_t only,
				   struct ks_places **ret);
	/** As ks_moves_load(), as bytes: a struct ks_moves, and behind it its moves, what is behind each, and the packed ones. */
	struct ks_error *(*moves)(struct ks_store *store, int64_t image, struct ks_buf *out);
	/** Tell the names, kind by kind. */
	struct ks_error *(*find)(struct ks_store *store, const struct ks_find *find);
	/** Whether the symbol table of an image has a name. */
	struct ks_error *(*symbol)(struct ks_store *store, const struct ks_store_image *image,
				   const char *name, bool *ret);
	enum ks_sql block,
		blocks; // the block that has an id; all, and whether they have differences
	bool whole;	// images can be had whole: there are parts
	bool apart;	// places of a name are read without those of its neighbours
};
/** A store, and a catalogue. */
extern const struct ks_layout ks_layout_store, ks_layout_catalogue;

/**
 * The row of a name in one list of one image, the first of those that have it. Inside a read transaction.
 * @param list as ks_list_name() calls it
 * @param[out] ret_found whether ret is filled
 */
KS_MUST_CHECK static inline struct ks_error *ks_seek(struct ks_store *store, int64_t image,
						     const char *list, const char *name,
						     bool *ret_found, struct ks_row *ret)
{
	return store->layout->seek(store, image, list, name, ret_found, ret);
}

/** The next run of a list, in list->row; *ret is false at the end. */
KS_MUST_CHECK static inline struct ks_error *ks_run_next(struct ks_run_walk *list, bool *ret)
{
	return list->store->layout->next(list, ret);
}

static inline void ks_run_end(struct ks_run_walk *list)
{
	ks_sql_resetp(&list->stmt);
}
/** A walk ends with its scope. */
#define _cleanup_run_ __attribute__((__cleanup__(ks_run_end)))

/** The names of a segment, which must be there. @param out its content is replaced: names, and room for a NUL */
KS_MUST_CHECK static inline struct ks_error *
ks_segment_names_load(struct ks_store *store, int64_t segment, struct ks_buf *out)
{
	return store->layout->names(store, segment, out);
}

/** As ks_columns_load(), for a row that may be a difference to near. @param near NULL is allowed */
KS_MUST_CHECK static inline struct ks_error *ks_columns_load_near(struct ks_store *store,
								  int64_t id,
								  const struct ks_near *near,
								  struct ks_buf *out)
{
	return store->layout->columns(store, id, near, out);
}

/** Raw ids of what one image says of the names of a segment (columns.h), appended to out. */
KS_MUST_CHECK static inline struct ks_error *ks_columns_load(struct ks_store *store, int64_t id,
							     struct ks_buf *out)
{
	return store->layout->columns(store, id, NULL, out);
}

/* ---- a store's ---- */

struct ks_error *ks_rows_images(struct ks_store *store, struct ks_arena *arena,
				struct ks_store_images *ret);
struct ks_error *ks_rows_seek(struct ks_store *store, int64_t image, const char *list,
			      const char *name, bool *ret_found, struct ks_row *ret);
struct ks_error *ks_rows_next(struct ks_run_walk *list, bool *ret);
struct ks_error *ks_rows_names(struct ks_store *store, int64_t segment, struct ks_buf *out);
struct ks_error *ks_rows_columns(struct ks_store *store, int64_t id, const struct ks_near *near,
				 struct ks_buf *out);
struct ks_error *ks_rows_places(struct ks_store *store, int64_t columns, uint64_t only,
				struct ks_places **ret);
struct ks_error *ks_rows_moves(struct ks_store *store, int64_t image, struct ks_buf *out);
struct ks_error *ks_rows_find(struct ks_store *store, const struct ks_find *find);
struct ks_error *ks_rows_symbol(struct ks_store *store, const struct ks_store_image *image,
				const char *name, bool *ret);
