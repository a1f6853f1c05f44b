/* SPDX-License-Identifier: BSD-2-Clause */
/* One line that sums up; below it only what changes, by cause, worst first. */
#include "report/check/upgrade.h"

#include "base/json.h"
#include "base/text.h"
#include "report/check/check_page.h"

/** How each step is told: behind a number of tools, in JSON, and as a mark. Worst first. */
static const struct {
	enum ks_turn turn;
	const char *one, *many, *name, *mark;
	const char *rest; // before a list of tools that no cause tells of; NULL: none
} turns[] = {
	{ KS_TURN_FAILS, "does not work any more", "do not work any more", "fails", "❌", NULL },
	{ KS_TURN_DOUBT, "cannot be told any more", "cannot be told any more", "doubt", "❔", NULL },
	{ KS_TURN_LOSES, "loses something", "lose something", "loses", "⚠️", NULL },
	{ KS_TURN_BETTER, "gets better", "get better", "better", "✅", "Better: " },
	{ KS_TURN_SAME, "stays as it is", "stay as they are", "same", "➖", NULL },
	{ KS_TURN_APART, "is built for another machine", "are built for another machine",
	  "other-machine", "➖", NULL },
};
enum { NR_TURNS = sizeof(turns) / sizeof(*turns) };

static void write_summary(const struct ks_upgrade *upgrade, struct ks_buf *out)
{
	const struct ks_tools *tools = upgrade->tools;
	size_t quiet = upgrade->counts[KS_TURN_SAME] + upgrade->counts[KS_TURN_APART];
	ks_buf_printf(out, "%s -> %s: ", tools->check->images[upgrade->old]->label,
		      tools->check->images[upgrade->new]->label);
	if (quiet == tools->nr) {
		ks_buf_printf(out, "nothing changes for %zu tool%s", tools->nr,
			      tools->nr == 1 ? "" : "s");
		return;
	}
	bool any = false;
	for (int i = 0; i < NR_TURNS; i++) {
		size_t nr = upgrade->counts[turns[i].turn];
		if (!nr)
			continue;
		ks_buf_printf(out, "%s%zu ", any ? ", " : "", nr);
		if (!any)
			ks_buf_printf(out, "of %zu tool%s ", tools->nr, tools->nr == 1 ? "" : "s");
		ks_buf_str(out, nr == 1 ? turns[i].one : turns[i].many);
		any = true;
	}
}

/** That one image tells less than the other; nothing when none does. */
static void write_note(const struct ks_upgrade *upgrade, struct ks_buf *out)
{
	const struct ks_check *check = upgrade->tools->check;
	const char *mute = check->images[upgrade->less ? upgrade->new : upgrade->old]->label;
	if (upgrade->less)
		ks_buf_printf(out,
			      "%s does not tell where functions are inlined: calls that are "
			      "missed on it are not seen",
			      mute);
	if (upgrade->more)
		ks_buf_printf(out,
			      "%s does not tell where functions are inlined: calls that are "
			      "missed may have been missed on it, too",
			      mute);
}

/** The tools of a step, as a list. */
static void write_tools(const struct ks_upgrade *upgrade, enum ks_turn turn, struct ks_buf *out)
{
	bool any = false;
	for (size_t i = 0; i < upgrade->tools->nr; i++)
		if (upgrade->turns[i] == turn) {
			ks_buf_printf(out, "%s%s", any ? ", " : "", upgrade->tools->at[i].name);
			any = true;
		}
}

/** "4 tools: biosnoop, biotop, …" */
static void write_scope(const struct ks_upgrade *upgrade, const struct ks_cause *cause,
			struct ks_buf *out)
{
	if (cause->nr_tools > 1)
		ks_buf_printf(out, "%zu tools: ", cause->nr_tools);
	for (size_t i = 0; i < cause->nr_tools; i++)
		ks_buf_printf(out, "%s%s", i ? ", " : "", upgrade->tools->at[cause->tools[i]].name);
}

/* ---- terminal ---- */

static void write_cause(struct ks_terminal *terminal, const struct ks_upgrade *upgrade,
			const struct ks_cause *cause, bool evidence)
{
	ks_buf_printf(terminal->out, "%s ", ks_tool_verdicts[cause->verdict].symbol);
	ks_cause_title(cause, &terminal->text);
	ks_terminal_wrap(terminal, 2, 4);
	ks_terminal_blanks(terminal, 4);
	write_scope(upgrade, cause, &terminal->text);
	ks_terminal_wrap(terminal, 4, 4);
	if (evidence && cause->reason)
		ks_check_evidence(terminal, cause->reason);
}

static struct ks_error *write_terminal(const struct ks_check_report *report,
				       const struct ks_upgrade *upgrade, struct ks_buf *out)
{
	enum { FEW_CAUSES = 8 };
	struct ks_report frame = {
		.options = { .color = report->color,
			     .columns = report->columns ? report->columns : 80 },
	};
	struct ks_terminal terminal = { .report = &frame, .out = out };
	bool evidence = report->verbose || upgrade->causes.nr <= FEW_CAUSES;
	write_summary(upgrade, &terminal.text);
	ks_terminal_wrap(&terminal, 0, 2);
	write_note(upgrade, &terminal.text);
	if (terminal.text.len)
		ks_terminal_wrap(&terminal, 0, 2);
	for (size_t i = 0; i < upgrade->causes.nr; i++) {
		if (!i || evidence)
			ks_buf_char(out, '\n');
		write_cause(&terminal, upgrade, &upgrade->causes.at[i], evidence);
	}
	for (int i = 0; i < NR_TURNS; i++) {
		if (!turns[i].rest || !upgrade->counts[turns[i].turn])
			continue;
		ks_buf_char(out, '\n');
		ks_buf_str(&terminal.text, turns[i].rest);
		write_tools(upgrade, turns[i].turn, &terminal.text);
		ks_terminal_wrap(&terminal, 0, 2);
	}
	struct ks_error *err = ks_buf_error(&terminal.text);
	ks_buf_deinit(&terminal.text);
	return err;
}

/* ---- Markdown ---- */

static void put(struct ks_buf *out, struct ks_buf *text)
{
	ks_text_str(out, KS_TEXT_MARKDOWN, ks_buf_text(text) ? text->at : "");
	text->len = 0;
}

static struct ks_error *write_md(const struct ks_upgrade *upgrade, struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	static const enum ks_turn marks[KS_NR_TOOL_VERDICTS] = {
		[KS_TOOL_WORKS] = KS_TURN_SAME,	   [KS_TOOL_PART] = KS_TURN_LOSES,
		[KS_TOOL_UNKNOWN] = KS_TURN_DOUBT, [KS_TOOL_FAILS] = KS_TURN_FAILS,
		[KS_TOOL_FOREIGN] = KS_TURN_APART,
	};
	write_summary(upgrade, &text);
	put(out, &text);
	ks_buf_str(out, "\n");
	write_note(upgrade, &text);
	if (text.len) {
		ks_buf_char(out, '\n');
		put(out, &text);
		ks_buf_char(out, '\n');
	}
	for (size_t i = 0; i < upgrade->causes.nr; i++) {
		const struct ks_cause *cause = &upgrade->causes.at[i];
		for (int k = 0; k < NR_TURNS; k++)
			if (turns[k].turn == marks[cause->verdict])
				ks_buf_printf(out, "%s- %s ", i ? "" : "\n", turns[k].mark);
		ks_cause_title(cause, &text);
		ks_buf_str(&text, ": ");
		write_scope(upgrade, cause, &text);
		if (cause->reason && cause->reason->detail)
			ks_buf_printf(&text, " (%s)", cause->reason->detail);
		put(out, &text);
		ks_buf_char(out, '\n');
	}
	if (upgrade->counts[KS_TURN_BETTER]) {
		ks_buf_str(out, "\n✅ Better: ");
		write_tools(upgrade, KS_TURN_BETTER, &text);
		put(out, &text);
		ks_buf_char(out, '\n');
	}
	return ks_buf_error(&text);
}

/* ---- JSON ---- */

static const char *turn_name(enum ks_turn turn)
{
	for (int i = 0; i < NR_TURNS; i++)
		if (turns[i].turn == turn)
			return turns[i].name;
	return "";
}

static void json_cause(struct ks_json *json, const struct ks_upgrade *upgrade,
		       const struct ks_cause *cause)
{
	const struct ks_reason *reason = cause->reason;
	ks_json_open(json, '{');
	ks_json_key_str(json, "verdict", ks_tool_verdicts[cause->verdict].name);
	ks_json_key_str(json, "reason", reason ? ks_reasons[reason->kind].name : NULL);
	ks_json_key_open(json, "names", '[');
	for (size_t i = 0; i < cause->nr_names; i++)
		ks_json_str(json, cause->names[i]);
	ks_json_close(json, ']');
	ks_json_key_str(json, "detail", reason ? reason->detail : NULL);
	ks_json_key_str(json, "hint", reason ? reason->hint : NULL);
	ks_json_key_str(json, "loses", cause->words);
	ks_json_key_open(json, "tools", '[');
	for (size_t i = 0; i < cause->nr_tools; i++)
		ks_json_str(json, upgrade->tools->at[cause->tools[i]].name);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
}

static void write_json(const struct ks_upgrade *upgrade, struct ks_buf *out)
{
	const struct ks_tools *tools = upgrade->tools;
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_str(&json, "old", tools->check->images[upgrade->old]->label);
	ks_json_key_str(&json, "new", tools->check->images[upgrade->new]->label);
	ks_json_key_bool(&json, "as-compiled", tools->as_compiled);
	ks_json_key_open(&json, "counts", '{');
	for (int i = 0; i < NR_TURNS; i++)
		ks_json_key_u64(&json, turns[i].name, upgrade->counts[turns[i].turn]);
	ks_json_close(&json, '}');
	ks_json_key_open(&json, "causes", '[');
	for (size_t i = 0; i < upgrade->causes.nr; i++)
		json_cause(&json, upgrade, &upgrade->causes.at[i]);
	ks_json_close(&json, ']');
	ks_json_key_open(&json, "tools", '[');
	for (size_t i = 0; i < tools->nr; i++) {
		size_t old = upgrade->old, new = upgrade->new;
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "tool", tools->at[i].name);
		ks_json_key_str(&json, "old",
				ks_tool_verdicts[ks_tool_outcome(tools, i, old)->verdict].name);
		ks_json_key_str(&json, "new",
				ks_tool_verdicts[ks_tool_outcome(tools, i, new)->verdict].name);
		ks_json_key_str(&json, "step", turn_name(upgrade->turns[i]));
		ks_json_close(&json, '}');
	}
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
}

struct ks_error *ks_upgrade_write(const struct ks_check_report *report,
				  const struct ks_upgrade *upgrade, struct ks_buf *out)
{
	switch (report->format) {
	case KS_FORMAT_TERMINAL:
		KS_TRY(write_terminal(report, upgrade, out));
		break;
	case KS_FORMAT_MD:
		KS_TRY(write_md(upgrade, out));
		break;
	case KS_FORMAT_JSON:
		write_json(upgrade, out);
		break;
	default:
		return ks_error_new(KS_ERR_USAGE,
				    "an upgrade is told as terminal, md or json, not as %s",
				    ks_formats[report->format].name);
	}
	return ks_buf_error(out);
}
