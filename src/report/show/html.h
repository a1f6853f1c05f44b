/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The parts of a name's page: inside report/ only. */
#include "report/show/terminal.h"
#include "report/text/html.h"

/** A page on its way. */
struct ks_show_page {
	struct ks_terminal terminal; // words that the terminal says, too: they go to its text
	struct ks_buf *out;
	bool site; // links to other pages
};

/** Take what lies in the terminal's text, escaped, and empty it. */
void ks_show_page_take(struct ks_show_page *page, struct ks_buf *out);
/** Every image, equal neighbours as one row. */
KS_MUST_CHECK struct ks_error *ks_show_page_life(struct ks_show_page *page);
/** The members of a struct, union or enum over the images. */
void ks_show_page_members(struct ks_show_page *page);
