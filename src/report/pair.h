/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What differs between two images, as text. */
#include "base/buf.h"
#include "diff/summary.h"

enum ks_pair_format {
	KS_PAIR_TERMINAL, // for people, 80 columns
	KS_PAIR_MD,	  // for a pull request
	KS_PAIR_JSON,	  // for programs; docs/diff-json.md
	KS_PAIR_HTML,	  // one page that needs nothing else
	KS_NR_PAIR_FORMATS,
};
/** How they are spelled on the command line; ends with NULL. */
extern const char *const ks_pair_formats[];

struct ks_pair_options {
	enum ks_pair_format format;
	bool details;	      // every name that differs, not only counts
	bool color;	      // terminal: use ANSI colours
	unsigned int columns; // terminal: width; 0 means 80
};

/** A report of one pair of images on its way. */
struct ks_pair_report;
/** @param scope borrowed, as the images: what is compared */
KS_MUST_CHECK struct ks_error *ks_pair_report_new(const struct ks_store_image *old,
						  const struct ks_store_image *new,
						  const struct ks_scope *scope,
						  const struct ks_pair_options *options,
						  struct ks_pair_report **ret);
void ks_pair_report_free(struct ks_pair_report *report); // NULL is allowed
static inline void ks_pair_report_freep(struct ks_pair_report **report)
{
	ks_pair_report_free(*report);
}
#define _cleanup_pair_report_ __attribute__((__cleanup__(ks_pair_report_freep)))

/** A ks_difference_fn: keep a name that differs. @param arg a struct ks_pair_report */
struct ks_error *ks_pair_report_add(const struct ks_difference *difference, void *arg);
/** Append the whole report. */
KS_MUST_CHECK struct ks_error *ks_pair_report_write(struct ks_pair_report *report,
						    const struct ks_summary *summary,
						    struct ks_buf *out);
