/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the formats share: inside report/ only. */
#include "base/json.h"
#include "diff/diff.h"
#include "report/show/show.h"

struct ks_report {
	enum ks_format format;
	const struct ks_groups *groups;
	struct ks_report_options options;
	struct ks_diff *diff;
};

/** One per format; the report's kind is one that the format has a form for. */
typedef struct ks_error *ks_report_fn(struct ks_report *report, const struct ks_history *history,
				      struct ks_buf *out);
ks_report_fn ks_report_terminal, ks_report_md, ks_report_md_full, ks_report_json, ks_report_html;

/** What the kernel answers to a program that names the function of a fact of the history. */
enum ks_answer ks_report_attach(const struct ks_report *report, const struct ks_history *history,
				const struct ks_fact *fact, enum ks_attach_way way);
/** The ways to attach to what a kind names. @return how many */
size_t ks_report_ways(enum ks_kind kind, const enum ks_attach_way **ret);
/** The same as ks_report_attach() of any way, with what stands against it. */
void ks_report_attach_why(const struct ks_report *report, const struct ks_history *history,
			  const struct ks_fact *fact, enum ks_attach_way way,
			  struct ks_attach_result *ret);
/** "STB_GLOBAL" and the like; NULL for a number that has no name. */
const char *ks_bind_text(unsigned int bind);
/** Append "file:line", or the file alone when the line is unknown. @param entry with a loc_file */
void ks_location_write(struct ks_buf *out, const struct ks_entry *entry);
/** A key with the published callers [D], each as "unit:function". @param text scratch */
void ks_published_callers(struct ks_json *json, const char *key, const struct ks_caller *callers,
			  uint32_t nr, struct ks_buf *text);
/** The function group as the Markdown styles see it: NULL when no unit mentions the function. */
static inline const struct ks_function *ks_fact_group(const struct ks_fact *fact)
{
	return fact->function && fact->function->nr_entries ? fact->function : NULL;
}
