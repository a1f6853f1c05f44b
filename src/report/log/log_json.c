/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/diff-json.md tells the keys. */
#include "report/log/log_page.h"
#include "report/show/json_sheet.h"
#include "surface/issue.h"

static struct ks_error *write_step(const struct ks_step *step, void *arg)
{
	struct ks_sheet *sheet = arg;
	struct ks_json *json = &sheet->json;
	ks_json_open(json, '{');
	ks_json_key_str(json, "image", step->fact->image->label);
	ks_json_key_str(json, "group", ks_groups_infos[step->group].name);
	ks_json_key_str(json, "label", step->label);
	ks_json_key_str(json, "event", ks_step_infos[step->event].name);
	ks_json_key_str(json, "compared_with", step->before ? step->before->image->label : NULL);
	ks_sheet_issues(json, "issues", ks_fact_issues(sheet->history->kind, step->fact));
	ks_json_key_open(json, "changes", '[');
	for (size_t i = 0; i < step->changes.nr; i++)
		ks_sheet_change(sheet, &step->changes.at[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	return NULL;
}

struct ks_error *ks_log_json(struct ks_report *report, const struct ks_history *history, bool patch,
			     struct ks_buf *out)
{
	(void)patch;
	struct ks_sheet sheet = { report, history, ks_json_to(out, 2), { 0 } };
	struct ks_json *json = &sheet.json;
	const struct ks_span span = ks_steps_span(report->groups, history);
	ks_json_open(json, '{');
	ks_json_key_u64(json, "ksurf", 1);
	ks_json_key_str(json, "kind", ks_kinds[history->kind].name);
	ks_json_key_str(json, "name", history->name);
	ks_json_key_str(json, "since", span.since);
	ks_json_key_str(json, "until", span.until);
	ks_json_key_open(json, "images", '[');
	struct ks_error *err =
		ks_steps_walk(report->groups, history, report->diff, write_step, &sheet);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	ks_buf_char(out, '\n');
	if (!err)
		err = ks_buf_error(&sheet.text);
	ks_buf_deinit(&sheet.text);
	return err;
}
