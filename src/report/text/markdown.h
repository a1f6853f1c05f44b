/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The frame that both published Markdown styles share: inside report/ only. */
#include "report/show/writer.h"
#include "report/text/c_text.h"

/** Where the two styles differ. */
struct ks_markdown {
	const struct ks_c_text_style *style;
	const char *bad;   // the mark behind issues and changes, with its blank
	bool image_labels; // images go by their own label in every group
	bool one_sided;	   // a pair of which only one image has the type is told
	bool type_decides; // a function is absent when its type is, else when its group is
	/** The function group of a details element, with its leading blank line. */
	void (*group)(struct ks_buf *out, const struct ks_function *fn);
};

/** Append the report of a name, in one of the two. */
KS_MUST_CHECK struct ks_error *ks_markdown_write(const struct ks_markdown *style,
						 struct ks_report *report,
						 const struct ks_history *history,
						 struct ks_buf *out);
