/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_HISTORY_H
#define KSURF_HISTORY_H
/**
 * @file
 * What many images say of one name, and what happened to it from one to the next.
 */
#include <ksurf/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What an image says of a name. */
enum ksurf_status {
	KSURF_STATUS_UNKNOWN, /**< it cannot tell whether it has names of that kind */
	KSURF_STATUS_ABSENT,
	KSURF_STATUS_PRESENT,
};

/** One change of a name. Reached through pointers only: it may grow at its end. */
struct ksurf_change {
	const char *change; /**< "param-added", "field-type-changed", … */
	const char *title;  /**< the same for people: "Param added" */
	const char *name;   /**< of the parameter, field or value; NULL: of none */
	const char
		*old_text; /**< how it was: a C type, a number, names, a text; NULL: it was not */
	const char *new_text; /**< how it is; NULL: it is not */
	int extra; /**< it counts as no change of the name: how it is compiled, how it is laid out */
};

/** What one image says of a name. Reached through pointers only: it may grow at its end. */
struct ksurf_fact {
	const char *image; /**< its label */
	enum ksurf_status status;
	const char *declaration; /**< in C; NULL when there is none, or none is known */
	const char *value;	 /**< of a config option: "y"; of a system call its number; NULL */
	const char *module;	 /**< that has the name in place of the kernel; NULL */
	size_t nr_issues;
	const char *const *issues; /**< what is wrong with relying on it: "full-inline", "absent" */
	size_t nr_untold;
	const char *const *untold; /**< issues that this image cannot tell; functions only */
	/** What happened since compared_with: "same", "added", "removed", "changed", "status" (compiled in another
	 * way), "absent", "unknown". */
	const char *event;
	const char *group;	   /**< where it belongs: "regular", "arch", "flavor", "other" */
	const char *compared_with; /**< label of an image; NULL: it is compared with none */
	size_t nr_changes;
	const struct ksurf_change *const *changes;
};

/** What to look at. Zero it and set size to sizeof(struct ksurf_history_options). */
struct ksurf_history_options {
	size_t size;
	const char *images; /**< words as of struct ksurf_images_options; NULL: the members */
};

/** The history of one name. */
struct ksurf_history;

/**
 * Look a name up in many images.
 * @param kind a name of ksurf_kind(): "function", "struct", "field" (named STRUCT::MEMBER), …
 * @param options NULL: the members
 * @param[out] ret the caller frees it with ksurf_history_free(); it stays valid when the store is closed
 * @return KSURF_ERR_NOTFOUND when no image has the name, or there is no such image; KSURF_ERR_USAGE, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_history_read(struct ksurf_store *store, const char *kind, const char *name,
		   const struct ksurf_history_options *options, struct ksurf_history **ret);
/** How many facts there are: one for each image. */
KSURF_API size_t ksurf_history_count(const struct ksurf_history *history);
/** The fact of the i-th image, in the order of reports; NULL when there are fewer. Lives as long as history. */
KSURF_API const struct ksurf_fact *ksurf_history_at(const struct ksurf_history *history, size_t i);
/** Label of the first image of the base's line that has the name; NULL when none has. Lives as long as history. */
KSURF_API const char *ksurf_history_since(const struct ksurf_history *history);
/** That of the last one. */
KSURF_API const char *ksurf_history_until(const struct ksurf_history *history);
/** NULL is allowed. */
KSURF_API void ksurf_history_free(struct ksurf_history *history);

#ifdef __cplusplus
}
#endif
#endif
