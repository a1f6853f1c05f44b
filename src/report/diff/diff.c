/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "report/diff/diff_page.h"
#include "surface/image.h"

static const struct ks_diff_writer *const writers[KS_NR_FORMATS] = {
	[KS_FORMAT_TERMINAL] = &ks_diff_terminal,
	[KS_FORMAT_MD] = &ks_diff_md,
	[KS_FORMAT_JSON] = &ks_diff_json,
	[KS_FORMAT_HTML] = &ks_diff_html,
};

const char ks_diff_same[] = "Nothing differs.";

struct ks_error *ks_diff_report_new(const struct ks_store_image *old,
				    const struct ks_store_image *new,
				    const struct ks_diff_scope *scope,
				    const struct ks_diff_options *options,
				    struct ks_diff_report **ret)
{
	KS_TRY(ks_format_expect(KS_DOCUMENT_DIFF, options->format));
	struct ks_diff_report *report = calloc(1, sizeof(*report));
	if (!report)
		return &ks_nomem;
	report->old = old;
	report->new = new;
	report->scope = scope;
	report->options = *options;
	report->frame.options.color = options->color;
	report->frame.options.columns = options->columns ? options->columns : 80;
	*ret = report;
	return NULL;
}

void ks_diff_report_free(struct ks_diff_report *report)
{
	if (!report)
		return;
	for (int kind = 0; kind < KS_NR_KINDS; kind++)
		ks_buf_deinit(&report->details[kind]);
	ks_buf_deinit(&report->text);
	free(report);
}

struct ks_error *ks_diff_report_add(const struct ks_difference *difference, void *arg)
{
	struct ks_diff_report *report = arg;
	struct ks_buf *out = &report->details[difference->kind];
	KS_TRY(writers[report->options.format]->name(report, difference, out));
	KS_TRY(ks_buf_error(&report->text));
	return ks_buf_error(out);
}

struct ks_error *ks_diff_report_write(struct ks_diff_report *report,
				      const struct ks_summary *summary, struct ks_buf *out)
{
	KS_TRY(writers[report->options.format]->page(report, summary, out));
	KS_TRY(ks_buf_error(&report->text));
	return ks_buf_error(out);
}

/** The line above the changes of an extra, when their first one comes. */
static size_t extra_row(const struct ks_tally *tally, uint32_t extra, struct ks_diff_row *ret)
{
	if (extra == KS_DIFF_LAYOUT)
		*ret = (struct ks_diff_row){ "Another layout", tally->laid_out, 1 };
	else
		*ret = (struct ks_diff_row){ "Compiled differently", tally->compiled, 1 };
	return 1;
}

size_t ks_diff_rows(const struct ks_tally *tally, struct ks_diff_row rows[KS_NR_CHANGES + 2])
{
	size_t nr = 0;
	uint32_t told = 0;
	for (int kind = 0; kind < KS_NR_CHANGES; kind++) {
		const struct ks_change_info *info = &ks_changes_infos[kind];
		if (!tally->changes[kind])
			continue;
		if (info->extra & ~told)
			nr += extra_row(tally, info->extra, &rows[nr]);
		told |= info->extra;
		rows[nr++] = (struct ks_diff_row){ info->title, tally->changes[kind],
						   info->extra ? 2 : 1 };
	}
	return nr;
}

static bool asked(const struct ks_diff_report *report, enum ks_kind kind)
{
	return kind != KS_FIELD &&
	       (!report->scope->kinds || (report->scope->kinds & KS_KNOWS(kind)));
}

bool ks_diff_shown(const struct ks_diff_report *report, const struct ks_summary *summary,
		   enum ks_kind kind)
{
	const struct ks_tally *tally = &summary->kinds[kind];
	return asked(report, kind) && tally->old_known && tally->new_known &&
	       (tally->old || tally->new || report->scope->kinds);
}

static void write_number(bool known, size_t nr, char out[KS_DIFF_NUMBER])
{
	snprintf(out, KS_DIFF_NUMBER, "%zu", nr);
	if (!known)
		snprintf(out, KS_DIFF_NUMBER, "?");
}

struct ks_diff_counts ks_diff_counts_of(const struct ks_tally *tally)
{
	struct ks_diff_counts counts = { 0 };
	write_number(tally->old_counted, tally->old, counts.old);
	write_number(tally->new_counted, tally->new, counts.new);
	write_number(ks_tally_tells_added(tally), tally->added, counts.added);
	write_number(ks_tally_tells_removed(tally), tally->removed, counts.removed);
	write_number(ks_tally_tells_changed(tally), tally->changed, counts.changed);
	return counts;
}

const char *ks_diff_doubt(size_t nr, bool certain)
{
	return nr && !certain ? "?" : "";
}

bool ks_diff_certain(const struct ks_diff_report *report, const struct ks_difference *difference)
{
	const struct ks_store_image *lacks = !difference->old	? report->old
					     : !difference->new ? report->new
								: NULL;
	return !lacks || ks_image_lists_all(&lacks->image, difference->kind);
}

/** What an image lacks may be out of sight. */
static void doubt(const struct ks_image *image, enum ks_kind kind, struct ks_buf *out)
{
	bool function = kind == KS_FUNCTION;
	ks_buf_printf(out, "%s%s: ", out->len ? " " : "", ks_kinds[kind].name);
	if (image->modules_of)
		ks_buf_printf(out, "%s are %u modules; what they lack may be in others.",
			      image->label, image->nr_modules);
	else
		ks_buf_printf(out, "%s (%s) does not tell %s; what it lacks may be %s.",
			      image->label, ks_image_tier_text(image),
			      function ? "what is inlined" : "what has events",
			      function ? "inlined everywhere" : "there for events only");
}

/** An image that lists functions by their symbols alone. */
static void no_prototypes(const struct ks_image *image, struct ks_buf *out)
{
	ks_buf_printf(out, "%s%s: %s (%s) has no prototypes.", out->len ? " " : "",
		      ks_kinds[KS_FUNCTION].name, image->label, ks_image_tier_text(image));
}

static void doubts(const struct ks_diff_report *report, const struct ks_tally *tally,
		   enum ks_kind kind, struct ks_buf *out)
{
	if (!tally->old_counted)
		no_prototypes(&report->old->image, out);
	if (!tally->new_counted)
		no_prototypes(&report->new->image, out);
	if (tally->added && !tally->added_certain)
		doubt(&report->old->image, kind, out);
	if (tally->removed && !tally->removed_certain)
		doubt(&report->new->image, kind, out);
}

void ks_diff_unknown(const struct ks_diff_report *report, const struct ks_summary *summary,
		     enum ks_kind kind, struct ks_buf *out)
{
	const struct ks_tally *tally = &summary->kinds[kind];
	if (!asked(report, kind))
		return;
	if (tally->old_known && tally->new_known) {
		doubts(report, tally, kind, out);
		return;
	}
	ks_buf_printf(out, "%s: not compared, ", ks_kinds[kind].name);
	if (!tally->old_known && !tally->new_known) {
		ks_buf_str(out, "neither image tells.");
		return;
	}
	const struct ks_store_image *blind = tally->old_known ? report->new : report->old;
	ks_buf_printf(out, "%s (%s) does not tell.", blind->image.label,
		      ks_image_tier_text(&blind->image));
}

void ks_diff_details(const struct ks_diff_report *report, const struct ks_summary *summary,
		     const char *before, const char *between, const char *after, struct ks_buf *out)
{
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		const struct ks_buf *details = &report->details[kind];
		const struct ks_tally *tally = &summary->kinds[kind];
		if (!details->len)
			continue;
		struct ks_diff_counts counts = ks_diff_counts_of(tally);
		ks_buf_printf(out, "%s%s: %s added, %s removed, %s changed%s", before,
			      ks_kinds[kind].name, counts.added, counts.removed, counts.changed,
			      between);
		ks_buf_bytes(out, details->at, details->len);
		ks_buf_str(out, after);
	}
}

void ks_diff_name(const struct ks_difference *difference, struct ks_buf *out)
{
	const struct ks_fact *fact = difference->new ? difference->new : difference->old;
	const struct ks_decl *decl = fact ? fact->decl : NULL;
	bool one_sided = !difference->old || !difference->new;
	if (one_sided && decl && decl->kind == KS_FUNCTION && difference->kind == KS_FUNCTION) {
		ks_c_text_valid.proto(out, decl->type, decl->name);
		return;
	}
	ks_buf_str(out, difference->name);
	if (one_sided && fact && fact->value)
		ks_buf_printf(out, "=%s", fact->value);
}

void ks_diff_head(const struct ks_diff_report *report, const struct ks_difference *difference,
		  ks_diff_code_fn *code, struct ks_buf *text, struct ks_buf *out)
{
	if (!ks_diff_certain(report, difference))
		ks_buf_str(out, "perhaps ");
	if (!difference->old && difference->new)
		ks_buf_str(out, "added ");
	if (difference->old && !difference->new)
		ks_buf_str(out, "removed ");
	ks_diff_name(difference, text);
	code(out, text);
}

void ks_diff_sides(const struct ks_change *change, ks_diff_code_fn *code, struct ks_buf *text,
		   struct ks_buf *out)
{
	const struct ks_change_info *info = &ks_changes_infos[change->kind];
	if (info->form == KS_FORM_NUMBER) { // the others hold their name
		ks_buf_str(text, change->name);
		code(out, text);
		ks_buf_char(out, ' ');
	}
	if (info->has_old) {
		ks_change_side(text, change, false);
		code(out, text);
	}
	if (info->has_old && info->has_new)
		ks_buf_str(out, " → ");
	if (info->has_new) {
		ks_change_side(text, change, true);
		code(out, text);
	}
}
