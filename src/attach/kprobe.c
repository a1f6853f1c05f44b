/* SPDX-License-Identifier: BSD-2-Clause */
/* kprobes by name (kernel/trace/trace_kprobe.c), one at a time or many (kernel/trace/fprobe.c). */
#include <string.h>

#include "attach/private.h"
#include "base/array.h"
#include "surface/traits.h"

/** Functions that ftrace does not trace are refused, where it could trace some. */
static const struct ks_gate notrace_is_refused = { KS_SINCE(5, 0), "45408c4f9250" };
static const struct ks_gate multi = { KS_SINCE(5, 18), "0dcac2725406" };

/**
 * Do kprobes by name refuse a name that several functions carry? Those that do have a function that counts them, which
 * older series got, too: 5.10.223 has none, 5.10.262 has. Of images without it the version tells.
 */
static bool refuses_ambiguous(const struct ks_attach_facts *facts)
{
	static const struct ks_gate refused = { KS_SINCE(6, 6), "b022f0c7e404" };
	const uint32_t stable[] = { ks_version(6, 5, 9), ks_version(6, 1, 60),
				    ks_version(5, 15, 137) };
	if (ks_attach_target(facts, "count_symbols").symbol)
		return true;
	for (size_t i = 0; i < KS_ARRAY_LEN(stable); i++)
		if (facts->version >> 8 == stable[i] >> 8 && facts->version >= stable[i])
			return true;
	return ks_gate_is_open(&refused, facts->version);
}

/** Is code that ftrace could trace but does not refused? */
static enum ks_presence refuses_notrace(const struct ks_attach_facts *facts)
{
	if (facts->version && !ks_gate_is_open(&notrace_is_refused, facts->version))
		return KS_ABSENT;
	enum ks_presence allowed = ks_attach_option(facts, "CONFIG_KPROBE_EVENTS_ON_NOTRACE");
	if (allowed == KS_PRESENT || ks_attach_option(facts, "CONFIG_DYNAMIC_FTRACE") == KS_ABSENT)
		return KS_ABSENT;
	return allowed == KS_UNTOLD ? KS_UNTOLD : KS_PRESENT;
}

/** within_notrace_func(): unless it is a piece of a function that is traced. */
static enum ks_presence is_notrace(const struct ks_attach_facts *facts,
				   const struct ks_symbol *symbol)
{
	char plain[KS_ATTACH_NAME];
	enum ks_presence traced = ks_attach_bit(facts->image, symbol, KS_ATTACH_FTRACE);
	enum ks_presence refused = refuses_notrace(facts);
	if (traced == KS_PRESENT || refused == KS_ABSENT)
		return KS_ABSENT;
	if (traced == KS_UNTOLD || refused == KS_UNTOLD)
		return KS_UNTOLD;
	if (!ks_attach_plain_name(symbol->name, plain))
		return KS_PRESENT;
	struct ks_target whole = ks_attach_target(facts, plain);
	if (!whole.symbol)
		return KS_PRESENT;
	traced = ks_attach_bit(facts->image, whole.symbol, KS_ATTACH_FTRACE);
	return traced == KS_UNTOLD ? KS_UNTOLD : traced == KS_PRESENT ? KS_ABSENT : KS_PRESENT;
}

/** check_ftrace_location(), of a function that is traced. */
enum ks_presence ks_attach_patched_entry(const struct ks_attach_facts *facts,
					 const struct ks_symbol *symbol)
{
	const struct ks_gate *moved = facts->arch ? &facts->arch->ftrace_moved : NULL;
	if (!moved || !moved->since || ks_gate_is_open(moved, facts->version) ||
	    ks_attach_bit(facts->image, symbol, KS_ATTACH_FTRACE) == KS_ABSENT ||
	    ks_attach_target(facts, "kprobe_ftrace_handler").symbol)
		return KS_ABSENT;
	enum ks_presence on_ftrace = ks_attach_option(facts, "CONFIG_KPROBES_ON_FTRACE");
	bool told = facts->version && on_ftrace == KS_ABSENT &&
		    ks_attach_bit(facts->image, symbol, KS_ATTACH_FTRACE) == KS_PRESENT;
	return on_ftrace == KS_PRESENT ? KS_ABSENT : told ? KS_PRESENT : KS_UNTOLD;
}

static void look_at_number(struct ks_asking *asking)
{
	// since then modules are only counted when the kernel itself has no such function; 7.0 got that at some release
	static const struct ks_gate prefers = { KS_SINCE(7, 1), "1870ddcd94b0" };
	const struct ks_target *target = &asking->target;
	uint32_t version = asking->facts->version;
	bool told = version >> 8 != ks_version(7, 0, 0) >> 8;
	uint32_t elsewhere = ks_gate_is_open(&prefers, version) ? 0 : target->nr_in_modules;
	uint32_t nr = target->nr_symbols + elsewhere;
	if (nr < 2)
		return;
	bool refused = refuses_ambiguous(asking->facts);
	if ((!version && !refused) || (target->nr_symbols < 2 && !(version && told)))
		ks_asking_find(asking, KS_WHY_SEVERAL, KS_ANSWER_UNKNOWN)->nr = nr;
	else if (refused)
		ks_asking_find(asking, KS_WHY_SEVERAL, KS_ANSWER_NO)->nr = nr;
	else
		ks_asking_find(asking, KS_WHY_FIRST, KS_ANSWER_YES)->nr = nr;
}

static void look_at_symbol(struct ks_asking *asking)
{
	const struct ks_attach_facts *facts = asking->facts;
	const struct ks_symbol *symbol = asking->target.symbol;
	enum ks_presence notrace = is_notrace(facts, symbol);
	enum ks_presence black = ks_attach_bit(facts->image, symbol, KS_ATTACH_NO_KPROBE);
	enum ks_presence patched =
		asking->question->offset ? KS_ABSENT : ks_attach_patched_entry(facts, symbol);
	if (ks_attach_bit(facts->image, symbol, KS_ATTACH_INIT) == KS_PRESENT)
		ks_asking_find(asking, KS_WHY_FREED, KS_ANSWER_NO);
	else if (notrace == KS_PRESENT)
		ks_asking_find(asking, KS_WHY_NO_FTRACE, KS_ANSWER_NO);
	else if (black == KS_PRESENT)
		ks_asking_find(asking, KS_WHY_NO_KPROBE, KS_ANSWER_NO);
	else if (patched == KS_PRESENT)
		ks_asking_find(asking, KS_WHY_ON_FTRACE, KS_ANSWER_NO);
	else if (asking->question->offset)
		ks_asking_find(asking, KS_WHY_INSIDE, KS_ANSWER_UNKNOWN);
	else if (black == KS_UNTOLD || notrace == KS_UNTOLD)
		ks_asking_find(asking, KS_WHY_KPROBE_UNTOLD, KS_ANSWER_UNKNOWN);
	else if (patched == KS_UNTOLD)
		ks_asking_find(asking, KS_WHY_ON_FTRACE_UNTOLD, KS_ANSWER_UNKNOWN);
}

/** Whether there may be a symbol of that name that is no function. */
static enum ks_presence something_else(const struct ks_asking *asking)
{
	const struct ks_attach_facts *facts = asking->facts;
	if (asking->target.symbol || asking->target.only_module)
		return KS_ABSENT;
	return facts->source ? facts->source->symbol(facts->arg, asking->question->name)
			     : KS_UNTOLD;
}

/** What stands in front of a function is code without an ftrace entry. */
static bool is_padding(const struct ks_asking *asking)
{
	return ks_symbol_is_prefix(asking->question->name) && something_else(asking) != KS_ABSENT;
}

void ks_asking_kprobe(struct ks_asking *asking)
{
	if (asking->target.symbol) {
		look_at_number(asking);
		look_at_symbol(asking);
	} else if (is_padding(asking) && refuses_notrace(asking->facts) == KS_PRESENT) {
		ks_asking_find(asking, KS_WHY_PADDING, KS_ANSWER_NO);
	} else if (asking->target.by_types) {
		ks_asking_find(asking, KS_WHY_KPROBE_UNTOLD, KS_ANSWER_UNKNOWN);
	} else if (something_else(asking) == KS_PRESENT) {
		ks_asking_find(asking, KS_WHY_NOT_A_FUNCTION, KS_ANSWER_UNKNOWN);
	} else {
		ks_asking_no_function(asking, false);
	}
}

enum ks_answer ks_attach_multi(const struct ks_attach_facts *facts, struct ks_attach_finding *ret)
{
	enum ks_presence type =
		ks_attach_enumerator(facts, "bpf_attach_type", "BPF_TRACE_KPROBE_MULTI");
	*ret = (struct ks_attach_finding){ .why = KS_WHY_NO_MULTI, .answer = KS_ANSWER_NO };
	if (type == KS_ABSENT ||
	    (type == KS_UNTOLD && facts->version && !ks_gate_is_open(&multi, facts->version)))
		return KS_ANSWER_NO;
	enum ks_presence fprobe = ks_attach_option(facts, "CONFIG_FPROBE");
	if (fprobe == KS_UNTOLD && ks_attach_target(facts, "register_fprobe_ips").symbol)
		fprobe = KS_PRESENT; // without a configuration, the code tells
	if (fprobe == KS_PRESENT)
		return KS_ANSWER_YES;
	bool untold = fprobe == KS_UNTOLD;
	ret->why = untold ? KS_WHY_FPROBE_UNTOLD : KS_WHY_NO_FPROBE;
	ret->answer = untold ? KS_ANSWER_UNKNOWN : KS_ANSWER_NO;
	return ret->answer;
}

/** It takes all functions of the name that have an entry. */
static enum ks_presence any_entry(const struct ks_asking *asking)
{
	const struct ks_image *image = asking->facts->image;
	const struct ks_function *function = asking->target.function;
	enum ks_presence any = asking->target.by_types ? KS_UNTOLD : KS_ABSENT;
	for (uint32_t i = 0; function && i < function->nr_symbols; i++) {
		const struct ks_symbol *symbol = &function->symbols[i];
		if (strcmp(symbol->name, asking->question->name) != 0 ||
		    ks_attach_bit(image, symbol, KS_ATTACH_INIT) == KS_PRESENT)
			continue;
		enum ks_presence traced = ks_attach_bit(image, symbol, KS_ATTACH_FTRACE);
		if (traced != KS_ABSENT)
			any = any == KS_PRESENT ? any : traced;
	}
	return any;
}

void ks_asking_kprobe_multi(struct ks_asking *asking)
{
	struct ks_attach_finding finding;
	enum ks_answer there = ks_attach_multi(asking->facts, &finding);
	if (there != KS_ANSWER_YES)
		ks_asking_find(asking, finding.why, finding.answer);
	if (there == KS_ANSWER_NO)
		return;
	if (asking->target.symbol || asking->target.by_types)
		ks_asking_lacks(asking, any_entry(asking), KS_WHY_NO_FTRACE, KS_WHY_FTRACE_UNTOLD);
	else if (is_padding(asking))
		ks_asking_find(asking, KS_WHY_PADDING, KS_ANSWER_NO);
	else if (something_else(asking) == KS_PRESENT)
		ks_asking_find(asking, KS_WHY_NOT_A_FUNCTION, KS_ANSWER_UNKNOWN);
	else
		ks_asking_no_function(asking, false);
}
