/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_KSURF_H
#define KSURF_KSURF_H
/**
 * @file
 * ksurf: what an eBPF program may depend on in a Linux kernel, read from real kernel images, kept in one
 * store, and reported symbol by symbol.
 *
 * Every function that can fail returns a struct ksurf_error pointer: NULL is success, anything else is
 * the caller's to free. Results come last, through pointers that are written only on success. Text is
 * UTF-8. The library never prints, never exits and keeps no global state; a store may be used by one
 * thread at a time, different handles by different threads, several handles on one file at once.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KSURF_API __attribute__((__visibility__("default")))
#define KSURF_MUST_CHECK __attribute__((__warn_unused_result__))

/** The version of the library, such as "0.2.0". Static text. */
KSURF_API const char *ksurf_version(void);

/** Why something failed: a code for programs, a line of text for people. */
struct ksurf_error;

/** Kinds of failure. */
enum ksurf_code {
	KSURF_ERR_NOMEM = 1,   /**< memory ran out */
	KSURF_ERR_IO,	       /**< the system refused: file, disk, permission */
	KSURF_ERR_DATA,	       /**< the bytes are not what they claim to be */
	KSURF_ERR_UNSUPPORTED, /**< well-formed, but nothing ksurf reads */
	KSURF_ERR_USAGE,       /**< the call makes no sense: unknown kind, format or setting */
	KSURF_ERR_NOTFOUND,    /**< no such name, image or store */
	KSURF_ERR_STORE,       /**< the store is foreign, too new, locked or damaged */
	KSURF_ERR_NET,	       /**< a server did not answer as it should */
};

/** The kind of a failure. @param err not NULL */
KSURF_API enum ksurf_code ksurf_error_code(const struct ksurf_error *err);
/** One line without a newline that names file and place where they are known. Lives as long as err. */
KSURF_API const char *ksurf_error_text(const struct ksurf_error *err);
/** NULL is allowed. */
KSURF_API void ksurf_error_free(struct ksurf_error *err);

/** An open store. */
struct ksurf_store;

/** How to open a store. */
enum ksurf_mode {
	KSURF_READ,   /**< it must exist; other processes may add to it meanwhile */
	KSURF_CREATE, /**< made when missing, may be changed; its folder must exist */
};

/**
 * Open a store.
 * @return KSURF_ERR_NOTFOUND when there is none to read, KSURF_ERR_STORE when the file is something else,
 * KSURF_ERR_IO.
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_store_open(const char *path, enum ksurf_mode mode, struct ksurf_store **ret);
/** NULL is allowed. */
KSURF_API void ksurf_store_close(struct ksurf_store *store);

/**
 * Read a kernel image into the store: a vmlinux, what a machine boots, a package that holds either, or the
 * directory of a DepSurf dataset, told by content. An image that is there already is left alone, unless less was
 * known of it: then the new one takes its place.
 * @param nr_threads 0: as many as there are processors; the result does not depend on it
 * @param[out] nr_added how many images are new in the store; may be NULL
 * @return KSURF_ERR_DATA, KSURF_ERR_UNSUPPORTED, KSURF_ERR_IO, KSURF_ERR_STORE; images that were added
 * before the failure stay.
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_add(struct ksurf_store *store,
							       const char *path,
							       unsigned int nr_threads,
							       size_t *nr_added);

/** An image of a store, during a ksurf_image_fn call. Text is NULL when unknown. */
struct ksurf_image {
	const char *label;    /**< unique in the store: "6.1.0-50-amd64" */
	const char *release;  /**< what uname -r prints */
	const char *version;  /**< "6.1.176" */
	const char *arch;     /**< Debian's name: "amd64" */
	const char *flavor;   /**< "generic", "cloud"; "" when it has none */
	const char *build_id; /**< lower-case hex */
	const char *compiler;
};
/** @return 0 to go on, anything else to stop */
typedef int ksurf_image_fn(const struct ksurf_image *image, void *arg);
/** All images, in the order of reports: by version, flavour, architecture. */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_images(struct ksurf_store *store,
								  ksurf_image_fn *fn, void *arg);

/** A name, during a ksurf_name_fn call. */
struct ksurf_name {
	const char *kind; /**< "function", "struct", … */
	const char *name; /**< "vfs_read" */
	size_t nr_images; /**< how many images have it */
};
/** @return 0 to go on, anything else to stop */
typedef int ksurf_name_fn(const struct ksurf_name *name, void *arg);
/**
 * Find names.
 * @param kind NULL: all kinds
 * @param glob a shell pattern as of fnmatch(3); NULL: every name
 * @return KSURF_ERR_USAGE when there is no such kind, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_find(struct ksurf_store *store,
								const char *kind, const char *glob,
								ksurf_name_fn *fn, void *arg);

/**
 * What all images say of one name, as text.
 * @param kind "function", "struct", "field" (named STRUCT::MEMBER), …
 * @param format "terminal", "md", "md-full" or "json"; NULL: "terminal". Wherever a format is named, "term" and "text" are
 *	other names of "terminal".
 * @param[out] text with a NUL behind it; the caller frees it with free()
 * @param[out] len bytes without the NUL; may be NULL
 * @return KSURF_ERR_NOTFOUND when no image has the name, KSURF_ERR_USAGE, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_report(struct ksurf_store *store,
							    const char *kind, const char *name,
							    const char *format, char **text,
							    size_t *len);

/**
 * Whether the eBPF programs in a file load, attach and see the right things on kernels of the store.
 * @param path an object, an executable or library that carries objects, a package, or a folder
 * @param images labels as a shell pattern; NULL: all
 * @param format "terminal", "md", "json", "html", "sarif", "junit" or "github"; NULL: "terminal"
 * @param[out] text with a NUL behind it; the caller frees it with free()
 * @param[out] len bytes without the NUL; may be NULL
 * @return KSURF_ERR_NOTFOUND when there is no such image, or no object in the file; KSURF_ERR_DATA when one is
 *	damaged; KSURF_ERR_USAGE, KSURF_ERR_IO, KSURF_ERR_STORE
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_check(struct ksurf_store *store,
							   const char *path, const char *images,
							   const char *format, char **text,
							   size_t *len);

/**
 * Write an image in the layout of the published DepSurf dataset: DIR/func_groups/LABEL.jsonl and so on.
 * @return KSURF_ERR_NOTFOUND when there is no such image, KSURF_ERR_IO
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_export_depsurf(struct ksurf_store *store, const char *label, const char *dir);

#ifdef __cplusplus
}
#endif
#endif
