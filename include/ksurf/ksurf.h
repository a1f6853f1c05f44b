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
 * library that does not know it is KSURF_ERR_USAGE, and so is a size that was forgotten. A pointer to options may be
 * NULL: all defaults. Other pointers may be NULL only where that is said.
 *
 * Structs that the library gives out are reached through pointers only and may grow at their end.
 *
 *	struct ksurf_images_options options = { .size = sizeof(options), .words = "6.1" };
 *	struct ksurf_images *images;
 *	struct ksurf_error *err = ksurf_images_choose(store, &options, &images);
 *	if (err) {
 *		fprintf(stderr, "%s\n", ksurf_error_text(err));
 *		ksurf_error_free(err);
 *		return 1;
 *	}
 *	for (size_t i = 0; i < ksurf_images_count(images); i++)
 *		puts(ksurf_images_at(images, i)->label);
 *	ksurf_images_free(images);
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
