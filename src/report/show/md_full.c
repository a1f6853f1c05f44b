/* SPDX-License-Identifier: BSD-2-Clause */
/* The early published style: --format md-full. */
#include "base/json.h"
#include "report/text/markdown.h"

static void instance(struct ks_json *json, const struct ks_entry *entry, const char *name,
		     struct ks_buf *text)
{
	ks_json_open(json, '{');
	ks_json_key_u64(json, "addr", entry->addr);
	ks_json_key_str(json, "name", name);
	ks_json_key_bool(json, "external", entry->external);
	ks_json_key(json, "loc");
	if (entry->loc_file) {
		text->len = 0;
		ks_location_write(text, entry);
		ks_json_strn(json, text->at, text->len);
	} else {
		ks_json_null(json);
	}
	ks_json_key_str(json, "file", entry->file);
	ks_json_key_str(json, "inline", ks_inline_texts[entry->inlined]);
	ks_published_callers(json, "caller_inline", entry->inline_callers, entry->nr_inline_callers,
			     text);
	ks_published_callers(json, "caller_func", entry->direct_callers, entry->nr_direct_callers,
			     text);
	ks_json_close(json, '}');
}

static void symbol(struct ks_json *json, const struct ks_symbol *symbol)
{
	const char *bind = ks_bind_text(symbol->bind);
	ks_json_open(json, '{');
	ks_json_key_u64(json, "addr", symbol->addr);
	ks_json_key_str(json, "name", symbol->name);
	ks_json_key_str(json, "section", symbol->section);
	ks_json_key(json, "bind");
	if (bind)
		ks_json_str(json, bind);
	else
		ks_json_u64(json, symbol->bind);
	ks_json_key_u64(json, "size", symbol->size);
	ks_json_close(json, '}');
}

static void group(struct ks_buf *out, const struct ks_function *fn)
{
	_cleanup_buf_ struct ks_buf text = { 0 }; // a caller or location before it is escaped
	struct ks_json json = ks_json_to(out, 2);
	ks_buf_str(out, "\n```json\n");
	ks_json_open(&json, '{');
	ks_json_key_str(&json, "name", fn->name);
	ks_json_key_str(&json, "collision_type", ks_collision_texts[ks_function_collision(fn)]);
	ks_json_key_str(&json, "inline_type", ks_inline_class_texts[ks_function_inline_class(fn)]);
	ks_json_key_open(&json, "funcs", '[');
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		instance(&json, &fn->entries[i], fn->name, &text);
	ks_json_close(&json, ']');
	ks_json_key_open(&json, "symbols", '[');
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		symbol(&json, &fn->symbols[i]);
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_str(out, "\n```\n");
	out->failed = out->failed || text.failed;
}

struct ks_error *ks_report_md_full(struct ks_report *report, const struct ks_history *history,
				   struct ks_buf *out)
{
	static const struct ks_markdown early = {
		.style = &ks_c_text_early,
		.bad = " ❓",
		.image_labels = true,
		.one_sided = true,
		.type_decides = true,
		.group = group,
	};
	return ks_markdown_write(&early, report, history, out);
}
