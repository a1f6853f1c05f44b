/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_NAME_H
#define KSURF_NAME_H
/**
 * @file
 * The names of a store: what kinds there are, which names, and those near to one that is not there.
 */
#include <ksurf/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The i-th kind of names, in the order of every list: "function", "struct", …; NULL after the last. Static text. */
KSURF_API const char *ksurf_kind(size_t i);

/** A name. Reached through pointers only: it may grow at its end. */
struct ksurf_name {
	const char *kind; /**< "function", "struct", … */
	const char *name; /**< "vfs_read" */
	size_t nr_images; /**< how many of the images have it */
};

/** What to look for. Zero it and set size to sizeof(struct ksurf_names_options). */
struct ksurf_names_options {
	size_t size;
	const char *kind;   /**< NULL: all kinds */
	const char *glob;   /**< a shell pattern as of fnmatch(3); NULL: every name */
	const char *images; /**< words as of struct ksurf_images_options; NULL: the members */
	size_t limit;	    /**< find no more than so many; 0: all */
	ksurf_progress_fn *progress; /**< NULL: nobody wants to know */
	void *progress_arg;
};

/** Names that were found. */
struct ksurf_names;

/**
 * Find names, in the order of kinds and bytes.
 * @param options NULL: every name
 * @param[out] ret perhaps with no name; the caller frees it with ksurf_names_free(). It stays valid when the store is
 *	closed
 * @return KSURF_ERR_USAGE when there is no such kind; KSURF_ERR_NOTFOUND when there is no such image;
 *	KSURF_ERR_CANCELLED, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_names_find(struct ksurf_store *store, const struct ksurf_names_options *options,
		 struct ksurf_names **ret);
/**
 * The known names that are nearest to one, for "did you mean": a few at most, nearest first.
 * @param kind where to look; NULL: in all kinds
 * @param[out] ret as of ksurf_names_find()
 * @return KSURF_ERR_USAGE when there is no such kind, KSURF_ERR_NOTFOUND for an empty store, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_names_near(struct ksurf_store *store,
								const char *kind, const char *name,
								struct ksurf_names **ret);
/** How many there are. */
KSURF_API size_t ksurf_names_count(const struct ksurf_names *names);
/** The i-th of them; NULL when there are fewer. Lives as long as names. */
KSURF_API const struct ksurf_name *ksurf_names_at(const struct ksurf_names *names, size_t i);
/** How many images were looked at. */
KSURF_API size_t ksurf_names_nr_images(const struct ksurf_names *names);
/** The label of the i-th of them; NULL when there are fewer. Lives as long as names. */
KSURF_API const char *ksurf_names_image(const struct ksurf_names *names, size_t i);
/** Whether an image has a name; 0 when there are fewer names or images, and for names that are near. */
KSURF_API int ksurf_names_in(const struct ksurf_names *names, size_t name, size_t image);
/** NULL is allowed. */
KSURF_API void ksurf_names_free(struct ksurf_names *names);

/** @param name during the call only @return 0 to go on, anything else to stop */
typedef int ksurf_name_fn(const struct ksurf_name *name, void *arg);
/**
 * Visit the names that ksurf_names_find() finds, and keep none.
 * @param kind NULL: all kinds
 * @param glob a shell pattern as of fnmatch(3); NULL: every name
 * @return KSURF_ERR_USAGE when there is no such kind, KSURF_ERR_NOTFOUND for an empty store, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_find(struct ksurf_store *store,
								const char *kind, const char *glob,
								ksurf_name_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif
#endif
