/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Verdicts on programs, as text. */
#include "base/buf.h"
#include "check/check.h"
#include "check/tools/excuses.h"
#include "check/tools/tools.h"
#include "report/format.h"

struct ks_check_report {
	enum ks_format format;		  // one that KS_DOCUMENT_CHECK has
	const struct ks_tools *tools;	  // of the check
	const struct ks_excuses *excuses; // NULL: nothing is excused
	bool verbose;			  // terminal: every program, every reason
	bool color;			  // terminal: use ANSI colours
	unsigned int columns;		  // terminal: width; 0 means 80
	enum ks_verdict fail_on;	  // the best verdict that counts as a failed test
	/** sarif, github: "OLD=NEW,…", beginnings of paths and what stands for them; NULL. */
	const char *map;
	const char *here; // sarif, github: paths below this folder are told from there; NULL
	/**
	 * HTML: what goes into a page of the site, tools first. Cells lead to the explanations, which are at this address, a slash and
	 * PROGRAM@LABEL. NULL: a page by itself.
	 */
	const char *site;
	const char *store; // HTML, a page by itself: where its kernels came from; NULL: not told
	int64_t time;	   // and when it was made, in seconds since 1970; 0: not told
};

/** Append the report. @return &ks_nomem; KS_ERR_USAGE when KS_DOCUMENT_CHECK has no such format */
KS_MUST_CHECK struct ks_error *ks_check_write(const struct ks_check_report *report,
					      const struct ks_check *check, struct ks_buf *out);

/** One program on one image: where it stands in the table. */
struct ks_check_cell {
	size_t row, image;
};
/**
 * Append all there is to say of programs on images: what each attaches to, each reason with its instruction and
 * source line, and what was found harmless because no path leads there.
 * @return &ks_nomem; KS_ERR_USAGE when KS_DOCUMENT_EXPLAIN has no such format
 */
KS_MUST_CHECK struct ks_error *ks_check_explain(const struct ks_check_report *report,
						const struct ks_check *check,
						const struct ks_check_cell *cells, size_t nr,
						struct ks_buf *out);

/** The same for every program of that name or section, on every image, with an empty line between two. Appends nothing when there is none. */
KS_MUST_CHECK struct ks_error *ks_check_explain_called(const struct ks_check_report *report,
						       const struct ks_check *check,
						       const char *word, struct ks_buf *out);
