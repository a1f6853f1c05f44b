/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/diff-json.md tells the keys. */
#include "report/diff/diff_page.h"
#include "report/show/json_sheet.h"
#include "report/text/json_image.h"

static void write_definition(struct ks_sheet *sheet, const char *key, const struct ks_fact *fact)
{
	if (fact->value)
		ks_json_key_str(&sheet->json, key, fact->value);
	else if (fact->decl)
		ks_sheet_decl(sheet, key, fact->decl);
}

static struct ks_error *write_name(struct ks_diff_report *report,
				   const struct ks_difference *difference, struct ks_buf *out)
{
	struct ks_sheet sheet = { .report = &report->frame, .json = ks_json_to(out, 2) };
	struct ks_json *json = &sheet.json;
	const struct ks_fact *only = !difference->old	? difference->new
				     : !difference->new ? difference->old
							: NULL;
	json->depth = 2; // inside the array of the page
	json->first = out->len == 0;
	ks_json_open(json, '{');
	ks_json_key_str(json, "kind", ks_kinds[difference->kind].name);
	ks_json_key_str(json, "name", difference->name);
	ks_json_key_str(json, "status", !only ? "changed" : difference->new ? "added" : "removed");
	if (!ks_diff_certain(report, difference))
		ks_json_key_bool(json, "certain", false);
	if (only)
		write_definition(&sheet, "definition", only);
	ks_json_key_open(json, "changes", '[');
	for (size_t i = 0; i < difference->changes.nr; i++)
		ks_sheet_change(&sheet, &difference->changes.at[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	struct ks_error *err = ks_buf_error(&sheet.text);
	ks_buf_deinit(&sheet.text);
	return err;
}

static void write_image(struct ks_json *json, const char *key, const struct ks_image *image)
{
	ks_json_key_open(json, key, '{');
	ks_json_image(json, image);
	ks_json_close(json, '}');
}

static void write_number(struct ks_json *json, const char *key, bool known, size_t number)
{
	ks_json_key(json, key);
	if (known)
		ks_json_u64(json, number);
	else
		ks_json_null(json);
}

static void write_tally(struct ks_json *json, enum ks_kind kind, const struct ks_tally *tally,
			uint32_t extras)
{
	bool both = tally->old_known && tally->new_known;
	ks_json_open(json, '{');
	ks_json_key_str(json, "kind", ks_kinds[kind].name);
	write_number(json, "old", tally->old_counted, tally->old);
	write_number(json, "new", tally->new_counted, tally->new);
	write_number(json, "added", ks_tally_tells_added(tally), tally->added);
	write_number(json, "removed", ks_tally_tells_removed(tally), tally->removed);
	write_number(json, "changed", ks_tally_tells_changed(tally), tally->changed);
	if (both && tally->added && !tally->added_certain)
		ks_json_key_bool(json, "added_certain", false);
	if (both && tally->removed && !tally->removed_certain)
		ks_json_key_bool(json, "removed_certain", false);
	if (kind == KS_FUNCTION && extras & KS_DIFF_STATUS)
		write_number(json, "compiled_differently", both, tally->compiled);
	if ((kind == KS_STRUCT || kind == KS_UNION) && extras & KS_DIFF_LAYOUT)
		write_number(json, "another_layout", both, tally->laid_out);
	ks_json_key_open(json, "changes", '{');
	for (int i = 0; i < KS_NR_CHANGES; i++)
		if (tally->changes[i])
			ks_json_key_u64(json, ks_changes_infos[i].name, tally->changes[i]);
	ks_json_close(json, '}');
	ks_json_close(json, '}');
}

static void write_details(struct ks_diff_report *report, struct ks_json *json)
{
	ks_json_key_open(json, "differences", '[');
	for (int kind = 0; kind < KS_NR_KINDS; kind++) {
		const struct ks_buf *details = &report->details[kind];
		if (!details->len)
			continue;
		if (!json->first)
			ks_buf_char(json->out, ',');
		ks_buf_bytes(json->out, details->at, details->len);
		json->first = false;
	}
	ks_json_close(json, ']');
}

static struct ks_error *write_page(struct ks_diff_report *report, const struct ks_summary *summary,
				   struct ks_buf *out)
{
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	write_image(&json, "old", &report->old->image);
	write_image(&json, "new", &report->new->image);
	ks_json_key_bool(&json, "differs", ks_summary_differs(summary));
	ks_json_key_open(&json, "kinds", '[');
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++)
		if (!report->scope->kinds || (report->scope->kinds & KS_KNOWS(kind)))
			write_tally(&json, kind, &summary->kinds[kind], report->scope->extras);
	ks_json_close(&json, ']');
	if (report->options.details)
		write_details(report, &json);
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
	return NULL;
}

const struct ks_diff_writer ks_diff_json = { write_name, write_page };
