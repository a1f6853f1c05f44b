/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Verdicts on programs, as text. */
#include "base/buf.h"
#include "check/check.h"

enum ks_check_format {
	KS_CHECK_TERMINAL, // for people: a matrix, then the reasons
	KS_CHECK_MD,	   // for a pull request
	KS_CHECK_JSON,	   // for programs; docs/check-json.md
	KS_CHECK_HTML,	   // one page that needs nothing else
	KS_CHECK_SARIF,	   // 2.1.0, for code scanning
	KS_CHECK_JUNIT,	   // one test case for each program and image
	KS_CHECK_GITHUB,   // workflow commands: annotations
	KS_NR_CHECK_FORMATS,
};
/** How they are spelled on the command line; ends with NULL. */
extern const char *const ks_check_formats[];

struct ks_check_report {
	enum ks_check_format format;
	bool verbose;		 // terminal: every program, every reason
	bool color;		 // terminal: use ANSI colours
	unsigned int columns;	 // terminal: width; 0 means 80
	enum ks_verdict fail_on; // the best verdict that counts as a failed test
};

/** Append the report. @return NULL or &ks_nomem */
KS_MUST_CHECK struct ks_error *ks_check_write(const struct ks_check_report *report,
					      const struct ks_check *check, struct ks_buf *out);

/**
 * Append all there is to say of one program on one image: what it attaches to, each reason with its instruction and
 * source line, and what was found harmless because no path leads there.
 */
KS_MUST_CHECK struct ks_error *ks_check_explain(const struct ks_check_report *report,
						const struct ks_check *check, size_t row,
						size_t image, struct ks_buf *out);
