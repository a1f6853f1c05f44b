/* SPDX-License-Identifier: BSD-2-Clause */
/* SARIF 2.1.0 (OASIS): a rule for each reason, a result for each reason of a program. */
#include "base/json.h"
#include "report/check/check_page.h"

static const char *const levels[KS_NR_VERDICTS] = {
	[KS_VERDICT_OK] = "none",	[KS_VERDICT_UNKNOWN] = "note",
	[KS_VERDICT_RISK] = "warning",	[KS_VERDICT_NO_ATTACH] = "error",
	[KS_VERDICT_NO_LOAD] = "error",
};

static void write_text(struct ks_json *json, const char *key, const char *text)
{
	ks_json_key_open(json, key, '{');
	ks_json_key_str(json, "text", text);
	ks_json_close(json, '}');
}

static void write_tool(struct ks_json *json)
{
	ks_json_key_open(json, "tool", '{');
	ks_json_key_open(json, "driver", '{');
	ks_json_key_str(json, "name", "ksurf");
	ks_json_key_str(json, "version", KSURF_VERSION);
	ks_json_key_open(json, "rules", '[');
	for (int i = 0; i < KS_NR_REASONS; i++) {
		ks_json_open(json, '{');
		ks_json_key_str(json, "id", ks_reasons[i].name);
		write_text(json, "shortDescription", ks_reasons[i].title);
		ks_json_key_open(json, "defaultConfiguration", '{');
		ks_json_key_str(json, "level", levels[ks_reasons[i].verdict]);
		ks_json_close(json, '}');
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	ks_json_close(json, '}');
}

/** In the source where the line is known, else the file that holds the object. */
static void write_location(struct ks_json *json, const struct ks_check_object *object,
			   const struct ks_bpf_program *program, const struct ks_reason *reason)
{
	const struct ks_bpf_line *line = reason->line && reason->line->file ? reason->line : NULL;
	ks_json_key_open(json, "locations", '[');
	ks_json_open(json, '{');
	ks_json_key_open(json, "physicalLocation", '{');
	ks_json_key_open(json, "artifactLocation", '{');
	ks_json_key_str(json, "uri", line ? line->file : object->path);
	ks_json_close(json, '}');
	if (line && line->line) {
		ks_json_key_open(json, "region", '{');
		ks_json_key_u64(json, "startLine", line->line);
		if (line->column)
			ks_json_key_u64(json, "startColumn", line->column);
		ks_json_close(json, '}');
	}
	ks_json_close(json, '}');
	ks_json_key_open(json, "logicalLocations", '[');
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", program->name);
	ks_json_key_str(json, "fullyQualifiedName", program->section);
	ks_json_key_str(json, "kind", "function");
	ks_json_close(json, '}');
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	ks_json_close(json, ']');
}

static void write_message(const struct ks_check *check, size_t row,
			  const struct ks_reason_group *group, struct ks_buf *text)
{
	const struct ks_reason *reason = group->reason;
	ks_buf_printf(text, "%s %s ", check->programs[row]->name,
		      ks_verdicts[reason->verdict].title);
	ks_group_images(check, group, text);
	ks_buf_str(text, ": ");
	ks_reason_title(reason, text);
	if (reason->detail)
		ks_buf_printf(text, "; %s", reason->detail);
	if (reason->hint)
		ks_buf_printf(text, ". Hint: %s", reason->hint);
}

static void write_result(struct ks_json *json, const struct ks_check *check, size_t row,
			 const struct ks_reason_group *group, struct ks_buf *text)
{
	const struct ks_reason *reason = group->reason;
	ks_json_open(json, '{');
	ks_json_key_str(json, "ruleId", ks_reasons[reason->kind].name);
	ks_json_key_u64(json, "ruleIndex", (uint64_t)reason->kind);
	bool optional = ks_row_verdict(check, row) < reason->verdict;
	ks_json_key_str(json, "level", optional ? "note" : levels[reason->verdict]);
	write_message(check, row, group, text);
	const char *message = ks_buf_text(text);
	write_text(json, "message", message ? message : "");
	text->len = 0;
	write_location(json, ks_row_object(check, row), check->programs[row], reason);
	ks_json_key_open(json, "properties", '{');
	ks_json_key_open(json, "images", '[');
	for (size_t i = 0; i < group->nr; i++)
		ks_json_str(json, check->images[group->images[i]]->label);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	ks_json_close(json, '}');
}

static struct ks_error *write_results(struct ks_json *json, const struct ks_check *check)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_json_key_open(json, "results", '[');
	for (size_t row = 0; row < check->nr_rows; row++) {
		struct ks_reason_groups groups;
		KS_TRY(ks_reason_groups(check, row, KS_VERDICT_UNKNOWN, false, &arena, &groups));
		for (size_t i = 0; i < groups.nr; i++)
			write_result(json, check, row, &groups.at[i], &text);
	}
	ks_json_close(json, ']');
	return ks_buf_error(&text);
}

struct ks_error *ks_check_sarif(const struct ks_check_report *report, const struct ks_check *check,
				struct ks_buf *out)
{
	(void)report;
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '{');
	ks_json_key_str(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	ks_json_key_str(&json, "version", "2.1.0");
	ks_json_key_open(&json, "runs", '[');
	ks_json_open(&json, '{');
	write_tool(&json);
	KS_TRY(write_results(&json, check));
	ks_json_key_open(&json, "properties", '{');
	ks_json_key_str(&json, "basis", ks_bases[KS_BASIS_COMPILED]); // of programs, not of tools
	ks_json_close(&json, '}');
	ks_json_close(&json, '}');
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
	return NULL;
}
