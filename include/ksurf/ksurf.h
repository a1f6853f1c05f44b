/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_KSURF_H
#define KSURF_KSURF_H
/**
 * @file
 * ksurf: what an eBPF program may depend on in a Linux kernel, read from real kernel images, kept in one
 * store, and told symbol by symbol. This header includes all others, one for each noun.
 *
 * Every function that can fail returns a struct ksurf_error pointer: NULL is success, anything else is
 * the caller's to free. Results come last, through pointers that are written only on success. Text is
 * UTF-8. The library never prints, never exits and keeps no global state.
 *
 * A handle (a store, objects, any result) may be used by one thread at a time, different handles by different
 * threads, several handles on one file at once. Results that are only read may be read by several threads.
 *
 * Options are structs that the caller zeroes and that begin with their own size, so that a program that was built
 * with an older library keeps working: what its struct does not have is at its default. What a program asks of an older
 * library that does not know it is KSURF_ERR_USAGE. A pointer to options may be NULL: all defaults.
 *
 * Structs that the library gives out are reached through pointers only and may grow at their end.
 */
#include <ksurf/error.h>

#include <ksurf/check.h>
#include <ksurf/diff.h>
#include <ksurf/history.h>
#include <ksurf/image.h>
#include <ksurf/ingest.h>
#include <ksurf/name.h>
#include <ksurf/object.h>
#include <ksurf/report.h>
#include <ksurf/store.h>

#endif
