/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/check/users.h"

#include <fnmatch.h>

#include "base/edit_distance.h"
#include "base/json.h"
#include "report/show/terminal.h"

/** A page for a terminal. */
struct page {
	struct ks_report frame;
	struct ks_terminal terminal;
	const struct ks_users_report *report;
	const struct ks_users *users;
};

static void page_init(struct page *page, const struct ks_users_report *report,
		      const struct ks_users *users, struct ks_buf *out)
{
	*page = (struct page){ .report = report, .users = users };
	page->frame.options.color = report->color;
	page->frame.options.columns = report->columns ? report->columns : 80;
	page->terminal = (struct ks_terminal){ .report = &page->frame, .out = out };
}

static struct ks_error *page_end(struct page *page)
{
	struct ks_error *err = ks_buf_error(&page->terminal.text);
	ks_buf_deinit(&page->terminal.text);
	return err ? err : ks_buf_error(page->terminal.out);
}

/** The tools of some uses, with their programs where that is wanted. */
static void write_tools(struct page *page, size_t first, size_t nr)
{
	struct ks_terminal *terminal = &page->terminal;
	const struct ks_use *uses = page->users->uses;
	for (size_t i = first; i < first + nr; i++) {
		bool again = i > first && uses[i].tool == uses[i - 1].tool;
		if (page->report->verbose && !again && terminal->text.len) {
			ks_terminal_blanks(terminal, 4);
			ks_terminal_wrap(terminal, 4, 6);
		}
		if (!again)
			ks_buf_printf(&terminal->text, "%s%s", terminal->text.len ? ", " : "",
				      page->users->tools[uses[i].tool]);
		if (page->report->verbose)
			ks_buf_printf(&terminal->text, "%s%s", again ? ", " : ": ",
				      uses[i].program ? uses[i].program : "as a whole");
	}
	ks_terminal_blanks(terminal, 4);
	ks_terminal_wrap(terminal, 4, 6);
}

static size_t run_of(const struct ks_users *users, size_t first)
{
	const struct ks_use *use = &users->uses[first];
	size_t same;
	return ks_users_find(users, use->kind, use->name, &same);
}

static void json_uses(struct ks_json *json, const struct ks_users *users, size_t first, size_t nr)
{
	ks_json_key_open(json, "users", '[');
	for (size_t i = first; i < first + nr; i++) {
		ks_json_open(json, '{');
		ks_json_key_str(json, "tool", users->tools[users->uses[i].tool]);
		ks_json_key_str(json, "object", users->uses[i].object);
		ks_json_key_str(json, "program", users->uses[i].program);
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

/* ---- who ---- */

static void who_terminal(struct page *page, size_t first, size_t nr)
{
	struct ks_terminal *terminal = &page->terminal;
	const struct ks_use *use = &page->users->uses[first];
	size_t tools = ks_users_count_tools(page->users, first, nr);
	ks_buf_printf(&terminal->text, "%s (%s): %zu of %zu tool%s", use->name,
		      ks_dep_infos[use->kind].name, tools, page->users->nr_tools,
		      page->users->nr_tools == 1 ? "" : "s");
	ks_terminal_wrap(terminal, 0, 2);
	write_tools(page, first, nr);
}

struct ks_error *ks_who_write(const struct ks_users_report *report, const struct ks_users *users,
			      const char *glob, struct ks_buf *out)
{
	struct page page;
	struct ks_json json = ks_json_to(out, 2);
	bool any = false;
	page_init(&page, report, users, out);
	if (report->json) {
		ks_json_open(&json, '{');
		ks_json_key_u64(&json, "ksurf", 1);
		ks_json_key_open(&json, "names", '[');
	}
	for (size_t i = 0, nr; i < users->nr; i += nr) {
		const struct ks_use *use = &users->uses[i];
		nr = run_of(users, i);
		if (fnmatch(glob, use->name, 0) != 0)
			continue;
		any = true;
		if (!report->json) {
			who_terminal(&page, i, nr);
			continue;
		}
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "kind", ks_dep_infos[use->kind].name);
		ks_json_key_str(&json, "name", use->name);
		json_uses(&json, users, i, nr);
		ks_json_close(&json, '}');
	}
	if (report->json) {
		ks_json_close(&json, ']');
		ks_json_close(&json, '}');
		ks_buf_char(out, '\n');
	}
	KS_TRY(page_end(&page));
	if (any)
		return NULL;
	struct ks_near_word near = ks_near_word_of(glob);
	for (size_t i = 0; i < users->nr; i++)
		ks_near_word_see(&near, users->uses[i].name);
	return ks_error_new(KS_ERR_NOTFOUND, "none of %zu tool%s depends on '%s'%s",
			    users->nr_tools, users->nr_tools == 1 ? "" : "s", glob,
			    ks_near_word_hint(&near));
}

/* ---- impact ---- */

/** "Param added: bool new_io and 1 more" */
static void write_change(const struct ks_touch *touch, struct ks_buf *out)
{
	if (touch->removed || touch->added) {
		ks_buf_str(out, touch->removed ? "removed" : "added");
		return;
	}
	ks_buf_str(out, ks_changes_infos[touch->change].title);
	if (touch->part)
		ks_buf_printf(out, " (%s)", touch->part);
	if (touch->nr_more)
		ks_buf_printf(out, " and %zu more", touch->nr_more);
}

static void impact_terminal(struct page *page, const struct ks_impact *impact, const char *old,
			    const char *new)
{
	struct ks_terminal *terminal = &page->terminal;
	const struct ks_users *users = impact->users;
	ks_buf_printf(&terminal->text, "%s -> %s: ", old, new);
	if (impact->nr)
		ks_buf_printf(
			&terminal->text, "%zu of %zu tool%s depend%s on %zu name%s that changed",
			impact->nr_tools, users->nr_tools, users->nr_tools == 1 ? "" : "s",
			impact->nr_tools == 1 ? "s" : "", impact->nr, impact->nr == 1 ? "" : "s");
	else
		ks_buf_printf(&terminal->text, "nothing changed that %zu tool%s depend%s on",
			      users->nr_tools, users->nr_tools == 1 ? "" : "s",
			      users->nr_tools == 1 ? "s" : "");
	ks_terminal_wrap(terminal, 0, 2);
	for (size_t i = 0; i < impact->nr; i++) {
		const struct ks_touch *touch = &impact->at[i];
		ks_buf_str(terminal->out, "  ");
		ks_buf_printf(&terminal->text, "%s (%s): ", touch->name,
			      ks_dep_infos[touch->kind].name);
		write_change(touch, &terminal->text);
		ks_buf_printf(&terminal->text, ": %zu tool%s", touch->nr_tools,
			      touch->nr_tools == 1 ? "" : "s");
		ks_terminal_wrap(terminal, 2, 4);
		write_tools(page, touch->first, touch->nr);
	}
}

static void impact_json(const struct ks_impact *impact, const char *old, const char *new,
			struct ks_buf *out)
{
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_str(&json, "old", old);
	ks_json_key_str(&json, "new", new);
	ks_json_key_u64(&json, "tools", impact->users->nr_tools);
	ks_json_key_u64(&json, "touched", impact->nr_tools);
	ks_json_key_open(&json, "names", '[');
	for (size_t i = 0; i < impact->nr; i++) {
		const struct ks_touch *touch = &impact->at[i];
		bool whole = touch->removed || touch->added;
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "kind", ks_dep_infos[touch->kind].name);
		ks_json_key_str(&json, "name", touch->name);
		ks_json_key_str(&json, "change",
				touch->removed ? "removed"
				: touch->added ? "added"
					       : ks_changes_infos[touch->change].name);
		ks_json_key_str(&json, "part", whole ? NULL : touch->part);
		ks_json_key_u64(&json, "more", touch->nr_more);
		json_uses(&json, impact->users, touch->first, touch->nr);
		ks_json_close(&json, '}');
	}
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
}

struct ks_error *ks_impact_write(const struct ks_users_report *report,
				 const struct ks_impact *impact, const char *old, const char *new,
				 struct ks_buf *out)
{
	struct page page;
	page_init(&page, report, impact->users, out);
	if (report->json)
		impact_json(impact, old, new, out);
	else
		impact_terminal(&page, impact, old, new);
	return page_end(&page);
}
