/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What differs between two images, as text. */
#include "base/buf.h"
#include "diff/summary.h"
#include "report/format.h"

struct ks_diff_options {
	enum ks_format format;
	bool details;	      // every name that differs, not only counts
	bool color;	      // terminal: use ANSI colours
	unsigned int columns; // terminal: width; 0 means 80
	bool site; // HTML: a part of a page, with links to others; else a page of its own
};

/** A report of one pair of images on its way. */
struct ks_diff_report;
/**
 * @param scope borrowed, as the images: what is compared
 * @return &ks_nomem; KS_ERR_USAGE when KS_DOCUMENT_DIFF has no such format
 */
KS_MUST_CHECK struct ks_error *ks_diff_report_new(const struct ks_store_image *old,
						  const struct ks_store_image *new,
						  const struct ks_diff_scope *scope,
						  const struct ks_diff_options *options,
						  struct ks_diff_report **ret);
void ks_diff_report_free(struct ks_diff_report *report); // NULL is allowed
static inline void ks_diff_report_freep(struct ks_diff_report **report)
{
	ks_diff_report_free(*report);
}
#define _cleanup_diff_report_ __attribute__((__cleanup__(ks_diff_report_freep)))

/** A ks_difference_fn: keep a name that differs. @param arg a struct ks_diff_report */
struct ks_error *ks_diff_report_add(const struct ks_difference *difference, void *arg);
/** Append the whole report. */
KS_MUST_CHECK struct ks_error *ks_diff_report_write(struct ks_diff_report *report,
						    const struct ks_summary *summary,
						    struct ks_buf *out);
