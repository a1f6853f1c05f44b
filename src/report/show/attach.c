/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/show/writer.h"

enum ks_answer ks_report_attach(const struct ks_report *report, const struct ks_history *history,
				const struct ks_fact *fact, enum ks_attach_way way)
{
	struct ks_attach_facts facts = ks_attach_facts_of(fact->image);
	struct ks_site site;
	if (report->options.view) {
		site = ks_view_site(report->options.view, (size_t)(fact - history->facts));
		facts = ks_site_attach(&site);
		facts.image = fact->image; // that of a kernel may stand for its modules
	}
	return ks_attach_answer(&facts, fact, way);
}
