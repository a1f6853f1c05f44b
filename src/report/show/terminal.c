/* SPDX-License-Identifier: BSD-2-Clause */
/* --format terminal: for people at a terminal of 80 columns, who need not know the published styles. */
#include "report/show/terminal.h"

#include "base/text.h"
#include "surface/image.h"
#include "surface/issue.h"

enum { STATUS_COLUMNS_MAX = 34, SUMMARY_COLUMNS_MIN = 24 };

/** A blank line and a title, which may end with a label. */
static void heading(struct ks_terminal *terminal, const char *text, const char *label)
{
	ks_buf_char(terminal->out, '\n');
	ks_terminal_paint(terminal, KS_PAINT_HEAD, text);
	ks_terminal_paint(terminal, KS_PAINT_HEAD, label);
	ks_buf_char(terminal->out, '\n');
}

/* ---- status ---- */

/** "OK", "Absent", "Unknown", "Present" when no more is known, or the issues, into terminal->text. */
enum ks_paint ks_terminal_status(struct ks_terminal *terminal, const struct ks_fact *fact)
{
	uint32_t issues = ks_fact_issues(terminal->history->kind, fact);
	const char *between = "";
	if (!fact->known || !fact->present) {
		ks_buf_str(&terminal->text,
			   fact->known ? ks_issues[KS_ISSUE_ABSENT].title : "Unknown");
		return KS_PAINT_DIM;
	}
	for (unsigned int i = 0; i < KS_NR_ISSUES; i++) {
		if (!(issues & KS_ISSUE_BIT(i)))
			continue;
		ks_buf_str(&terminal->text, between);
		ks_buf_str(&terminal->text, ks_issues[i].title);
		between = ", ";
	}
	if (issues)
		return KS_PAINT_BAD;
	bool blind = terminal->history->kind == KS_FUNCTION && !ks_image_tells_inline(fact->image);
	ks_buf_str(&terminal->text, blind ? "Present" : "OK");
	return blind ? KS_PAINT_NONE : KS_PAINT_GOOD;
}

struct widths {
	size_t label, status;
};

static struct widths group_widths(struct ks_terminal *terminal, const struct ks_group *group)
{
	struct widths widths = { 0, 0 };
	for (size_t i = 0; i < group->nr; i++) {
		size_t label = ks_text_columns(group->labels[i], strlen(group->labels[i]));
		ks_terminal_status(terminal, &terminal->history->facts[group->images[i]]);
		if (label > widths.label)
			widths.label = label;
		if (terminal->text.len > widths.status && terminal->text.len <= STATUS_COLUMNS_MAX)
			widths.status = terminal->text.len;
		terminal->text.len = 0;
	}
	return widths;
}

static struct ks_error *status_line(struct ks_terminal *terminal, const char *label,
				    const struct ks_fact *fact, const struct widths *widths)
{
	size_t at = 2 + widths->label + 2;
	ks_terminal_blanks(terminal, 2);
	ks_text_str(terminal->out, KS_TEXT_LINE, label);
	ks_terminal_blanks(terminal, at - 2 - ks_text_columns(label, strlen(label)));
	enum ks_paint paint = ks_terminal_status(terminal, fact);
	size_t status = terminal->text.len;
	const char *text = ks_buf_text(&terminal->text);
	ks_terminal_paint(terminal, paint, text ? text : "");
	terminal->text.len = 0;
	if (!fact->known && terminal->history->kind == KS_FUNCTION &&
	    !ks_image_tells_inline(fact->image))
		ks_buf_str(&terminal->text, "absent, or inlined everywhere");
	if (fact->known && fact->present)
		KS_TRY(ks_terminal_summary(terminal->history->kind, fact, &terminal->text));
	if (fact->present)
		ks_terminal_modules(fact, &terminal->text);
	if (!terminal->text.len) {
		ks_buf_char(terminal->out, '\n');
		return NULL;
	}
	size_t column = at + widths->status + 2;
	if (status > widths->status ||
	    column + SUMMARY_COLUMNS_MIN > terminal->report->options.columns) {
		ks_buf_char(terminal->out, '\n');
		column = at;
		ks_terminal_blanks(terminal, column);
	} else {
		ks_terminal_blanks(terminal, column - at - status);
	}
	ks_terminal_wrap(terminal, column, column);
	return NULL;
}

/** What the issues that occurred mean, for somebody who sees them for the first time. */
static void legend(struct ks_terminal *terminal)
{
	uint32_t issues = 0;
	for (size_t i = 0; i < terminal->history->nr; i++)
		issues |= ks_fact_issues(terminal->history->kind, &terminal->history->facts[i]);
	issues &= ~KS_ISSUE_BIT(KS_ISSUE_ABSENT);
	if (issues)
		ks_buf_char(terminal->out, '\n');
	for (unsigned int i = 0; i < KS_NR_ISSUES; i++) {
		if (!(issues & KS_ISSUE_BIT(i)))
			continue;
		ks_terminal_paint(terminal, KS_PAINT_BAD, ks_issues[i].title);
		ks_buf_str(terminal->out, ": ");
		ks_buf_str(&terminal->text, ks_issues[i].consequence);
		ks_terminal_wrap(terminal, strlen(ks_issues[i].title) + 2, 4);
	}
}

static struct ks_error *status(struct ks_terminal *terminal)
{
	const struct ks_groups *groups = terminal->report->groups;
	for (enum ks_group_kind kind = 0; kind < KS_NR_PARTITION_GROUPS; kind++) {
		const struct ks_group *group = &groups->at[kind];
		if (!group->nr)
			continue;
		struct widths widths = group_widths(terminal, group);
		const char *line = NULL;
		if (!group->lines)
			heading(terminal, ks_groups_infos[kind].title, "");
		for (size_t i = 0; i < group->nr; i++) {
			if (group->lines && group->lines[i] != line)
				heading(terminal, "Other: ", line = group->lines[i]);
			KS_TRY(status_line(terminal, group->labels[i],
					   &terminal->history->facts[group->images[i]], &widths));
		}
	}
	legend(terminal);
	return NULL;
}

/* ---- declarations ---- */

void ks_terminal_record(struct ks_buf *out, const struct ks_decl *decl)
{
	ks_buf_printf(out, "  %s ", ks_kinds[decl->kind].name);
	ks_text_str(out, KS_TEXT_LINE, decl->name);
	ks_buf_printf(out, " { /* %llu bytes */\n", (unsigned long long)decl->size);
	for (uint32_t i = 0; i < decl->nr; i++) {
		ks_buf_str(out, "      ");
		if (decl->kind == KS_ENUM) {
			ks_text_str(out, KS_TEXT_LINE, decl->values[i].name);
			ks_buf_str(out, " = ");
			ks_buf_sdec(out, decl->values[i].value);
			ks_buf_str(out, ",\n");
			continue;
		}
		size_t start = out->len;
		ks_c_text_valid.decl(out, decl->members[i].type, decl->members[i].name);
		ks_text_tail(out, start, KS_TEXT_LINE);
		if (decl->members[i].bitfield_size)
			ks_buf_printf(out, " : %u", decl->members[i].bitfield_size);
		ks_buf_str(out, ";\n");
	}
	ks_buf_str(out, "  };\n");
}

bool ks_terminal_declaration(struct ks_buf *out, enum ks_kind kind, const struct ks_fact *fact)
{
	if (!ks_fact_comparable(kind, fact))
		return false;
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_FUNCTION:
	case KS_HOLDS_NAME:
		ks_c_text_valid.proto(out, fact->decl->type, fact->decl->name);
		return true;
	case KS_HOLDS_TRACEPOINT:
		if (fact->tracepoint->func)
			ks_c_text_valid.proto(out, fact->tracepoint->func->type,
					      fact->tracepoint->func->name);
		return true;
	case KS_HOLDS_MEMBER:
		ks_c_text_valid.decl(out, fact->member->type, fact->member->name);
		ks_buf_char(out, ';');
		return true;
	case KS_HOLDS_TYPE:
		if (kind != KS_TYPEDEF)
			break;
		ks_buf_str(out, "typedef ");
		ks_c_text_valid.decl(out, fact->decl->type, fact->decl->name);
		ks_buf_char(out, ';');
		return true;
	case KS_HOLDS_NUMBER:
	case KS_HOLDS_VALUE:
	case KS_NR_HOLDS:
		break;
	}
	return false;
}

/** The image whose definition stands for all: the base when it has one, else the newest that does. */
static const struct ks_fact *focus_fact(const struct ks_terminal *terminal)
{
	const struct ks_history *history = terminal->history;
	const struct ks_groups *groups = terminal->report->groups;
	if (groups->base < history->nr &&
	    ks_fact_comparable(history->kind, &history->facts[groups->base]))
		return &history->facts[groups->base];
	for (size_t i = history->nr; i-- > 0;)
		if (ks_fact_comparable(history->kind, &history->facts[i]))
			return &history->facts[i];
	return NULL;
}

/** The declarations of a group wherever they read differently from what they are compared with. */
static void declaration_lines(struct ks_terminal *terminal, enum ks_group_kind of,
			      struct ks_buf *last)
{
	const struct ks_group *group = &terminal->report->groups->at[of];
	enum ks_kind kind = terminal->history->kind;
	for (size_t i = 0; i < group->nr; i++) {
		const struct ks_fact *fact = &terminal->history->facts[group->images[i]];
		if (!ks_fact_comparable(kind, fact))
			continue;
		ks_terminal_declaration(&terminal->text, kind, fact);
		bool same = terminal->text.len == last->len &&
			    (!last->len || !memcmp(terminal->text.at, last->at, last->len));
		if (same) {
			terminal->text.len = 0;
			continue;
		}
		last->len = 0;
		ks_buf_bytes(last, terminal->text.at, terminal->text.len);
		ks_buf_str(terminal->out, of == KS_GROUP_REGULAR ? "  from " : "  ");
		ks_terminal_paint(terminal, KS_PAINT_DIM, group->labels[i]);
		ks_buf_str(terminal->out, "\n    ");
		ks_terminal_wrap_code(terminal, 4, 8);
	}
}

static void declarations(struct ks_terminal *terminal)
{
	const struct ks_groups *groups = terminal->report->groups;
	enum ks_kind kind = terminal->history->kind;
	const struct ks_fact *focus = focus_fact(terminal);
	_cleanup_buf_ struct ks_buf last = { 0 };
	if (!focus || ks_kinds[kind].holds == KS_HOLDS_VALUE || kind == KS_INT)
		return;
	bool event = ks_kinds[kind].holds == KS_HOLDS_TRACEPOINT;
	const struct ks_decl *decl = event ? focus->tracepoint->record : focus->decl;
	if (decl && (event || !ks_terminal_declaration(&terminal->text, kind, focus))) {
		heading(terminal, "Definition in ", focus->image->label);
		ks_terminal_record(terminal->out, decl);
	}
	terminal->text.len = 0;
	if (!ks_terminal_declaration(&terminal->text, kind, focus))
		return;
	terminal->text.len = 0;
	heading(terminal, "Declaration", "");
	for (enum ks_group_kind i = 0; i < KS_NR_PARTITION_GROUPS; i++) {
		last.len = 0;
		// the images of Arch and Flavor follow the base, which stands in Regular
		if (i != KS_GROUP_REGULAR && groups->base < groups->nr_images &&
		    ks_fact_comparable(kind, &terminal->history->facts[groups->base]))
			ks_terminal_declaration(&last, kind,
						&terminal->history->facts[groups->base]);
		declaration_lines(terminal, i, &last);
	}
	terminal->out->failed = terminal->out->failed || last.failed;
}

static struct ks_error *ambiguity(struct ks_terminal *terminal, const struct ks_fact *fact)
{
	const struct ks_ambiguity *names = fact->ambiguity;
	heading(terminal, "Differing definitions in ", fact->image->label);
	for (uint32_t i = 0; i < names->nr_variants; i++) {
		const struct ks_variant *variant = &names->variants[i];
		struct ks_changes changes;
		ks_buf_printf(&terminal->text, "%u. ", i + 1);
		ks_count_write(&terminal->text, variant->decl->size, "byte", "bytes");
		if (variant->decl->module)
			ks_buf_printf(&terminal->text, ", module %s", variant->decl->module);
		for (uint32_t j = 0; j < variant->nr_units; j++) {
			if (j == 3 && !terminal->report->options.verbose) {
				ks_buf_printf(&terminal->text, " and %u more",
					      variant->nr_units - j);
				break;
			}
			ks_buf_str(&terminal->text, j ? ", " : ", in ");
			ks_buf_str(&terminal->text, variant->units[j]);
		}
		ks_terminal_blanks(terminal, 2);
		ks_terminal_wrap(terminal, 2, 5);
		if (i == 0)
			continue;
		KS_TRY(ks_diff_decls(terminal->report->diff, names->variants[0].decl, variant->decl,
				     &changes));
		if (!changes.nr)
			ks_buf_str(terminal->out, "     same fields, another layout\n");
		for (size_t j = 0; j < changes.nr; j++) {
			ks_terminal_blanks(terminal, 5);
			ks_change_write(&terminal->text, &changes.at[j]);
			ks_terminal_wrap_code(terminal, 5, 9);
		}
	}
	return NULL;
}

/* ---- differences ---- */

static void pair_title(struct ks_terminal *terminal, const struct ks_pair *pair)
{
	ks_terminal_blanks(terminal, 2);
	ks_text_str(terminal->out, KS_TEXT_LINE, pair->old_label);
	ks_buf_str(terminal->out, " -> ");
	ks_text_str(terminal->out, KS_TEXT_LINE, pair->new_label);
}

/** One image of the pair has the name: added or removed in time, otherwise only in one of them. */
static void pair_one_sided(struct ks_terminal *terminal, enum ks_group_kind group,
			   const struct ks_pair *pair, bool added)
{
	pair_title(terminal, pair);
	if (group == KS_GROUP_REGULAR) {
		ks_buf_str(terminal->out, added ? "  added\n" : "  removed\n");
		return;
	}
	ks_buf_str(terminal->out, "  only in ");
	ks_text_str(terminal->out, KS_TEXT_LINE, added ? pair->new_label : pair->old_label);
	ks_buf_char(terminal->out, '\n');
}

/** A pair that differs; same counts those that do not. */
static struct ks_error *pair_write(struct ks_terminal *terminal, enum ks_group_kind group,
				   const struct ks_pair *pair, size_t *same)
{
	enum ks_kind kind = terminal->history->kind;
	const struct ks_fact *old = &terminal->history->facts[pair->old];
	const struct ks_fact *new = &terminal->history->facts[pair->new];
	struct ks_changes changes = { 0 };
	if (!old->known || !new->known)
		return NULL;
	if (old->present != new->present) {
		pair_one_sided(terminal, group, pair, new->present);
		return NULL;
	}
	if (!ks_fact_comparable(kind, old) || !ks_fact_comparable(kind, new))
		return NULL;
	KS_TRY(ks_diff_facts(terminal->report->diff, kind, old, new, &changes));
	if (!changes.nr) {
		++*same;
		return NULL;
	}
	pair_title(terminal, pair);
	ks_buf_char(terminal->out, '\n');
	for (size_t i = 0; i < changes.nr; i++) {
		ks_terminal_blanks(terminal, 4);
		ks_change_write(&terminal->text, &changes.at[i]);
		ks_terminal_wrap_code(terminal, 4, 8);
	}
	return NULL;
}

static struct ks_error *differences(struct ks_terminal *terminal)
{
	size_t same = 0;
	heading(terminal, "Differences", "");
	size_t start = terminal->out->len;
	for (enum ks_group_kind kind = 0; kind < KS_NR_PARTITION_GROUPS; kind++) {
		const struct ks_group *group = &terminal->report->groups->at[kind];
		for (size_t i = 0; i < group->nr_pairs; i++)
			KS_TRY(pair_write(terminal, kind, &group->pairs[i], &same));
	}
	if (!same && terminal->out->len == start) {
		ks_buf_str(terminal->out, "  nothing to compare\n");
	} else if (same) {
		ks_terminal_blanks(terminal, 2);
		ks_buf_str(terminal->out,
			   terminal->out->len == start + 2 ? "none in " : "no change in ");
		ks_count_write(terminal->out, same, "comparison\n", "comparisons\n");
	}
	return NULL;
}

/* ---- the page ---- */

static struct ks_error *details(struct ks_terminal *terminal)
{
	const struct ks_history *history = terminal->history;
	bool verbose = terminal->report->options.verbose;
	const struct ks_fact *focus =
		NULL; // the newest with debug information of its own, else any
	for (size_t i = 0; i < history->nr; i++) {
		const struct ks_fact *fact = &history->facts[i];
		if (!fact->function && !fact->ambiguity)
			continue;
		if (verbose && fact->ambiguity)
			KS_TRY(ambiguity(terminal, fact));
		else if (verbose)
			KS_TRY(ks_terminal_function(terminal, fact));
		else if (!focus || focus->image->tier != KS_TIER_FULL ||
			 fact->image->tier == KS_TIER_FULL)
			focus = fact;
	}
	if (!focus)
		return NULL;
	return focus->ambiguity ? ambiguity(terminal, focus)
				: ks_terminal_function(terminal, focus);
}

static struct ks_error *page(struct ks_terminal *terminal)
{
	const struct ks_groups *groups = terminal->report->groups;
	const char *kind = ks_kinds[terminal->history->kind].name, *name = terminal->history->name;
	ks_terminal_paint(terminal, KS_PAINT_HEAD, kind);
	ks_buf_char(terminal->out, ' ');
	ks_terminal_paint(terminal, KS_PAINT_HEAD, name);
	ks_buf_char(terminal->out, ' ');
	ks_buf_str(&terminal->text, "in ");
	ks_count_write(&terminal->text, terminal->history->nr, "kernel", "kernels");
	if (groups->base < groups->nr_images && groups->nr_images > 1) {
		ks_buf_str(&terminal->text, ", base ");
		ks_buf_str(&terminal->text, groups->images[groups->base]->label);
	}
	ks_terminal_wrap(terminal, strlen(kind) + ks_text_columns(name, strlen(name)) + 2, 4);
	KS_TRY(status(terminal));
	declarations(terminal);
	if (terminal->history->nr > 1)
		KS_TRY(differences(terminal));
	return details(terminal);
}

struct ks_error *ks_report_terminal(struct ks_report *report, const struct ks_history *history,
				    struct ks_buf *out)
{
	struct ks_terminal terminal = { report, history, out, { 0 } };
	struct ks_error *err = page(&terminal);
	if (!err)
		err = ks_buf_error(&terminal.text);
	ks_buf_deinit(&terminal.text);
	return err;
}
