/* SPDX-License-Identifier: BSD-2-Clause */
/* A name: its life over all kernels, one kernel of it, or two compared. */
#include "api/comparison.h"
#include "api/lookup.h"
#include "base/array.h"
#include "report/show/show.h"
#include "web/private.h"

/** What a page of a name is about. */
struct subject {
	enum ks_kind kind;
	const char *name;
	size_t nr;				// kernels that it is about; 0: all
	const struct ks_store_image *images[2]; // of the store
	struct ks_selection sel;	 // of its own, where what reports show leaves some out
	const struct ks_selection *over; // what it is seen in
};

static void subject_deinit(struct subject *subject)
{
	ks_selection_deinit(&subject->sel);
}
#define _cleanup_subject_ __attribute__((__cleanup__(subject_deinit)))

static bool is_about(const struct subject *subject, const struct ks_store_image *image)
{
	for (size_t i = 0; i < subject->nr; i++)
		if (subject->images[i]->id == image->id)
			return true;
	return false;
}

/** A selection of its own: all kernels of the store, or those alone that the page is about. */
static struct ks_error *select_images(struct ks_web *web, struct subject *subject, bool alone)
{
	struct ks_selection *sel = &subject->sel;
	KS_TRY(ks_selection_choose(sel, web->store, "*"));
	size_t kept = 0;
	for (size_t i = 0; i < sel->images.nr; i++)
		if (!alone || is_about(subject, sel->images.at[i]))
			sel->images.at[kept++] = sel->images.at[i];
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
	if (address->label) {
		subject->nr = 1;
		return find_image(web, address->label, &subject->images[0]);
	}
	if (!pair)
		return NULL;
	const char *old = ks_arena_strndup(&call->arena, pair, (size_t)(dots - pair));
	if (!old)
		return &ks_nomem;
	_cleanup_comparison_ struct ks_comparison comparison = { 0 };
	KS_TRY(ks_comparison_choose(web->store, old, dots + 2, &comparison));
	subject->nr = 2;
	KS_TRY(ks_store_image(&web->sel.all, comparison.old->image.label, &subject->images[0]));
	return ks_store_image(&web->sel.all, comparison.new->image.label, &subject->images[1]);
}

/** Choose what it is seen in: a page shows the other kernels, too, what programs read does not. */
static struct ks_error *choose_images(struct ks_web *web, struct subject *subject, bool page)
{
	if (!subject->nr)
		return NULL;
	if (!page)
		return select_images(web, subject, true);
	for (size_t i = 0; i < subject->nr; i++)
		if (ks_web_place_of(&web->sel.images, subject->images[i]) == web->sel.images.nr)
			return select_images(web, subject, false);
	return NULL;
}

static struct ks_error *write_report(struct ks_web_call *call, const struct subject *subject,
				     const struct ks_web_read *read, enum ks_format format,
				     struct ks_buf *out)
{
	_cleanup_view_ struct ks_view *own = NULL;
	_cleanup_report_ struct ks_report *report = NULL;
	struct ks_report_options options = { .site = true, .answers = read->answers };
	if (subject->over == &call->web->sel) {
		KS_TRY(ks_web_view(call->web, &options.view));
	} else {
		KS_TRY(ks_view_over_store(call->web->store, &subject->over->images, true, &own));
		options.view = own;
	}
	if (format == KS_FORMAT_HTML)
		options.nr_focus = subject->nr;
	for (size_t i = 0; i < options.nr_focus; i++)
		options.focus[i] = ks_web_place_of(&subject->over->images, subject->images[i]);
	KS_TRY(ks_report_new(format, subject->over->groups, &options, &report));
	return ks_report_write(report, &read->history, out);
}

/** Append the address without an ending. */
static void write_address(struct ks_buf *out, const struct subject *subject)
{
	ks_html_address(out, subject->kind, subject->name,
			subject->nr == 1 ? subject->images[0]->image.label : NULL);
	if (subject->nr == 2) {
		ks_buf_char(out, '/');
		ks_web_pair(out, subject->images[0]->image.label, subject->images[1]->image.label);
	}
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

/** The same in the other forms, and what tells of its changes. */
static struct ks_error *write_forms(struct ks_web_call *call, const struct subject *subject)
{
	static const enum ks_format formats[] = { KS_FORMAT_JSON, KS_FORMAT_MD,
						  KS_FORMAT_TERMINAL };
	_cleanup_buf_ struct ks_buf address = { 0 };
	unsigned int also = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(formats); i++)
		also |= (unsigned int)ks_show_has(formats[i], subject->kind) << formats[i];
	write_address(&address, subject);
	KS_TRY(ks_buf_error(&address));
	ks_web_forms(call, ks_buf_text(&address), also);
	if (!call->feed)
		return NULL;
	ks_buf_str(&call->response->body,
		   "<p class=\"dim\">Changes as kernels are added: <a href=\"");
	ks_html_text(&call->response->body, call->feed);
	ks_buf_str(&call->response->body, "\">feed</a></p>\n");
	return NULL;
}

/** The feed of the name is that of its page over all kernels. */
static struct ks_error *name_feed(struct ks_web_call *call, const struct subject *subject)
{
	_cleanup_buf_ struct ks_buf feed = { 0 };
	if (subject->nr)
		return NULL;
	ks_buf_str(&feed, "/feed");
	ks_html_address(&feed, subject->kind, subject->name, NULL);
	ks_buf_str(&feed, ".atom");
	call->feed = ks_buf_text(&feed) ? ks_arena_strdup(&call->arena, feed.at) : NULL;
	return call->feed ? NULL : &ks_nomem;
}

static struct ks_error *write_page(struct ks_web_call *call, const struct subject *subject,
				   const struct ks_web_read *read)
{
	KS_TRY(name_feed(call, subject));
	ks_web_begin(call, subject->name, NULL);
	if (subject->nr)
		ks_web_switch(call,
			      &(struct ks_web_place){ subject->kind, subject->name, subject->nr,
						      subject->images[0], subject->images[1] });
	KS_TRY(write_report(call, subject, read, KS_FORMAT_HTML, &call->response->body));
	KS_TRY(write_also(call, subject));
	KS_TRY(write_forms(call, subject));
	ks_web_end(call);
	return NULL;
}

struct ks_error *ks_web_name(struct ks_web_call *call)
{
	_cleanup_subject_ struct subject subject = { 0 };
	struct ks_web_read own = { 0 };
	const struct ks_web_read *read = &own;
	enum ks_format format = call->address->format;
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT));
	KS_TRY(read_subject(call, &subject));
	KS_TRY(choose_images(call->web, &subject, format == KS_FORMAT_HTML));
	if (subject.over == &call->web->sel)
		KS_TRY(ks_web_read_name(call->web, subject.kind, subject.name, &read));
	else
		KS_TRY(ks_lookup_history(call->web->store, &subject.over->images, subject.kind,
					 subject.name, &call->arena, &own.history));
	if (!ks_history_present(&read->history))
		return ks_web_unknown(call, subject.kind, subject.name);
	if (format == KS_FORMAT_HTML)
		return write_page(call, &subject, read);
	ks_web_say_type(call);
	return write_report(call, &subject, read, format, &call->response->body);
}

/* ---- without a kind ---- */

/** A kfunc is a function, and a system call may be one: the first kind is taken. */
struct ks_error *ks_web_kind_of(struct ks_web_call *call, const char *name, enum ks_kind *ret)
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
	KS_TRY(ks_web_kind_of(call, name, &kind));
	if (kind == KS_NR_KINDS)
		return ks_web_unknown(call, KS_NR_KINDS, name);
	ks_html_address(location, kind, name, address->label);
	if (address->format != KS_FORMAT_HTML)
		ks_buf_str(location, ks_formats[address->format].extension);
	ks_web_redirect(call);
	return ks_buf_error(location);
}
