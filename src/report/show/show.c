/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "report/show/writer.h"

enum {
	ALL_KINDS = KS_KNOWS(KS_NR_KINDS) - 1,
	MD_KINDS = KS_KNOWS(KS_FUNCTION) | KS_KNOWS(KS_STRUCT) | KS_KNOWS(KS_UNION) |
		   KS_KNOWS(KS_ENUM) | KS_KNOWS(KS_TRACEPOINT) | KS_KNOWS(KS_SYSCALL) |
		   KS_KNOWS(KS_LSM) | KS_KNOWS(KS_KFUNC) | KS_KNOWS(KS_FIELD),
	MD_FULL_KINDS = KS_KNOWS(KS_FUNCTION) | KS_KNOWS(KS_STRUCT) | KS_KNOWS(KS_LSM),
};

/** How a format writes, and the kinds that it has a form for. */
static const struct writer {
	ks_report_fn *write;
	uint32_t kinds; // KS_KNOWS() bits
} writers[KS_NR_FORMATS] = {
	[KS_FORMAT_TERMINAL] = { ks_report_terminal, ALL_KINDS },
	[KS_FORMAT_MD] = { ks_report_md, MD_KINDS },
	[KS_FORMAT_MD_FULL] = { ks_report_md_full, MD_FULL_KINDS },
	[KS_FORMAT_JSON] = { ks_report_json, ALL_KINDS },
	[KS_FORMAT_HTML] = { ks_report_html, ALL_KINDS },
};

bool ks_show_has(enum ks_format format, enum ks_kind kind)
{
	return writers[format].kinds & KS_KNOWS(kind);
}

struct ks_error *ks_report_new(enum ks_format format, const struct ks_groups *groups,
			       const struct ks_report_options *options, struct ks_report **ret)
{
	KS_TRY(ks_format_expect(KS_DOCUMENT_SHOW, format));
	_cleanup_report_ struct ks_report *report = calloc(1, sizeof(*report));
	if (!report)
		return &ks_nomem;
	report->format = format;
	report->groups = groups;
	if (options)
		report->options = *options;
	if (!report->options.columns)
		report->options.columns = 80;
	KS_TRY(ks_diff_new(&report->diff));
	*ret = ks_take(report);
	return NULL;
}

void ks_report_free(struct ks_report *report)
{
	if (!report)
		return;
	ks_diff_free(report->diff);
	free(report);
}

struct ks_error *ks_report_write(struct ks_report *report, const struct ks_history *history,
				 struct ks_buf *out)
{
	if (!ks_show_has(report->format, history->kind))
		return ks_error_new(KS_ERR_USAGE, "format %s has no form for kind %s; use %s or %s",
				    ks_formats[report->format].name, ks_kinds[history->kind].name,
				    ks_formats[KS_FORMAT_TERMINAL].name,
				    ks_formats[KS_FORMAT_JSON].name);
	KS_TRY(writers[report->format].write(report, history, out));
	if (report->options.view)
		KS_TRY(ks_view_error(report->options.view));
	return ks_buf_error(out);
}

void ks_report_path(enum ks_format format, enum ks_kind kind, const char *name, struct ks_buf *out)
{
	ks_buf_str(out, ks_kinds[kind].folder);
	ks_buf_char(out, '/');
	// the early style knows no flat folders
	if (!ks_kinds[kind].flat || format == KS_FORMAT_MD_FULL) {
		char initial = name[strspn(name, "_")];
		if (initial >= 'A' && initial <= 'Z')
			initial = (char)(initial - 'A' + 'a');
		ks_buf_char(out, initial && initial != '/' ? initial : '_');
		ks_buf_char(out, '/');
	}
	for (; *name; name++) {
		if (*name == '/')
			ks_buf_str(out, "%2f");
		else
			ks_buf_char(out, *name);
	}
	ks_buf_str(out, ks_formats[format].extension);
}
