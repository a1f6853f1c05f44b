/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the formats of a pair share: inside report/ only. */
#include "report/diff/diff.h"
#include "report/show/terminal.h"

struct ks_diff_report {
	const struct ks_store_image *old, *new;
	const struct ks_diff_scope *scope;
	struct ks_diff_options options;
	struct ks_report frame;		    // what views and sheets want: options alone are used
	struct ks_buf details[KS_NR_KINDS]; // the names of each kind, as the format writes them
	struct ks_buf text;		    // empty between two calls
};

/** One per format. */
struct ks_diff_writer {
	/** Append a name that differs to the details of its kind. */
	struct ks_error *(*name)(struct ks_diff_report *report,
				 const struct ks_difference *difference, struct ks_buf *out);
	/** Append the report, details included. */
	struct ks_error *(*page)(struct ks_diff_report *report, const struct ks_summary *summary,
				 struct ks_buf *out);
};
extern const struct ks_diff_writer ks_diff_terminal, ks_diff_md, ks_diff_json, ks_diff_html;

/** A row of the table that terminal, Markdown and HTML have in common. */
struct ks_diff_row {
	const char *title;
	size_t changed;
	int depth; // 1; 2: a part of what stands above it, which is not counted as changed
};
/** The kinds of change that a tally has, with their numbers. @return how many of rows were filled */
size_t ks_diff_rows(const struct ks_tally *tally, struct ks_diff_row rows[KS_NR_CHANGES + 2]);
/** The kind was asked for and some image has something of it, or knows none. */
bool ks_diff_shown(const struct ks_diff_report *report, const struct ks_summary *summary,
		   enum ks_kind kind);
enum { KS_DIFF_NUMBER = 24 };
/** The numbers of a tally as text: "?" where an image does not tell. */
struct ks_diff_counts {
	char old[KS_DIFF_NUMBER], new[KS_DIFF_NUMBER], added[KS_DIFF_NUMBER],
		removed[KS_DIFF_NUMBER], changed[KS_DIFF_NUMBER];
};
struct ks_diff_counts ks_diff_counts_of(const struct ks_tally *tally);
/** What stands behind the number of added or removed names: nothing, or a mark that the sentence below explains. */
const char *ks_diff_doubt(size_t nr, bool certain);
/** Only one image has the name, and the other lists all that it has. True for a name of both. */
bool ks_diff_certain(const struct ks_diff_report *report, const struct ks_difference *difference);
/** Append one sentence on a kind that cannot be compared, or not in all; nothing when it can. */
void ks_diff_unknown(const struct ks_diff_report *report, const struct ks_summary *summary,
		     enum ks_kind kind, struct ks_buf *out);
/** What differs, one folded part a kind: before, what it is and how many, between, the details, after. */
void ks_diff_details(const struct ks_diff_report *report, const struct ks_summary *summary,
		     const char *before, const char *between, const char *after,
		     struct ks_buf *out);
/** Append a name with what is short enough to stand beside it: a prototype, a value. */
void ks_diff_name(const struct ks_difference *difference, struct ks_buf *out);
/** Writes what lies in text in the page's form of code, and empties it. */
typedef void ks_diff_code_fn(struct ks_buf *out, struct ks_buf *text);
/** Append how the name of a difference is headed: "added" or "removed" and the name as code. @param text empty; scratch */
void ks_diff_head(const struct ks_diff_report *report, const struct ks_difference *difference,
		  ks_diff_code_fn *code, struct ks_buf *text, struct ks_buf *out);
/** Append what a change was and has become, each as code. @param text empty; scratch */
void ks_diff_sides(const struct ks_change *change, ks_diff_code_fn *code, struct ks_buf *text,
		   struct ks_buf *out);
/** The notice that a pair without any difference gets. */
extern const char ks_diff_same[];
