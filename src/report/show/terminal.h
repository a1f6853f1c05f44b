/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Text for people: lines of limited width, and colour when asked. Inside report/ and api/ only. */
#include "report/show/writer.h"
#include "report/text/c_text.h"
#include "report/text/change.h"

enum ks_paint {
	KS_PAINT_NONE,
	KS_PAINT_HEAD,
	KS_PAINT_GOOD,
	KS_PAINT_BAD,
	KS_PAINT_DIM,
	KS_PAINT_END,
	KS_NR_PAINTS
};

/** One report on its way to a terminal. */
struct ks_terminal {
	struct ks_report *report;
	const struct ks_history *history;
	struct ks_buf *out;
	struct ks_buf text; // what is laid out next; empty between two calls
};

/**
 * Append text in a colour. What this and the two below write is made fit for KS_TEXT_LINE; what goes to out without them
 * must be.
 */
void ks_terminal_paint(struct ks_terminal *terminal, enum ks_paint paint, const char *text);
void ks_terminal_blanks(struct ks_terminal *terminal, size_t nr);
/**
 * Lay out terminal->text and empty it: broken at blanks so that no line is wider than the terminal, as far as its
 * words allow. The cursor stands at column at; further lines are indented by indent. Ends the line.
 */
void ks_terminal_wrap(struct ks_terminal *terminal, size_t at, size_t indent);
/** As ks_terminal_wrap() for C text: broken behind commas and arrows only. */
void ks_terminal_wrap_code(struct ks_terminal *terminal, size_t at, size_t indent);
/** Columns that UTF-8 text takes, one per character. */
size_t ks_text_columns(const char *text, size_t len);

/** Append "3 places", "1 place". */
void ks_count_write(struct ks_buf *out, size_t nr, const char *one, const char *many);
/** Append "OK" or the issues of a fact to terminal->text. @return what to paint them in */
enum ks_paint ks_terminal_status(struct ks_terminal *terminal, const struct ks_fact *fact);
/** Append in one line what is worth knowing of a fact beside its issues; nothing if there is nothing. */
KS_MUST_CHECK struct ks_error *ks_terminal_summary(enum ks_kind kind, const struct ks_fact *fact,
						   struct ks_buf *out);
/** Append which modules the fact is of, and which have the name besides the kernel; nothing for the kernel's own. */
void ks_terminal_modules(const struct ks_fact *fact, struct ks_buf *out);
/** Where a function of the fact lies, who calls and inlines it, its copies and symbols. */
KS_MUST_CHECK struct ks_error *ks_terminal_function(struct ks_terminal *terminal,
						    const struct ks_fact *fact);
/** How many callers at the beginning say the same; nr is at least 1. */
uint32_t ks_callers_run(const struct ks_caller *callers, uint32_t nr);
/** Append what else is worth knowing of a caller of the entry: ", tail call, no code left"; or nothing. */
void ks_caller_notes(struct ks_buf *out, const struct ks_function *fn, const struct ks_entry *entry,
		     const struct ks_caller *caller);
/** Append what an out-of-line copy is: "clone at ffffffff81001000, takes file (1 of 2 parameters)". */
void ks_clone_write(struct ks_buf *out, const struct ks_entry *entry, const struct ks_clone *clone);
/** Append where one function of a name lies, and how it was declared. */
void ks_entry_write(struct ks_buf *out, const struct ks_entry *entry);
/** Append what a symbol lacks of one that everything can be attached to: ", no kprobes". @param all what it has, too */
void ks_symbol_attach(struct ks_buf *out, const struct ks_image *image,
		      const struct ks_symbol *symbol, bool all);
/** Append a struct, union or enum, a member a line. */
void ks_terminal_record(struct ks_buf *out, const struct ks_decl *decl);
/**
 * Append the declaration of a fact on one line.
 * @return false when it has none, or its kind is shown in a block of its own
 */
bool ks_terminal_declaration(struct ks_buf *out, enum ks_kind kind, const struct ks_fact *fact);
