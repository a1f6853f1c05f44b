/* SPDX-License-Identifier: BSD-2-Clause */
/* What continuous integration reads: JUnit's XML, and the workflow commands of GitHub. */
#include <string.h>

#include "base/text.h"
#include "report/check/check_page.h"

/* ---- JUnit ---- */

/** All reasons of an outcome, a line each, escaped. */
static void write_texts(const struct ks_outcome *outcome, struct ks_buf *text, struct ks_buf *out)
{
	for (uint32_t i = 0; i < outcome->nr; i++) {
		const struct ks_reason *reason = &outcome->reasons[i];
		if (reason->soft || reason->verdict == KS_VERDICT_OK)
			continue;
		ks_reason_title(reason, text);
		if (reason->detail)
			ks_buf_printf(text, "; %s", reason->detail);
		if (reason->line && reason->line->file)
			ks_buf_str(text, " at ");
		ks_reason_place(reason, text);
		if (reason->hint)
			ks_buf_printf(text, "; hint: %s", reason->hint);
		ks_text_write(out, KS_TEXT_MARKUP, text->at, text->len);
		ks_buf_char(out, '\n');
		text->len = 0;
	}
}

/** Whether nothing that makes a verdict so bad is left when what is known and waived is taken away. */
static bool is_excused(const struct ks_check_report *report, size_t row, size_t image,
		       const struct ks_outcome *outcome)
{
	bool any = false;
	for (uint32_t i = 0; i < outcome->nr; i++) {
		const struct ks_reason *reason = &outcome->reasons[i];
		if (reason->soft || reason->verdict < report->fail_on)
			continue;
		if (!ks_check_is_excused(report, row, reason, &image, 1))
			return false;
		any = true;
	}
	return any;
}

/** The element inside a test case that says how it went; none for a success. */
static const char *element_of(const struct ks_check_report *report, const struct ks_check *check,
			      size_t row, size_t image)
{
	const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
	if (outcome->verdict == KS_VERDICT_OK)
		return NULL;
	if (outcome->optional || outcome->verdict < report->fail_on ||
	    is_excused(report, row, image, outcome))
		return outcome->verdict == KS_VERDICT_UNKNOWN ? "skipped" : "system-out";
	return "failure";
}

static void write_case(const struct ks_check_report *report, const struct ks_check *check,
		       size_t row, size_t image, struct ks_buf *text, struct ks_buf *out)
{
	const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
	const char *element = element_of(report, check, row, image),
		   *label = check->images[image]->label;
	ks_buf_str(out, "    <testcase classname=\"");
	const char *object = ks_row_object(check, row)->object->name;
	ks_text_str(out, KS_TEXT_MARKUP, object);
	ks_buf_str(out, "\" name=\"");
	ks_text_str(out, KS_TEXT_MARKUP, check->programs[row]->name);
	ks_buf_str(out, " on ");
	ks_text_str(out, KS_TEXT_MARKUP, label);
	ks_buf_str(out, element ? "\">\n" : "\"/>\n");
	if (!element)
		return;
	ks_buf_printf(out, "      <%s", element);
	if (strcmp(element, "system-out") != 0)
		ks_buf_printf(out, " message=\"%s\"", ks_verdicts[outcome->verdict].title);
	ks_buf_str(out, ">\n");
	write_texts(outcome, text, out);
	ks_buf_printf(out, "      </%s>\n    </testcase>\n", element);
}

/** How many test cases of an object have an element; all of them for NULL. */
static size_t count_cases(const struct ks_check_report *report, const struct ks_check *check,
			  const struct ks_check_object *object, const char *element)
{
	size_t nr = 0;
	for (size_t row = object->first; row < object->first + object->nr; row++)
		for (size_t i = 0; i < check->nr_images; i++) {
			const char *is = element_of(report, check, row, i);
			nr += !element || (is && strcmp(is, element) == 0);
		}
	return nr;
}

struct ks_error *ks_check_junit(const struct ks_check_report *report, const struct ks_check *check,
				struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_str(out,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ksurf\">\n");
	for (size_t o = 0; o < check->nr_objects; o++) {
		const struct ks_check_object *object = &check->objects[o];
		ks_buf_str(out, "  <testsuite name=\"");
		ks_text_str(out, KS_TEXT_MARKUP, object->object->name);
		ks_buf_printf(out,
			      "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
			      count_cases(report, check, object, NULL),
			      count_cases(report, check, object, "failure"),
			      count_cases(report, check, object, "skipped"));
		for (size_t row = object->first; row < object->first + object->nr; row++)
			for (size_t i = 0; i < check->nr_images; i++)
				write_case(report, check, row, i, &text, out);
		ks_buf_str(out, "  </testsuite>\n");
	}
	ks_buf_str(out, "</testsuites>\n");
	return ks_buf_error(&text);
}

/* ---- GitHub ---- */

static void write_annotation(const struct ks_check_report *report, const struct ks_check *check,
			     size_t row, const struct ks_reason_group *group, struct ks_buf *text,
			     struct ks_buf *out)
{
	const struct ks_reason *reason = group->reason;
	const struct ks_bpf_line *line = reason->line && reason->line->file ? reason->line : NULL;
	bool optional = ks_row_verdict(check, row) < reason->verdict;
	ks_buf_printf(out, "::%s file=",
		      optional					? "notice"
		      : reason->verdict >= KS_VERDICT_NO_ATTACH ? "error"
								: "warning");
	ks_check_path(report, line ? line->file : ks_row_object(check, row)->path, text);
	ks_text_str(out, KS_TEXT_GITHUB_VALUE, ks_buf_text(text) ? text->at : "");
	text->len = 0;
	if (line && line->line)
		ks_buf_printf(out, ",line=%u", line->line);
	ks_buf_str(out, ",title=");
	ks_text_str(out, KS_TEXT_GITHUB_VALUE, ks_row_object(check, row)->object->name);
	ks_buf_char(out, ' ');
	ks_text_str(out, KS_TEXT_GITHUB_VALUE, check->programs[row]->name);
	ks_buf_printf(out, " %s::", ks_verdicts[reason->verdict].title);
	ks_reason_title(reason, text);
	ks_buf_char(text, ' ');
	ks_group_images(check, group, text);
	if (reason->detail)
		ks_buf_printf(text, "; %s", reason->detail);
	if (reason->hint)
		ks_buf_printf(text, ". Hint: %s", reason->hint);
	const char *all = ks_buf_text(text);
	ks_text_str(out, KS_TEXT_GITHUB, all ? all : "");
	ks_buf_char(out, '\n');
	text->len = 0;
}

struct ks_error *ks_check_github(const struct ks_check_report *report, const struct ks_check *check,
				 struct ks_buf *out)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	for (size_t row = 0; row < check->nr_rows; row++) {
		struct ks_reason_groups groups;
		KS_TRY(ks_reason_groups(check, row, KS_VERDICT_RISK, false, &arena, &groups));
		for (size_t i = 0; i < groups.nr; i++)
			if (!ks_check_is_excused(report, row, groups.at[i].reason,
						 groups.at[i].images, groups.at[i].nr))
				write_annotation(report, check, row, &groups.at[i], &text, out);
	}
	return ks_buf_error(&text);
}
