/* SPDX-License-Identifier: BSD-2-Clause */
/* The results of a SARIF log: where they are, what is said of them, and by what they are known again. */
#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "base/array.h"
#include "base/hashmap.h"
#include "base/text.h"
#include "base/url.h"
#include "base/vector.h"
#include "report/check/check_sarif.h"

/** What results are known again by, and how often that came. */
struct seen {
	uint64_t hash;
	unsigned int nr;
};
struct results {
	const struct ks_check_report *report;
	const struct ks_check *check;
	struct ks_json *json;
	struct ks_buf text; // scratch: empty between uses
	struct ks_hashmap map;
	KS_VECTOR(struct seen) seen;
};

/** Write what is in the scratch as a text, and empty it. */
static void write_scratch(struct results *results, const char *key)
{
	const char *text = ks_buf_text(&results->text);
	ks_json_key_str(results->json, key, text ? text : "");
	results->text.len = 0;
}

/** The address of a file: relative where the path is. */
static void write_artifact(struct results *results, const char *path)
{
	_cleanup_buf_ struct ks_buf told = { 0 };
	ks_check_path(results->report, path, &told);
	const char *at = ks_buf_text(&told) ? told.at : "";
	ks_buf_str(&results->text, *at == '/' ? "file://" : "");
	for (size_t len;; at += len + 1) {
		len = strcspn(at, "/");
		ks_url_encode(&results->text, at, len);
		if (!at[len])
			break;
		ks_buf_char(&results->text, '/');
	}
	ks_json_key_open(results->json, "artifactLocation", '{');
	write_scratch(results, "uri");
	ks_json_close(results->json, '}');
}

/** Whether columns of a line can be told: bytes are characters there. */
static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

/** @param column where it begins, from 1; 0: not told */
static void write_region(struct results *results, const char *key, const struct ks_bpf_line *line,
			 unsigned int column)
{
	const char *text = line->text && line->text[0] ? line->text : NULL;
	size_t len = text ? strlen(text) : 0;
	ks_json_key_open(results->json, key, '{');
	ks_json_key_u64(results->json, "startLine", line->line);
	if (column && column <= len && is_ascii(text)) {
		ks_json_key_u64(results->json, "startColumn", column);
		ks_json_key_u64(results->json, "endLine", line->line);
		ks_json_key_u64(results->json, "endColumn", len + 1);
		text += column - 1;
	}
	if (text) {
		ks_json_key_open(results->json, "snippet", '{');
		if (is_ascii(text))
			ks_buf_str(&results->text, text);
		else
			ks_text_str(&results->text, KS_TEXT_LINE, text);
		write_scratch(results, "text");
		ks_json_close(results->json, '}');
	}
	ks_json_close(results->json, '}');
}

/** The object inside the file that holds it. */
static void write_bytes(struct results *results, const struct ks_check_object *object)
{
	ks_json_key_open(results->json, "region", '{');
	ks_json_key_u64(results->json, "startLine", 1);
	ks_json_key_u64(results->json, "byteOffset", object->offset);
	ks_json_key_u64(results->json, "byteLength", object->size);
	ks_json_close(results->json, '}');
}

/** In the source where the line is known, else the file that holds the object. */
static void write_location(struct results *results, const struct ks_check_object *object,
			   const struct ks_bpf_program *program, const struct ks_reason *reason)
{
	const struct ks_bpf_line *line = reason->line && reason->line->file ? reason->line : NULL;
	struct ks_json *json = results->json;
	ks_json_key_open(json, "locations", '[');
	ks_json_open(json, '{');
	ks_json_key_open(json, "physicalLocation", '{');
	write_artifact(results, line ? line->file : object->path);
	if (line && line->line)
		write_region(results, "region", line, line->column);
	else
		write_bytes(results, object);
	if (line && line->line && line->column > 1)
		write_region(results, "contextRegion", line, 1);
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

static void write_message(struct results *results, size_t row, const struct ks_reason_group *group)
{
	const struct ks_reason *reason = group->reason;
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_printf(&text, "%s %s ", results->check->programs[row]->name,
		      ks_verdicts[reason->verdict].title);
	ks_group_images(results->check, group, &text);
	ks_buf_str(&text, ": ");
	ks_reason_title(reason, &text);
	if (reason->detail)
		ks_buf_printf(&text, "; %s", reason->detail);
	if (reason->hint)
		ks_buf_printf(&text, ". Hint: %s", reason->hint);
	ks_buf_char(&text, '.');
	ks_json_key_open(results->json, "message", '{');
	if (ks_buf_text(&text))
		ks_text_write(&results->text, KS_TEXT_LINE, text.at, text.len);
	write_scratch(results, "text");
	ks_json_close(results->json, '}');
}

/** How often that hash has come, this time included; 0 when memory runs out. */
static unsigned int count_hash(struct results *results, uint64_t hash)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&results->map, &walk));)
		if (results->seen.at[number - 1].hash == hash)
			return ++results->seen.at[number - 1].nr;
	const struct seen seen = { .hash = hash, .nr = 1 };
	if (!ks_vector_add(&results->seen, seen) ||
	    !ks_hashmap_add(&results->map, hash, (uint32_t)results->seen.len))
		return 0;
	return 1;
}

/**
 * What a finding is, wherever its line has moved and whichever kernels came or went: the object, the program, the reason,
 * the name it is about, and the words of the line. The key is the one that GitHub knows alerts again by.
 */
static struct ks_error *write_fingerprint(struct results *results, size_t row,
					  const struct ks_reason *reason)
{
	const char *const parts[] = {
		ks_row_object(results->check, row)->object->name,
		results->check->programs[row]->name,
		ks_reasons[reason->kind].name,
		reason->name ? reason->name : "",
	};
	_cleanup_buf_ struct ks_buf all = { 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++)
		ks_buf_bytes(&all, parts[i], strlen(parts[i]) + 1);
	const char *at = reason->line && reason->line->text ? reason->line->text : "";
	for (; *at; at++)
		if (*at != ' ' && *at != '\t')
			ks_buf_char(&all, *at);
	KS_TRY(ks_buf_error(&all));
	uint64_t hash = XXH3_64bits(all.at, all.len);
	unsigned int nr = count_hash(results, hash);
	if (!nr)
		return &ks_nomem;
	ks_json_key_open(results->json, "partialFingerprints", '{');
	ks_buf_printf(&results->text, "%016" PRIx64 ":%u", hash, nr);
	write_scratch(results, "primaryLocationLineHash");
	ks_json_close(results->json, '}');
	return NULL;
}

static struct ks_error *write_result(struct results *results, size_t row,
				     const struct ks_reason_group *group)
{
	const struct ks_check *check = results->check;
	const struct ks_reason *reason = group->reason;
	struct ks_json *json = results->json;
	ks_json_open(json, '{');
	ks_json_key_str(json, "ruleId", ks_reasons[reason->kind].name);
	ks_json_key_u64(json, "ruleIndex", (uint64_t)reason->kind);
	bool optional = ks_row_verdict(check, row) < reason->verdict;
	ks_json_key_str(json, "level", optional ? "note" : ks_sarif_levels[reason->verdict]);
	write_message(results, row, group);
	write_location(results, ks_row_object(check, row), check->programs[row], reason);
	KS_TRY(write_fingerprint(results, row, reason));
	ks_json_key_open(json, "properties", '{');
	ks_json_key_open(json, "images", '[');
	for (size_t i = 0; i < group->nr; i++)
		ks_json_str(json, check->images[group->images[i]]->label);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	ks_json_close(json, '}');
	return NULL;
}

static struct ks_error *write_rows(struct results *results)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	for (size_t row = 0; row < results->check->nr_rows; row++) {
		struct ks_reason_groups groups;
		KS_TRY(ks_reason_groups(results->check, row, KS_VERDICT_UNKNOWN, false, &arena,
					&groups));
		for (size_t i = 0; i < groups.nr; i++)
			if (!ks_check_is_excused(results->report, row, groups.at[i].reason,
						 groups.at[i].images, groups.at[i].nr))
				KS_TRY(write_result(results, row, &groups.at[i]));
	}
	return ks_buf_error(&results->text);
}

struct ks_error *ks_sarif_results(const struct ks_check_report *report,
				  const struct ks_check *check, struct ks_json *json)
{
	struct results results = { .report = report, .check = check, .json = json };
	ks_json_key_open(json, "results", '[');
	struct ks_error *err = write_rows(&results);
	ks_json_close(json, ']');
	ks_buf_deinit(&results.text);
	ks_hashmap_deinit(&results.map);
	ks_vector_deinit(&results.seen);
	return err;
}
