/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"
#include "report/log/log_page.h"
#include "report/show/terminal.h"

struct log {
	struct ks_terminal terminal;
	bool patch;
	enum ks_group_kind group; // of the last line
	const char *line;	  // the same, of Other
	size_t width;		  // of the labels
};

static void write_title(struct log *log, const struct ks_groups *groups)
{
	struct ks_terminal *terminal = &log->terminal;
	const struct ks_history *history = terminal->history;
	const struct ks_span span = ks_steps_span(groups, history);
	size_t present = 0;
	for (size_t i = 0; i < history->nr; i++)
		present += history->facts[i].present;
	ks_terminal_paint(terminal, KS_PAINT_HEAD, ks_kinds[history->kind].name);
	ks_buf_char(terminal->out, ' ');
	ks_terminal_paint(terminal, KS_PAINT_HEAD, history->name);
	if (span.since) {
		ks_buf_printf(&terminal->text, ", since %s", span.since);
		ks_buf_str(&terminal->text, span.began_earlier ? " or before" : "");
		if (span.has_ended)
			ks_buf_printf(&terminal->text, ", until %s", span.until);
	}
	ks_buf_printf(&terminal->text, ", in %zu of %zu images", present, history->nr);
	ks_terminal_wrap(terminal, strlen(ks_kinds[history->kind].name) + strlen(history->name) + 1,
			 2);
}

/** Append the status of a fact. @return the columns it took */
static size_t write_status(struct ks_terminal *terminal, const struct ks_fact *fact)
{
	enum ks_paint paint = ks_terminal_status(terminal, fact);
	const char *text = ks_buf_text(&terminal->text);
	size_t columns = terminal->text.len;
	ks_terminal_paint(terminal, paint, text ? text : "");
	terminal->text.len = 0;
	return columns;
}

/** "Field added 3, Field removed 1": how often each change occurs. */
static void count_changes(struct ks_buf *out, const struct ks_changes *changes)
{
	size_t nr[KS_NR_CHANGES] = { 0 };
	for (size_t i = 0; i < changes->nr; i++)
		nr[changes->at[i].kind]++;
	for (int i = 0; i < KS_NR_CHANGES; i++) {
		if (!nr[i] || ks_changes_infos[i].extra)
			continue;
		ks_buf_printf(out, out->len ? ", %s" : "%s", ks_changes_infos[i].title);
		if (ks_changes_infos[i].form != KS_FORM_NONE)
			ks_buf_printf(out, " %zu", nr[i]);
	}
}

static size_t own_changes(const struct ks_changes *changes)
{
	size_t nr = 0;
	for (size_t i = 0; i < changes->nr; i++)
		nr += !ks_changes_infos[changes->at[i].kind].extra;
	return nr;
}

/** What happened, behind the status and on one line if it can be. */
static void write_brief(struct log *log, const struct ks_step *step, size_t at)
{
	struct ks_terminal *terminal = &log->terminal;
	enum { BRIEF = 2 }; // changes that are told in full
	size_t nr = own_changes(&step->changes);
	for (size_t i = 0; nr <= BRIEF && i < nr; i++) {
		ks_buf_str(&terminal->text, i ? ", " : "");
		ks_change_write(&terminal->text, &step->changes.at[i]);
	}
	if (nr > BRIEF)
		count_changes(&terminal->text, &step->changes);
	if (step->event == KS_STEP_ADDED)
		ks_terminal_declaration(&terminal->text, terminal->history->kind, step->fact);
	if (!terminal->text.len) {
		ks_buf_char(terminal->out, '\n');
		return;
	}
	ks_terminal_blanks(terminal, 2);
	ks_terminal_wrap_code(terminal, at + 2, log->width + 7);
}

/** Everything that changed, and the definition where it begins. */
static void write_patch(struct log *log, const struct ks_step *step)
{
	struct ks_terminal *terminal = &log->terminal;
	enum ks_kind kind = terminal->history->kind;
	ks_buf_char(terminal->out, '\n');
	if (step->event == KS_STEP_ADDED) {
		const struct ks_tracepoint *event = step->fact->tracepoint;
		const struct ks_decl *record = event ? event->record : step->fact->decl;
		if (ks_terminal_declaration(&terminal->text, kind, step->fact) &&
		    terminal->text.len) {
			ks_terminal_blanks(terminal, 6);
			ks_terminal_wrap_code(terminal, 6, 10);
		}
		if (record && record->kind != KS_FUNCTION && kind != KS_FIELD &&
		    kind != KS_TYPEDEF && kind != KS_INT)
			ks_terminal_record(terminal->out, record);
	}
	for (size_t i = 0; i < step->changes.nr; i++) {
		ks_terminal_blanks(terminal, 6);
		ks_change_write(&terminal->text, &step->changes.at[i]);
		ks_terminal_wrap_code(terminal, 6, 10);
	}
}

static struct ks_error *write_step(const struct ks_step *step, void *arg)
{
	struct log *log = arg;
	struct ks_terminal *terminal = &log->terminal;
	if (step->group != log->group || step->line != log->line) {
		log->group = step->group;
		log->line = step->line;
		ks_buf_char(terminal->out, '\n');
		ks_terminal_paint(terminal, KS_PAINT_DIM, ks_groups_infos[step->group].title);
		if (step->line) {
			ks_buf_str(terminal->out, ": ");
			ks_text_str(terminal->out, KS_TEXT_LINE, step->line);
		} else if (step->before_label) {
			ks_buf_str(terminal->out, ", compared with ");
			ks_text_str(terminal->out, KS_TEXT_LINE, step->before->image->label);
		}
		ks_buf_char(terminal->out, '\n');
	}
	size_t start = terminal->out->len;
	ks_buf_printf(terminal->out, "%-*s %c ", (int)log->width, step->label,
		      ks_step_infos[step->event].mark);
	ks_text_tail(terminal->out, start, KS_TEXT_LINE);
	size_t at = log->width + 3 + write_status(terminal, step->fact);
	if (log->patch)
		write_patch(log, step);
	else
		write_brief(log, step, at);
	return NULL;
}

static size_t label_width(const struct ks_groups *groups)
{
	size_t width = 0;
	for (enum ks_group_kind kind = 0; kind < KS_NR_PARTITION_GROUPS; kind++)
		for (size_t i = 0; i < groups->at[kind].nr; i++) {
			size_t len = strlen(groups->at[kind].labels[i]);
			width = len > width ? len : width;
		}
	return width;
}

static struct ks_error *write_terminal(struct ks_report *report, const struct ks_history *history,
				       bool patch, struct ks_buf *out)
{
	struct log log = { .terminal = { report, history, out, { 0 } },
			   .patch = patch,
			   .group = KS_GROUP_REGULAR,
			   .width = label_width(report->groups) };
	write_title(&log, report->groups);
	struct ks_error *err =
		ks_steps_walk(report->groups, history, report->diff, write_step, &log);
	if (!err)
		err = ks_buf_error(&log.terminal.text);
	ks_buf_deinit(&log.terminal.text);
	return err;
}

static ks_log_write_fn *const writers[KS_NR_FORMATS] = {
	[KS_FORMAT_TERMINAL] = write_terminal,
	[KS_FORMAT_JSON] = ks_log_json,
};

struct ks_error *ks_log_write(const struct ks_groups *groups, const struct ks_history *history,
			      const struct ks_log_options *options, struct ks_buf *out)
{
	struct ks_report_options how = { .color = options->color, .columns = options->columns };
	_cleanup_report_ struct ks_report *report = NULL;
	KS_TRY(ks_format_expect(KS_DOCUMENT_LOG, options->format));
	KS_TRY(ks_report_new(options->format, groups, &how, &report));
	KS_TRY(writers[options->format](report, history, options->patch, out));
	return ks_buf_error(out);
}
