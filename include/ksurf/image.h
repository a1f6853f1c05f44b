/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_IMAGE_H
#define KSURF_IMAGE_H
/**
 * @file
 * The images of a store: which kernels they are, and what each can tell.
 */
#include <ksurf/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How many names of a kind an image has. Reached through pointers only: it may grow at its end. */
struct ksurf_count {
	const char *kind; /**< "function", "struct", … */
	int known;	  /**< 0: the image cannot tell, nr says nothing */
	uint64_t nr;	  /**< functions: those whose prototype is known */
};

/**
 * An image of a store. Text is NULL when unknown. Reached through pointers only: it may grow at its end.
 */
struct ksurf_image {
	const char *label;    /**< unique in the store: "6.1.0-50-amd64" */
	const char *release;  /**< what uname -r prints */
	const char *version;  /**< "6.1.176" */
	const char *arch;     /**< Debian's name: "amd64" */
	const char *flavor;   /**< "generic", "cloud"; "" when it has none */
	const char *build_id; /**< lower-case hex */
	const char *compiler;
	const char *revision; /**< of the package: "50" */
	const char *distribution, *package, *package_version;
	const char *banner; /**< "Linux version …" */
	const char *digest; /**< 32 hex digits that tell whether it is the same image */
	const char *
		tier; /**< how much its source told: "full", "btf", "symbols", "live", "imported" */
	unsigned int bits; /**< 32 or 64; 0 unknown */
	int big_endian;
	int is_base;	     /**< others are compared with it; 0 where images were not chosen */
	uint32_t nr_modules; /**< whose names are in the store; 0: it has none of them */
	size_t nr_unknown;
	/** What the image cannot tell: kinds of names, and "symbols", "inlining", "ftrace", "kprobe", "inject",
	 * "init", "btf", "syscall-events". */
	const char *const *unknown;
	size_t nr_counts; /**< 0 unless they were asked for */
	const struct ksurf_count *const *counts;
	const char
		*sets; /**< of kernels that it is known to be of, with commas: "debian:12@amd64" */
};

/** How to choose images. Zero it and set size to sizeof(struct ksurf_images_options). */
struct ksurf_images_options {
	size_t size;
	/**
	 * Separated by commas: a label, the beginning of a label, release or version ("6.1" is the newest 6.1), a
	 * glob, a set of kernels ("debian:12", "debian:12/cloud", "debian:12@arm64"), the name of a group ("members",
	 * "regular", "lts", …). NULL: all images of the store.
	 */
	const char *words;
	int counts; /**< count the names of each kind, too, which reads more of the store */
	ksurf_progress_fn *progress; /**< NULL: nobody wants to know */
	void *progress_arg;
};

/** Some images. */
struct ksurf_images;

/**
 * Choose images, in the order of reports: by version, flavour, architecture.
 * @param options NULL: all images, without counts
 * @param[out] ret the caller frees it with ksurf_images_free(); it stays valid when the store is closed
 * @return KSURF_ERR_NOTFOUND for a word that means none, and for an empty store; KSURF_ERR_USAGE, KSURF_ERR_CANCELLED,
 *	KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_images_choose(struct ksurf_store *store, const struct ksurf_images_options *options,
		    struct ksurf_images **ret);
/** How many there are. */
KSURF_API size_t ksurf_images_count(const struct ksurf_images *images);
/** The i-th of them; NULL when there are fewer. Lives as long as images. */
KSURF_API const struct ksurf_image *ksurf_images_at(const struct ksurf_images *images, size_t i);
/** NULL is allowed. */
KSURF_API void ksurf_images_free(struct ksurf_images *images);

/** @param image during the call only @return 0 to go on, anything else to stop */
typedef int ksurf_image_fn(const struct ksurf_image *image, void *arg);
/**
 * Visit all images, in the order of reports. An empty store has none.
 * @return KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_images(struct ksurf_store *store,
								  ksurf_image_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif
#endif
