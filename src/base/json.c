/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"
#include "base/text.h"

/** ", " or a line break with its indent, as the place asks for. */
static void json_separate(struct ks_json *json, bool comma)
{
	struct ks_buf *out = json->out;
	if (comma)
		ks_buf_bytes(out, ", ", json->indent ? 1 : 2);
	if (!json->indent)
		return;
	ks_buf_char(out, '\n');
	size_t blanks = (size_t)json->depth * json->indent;
	if (!ks_buf_reserve(out, blanks))
		return;
	memset(out->at + out->len, ' ', blanks);
	out->len += blanks;
}

/** What stands before a value: separator and indent. */
static void begin_value(struct ks_json *json)
{
	if (!json->keyed && json->depth)
		json_separate(json, !json->first);
	json->keyed = false;
	json->first = false;
}

void ks_json_open(struct ks_json *json, char bracket)
{
	begin_value(json);
	ks_buf_char(json->out, bracket);
	json->depth++;
	json->first = true;
}

void ks_json_close(struct ks_json *json, char bracket)
{
	json->depth--;
	if (!json->first)
		json_separate(json, false);
	ks_buf_char(json->out, bracket);
	json->first = false;
}

void ks_json_key(struct ks_json *json, const char *key)
{
	begin_value(json);
	ks_text_str(json->out, KS_TEXT_JSON, key);
	ks_buf_bytes(json->out, ": ", 2);
	json->keyed = true;
}

void ks_json_strn(struct ks_json *json, const char *text, size_t len)
{
	begin_value(json);
	ks_text_write(json->out, KS_TEXT_JSON, text, len);
}

void ks_json_str(struct ks_json *json, const char *text)
{
	if (text)
		ks_json_strn(json, text, strlen(text));
	else
		ks_json_null(json);
}

void ks_json_u64(struct ks_json *json, uint64_t number)
{
	begin_value(json);
	ks_buf_dec(json->out, number);
}

void ks_json_i64(struct ks_json *json, int64_t number)
{
	begin_value(json);
	ks_buf_sdec(json->out, number);
}

void ks_json_bool(struct ks_json *json, bool value)
{
	begin_value(json);
	ks_buf_str(json->out, value ? "true" : "false");
}

void ks_json_null(struct ks_json *json)
{
	begin_value(json);
	ks_buf_str(json->out, "null");
}
