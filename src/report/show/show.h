/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What is known of one name, as text. */
#include "base/buf.h"
#include "check/kernels/attach.h"
#include "report/format.h"
#include "surface/groups.h"
#include "surface/history.h"

/** Whether a format of KS_DOCUMENT_SHOW has a form for a kind. */
bool ks_show_has(enum ks_format format, enum ks_kind kind);

struct ks_report_options {
	bool color;   // terminal: use ANSI colours
	bool verbose; // terminal: every image in detail, all callers
	bool site;    // HTML: a part of a page, with links to others; else a page of its own
	unsigned int columns; // terminal: width; 0 means 80
	/**
	 * HTML: the page is about one image of the history, or about two of them, the older one first; the others are what it is
	 * set beside. 0: about all.
	 */
	size_t nr_focus;
	size_t focus[2]; // indexes into the history
	/**
	 * HTML: room for what was answered about attaching, KS_NR_FUNCTION_WAYS bytes for each fact, of zeros at first; whoever keeps
	 * it with a history spares the next report the questions. NULL: it is not kept.
	 */
	uint8_t *answers;
	/**
	 * Of the images of the groups, in their order, to ask what else they have: what can be attached to a function
	 * depends on the configuration, types and other functions. NULL: what depends on them is unknown. Borrowed.
	 */
	struct ks_view *view;
};

/** Writes reports of one format, one after the other. One per thread. */
struct ks_report;
/**
 * @param groups borrowed; of the images of the histories to come
 * @param options NULL: no colour, brief, 80 columns
 * @return &ks_nomem; KS_ERR_USAGE when KS_DOCUMENT_SHOW has no such format
 */
KS_MUST_CHECK struct ks_error *ks_report_new(enum ks_format format, const struct ks_groups *groups,
					     const struct ks_report_options *options,
					     struct ks_report **ret);
void ks_report_free(struct ks_report *report); // NULL is allowed
static inline void ks_report_freep(struct ks_report **report)
{
	ks_report_free(*report);
}
#define _cleanup_report_ __attribute__((__cleanup__(ks_report_freep)))

/**
 * Append the report of one name.
 * @param history with one fact for each image of the groups, in their order
 * @return KS_ERR_USAGE when the format has no form for the kind; KS_ERR_NOMEM
 */
KS_MUST_CHECK struct ks_error *
ks_report_write(struct ks_report *report, const struct ks_history *history, struct ks_buf *out);

/**
 * Append the path of a report below the folder it is written to: "Function/v/vfs_read.md". A '/' in the
 * name becomes "%2f", so that no name leaves the folder.
 */
void ks_report_path(enum ks_format format, enum ks_kind kind, const char *name, struct ks_buf *out);
