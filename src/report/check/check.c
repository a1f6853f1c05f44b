/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/check/check_page.h"

static ks_check_write_fn *const writers[KS_NR_FORMATS] = {
	[KS_FORMAT_TERMINAL] = ks_check_terminal, [KS_FORMAT_MD] = ks_check_md,
	[KS_FORMAT_JSON] = ks_check_json,	  [KS_FORMAT_HTML] = ks_check_html,
	[KS_FORMAT_SARIF] = ks_check_sarif,	  [KS_FORMAT_JUNIT] = ks_check_junit,
	[KS_FORMAT_GITHUB] = ks_check_github,
};

struct ks_error *ks_check_write(const struct ks_check_report *report, const struct ks_check *check,
				struct ks_buf *out)
{
	KS_TRY(ks_format_expect(KS_DOCUMENT_CHECK, report->format));
	struct ks_error *err = writers[report->format](report, check, out);
	return err ? err : ks_buf_error(out);
}
