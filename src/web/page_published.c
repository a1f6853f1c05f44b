/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of the reports that the DepSurf project published: "/Function/v/vfs_read.md", "/Tracepoint/sched_switch.md". They say the same
 * of the kernels of this store, in the late style; ?style=early gives the early one, which some kinds have.
 */
#include "api/lookup.h"
#include "report/show/show.h"
#include "web/private.h"

/** The kind whose reports lie in a folder; KS_NR_KINDS: none. */
static enum ks_kind kind_of(const char *folder)
{
	enum ks_kind kind = 0;
	while (kind < KS_NR_KINDS &&
	       (strcmp(ks_kinds[kind].folder, folder) != 0 || !ks_show_has(KS_FORMAT_MD, kind)))
		kind++;
	return kind;
}

bool ks_web_is_published(const struct ks_web_address *address)
{
	return address->nr_segments > 1 && address->format == KS_FORMAT_MD && !address->label &&
	       kind_of(address->segments[0]) != KS_NR_KINDS;
}

/** The path is the one that a report of that style has. */
static struct ks_error *check_path(struct ks_web_call *call, enum ks_format style,
				   enum ks_kind kind, const char *name)
{
	const struct ks_web_address *address = call->address;
	_cleanup_buf_ struct ks_buf wanted = { 0 }, is = { 0 };
	for (size_t i = 0; i + 1 < address->nr_segments; i++)
		ks_buf_printf(&is, "%s/", address->segments[i]);
	ks_report_path(style, kind, name, &wanted);
	KS_TRY(ks_buf_error(&wanted));
	KS_TRY(ks_buf_error(&is));
	if (wanted.len < is.len || memcmp(wanted.at, is.at, is.len) != 0 ||
	    memchr(wanted.at + is.len, '/', wanted.len - is.len))
		return ks_error_new(KS_ERR_NOTFOUND, "the report is at /%s", ks_buf_text(&wanted));
	return NULL;
}

struct ks_error *ks_web_published(struct ks_web_call *call)
{
	const struct ks_web_address *address = call->address;
	const struct ks_selection *sel = &call->web->sel;
	const char *style = ks_web_field(address, "style");
	const char *name = address->segments[address->nr_segments - 1];
	enum ks_format format =
		style && strcmp(style, "early") == 0 ? KS_FORMAT_MD_FULL : KS_FORMAT_MD;
	enum ks_kind kind = kind_of(address->segments[0]);
	_cleanup_report_ struct ks_report *report = NULL;
	struct ks_history history;
	KS_TRY(check_path(call, format, kind, name));
	KS_TRY(ks_lookup_history(call->web->store, &sel->images, kind, name, &call->arena,
				 &history));
	if (!ks_history_present(&history))
		return ks_web_unknown(call, kind, name);
	ks_web_say_type(call);
	KS_TRY(ks_report_new(format, sel->groups, NULL, &report));
	return ks_report_write(report, &history, &call->response->body);
}
