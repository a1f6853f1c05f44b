/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_INGEST_H
#define KSURF_INGEST_H
/**
 * @file
 * Taking kernels into a store.
 */
#include <ksurf/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What happens while kernels are taken in. */
enum ksurf_event_type {
	KSURF_EVENT_PROGRESS, /**< how far the reading of a source is */
	KSURF_EVENT_NOTE,     /**< what people may want to know of the next result */
	KSURF_EVENT_ADDED,    /**< an image is new in the store */
	KSURF_EVENT_REPLACED, /**< it took the place of one that told less of the same kernel */
	KSURF_EVENT_KNOWN,    /**< it was there already */
	KSURF_EVENT_ENRICHED, /**< modules were put beside their kernel, or it knows its configuration now */
	KSURF_EVENT_FAILED, /**< a source, or some of what is in it, could not be taken in */
};

/** Something that happened; NULL and 0 where there is nothing to say. It may grow at its end. */
struct ksurf_event {
	enum ksurf_event_type type;
	const char
		*source; /**< as the caller called it; of a dataset, the label of an image in it */
	const char *doing;    /**< progress: "fetching", "decoding", … */
	uint64_t done, total; /**< progress: bytes; total 0 is unknown */
	const char *note;     /**< lines, separated by newlines and not ended by one */
	enum ksurf_code code; /**< of a failure */
	const char *error;    /**< its text */
	const char *label; /**< results: of the image in the store; for modules, of their kernel */
	uint64_t bytes;	   /**< results: written for it */
	uint64_t nr_definitions, nr_new_definitions;
	uint32_t nr_modules; /**< results for modules: that the store has of the kernel now */
	uint32_t nr_modules_read, nr_modules_failed;
};

/**
 * Told of each event, perhaps by another thread than the one that waits, but never by two at once. Notes and results
 * come in the order of the sources. It must not use the store.
 * @param event during the call only
 * @return 0 to go on; anything else cancels: KSURF_ERR_CANCELLED then. The result of what is being written meanwhile
 *	still comes
 */
typedef int ksurf_event_fn(const struct ksurf_event *event, void *arg);

/** What a name of a source is. */
enum ksurf_from {
	/** The path of a kernel, package, archive, dataset, folder or module; "running" is as below. */
	KSURF_FROM_PATH,
	KSURF_FROM_RUNNING, /**< the running kernel; the name is what events call it */
	/** NAME or NAME=VERSION in the machine's repositories, or those of a mirror; or a set, as "debian:12/cloud@arm64". */
	KSURF_FROM_PACKAGE,
	KSURF_FROM_BUILD_ID, /**< for debuginfod */
};

/** How to take kernels in. Zero it and set size to sizeof(struct ksurf_ingest_options). */
struct ksurf_ingest_options {
	size_t size;
	enum ksurf_from from; /**< what the names are */
	unsigned int
		nr_threads; /**< 0: as many as there are processors; the result does not depend on it */
	int strict; /**< the first failure ends it and is returned; else failures are events only */
	const char *
		config; /**< a path, or for packages the name of one, where configurations come from */
	const char *modules; /**< take these along: "all", or globs with commas; NULL: none */
	const char *mirror;  /**< URL of an archive of packages; NULL: the machine's repositories */
	const char *suite;   /**< needed with mirror */
	const char *arch;    /**< Debian's name; NULL: the machine's own */
	const char *cache_dir;	/**< for indexes of packages; NULL: the user's */
	const char *debuginfod; /**< servers, separated by spaces; NULL: those of DEBUGINFOD_URLS */
	ksurf_event_fn *event;	/**< NULL: nobody listens */
	void *event_arg;
	const char *
		keyring; /**< a file with the keys that sign lists of packages; NULL: what apt trusts */
	int allow_unsigned;   /**< believe lists of packages that nobody signed */
	int verify;	      /**< fetch packages whole, and compare their checksums */
	unsigned int timeout; /**< the most seconds to wait for one file; 0: 3600 */
	unsigned int last;    /**< of a set, so many releases; 0: the newest */
	int debug;	      /**< of a set, kernels with debug information where there are any */
};

/**
 * Take kernels into the store. Sources are told by their content and read side by side; packages of one kernel are
 * paired, folders are looked through. An image that is there already is left alone, unless less was known of it: then
 * the new one takes its place.
 * @param options NULL: paths, without modules, and nobody hears of failures
 * @param names what they are is said in options; borrowed during the call
 * @param[out] nr_added how many images are new in the store or took another's place (events KSURF_EVENT_ADDED and
 *	KSURF_EVENT_REPLACED), also when an error is returned; may be NULL
 * @return KSURF_ERR_CANCELLED: each image is in the store whole or not at all; KSURF_ERR_STORE, KSURF_ERR_USAGE; when
 *	strict, what the source failed with
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_ingest(struct ksurf_store *store, const char *const *names, size_t nr,
	     const struct ksurf_ingest_options *options, size_t *nr_added);

/**
 * Follow sets of kernels: add what their archives have that is newer than all that the store has of them. Each image comes and
 * goes in a transaction of its own: what is stopped is done by the next call.
 * @param sets such as "debian:12" or "debian:13/cloud@arm64"
 * @param nr 0: all that were pulled by their names and that the store has images of
 * @param options as of ksurf_ingest(); from, config and last count for nothing
 * @param keep of each set so many images stay, the newest; 0: all. What is of no other set is removed, the chosen base stays
 * @param[out] nr_added as of ksurf_ingest()
 * @return KSURF_ERR_NOTFOUND when the store follows no set; as ksurf_ingest()
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_update(struct ksurf_store *store, const char *const *sets, size_t nr,
	     const struct ksurf_ingest_options *options, unsigned int keep, size_t *nr_added);

/**
 * ksurf_ingest() of one path, strictly: a vmlinux, what a machine boots, a package that holds either, the directory of a
 * DepSurf dataset, or a folder of such. An image that is there already is left alone, unless less was
 * known of it: then the new one takes its place.
 * @param nr_threads 0: as many as there are processors; the result does not depend on it
 * @param[out] nr_added as of ksurf_ingest(), but written only on success
 * @return KSURF_ERR_DATA, KSURF_ERR_UNSUPPORTED, KSURF_ERR_IO, KSURF_ERR_STORE; images that were added
 *	before the failure stay.
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_add(struct ksurf_store *store,
							       const char *path,
							       unsigned int nr_threads,
							       size_t *nr_added);

#ifdef __cplusplus
}
#endif
#endif
