/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_REPORT_H
#define KSURF_REPORT_H
/**
 * @file
 * Reports as text: what the command prints, in every format that it has.
 */
#include <stdint.h>

#include <ksurf/check.h>
#include <ksurf/diff.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The i-th format that some report has: "terminal", "md", "json", …; NULL after the last. Static text. */
KSURF_API const char *ksurf_format(size_t i);
/** How files of a format end: ".json"; NULL when there is no such format. Static text. */
KSURF_API const char *ksurf_format_ending(const char *format);
/** What HTTP calls it: "application/json"; NULL when there is no such format. Static text. */
KSURF_API const char *ksurf_format_media_type(const char *format);
/**
 * Whether a report has a format.
 * @param report "images", "show", "log", "diff", "deps", "counts" or "check"
 * @param format a name, or one of its older names: "term" and "text" are "terminal"
 */
KSURF_API int ksurf_report_has(const char *report, const char *format);

/** How a report looks. Zero it and set size to sizeof(struct ksurf_report_options). */
struct ksurf_report_options {
	size_t size;
	const char *format; /**< a name of a format, or one of its older names; NULL: "terminal" */
	const char *images; /**< words as of struct ksurf_images_options; NULL: the members */
	int color;	    /**< terminal: use ANSI colours */
	int verbose;	    /**< terminal: all there is */
	unsigned int columns; /**< terminal: width; 0: 80 */
	/** sarif, github: "OLD=NEW,…", beginnings of paths and what stands for them; or NULL. */
	const char *map;
	const char *here; /**< sarif, github: paths below this folder are told from there; NULL */
	/** html of verdicts: where their kernels came from, of which the last part is told; NULL: nothing is. */
	const char *store;
	int64_t time; /**< html of verdicts: when they were made, in seconds since 1970; 0: not told */
};

/*
 * Every function below writes a text.
 *
 * @param options NULL: for a terminal of 80 columns without colours, on the members
 * @param[out] text with a NUL behind it; the caller frees it with free()
 * @param[out] len bytes without the NUL; may be NULL
 * @return KSURF_ERR_USAGE when there is no such format, or this report does not have it; besides what is said there
 */

/**
 * The images of a store; those of options, or all.
 * @return KSURF_ERR_NOTFOUND when there is no such image; KSURF_ERR_USAGE, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_report_images(struct ksurf_store *store, const struct ksurf_report_options *options,
		    char **text, size_t *len);
/**
 * What all images say of one name.
 * @param kind a name of ksurf_kind(): "function"
 * @return KSURF_ERR_NOTFOUND when no image has the name; KSURF_ERR_USAGE, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_report_name(struct ksurf_store *store, const char *kind, const char *name,
		  const struct ksurf_report_options *options, char **text, size_t *len);
/**
 * The life of one name, image by image; verbose: every change in full.
 * @return KSURF_ERR_NOTFOUND when no image has the name; KSURF_ERR_USAGE, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_report_log(struct ksurf_store *store, const char *kind, const char *name,
		 const struct ksurf_report_options *options, char **text, size_t *len);
/**
 * What differs between two images; verbose: every name, as is told when kinds, names or changes are chosen. The images
 * of options are not used.
 * @return as ksurf_diff_make()
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_report_diff(struct ksurf_store *store, const char *old_image, const char *new_image,
		  const struct ksurf_diff_options *what, const struct ksurf_report_options *options,
		  char **text, size_t *len);
/**
 * What eBPF objects need of a kernel. Those that cannot be read are left out, the images of options are not used.
 * @return KSURF_ERR_NOTFOUND when there is none that can be read
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_report_deps(const struct ksurf_objects *objects, const struct ksurf_report_options *options,
		  char **text, size_t *len);
/**
 * How many of the names that eBPF objects need are absent, changed, inlined, … in at least one image; verbose: a row for
 * each program.
 * @param base words for the image that all are compared with; NULL: by the rule of the published study
 * @return KSURF_ERR_NOTFOUND when there is no such image, or no object that can be read; KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_report_counts(struct ksurf_store *store, const struct ksurf_objects *objects,
		    const char *base, const struct ksurf_report_options *options, char **text,
		    size_t *len);
/** Verdicts. The images of options are not used. */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_report_verdicts(const struct ksurf_verdicts *verdicts,
		      const struct ksurf_report_options *options, char **text, size_t *len);
/**
 * All there is to say of one program on one image. The images of options are not used.
 * @return KSURF_ERR_NOTFOUND when there is no such program or image
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_report_outcome(const struct ksurf_verdicts *verdicts, size_t program, size_t image,
		     const struct ksurf_report_options *options, char **text, size_t *len);

/** ksurf_report_name() of the members. */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_report(struct ksurf_store *store,
							    const char *kind, const char *name,
							    const char *format, char **text,
							    size_t *len);
/**
 * Whether the eBPF programs in a file work on kernels of the store: objects, verdicts and their report in one call.
 * @param images words as of struct ksurf_images_options; NULL: the members
 * @return as ksurf_objects_add_file() and ksurf_verdicts_make(); KSURF_ERR_DATA when an object is damaged
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_check(struct ksurf_store *store,
							   const char *path, const char *images,
							   const char *format, char **text,
							   size_t *len);

#ifdef __cplusplus
}
#endif
#endif
