/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"
#include "report/show/writer.h"

/** The image of a fact as it is asked; site is room that outlives the answer. */
static struct ks_attach_facts facts_of(const struct ks_report *report,
				       const struct ks_history *history, const struct ks_fact *fact,
				       struct ks_site *site)
{
	if (!report->options.view)
		return ks_attach_facts_of(fact->image);
	*site = ks_view_site(report->options.view, (size_t)(fact - history->facts));
	struct ks_attach_facts facts = ks_site_attach(site);
	facts.image = fact->image; // that of a kernel may stand for its modules
	return facts;
}

enum ks_answer ks_report_attach(const struct ks_report *report, const struct ks_history *history,
				const struct ks_fact *fact, enum ks_attach_way way)
{
	struct ks_site site;
	const struct ks_attach_facts facts = facts_of(report, history, fact, &site);
	return ks_attach_answer(&facts, fact, way);
}

size_t ks_report_ways(enum ks_kind kind, const enum ks_attach_way **ret)
{
	static const enum ks_attach_way functions[] = { KS_WAY_FENTRY, KS_WAY_KPROBE,
							KS_WAY_KPROBE_MULTI, KS_WAY_FMOD_RET };
	static const enum ks_attach_way hooks[] = { KS_WAY_LSM };
	static const enum ks_attach_way events[] = { KS_WAY_TRACEPOINT, KS_WAY_RAW_TP,
						     KS_WAY_TP_BTF };
	static const enum ks_attach_way calls[] = { KS_WAY_SYSCALL_TP, KS_WAY_KSYSCALL };
	switch (kind) {
	case KS_FUNCTION:
	case KS_KFUNC:
		*ret = functions;
		return KS_ARRAY_LEN(functions);
	case KS_LSM:
		*ret = hooks;
		return KS_ARRAY_LEN(hooks);
	case KS_TRACEPOINT:
		*ret = events;
		return KS_ARRAY_LEN(events);
	case KS_SYSCALL:
		*ret = calls;
		return KS_ARRAY_LEN(calls);
	default:
		*ret = NULL;
		return 0;
	}
}

void ks_report_attach_why(const struct ks_report *report, const struct ks_history *history,
			  const struct ks_fact *fact, enum ks_attach_way way,
			  struct ks_attach_result *ret)
{
	struct ks_site site;
	const struct ks_attach_facts facts = facts_of(report, history, fact, &site);
	if (way >= KS_NR_FUNCTION_WAYS)
		ks_attach_ask(&facts,
			      &(struct ks_attach_question){ .way = way, .name = history->name },
			      ret);
	else if (fact->function)
		ks_attach_ask_fact(&facts, fact, way, ret);
	else
		*ret = (struct ks_attach_result){ .answer = fact->known ? KS_ANSWER_NO
									: KS_ANSWER_UNKNOWN };
}
