/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What pages of HTML have in common: one dress, and links between the pages of a site. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "surface/model.h"

/** The style sheet that all pages are written for. */
extern const char ks_html_style[];

/** Append text between tags, or inside of an attribute's quotes. */
static inline void ks_html_text(struct ks_buf *out, const char *text)
{
	ks_text_str(out, KS_TEXT_MARKUP, text);
}
/** Append lines: each is made fit for a page, and the newlines stay. */
void ks_html_lines(struct ks_buf *out, const char *text, size_t len);
/** From the first byte of a page that needs nothing else up to <body>, style included. */
void ks_html_begin(struct ks_buf *out, const char *title);
void ks_html_end(struct ks_buf *out);
/** Append the address of a name's page on the site. @param label of one image; NULL: over all of them */
void ks_html_address(struct ks_buf *out, enum ks_kind kind, const char *name, const char *label);
