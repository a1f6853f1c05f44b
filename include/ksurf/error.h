/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_ERROR_H
#define KSURF_ERROR_H
/**
 * @file
 * What all headers of ksurf share: how functions are marked, how they fail, how they tell how far they are.
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
	KSURF_ERR_USAGE,    /**< the call makes no sense: unknown kind, format, option or setting */
	KSURF_ERR_NOTFOUND, /**< no such name, image or store */
	KSURF_ERR_STORE,    /**< the store is foreign, too new, locked or damaged */
	KSURF_ERR_NET,	    /**< a server did not answer as it should */
	KSURF_ERR_CANCELLED, /**< the caller's own callback ended it */
};

/** The kind of a failure. @param err not NULL */
KSURF_API enum ksurf_code ksurf_error_code(const struct ksurf_error *err);
/** One line without a newline that names file and place where they are known. Lives as long as err. */
KSURF_API const char *ksurf_error_text(const struct ksurf_error *err);
/** NULL is allowed. */
KSURF_API void ksurf_error_free(struct ksurf_error *err);

/**
 * How far a job that takes time is. Never called by two threads at once, but perhaps by another thread than the one
 * that waits for the job. It must be quick and must not use the handles that are at work.
 * @param what static text such as "checking"
 * @param total 0 when unknown
 * @return 0 to go on; anything else cancels the job, which then fails with KSURF_ERR_CANCELLED
 */
typedef int ksurf_progress_fn(const char *what, uint64_t done, uint64_t total, void *arg);

#ifdef __cplusplus
}
#endif
#endif
