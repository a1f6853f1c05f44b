/* SPDX-License-Identifier: BSD-2-Clause */
/* The late published style: --format md. */
#include "base/text.h"
#include "report/text/markdown.h"

static const char *true_text(bool value)
{
	return value ? "True" : "False";
}

static void callers(struct ks_buf *out, const char *title, const struct ks_caller *list,
		    uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		if (list[i].flags & KS_CALLER_OWN)
			continue;
		ks_buf_str(out, title);
		title = "";
		ks_buf_str(out, "  - ");
		size_t start = out->len;
		ks_buf_str(out, list[i].unit);
		ks_buf_char(out, ':');
		ks_buf_str(out, list[i].function);
		ks_text_tail(out, start, KS_TEXT_LINE);
		ks_buf_char(out, '\n');
	}
}

static void instance(struct ks_buf *out, const struct ks_entry *entry)
{
	ks_buf_str(out, "```\nIn ");
	ks_text_str(out, KS_TEXT_LINE, entry->file ? entry->file : "None");
	ks_buf_str(out, " (");
	ks_buf_hex(out, entry->addr);
	ks_buf_str(out, ")\nLocation: ");
	size_t start = out->len;
	if (entry->loc_file)
		ks_location_write(out, entry);
	else
		ks_buf_str(out, "None");
	ks_text_tail(out, start, KS_TEXT_LINE);
	ks_buf_str(out, "\nInline: ");
	ks_buf_str(out, true_text(entry->inlined == KS_INLINE_INLINED ||
				  entry->inlined == KS_INLINE_DECLARED_INLINED));
	ks_buf_char(out, '\n');
	callers(out, "Inline callers:\n", entry->inline_callers, entry->nr_inline_callers);
	callers(out, "Direct callers:\n", entry->direct_callers, entry->nr_direct_callers);
	ks_buf_str(out, "```\n");
}

static void symbols(struct ks_buf *out, const struct ks_function *fn)
{
	ks_buf_str(out, "**Symbols:**\n\n```\n");
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		const struct ks_symbol *symbol = &fn->symbols[i];
		const char *bind = ks_bind_text(symbol->bind);
		ks_buf_hex(out, symbol->addr);
		ks_buf_char(out, '-');
		ks_buf_hex(out, symbol->addr + symbol->size);
		ks_buf_str(out, ": ");
		ks_text_str(out, KS_TEXT_LINE, symbol->name);
		ks_buf_str(out, " (");
		if (bind)
			ks_buf_str(out, bind);
		else
			ks_buf_dec(out, symbol->bind);
		ks_buf_str(out, ")\n");
	}
	ks_buf_str(out, "```\n");
}

static void group(struct ks_buf *out, const struct ks_function *fn)
{
	ks_buf_str(out, "\n**Collision:** ");
	ks_buf_str(out, ks_collision_texts[ks_function_collision(fn)]);
	ks_buf_str(out, "\n\n**Inline:** ");
	ks_buf_str(out, ks_inline_class_texts[ks_function_inline_class(fn)]);
	ks_buf_str(out, "\n\n**Transformation:** ");
	ks_buf_str(out, true_text(ks_function_transformed(fn)));
	ks_buf_str(out, "\n\n**Instances:**\n\n");
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		instance(out, &fn->entries[i]);
	if (fn->nr_symbols)
		symbols(out, fn);
}

struct ks_error *ks_report_md(struct ks_report *report, const struct ks_history *history,
			      struct ks_buf *out)
{
	static const struct ks_markdown late = {
		.style = &ks_c_text_late,
		.bad = " ⚠️",
		.group = group,
	};
	return ks_markdown_write(&late, report, history, out);
}
