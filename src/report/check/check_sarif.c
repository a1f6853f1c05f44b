/* SPDX-License-Identifier: BSD-2-Clause */
/* SARIF 2.1.0 (OASIS): a rule for each reason, a result for each reason of a program. */
#include <ctype.h>
#include <string.h>

#include "report/check/check_sarif.h"

const char *const ks_sarif_levels[KS_NR_VERDICTS] = {
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

/** Words as one identifier: "no such LSM hook" is NoSuchLsmHook. @param text scratch */
static void write_name(struct ks_json *json, const char *words, struct ks_buf *text)
{
	for (const char *at = words; *at;) {
		size_t len = strcspn(at, " -");
		for (size_t i = 0; i < len && !(len == 1 && *at == 'a'); i++) {
			int c = (unsigned char)at[i];
			if (isalnum(c)) // "event's" is one word
				ks_buf_char(text, (char)(i ? tolower(c) : toupper(c)));
		}
		at += len + (at[len] != '\0');
	}
	ks_json_key_str(json, "name", ks_buf_text(text) ? text->at : "");
	text->len = 0;
}

/** @param text scratch */
static void write_rule(struct ks_json *json, enum ks_reason_kind kind, struct ks_buf *text)
{
	const struct ks_reason_info *reason = &ks_reasons[kind];
	ks_json_open(json, '{');
	ks_json_key_str(json, "id", reason->name);
	write_name(json, reason->title, text);
	ks_buf_printf(text, "%s.", reason->title);
	write_text(json, "shortDescription", ks_buf_text(text) ? text->at : "");
	text->len = 0;
	write_text(json, "fullDescription", reason->about);
	ks_buf_printf(text, "%s %s", reason->about, reason->remedy);
	ks_json_key_open(json, "help", '{');
	ks_json_key_str(json, "text", ks_buf_text(text) ? text->at : "");
	text->len = 0;
	ks_buf_printf(text, "%s\n\n**What to do:** %s", reason->about, reason->remedy);
	ks_json_key_str(json, "markdown", ks_buf_text(text) ? text->at : "");
	text->len = 0;
	ks_json_close(json, '}');
	ks_json_key_str(json, "helpUri", KSURF_HOMEPAGE);
	ks_json_key_open(json, "defaultConfiguration", '{');
	ks_json_key_str(json, "level", ks_sarif_levels[reason->verdict]);
	ks_json_close(json, '}');
	ks_json_close(json, '}');
}

static struct ks_error *write_tool(struct ks_json *json)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_json_key_open(json, "tool", '{');
	ks_json_key_open(json, "driver", '{');
	ks_json_key_str(json, "name", "ksurf");
	ks_json_key_str(json, "version", KSURF_VERSION);
	ks_json_key_str(json, "informationUri", KSURF_HOMEPAGE);
	ks_json_key_open(json, "rules", '[');
	for (int i = 0; i < KS_NR_REASONS; i++)
		write_rule(json, i, &text);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	ks_json_close(json, '}');
	return ks_buf_error(&text);
}

struct ks_error *ks_check_sarif(const struct ks_check_report *report, const struct ks_check *check,
				struct ks_buf *out)
{
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '{');
	ks_json_key_str(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	ks_json_key_str(&json, "version", "2.1.0");
	ks_json_key_open(&json, "runs", '[');
	ks_json_open(&json, '{');
	KS_TRY(write_tool(&json));
	ks_json_key_str(&json, "columnKind", "unicodeCodePoints");
	KS_TRY(ks_sarif_results(report, check, &json));
	ks_json_key_open(&json, "properties", '{');
	ks_json_key_str(&json, "basis", ks_bases[KS_BASIS_COMPILED]); // of programs, not of tools
	ks_json_close(&json, '}');
	ks_json_close(&json, '}');
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
	return NULL;
}
