/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/writer.h"

struct ks_error *ks_report_terminal(struct ks_report *report, const struct ks_history *history,
				    struct ks_buf *out)
{
	(void)report;
	ks_buf_str(out, history->name);
	return NULL;
}
