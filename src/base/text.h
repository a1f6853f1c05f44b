/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Names come from files and servers; terminals, logs, browsers and spreadsheets are interpreters. All text that leaves goes
 * through here, chosen by where it goes, so that nothing of a name acts there.
 *
 * What no sink gets: control characters (C0, DEL, C1 as a byte or as U+0080 to U+009F), characters that turn the direction of
 * text or cannot be seen, line and paragraph separators, bytes that are no UTF-8. They are written visibly: \n, \t, \r, \x1b,
 * \u202e. What a build service takes for a command is broken up: "::" where a word begins, and "##word[" anywhere.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum ks_text_sink {
	KS_TEXT_LINE,	  // terminals, logs, text files, Markdown between fences: part of one line
	KS_TEXT_MARKUP,	  // HTML, XML, SVG: between tags, or inside "…" of an attribute
	KS_TEXT_MARKDOWN, // Markdown's running text
	KS_TEXT_MARKDOWN_TYPE, // the same, _ * [ ] of C types as they are; also in HTML elements
	KS_TEXT_MARKDOWN_CELL, // as KS_TEXT_MARKDOWN_TYPE, inside a table
	KS_TEXT_CODE,	       // a code span of Markdown, with its backquotes
	KS_TEXT_CODE_CELL,     // the same inside a table
	KS_TEXT_CSV,	       // a cell of CSV, quoted when it must be; none is a formula
	KS_TEXT_GITHUB_VALUE,  // a property of a workflow command: file=…
	KS_TEXT_GITHUB,	       // the message of a workflow command
	KS_TEXT_JSON, // a string of JSON with its quotes: ASCII; what is no UTF-8 is \udcXX
	KS_NR_TEXT_SINKS
};

/** Append text for a sink. Text may hold NULs. */
void ks_text_write(struct ks_buf *out, enum ks_text_sink sink, const char *text, size_t len);

static inline void ks_text_str(struct ks_buf *out, enum ks_text_sink sink, const char *text)
{
	ks_text_write(out, sink, text, strlen(text));
}

/** Rewrite for a sink what was appended since byte start. Costs one look at each byte when there is nothing to do. */
void ks_text_tail(struct ks_buf *out, size_t start, enum ks_text_sink sink);

/** Whether text can be a part of a line as it is: KS_TEXT_LINE would change nothing. */
bool ks_text_is_plain(const char *text, size_t len);

/** How many bytes of text are most or fewer, without cutting a letter of UTF-8 in two. */
size_t ks_text_cut(const char *text, size_t len, size_t most);
