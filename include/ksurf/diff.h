/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_DIFF_H
#define KSURF_DIFF_H
/**
 * @file
 * What differs between two images: counts for each kind, and every name.
 */
#include <ksurf/history.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How many names have a change of one sort. Reached through pointers only: it may grow at its end. */
struct ksurf_change_count {
	const char *change; /**< "param-added" */
	size_t nr;
};

/** How the names of one kind differ. Reached through pointers only: it may grow at its end. */
struct ksurf_diff_kind {
	const char *kind;
	int old_known, new_known;	/**< the image can tell; else its numbers say nothing */
	size_t old_nr, new_nr;		/**< names that each image has */
	size_t added, removed, changed; /**< 0 unless both can tell */
	int added_certain,
		removed_certain; /**< 0: the other image may have them without listing them */
	size_t compiled;	 /**< functions that are compiled in another way, when asked for */
	size_t laid_out;	 /**< structs and unions with another layout, when asked for */
	size_t nr_changes;
	const struct ksurf_change_count *const *changes;
	/** The numbers say something; those of functions need prototypes. */
	int added_known, removed_known, changed_known;
};

/** A name that differs. Reached through pointers only: it may grow at its end. */
struct ksurf_difference {
	const char *kind;
	const char *name;
	const char *status; /**< "added", "removed" or "changed" */
	int certain; /**< 0: added or removed, but the other image may have it without listing it */
	const char *old_declaration, *new_declaration; /**< in C; NULL on the side without one */
	size_t nr_changes;
	const struct ksurf_change *const *changes;
};

/** What to compare. Zero it and set size to sizeof(struct ksurf_diff_options). */
struct ksurf_diff_options {
	size_t size;
	const char *
		kinds; /**< separated by commas; NULL: all but fields, which belong to their struct */
	const char *glob;	     /**< of names, as fnmatch(3); NULL: all */
	const char *changes;	     /**< look for these only: "removed,param-removed"; NULL: all */
	int layout;		     /**< sizes and offsets of structs and unions, too */
	int status;		     /**< how functions are compiled, too */
	int modules;		     /**< the modules of the two kernels in their place */
	int counts_only;	     /**< keep no differences, only their counts */
	ksurf_progress_fn *progress; /**< NULL: nobody wants to know */
	void *progress_arg;
};

/** Two images, compared. */
struct ksurf_diff;

/**
 * Compare two images.
 * @param old_image, new_image words for one image each, as of struct ksurf_images_options
 * @param options NULL: changes of all names
 * @param[out] ret the caller frees it with ksurf_diff_free(); it stays valid when the store is closed
 * @return KSURF_ERR_NOTFOUND when there is no such image, or no modules of it; KSURF_ERR_USAGE for an unknown kind
 *	or change; KSURF_ERR_CANCELLED, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_diff_make(struct ksurf_store *store, const char *old_image, const char *new_image,
		const struct ksurf_diff_options *options, struct ksurf_diff **ret);
/** The label of the old image. Lives as long as diff. */
KSURF_API const char *ksurf_diff_old(const struct ksurf_diff *diff);
/** That of the new one. */
KSURF_API const char *ksurf_diff_new(const struct ksurf_diff *diff);
/** Whether anything differs, of what was looked at. */
KSURF_API int ksurf_diff_differs(const struct ksurf_diff *diff);
/** How many kinds were compared. */
KSURF_API size_t ksurf_diff_nr_kinds(const struct ksurf_diff *diff);
/** The i-th of them; NULL when there are fewer. Lives as long as diff. */
KSURF_API const struct ksurf_diff_kind *ksurf_diff_kind(const struct ksurf_diff *diff, size_t i);
/** How many differences there are. */
KSURF_API size_t ksurf_diff_count(const struct ksurf_diff *diff);
/** The i-th, in the order of kinds and bytes; NULL when there are fewer. Lives as long as diff. */
KSURF_API const struct ksurf_difference *ksurf_diff_at(const struct ksurf_diff *diff, size_t i);
/** NULL is allowed. */
KSURF_API void ksurf_diff_free(struct ksurf_diff *diff);

#ifdef __cplusplus
}
#endif
#endif
