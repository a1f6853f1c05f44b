/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The parts of a name's page: inside report/ only. */
#include "report/show/terminal.h"
#include "report/text/html.h"

/** A page on its way. */
struct ks_show_page {
	struct ks_terminal terminal; // words that the terminal says, too: they go to its text
	struct ks_buf *out;
	bool site;	   // links to other pages
	const char *label; // of the one image that it is about: links keep it; NULL: about several
	uint8_t *answers;  // of ks_show_page_answer(), 0: not asked yet
};

/** A kind with members or values. */
static inline bool ks_show_is_record(enum ks_kind kind)
{
	return kind == KS_STRUCT || kind == KS_UNION || kind == KS_ENUM;
}

/** Take what lies in the terminal's text, escaped, and empty it. */
void ks_show_page_take(struct ks_show_page *page, struct ks_buf *out);
/** What lies in the terminal's text as a row of a list at a glance; nothing, no row. */
void ks_show_page_row(struct ks_show_page *page, const char *title);
/** Begin and end a link to another name of the page's kernel; without a site both write nothing. */
void ks_show_page_link(struct ks_show_page *page, enum ks_kind kind, const char *name);
void ks_show_page_link_end(struct ks_show_page *page);
/** A type as C code, which leads to the name that it is of. */
void ks_show_page_type(struct ks_show_page *page, const struct ks_type *type);
/** What can be attached to the function of a fact; asked once. */
enum ks_answer ks_show_page_answer(struct ks_show_page *page, const struct ks_fact *fact,
				   enum ks_attach_way way);
/** How answers are painted and marked. */
struct ks_show_answer {
	const char *class, *mark, *word;
};
extern const struct ks_show_answer ks_show_answers[];

/** Title of the page, and in how many kernels the name is. */
void ks_show_page_head(struct ks_show_page *page);
/** What one wants to know first, over all images. */
KS_MUST_CHECK struct ks_error *ks_show_page_glance(struct ks_show_page *page);
/** The same of one image, with all that is known of it. */
KS_MUST_CHECK struct ks_error *ks_show_page_kernel(struct ks_show_page *page,
						   const struct ks_fact *fact);
/** What a probe misses, and where calls are seen. */
KS_MUST_CHECK struct ks_error *ks_show_page_misses(struct ks_show_page *page,
						   const struct ks_fact *fact);
/** Two images beside each other. */
KS_MUST_CHECK struct ks_error *
ks_show_page_pair(struct ks_show_page *page, const struct ks_fact *old, const struct ks_fact *new);
/** Every image, equal neighbours as one row. */
KS_MUST_CHECK struct ks_error *ks_show_page_life(struct ks_show_page *page);
/** "OK" or the issues of a fact, painted. */
void ks_show_page_status(struct ks_show_page *page, const struct ks_fact *fact, struct ks_buf *out);
/** Changes as items of a list; many are folded. */
void ks_show_page_changes(struct ks_show_page *page, const struct ks_changes *changes,
			  struct ks_buf *out);
/** The members of a struct, union or enum over the images. */
void ks_show_page_members(struct ks_show_page *page);
/** The same of two images. */
void ks_show_page_members_of_two(struct ks_show_page *page, const struct ks_fact *old,
				 const struct ks_fact *new);
/** The members of one definition, each with its offset, its type and since when it is there. */
void ks_show_page_record(struct ks_show_page *page, const struct ks_decl *decl);
/** The definition as C text. @param folded behind a click */
void ks_show_page_definition(struct ks_show_page *page, const struct ks_fact *fact, bool folded);
/** Where the functions of a fact are, who calls and inlines them, their copies and symbols. @param brief only the first callers */
void ks_show_page_function(struct ks_show_page *page, const struct ks_fact *fact, bool brief);
/** The same, of a few callers, below a title with the image. */
void ks_show_page_where(struct ks_show_page *page, const struct ks_fact *fact);
