/* SPDX-License-Identifier: BSD-2-Clause */
/* Two kernels compared. */
#include "api/comparison.h"
#include "diff/scope.h"
#include "report/diff/diff.h"
#include "web/private.h"

static void write_choice(struct ks_web_call *call, const char *name, const char *chosen)
{
	const struct ks_store_images *images = &call->web->sel.images;
	struct ks_buf *out = &call->response->body;
	ks_buf_printf(out, "<label>%s <select name=\"%s\">", name, name);
	for (size_t i = 0; i < images->nr; i++) {
		const char *label = images->at[i]->image.label;
		ks_buf_str(out,
			   chosen && strcmp(label, chosen) == 0 ? "<option selected>" : "<option>");
		ks_html_text(out, label);
		ks_buf_str(out, "</option>");
	}
	ks_buf_str(out, "</select></label> ");
}

void ks_web_pair_form(struct ks_web_call *call, const struct ks_store_image *old,
		      const struct ks_store_image *new)
{
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out, "<form action=\"/diff\"><p class=\"pair\">");
	write_choice(call, "old", old ? old->image.label : NULL);
	write_choice(call, "new", new ? new->image.label : NULL);
	ks_buf_str(out, "<button>Compare</button></p></form>\n");
}

static struct ks_error *choose_pair(struct ks_web_call *call)
{
	const char *old = ks_web_field(call->address, "old");
	const char *new = ks_web_field(call->address, "new");
	if (old && new) {
		struct ks_buf *location = &call->response->location;
		ks_buf_str(location, "/diff/");
		ks_web_pair(location, old, new);
		ks_web_redirect(call);
		return ks_buf_error(location);
	}
	ks_web_begin(call, "Compare", NULL);
	ks_buf_str(&call->response->body, "<h1>Compare two kernels</h1>\n");
	ks_web_pair_form(call, NULL, NULL);
	ks_web_end(call);
	return NULL;
}

static struct ks_error *write_pair(struct ks_web_call *call, const struct ks_comparison *pair,
				   enum ks_format format)
{
	struct ks_diff_scope scope = { 0 };
	const char *kinds = ks_web_field(call->address, "kind");
	KS_TRY(ks_diff_scope_kinds(&scope, kinds));
	scope.glob = ks_web_field(call->address, "name");
	scope.one_sided = kinds || scope.glob;
	const struct ks_diff_options options = { .format = format,
						 .details = scope.one_sided,
						 .site = true };
	_cleanup_diff_report_ struct ks_diff_report *report = NULL;
	struct ks_summary summary;
	KS_TRY(ks_diff_report_new(pair->old, pair->new, &scope, &options, &report));
	KS_TRY(ks_summary_make(call->web->store, pair->old, pair->new, &scope,
			       options.details ? ks_diff_report_add : NULL, report, &summary));
	return ks_diff_report_write(report, &summary, &call->response->body);
}

/** The names of one kind, each on a page of its own: they may be many. */
static void write_kinds(struct ks_web_call *call)
{
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out, "<p>The names, by kind:");
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++)
		ks_buf_printf(out, " <a href=\"?kind=%s\">%s</a>", ks_kinds[kind].name,
			      ks_kinds[kind].name);
	ks_buf_str(out, "</p>\n");
}

struct ks_error *ks_web_diff(struct ks_web_call *call)
{
	const struct ks_web_address *address = call->address;
	_cleanup_comparison_ struct ks_comparison pair = { 0 };
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT));
	if (address->nr_segments == 1)
		return choose_pair(call);
	const char *words = address->segments[1], *dots = strstr(words, "..");
	if (address->nr_segments > 2 || !dots)
		return ks_error_new(KS_ERR_NOTFOUND, "a pair is OLD..NEW");
	const char *old = ks_arena_strndup(&call->arena, words, (size_t)(dots - words));
	if (!old)
		return &ks_nomem;
	KS_TRY(ks_comparison_choose(call->web->store, old, dots + 2, &pair));
	if (address->format != KS_FORMAT_HTML) {
		ks_web_say_type(call);
		return write_pair(call, &pair, address->format);
	}
	ks_web_begin(call, "Compare", NULL);
	ks_web_pair_form(call, pair.old, pair.new);
	write_kinds(call);
	KS_TRY(write_pair(call, &pair, KS_FORMAT_HTML));
	ks_web_end(call);
	return NULL;
}
