/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text/markdown.h"

#include "base/text.h"
#include "surface/image.h"
#include "surface/issue.h"

static const char good[] = " ✅", arrow[] = " ➡️ ";

/** One document on its way. */
struct page {
	const struct ks_markdown *style;
	struct ks_report *report;
	const struct ks_history *history;
	struct ks_buf *out;
};

static void code(struct ks_buf *out, const char *text)
{
	ks_buf_str(out, "<code>");
	ks_text_str(out, KS_TEXT_MARKDOWN_TYPE, text);
	ks_buf_str(out, "</code>");
}

/* ---- the type of an image ---- */

static void fence_open(struct ks_buf *out)
{
	ks_buf_str(out, "\n```c\n");
}

static void fence_close(struct ks_buf *out)
{
	ks_buf_str(out, "\n```\n");
}

static void decl_block(const struct page *page, const struct ks_decl *decl)
{
	struct ks_buf *out = page->out;
	fence_open(out);
	size_t start = out->len;
	if (decl->kind == KS_FUNCTION) {
		page->style->style->proto(out, decl->type, decl->name);
		ks_text_tail(out, start, KS_TEXT_LINE);
	} else if (decl->kind == KS_ENUM) {
		ks_buf_str(out, "enum ");
		ks_text_str(out, KS_TEXT_LINE, decl->name);
	} else {
		ks_c_text_record(out, page->style->style, decl);
	}
	fence_close(out);
}

/** The full text of a comparable fact. */
static void type_part(const struct page *page, const struct ks_fact *fact)
{
	struct ks_buf *out = page->out;
	if (page->history->kind == KS_TRACEPOINT) {
		ks_buf_str(out, "\nEvent:\n");
		if (fact->tracepoint->record)
			decl_block(page, fact->tracepoint->record);
		ks_buf_str(out, "Function:\n");
		if (fact->tracepoint->func)
			decl_block(page, fact->tracepoint->func);
	} else if (page->history->kind == KS_FIELD) {
		ks_buf_char(out, '\n');
		size_t start = out->len;
		page->style->style->type(out, fact->member->type);
		ks_buf_str(out, fact->member->name);
		ks_text_tail(out, start, KS_TEXT_MARKDOWN_TYPE);
		ks_buf_char(out, '\n');
	} else {
		decl_block(page, fact->decl);
	}
}

/* ---- status ---- */

static void issues_write(const struct page *page, uint32_t issues)
{
	struct ks_buf *out = page->out;
	const char *between = "";
	if (!issues) {
		ks_buf_str(out, good + 1);
		return;
	}
	for (unsigned int i = 0; i < KS_NR_ISSUES; i++) {
		if (!(issues & KS_ISSUE_BIT(i)))
			continue;
		ks_buf_str(out, between);
		ks_buf_str(out, ks_issues[i].title);
		between = ", ";
	}
	ks_buf_str(out, page->style->bad);
}

static void status_title(const struct page *page, const char *label, const struct ks_fact *fact,
			 bool present, const struct ks_function *group)
{
	struct ks_buf *out = page->out;
	ks_buf_str(out, "In ");
	code(out, label);
	ks_buf_str(out, ": ");
	bool blind = page->history->kind == KS_FUNCTION && !ks_image_tells_inline(fact->image);
	if (!fact->known || blind) { // no published image is like that
		ks_buf_str(out, "Unknown");
		ks_buf_str(out, page->style->bad);
	} else if (!present) {
		issues_write(page, KS_ISSUE_BIT(KS_ISSUE_ABSENT));
	} else {
		issues_write(page, group ? ks_function_issues(group) : 0);
	}
}

static void status_item(const struct page *page, const char *label, const struct ks_fact *fact)
{
	struct ks_buf *out = page->out;
	enum ks_kind kind = page->history->kind;
	const struct ks_function *group = kind == KS_FUNCTION ? ks_fact_group(fact) : NULL;
	bool type = ks_fact_comparable(kind, fact), present = type;
	if (!ks_kind_compared(kind))
		present = fact->present;
	else if (kind == KS_FUNCTION && !page->style->type_decides)
		present = group || !ks_image_tells_inline(fact->image);
	type = type && present;
	ks_buf_str(out, "<li>\n");
	if (type || group) {
		ks_buf_str(out, "<details>\n<summary>");
		status_title(page, label, fact, present, group);
		ks_buf_str(out, "</summary>\n");
		if (type)
			type_part(page, fact);
		if (group)
			page->style->group(out, group);
		ks_buf_str(out, "</details>\n");
	} else {
		status_title(page, label, fact, present, group);
		ks_buf_char(out, '\n');
	}
	ks_buf_str(out, "</li>\n");
}

static void group_open(const struct page *page, enum ks_group_kind kind)
{
	ks_buf_str(page->out, "<b>");
	ks_buf_str(page->out, ks_groups_infos[kind].title);
	ks_buf_str(page->out, "</b>\n<ul>\n");
}

static void status(const struct page *page)
{
	ks_buf_str(page->out, "\n## Status\n");
	for (enum ks_group_kind kind = 0; kind < KS_NR_PUBLISHED_GROUPS; kind++) {
		const struct ks_group *group = &page->report->groups->at[kind];
		group_open(page, kind);
		for (size_t i = 0; i < group->nr; i++) {
			const struct ks_fact *fact = &page->history->facts[group->images[i]];
			status_item(page,
				    page->style->image_labels ? fact->image->label
							      : group->labels[i],
				    fact);
		}
		ks_buf_str(page->out, "</ul>\n");
	}
}

/* ---- differences ---- */

static void names_write(struct ks_buf *out, const struct ks_name_list *names)
{
	ks_buf_str(out, "<code>");
	for (size_t i = 0; i < names->nr; i++) {
		if (i)
			ks_buf_str(out, ", ");
		ks_text_str(out, KS_TEXT_MARKDOWN_TYPE, names->at[i]);
	}
	ks_buf_str(out, "</code>");
}

static void type_write(const struct page *page, const char *name, const struct ks_type *type)
{
	ks_buf_str(page->out, "<code>");
	size_t start = page->out->len;
	if (name)
		page->style->style->decl(page->out, type, name);
	else
		page->style->style->type(page->out, type);
	ks_text_tail(page->out, start, KS_TEXT_MARKDOWN_TYPE);
	ks_buf_str(page->out, "</code>");
}

static void number_write(struct ks_buf *out, const struct ks_change_info *info,
			 const struct ks_change *change)
{
	ks_text_str(out, KS_TEXT_MARKDOWN_TYPE, change->name);
	ks_buf_str(out, " = ");
	ks_buf_sdec(out, info->has_old ? change->old_number : change->new_number);
	if (info->has_old && info->has_new) {
		ks_buf_str(out, " -> ");
		ks_buf_sdec(out, change->new_number);
	}
}

/** One line that says what changed; nothing for a heading. */
static void change_text(const struct page *page, const struct ks_change_info *info,
			const struct ks_change *change)
{
	struct ks_buf *out = page->out;
	const char *between = info->has_old && info->has_new ? arrow : "";
	switch (info->form) {
	case KS_FORM_NONE:
		return;
	case KS_FORM_NUMBER:
		number_write(out, info, change);
		break;
	case KS_FORM_NAMES:
		names_write(out, &change->old_names);
		ks_buf_str(out, between);
		names_write(out, &change->new_names);
		break;
	case KS_FORM_DECL:
	case KS_FORM_TYPE:
		if (info->has_old)
			type_write(page, change->name, change->old_type);
		ks_buf_str(out, between);
		if (info->has_new)
			type_write(page, change->name, change->new_type);
		break;
	case KS_FORM_TEXT:
		code(out, change->old_text);
		ks_buf_str(out, between);
		code(out, change->new_text);
		break;
	}
	ks_buf_char(out, '\n');
}

static void changes_write(const struct page *page, const struct ks_changes *changes)
{
	ks_buf_str(page->out, "<ul>\n");
	for (size_t i = 0; i < changes->nr; i++) {
		const struct ks_change_info *info = &ks_changes_infos[changes->at[i].kind];
		ks_buf_str(page->out, "<li>\n<b>");
		ks_buf_str(page->out, info->title);
		ks_buf_str(page->out, ". </b>\n");
		change_text(page, info, &changes->at[i]);
		ks_buf_str(page->out, "</li>\n");
	}
	ks_buf_str(page->out, "</ul>\n");
}

static void pair_title(struct ks_buf *out, const char *what, const char *old, const char *new,
		       const char *mark)
{
	ks_buf_str(out, what);
	ks_buf_str(out, " between ");
	code(out, old);
	ks_buf_str(out, " and ");
	code(out, new);
	ks_buf_str(out, mark);
}

static void pair_details(struct ks_buf *out, const char *what, const char *old, const char *new,
			 const char *mark)
{
	ks_buf_str(out, "<li>\n<details>\n<summary>");
	pair_title(out, what, old, new, mark);
	ks_buf_str(out, "</summary>\n");
}

/** An image without debug information has the function, but not its type. */
static bool type_unknown(enum ks_kind kind, const struct ks_fact *fact)
{
	return kind == KS_FUNCTION && fact->present && !ks_fact_comparable(kind, fact) &&
	       !ks_image_tells_inline(fact->image);
}

static struct ks_error *pair_item(const struct page *page, const struct ks_pair *pair)
{
	struct ks_buf *out = page->out;
	enum ks_kind kind = page->history->kind;
	const struct ks_fact *old = &page->history->facts[pair->old];
	const struct ks_fact *new = &page->history->facts[pair->new];
	bool in_old = ks_fact_comparable(kind, old), in_new = ks_fact_comparable(kind, new);
	const char *a = page->style->image_labels ? old->image->label : pair->old_label;
	const char *b = page->style->image_labels ? new->image->label : pair->new_label;
	if (in_old && in_new) {
		struct ks_changes changes;
		KS_TRY(ks_diff_facts(page->report->diff, kind, old, new, &changes));
		if (!changes.nr) {
			ks_buf_str(out, "<li>\n");
			pair_title(out, "No changes", a, b, good);
			ks_buf_str(out, "\n</li>\n");
			return NULL;
		}
		pair_details(out, "Changed", a, b, page->style->bad);
		changes_write(page, &changes);
	} else if (page->style->one_sided && (in_old || in_new) && old->known && new->known &&
		   !type_unknown(kind, old) && !type_unknown(kind, new)) {
		pair_details(out, in_new ? "Added" : "Removed", a, b, in_new ? " ➕" : " ➖");
		type_part(page, in_new ? new : old);
	} else {
		return NULL;
	}
	ks_buf_str(out, "</details>\n</li>\n");
	return NULL;
}

static bool group_comparable(const struct page *page, const struct ks_group *group)
{
	const struct ks_fact *facts = page->history->facts;
	for (size_t i = 0; i < group->nr_pairs; i++)
		if (ks_fact_comparable(page->history->kind, &facts[group->pairs[i].old]) ||
		    ks_fact_comparable(page->history->kind, &facts[group->pairs[i].new]))
			return true;
	return false;
}

static struct ks_error *differences(const struct page *page)
{
	ks_buf_str(page->out, "\n## Differences\n");
	for (enum ks_group_kind kind = 0; kind < KS_NR_PUBLISHED_GROUPS; kind++) {
		const struct ks_group *group = &page->report->groups->at[kind];
		if (!group_comparable(page, group))
			continue;
		group_open(page, kind);
		for (size_t i = 0; i < group->nr_pairs; i++)
			KS_TRY(pair_item(page, &group->pairs[i]));
		ks_buf_str(page->out, "</ul>\n");
	}
	return NULL;
}

struct ks_error *ks_markdown_write(const struct ks_markdown *style, struct ks_report *report,
				   const struct ks_history *history, struct ks_buf *out)
{
	const struct page page = { style, report, history, out };
	ks_buf_str(out, "# ");
	ks_buf_str(out, ks_kinds[history->kind].title);
	ks_buf_str(out, ": ");
	code(out, history->name);
	ks_buf_char(out, '\n');
	status(&page);
	return differences(&page);
}
