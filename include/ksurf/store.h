/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_STORE_H
#define KSURF_STORE_H
/**
 * @file
 * Stores: one file with many kernel images, and what its user chose about them.
 */
#include <ksurf/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An open store. */
struct ksurf_store;

/** How to open a store. */
enum ksurf_mode {
	KSURF_READ, /**< it must exist; others may change it meanwhile: each call sees one state */
	KSURF_CREATE, /**< made when missing, may be changed; its folder must exist */
};

/**
 * Open a store.
 * @param[out] ret the caller closes it with ksurf_store_close()
 * @return KSURF_ERR_NOTFOUND when there is none to read, KSURF_ERR_STORE when the file is something else,
 *	KSURF_ERR_USAGE for another mode, KSURF_ERR_IO
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_store_open(const char *path, enum ksurf_mode mode, struct ksurf_store **ret);
/**
 * ksurf_store_open() of a store that others may keep locked.
 * @param seconds how long this call and later ones of the store wait for them; 0: 10, as ksurf_store_open()
 * @return as ksurf_store_open(); KSURF_ERR_STORE also when it is still locked then
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_open_waiting(const char *path,
									enum ksurf_mode mode,
									unsigned int seconds,
									struct ksurf_store **ret);
/** Close a store. Results that were made from it stay valid. NULL is allowed. */
KSURF_API void ksurf_store_close(struct ksurf_store *store);

/**
 * Remove an image, its modules, and every definition that no other image has.
 * @return KSURF_ERR_NOTFOUND when there is no image of that label, KSURF_ERR_STORE, KSURF_ERR_IO
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_remove(struct ksurf_store *store,
								  const char *label);
/**
 * Give an image another label; if it is the chosen base, it stays so.
 * @return KSURF_ERR_USAGE when another image has the new label, it is empty, or has control characters, unseen ones or bytes
 *	that are no UTF-8; KSURF_ERR_NOTFOUND, KSURF_ERR_STORE,
 *	KSURF_ERR_IO
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_store_rename(struct ksurf_store *store, const char *label, const char *new_label);
/**
 * Choose the base: the image that other architectures and flavours are compared with.
 * @param label NULL: by the default rule
 * @return KSURF_ERR_NOTFOUND, KSURF_ERR_STORE, KSURF_ERR_IO
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_set_base(struct ksurf_store *store,
								    const char *label);
/**
 * Choose what is in a group.
 * @param group "members": the images that reports look at, or "lts": the long-term ones
 * @param globs shell patterns of labels, as of fnmatch(3); each must match something now
 * @param nr 0: by the default rule
 * @return KSURF_ERR_USAGE for another group, KSURF_ERR_NOTFOUND, KSURF_ERR_STORE, KSURF_ERR_IO
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_set_group(struct ksurf_store *store,
								     const char *group,
								     const char *const *globs,
								     size_t nr);

/** What came of a merge. Set size to sizeof(struct ksurf_merged). */
struct ksurf_merged {
	size_t size;
	size_t added; /**< images that are new in the store */
	size_t replaced; /**< that took the place of one that told less of the same kernel, or brought its configuration */
	size_t kept;					      /**< that were there already */
	size_t modules_added, modules_replaced, modules_kept; /**< kernels whose modules were */
	uint64_t bytes;					      /**< written */
};

/**
 * Take the images of another store in, with their modules and what was chosen about them, as if everything had been added here: in
 * one transaction, so that all of it is there or nothing. What was chosen here stays, and again it changes nothing.
 * @param into opened with KSURF_CREATE
 * @param from another store; it is only read, and nothing in it is believed
 * @param nr_threads 0: as many as there are processors for this process
 * @param[out] ret NULL is allowed; not set when it fails
 * @return KSURF_ERR_STORE when one of them is damaged or both are the same, KSURF_ERR_USAGE without size, KSURF_ERR_IO
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_store_merge(struct ksurf_store *into,
								 struct ksurf_store *from,
								 unsigned int nr_threads,
								 struct ksurf_merged *ret);

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
