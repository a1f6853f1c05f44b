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

/**
 * Read a kernel image into the store: a vmlinux, what a machine boots, a package that holds either, or the
 * directory of a DepSurf dataset, told by content. An image that is there already is left alone, unless less was
 * known of it: then the new one takes its place.
 * @param nr_threads 0: as many as there are processors; the result does not depend on it
 * @param[out] nr_added how many images are new in the store; may be NULL
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
