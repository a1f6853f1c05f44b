/* SPDX-License-Identifier: BSD-2-Clause */
/* A name: its life over all kernels, one kernel of it, or two compared. */
#include "api/comparison.h"
#include "api/lookup.h"
#include "report/show/show.h"
#include "web/private.h"

/** What a page of a name is about. */
struct subject {
	enum ks_kind kind;
	const char *name;
	struct ks_selection sel;	 // of its own, unless it is about all kernels
	const struct ks_selection *over; // what it is about
	bool one;			 // kernel
};

static void subject_deinit(struct subject *subject)
{
	ks_selection_deinit(&subject->sel);
}
#define _cleanup_subject_ __attribute__((__cleanup__(subject_deinit)))

/** Take images of the store for a selection of its own. */
static struct ks_error *select_images(struct ks_web *web, struct subject *subject, size_t nr,
				      const struct ks_store_image *const *images)
{
	struct ks_selection *sel = &subject->sel;
	KS_TRY(ks_selection_choose(sel, web->store, "*"));
	size_t kept = 0;
	for (size_t i = 0; i < sel->images.nr; i++)
		for (size_t k = 0; k < nr; k++)
			if (sel->images.at[i]->id == images[k]->id) {
				sel->images.at[kept++] = sel->images.at[i];
				break;
			}
	sel->images.nr = kept;
	subject->over = sel;
	return ks_selection_group(sel, web->store);
}

/** The image of a label; "latest" is the newest of all. */
static struct ks_error *find_image(struct ks_web *web, const char *label,
				   const struct ks_store_image **ret)
{
	const struct ks_store_images *images = &web->sel.all;
	if (strcmp(label, "latest") != 0)
		return ks_store_image(images, label, ret);
	if (!images->nr)
		return ks_error_new(KS_ERR_NOTFOUND, "the store has no kernels");
	const struct ks_groups *groups = web->sel.groups;
	*ret = groups && groups->base < web->sel.images.nr ? web->sel.images.at[groups->base]
							   : images->at[images->nr - 1];
	return NULL;
}

/** "NAME@LABEL", or a third segment "A..B". */
static struct ks_error *read_subject(struct ks_web_call *call, struct subject *subject)
{
	const struct ks_web_address *address = call->address;
	struct ks_web *web = call->web;
	const char *pair = address->nr_segments > 2 ? address->segments[2] : NULL;
	const char *dots = pair ? strstr(pair, "..") : NULL;
	subject->kind = ks_kind_by_name(address->segments[0]);
	subject->name = address->segments[1];
	subject->over = &web->sel;
	if (address->nr_segments > 3 || (pair && (!dots || address->label)))
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	const struct ks_store_image *images[2];
	if (address->label) {
		KS_TRY(find_image(web, address->label, &images[0]));
		subject->one = true;
		return select_images(web, subject, 1, images);
	}
	if (!pair)
		return NULL;
	const char *old = ks_arena_strndup(&call->arena, pair, (size_t)(dots - pair));
	if (!old)
		return &ks_nomem;
	_cleanup_comparison_ struct ks_comparison comparison = { 0 };
	KS_TRY(ks_comparison_choose(web->store, old, dots + 2, &comparison));
	images[0] = comparison.old;
	images[1] = comparison.new;
	return select_images(web, subject, 2, images);
}

static struct ks_error *write_report(struct ks_web_call *call, const struct subject *subject,
				     const struct ks_history *history, enum ks_format format,
				     bool verbose, struct ks_buf *out)
{
	_cleanup_view_ struct ks_view *own = NULL;
	_cleanup_report_ struct ks_report *report = NULL;
	struct ks_view *view;
	if (subject->over == &call->web->sel) {
		KS_TRY(ks_web_view(call->web, &view));
	} else {
		KS_TRY(ks_view_over_store(call->web->store, &subject->over->images, true, &own));
		view = own;
	}
	const struct ks_report_options options = { .view = view, .site = true, .verbose = verbose };
	KS_TRY(ks_report_new(format, subject->over->groups, &options, &report));
	return ks_report_write(report, history, out);
}

/** Where else to go from here: the other kernels of the name. */
static void write_others(struct ks_web_call *call, const struct subject *subject)
{
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out, "<p><a href=\"");
	ks_html_address(out, subject->kind, subject->name, NULL);
	ks_buf_str(out, "\">all kernels</a>");
	for (size_t i = 0; subject->one && i < call->web->sel.images.nr; i++) {
		const char *label = call->web->sel.images.at[i]->image.label;
		ks_buf_str(out, " · ");
		if (strcmp(label, subject->over->images.at[0]->image.label) == 0) {
			ks_buf_str(out, "<strong>");
			ks_html_text(out, label);
			ks_buf_str(out, "</strong>");
			continue;
		}
		ks_buf_str(out, "<a href=\"");
		ks_html_address(out, subject->kind, subject->name, label);
		ks_buf_str(out, "\">");
		ks_html_text(out, label);
		ks_buf_str(out, "</a>");
	}
	ks_buf_str(out, "</p>\n");
}

/** One kernel, or two: what the terminal is told, for it is complete. */
static struct ks_error *write_text(struct ks_web_call *call, const struct subject *subject,
				   const struct ks_history *history)
{
	struct ks_buf *out = &call->response->body;
	_cleanup_buf_ struct ks_buf text = { 0 };
	KS_TRY(write_report(call, subject, history, KS_FORMAT_TERMINAL, true, &text));
	ks_buf_printf(out, "<h1><span class=\"kind\">%s</span> <code>",
		      ks_kinds[subject->kind].name);
	ks_html_text(out, subject->name);
	ks_buf_str(out, "</code></h1>\n");
	write_others(call, subject);
	ks_buf_str(out, "<pre tabindex=\"0\">");
	ks_html_lines(out, text.at, text.len);
	ks_buf_str(out, "</pre>\n");
	return NULL;
}

/** The other kinds that have the name, too. */
static struct ks_error *write_also(struct ks_web_call *call, const struct subject *subject)
{
	struct ks_buf *out = &call->response->body;
	const char *between = "<p>Also: ";
	const struct ks_web_names *names;
	KS_TRY(ks_web_names(call->web, &names));
	for (enum ks_kind kind = 0; kind < KS_FIELD && subject->kind != KS_FIELD; kind++) {
		if (kind == subject->kind || !ks_web_names_have(names, kind, subject->name))
			continue;
		ks_buf_printf(out, "%s<a href=\"", between);
		ks_html_address(out, kind, subject->name, NULL);
		ks_buf_printf(out, "\">%s</a>", ks_kinds[kind].name);
		between = ", ";
	}
	ks_buf_str(out, *between == ',' ? "</p>\n" : "");
	return NULL;
}

static struct ks_error *write_page(struct ks_web_call *call, const struct subject *subject,
				   const struct ks_history *history)
{
	ks_web_begin(call, subject->name, NULL);
	if (subject->over == &call->web->sel) {
		KS_TRY(write_report(call, subject, history, KS_FORMAT_HTML, false,
				    &call->response->body));
		KS_TRY(write_also(call, subject));
	} else {
		KS_TRY(write_text(call, subject, history));
	}
	ks_web_end(call);
	return NULL;
}

struct ks_error *ks_web_name(struct ks_web_call *call)
{
	_cleanup_subject_ struct subject subject = { 0 };
	struct ks_history history;
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT));
	KS_TRY(read_subject(call, &subject));
	KS_TRY(ks_lookup_history(call->web->store, &subject.over->images, subject.kind,
				 subject.name, &call->arena, &history));
	if (!ks_history_present(&history))
		return ks_lookup_unknown(call->web->store, &call->web->sel.images, subject.kind,
					 subject.name);
	enum ks_format format = call->address->format;
	if (format == KS_FORMAT_HTML)
		return write_page(call, &subject, &history);
	ks_web_say_type(call);
	return write_report(call, &subject, &history, format, false, &call->response->body);
}

/* ---- without a kind ---- */

/** The first kind that has the name; KS_NR_KINDS: none has. A kfunc is a function, and a system call may be one. */
static struct ks_error *find_kind(struct ks_web_call *call, const char *name, enum ks_kind *ret)
{
	for (enum ks_kind kind = 0; kind < KS_NR_KINDS; kind++) {
		struct ks_history history;
		if (kind == KS_FIELD && !strstr(name, "::"))
			continue;
		KS_TRY(ks_lookup_history(call->web->store, &call->web->sel.images, kind, name,
					 &call->arena, &history));
		if (ks_history_present(&history)) {
			*ret = kind;
			return NULL;
		}
	}
	*ret = KS_NR_KINDS;
	return NULL;
}

struct ks_error *ks_web_any_name(struct ks_web_call *call)
{
	const struct ks_web_address *address = call->address;
	const char *name = ks_web_field(address, "name");
	name = name ? name : address->segments[0];
	struct ks_buf *location = &call->response->location;
	enum ks_kind kind;
	KS_TRY(find_kind(call, name, &kind));
	if (kind == KS_NR_KINDS)
		return ks_lookup_unknown(call->web->store, &call->web->sel.images, KS_NR_KINDS,
					 name);
	ks_html_address(location, kind, name, address->label);
	if (address->format != KS_FORMAT_HTML)
		ks_buf_str(location, ks_formats[address->format].extension);
	ks_web_redirect(call);
	return ks_buf_error(location);
}
