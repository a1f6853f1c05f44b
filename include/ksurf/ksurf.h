/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_KSURF_H
#define KSURF_KSURF_H
/**
 * @file
 * ksurf: what an eBPF program may depend on in a Linux kernel, read from real kernel images, kept in one
 * store, and reported symbol by symbol.
 *
 * Every function that can fail returns a struct ksurf_error pointer: NULL is success, anything else is
 * the caller's to free. Results come last, through pointers that are written only on success. The
 * library never prints, never exits and keeps no global state; a store may be used by one thread at a
 * time, different stores by different threads.
 */
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KSURF_API __attribute__((__visibility__("default")))
#define KSURF_MUST_CHECK __attribute__((__warn_unused_result__))

/** The version of the library, such as "0.1.0". Static text. */
KSURF_API const char *ksurf_version(void);

#ifdef __cplusplus
}
#endif
#endif
