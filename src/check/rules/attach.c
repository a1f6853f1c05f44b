/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a loaded program cannot be attached (kernel/trace/trace_kprobe.c, fprobe.c, bpf_trace.c, trampoline.c). */
#include <string.h>

#include "base/buf.h"
#include "check/rules/no_symbol.h"
#include "check/rules/pattern.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

/** Do kprobes by name refuse a name that several functions carry? Since 6.6, and in the stable series. */
static bool refuses_ambiguous(const struct ks_site *site)
{
	uint32_t v = site->version, series = v & ~255u;
	return v >= KS_SINCE(6, 6) || (series == KS_SINCE(6, 5) && v >= ks_version(6, 5, 9)) ||
	       (series == KS_SINCE(6, 1) && v >= ks_version(6, 1, 60)) ||
	       (series == KS_SINCE(5, 15) && v >= ks_version(5, 15, 137));
}

/**
 * within_notrace_func(): a function that ftrace could trace but does not is refused, unless it is a piece of one
 * that is traced.
 */
static enum ks_presence is_notrace(struct ks_judge *judge, const struct ks_symbol *symbol)
{
	const struct ks_site *site = judge->site;
	enum ks_presence traced = ks_symbol_attach(site, symbol, KS_ATTACH_FTRACE);
	if (traced == KS_PRESENT)
		return KS_ABSENT;
	if (ks_site_built_in(site, "CONFIG_KPROBE_EVENTS_ON_NOTRACE") == KS_PRESENT ||
	    ks_site_built_in(site, "CONFIG_DYNAMIC_FTRACE") == KS_ABSENT)
		return KS_ABSENT;
	const char *dot = strchr(symbol->name, '.');
	if (traced == KS_UNTOLD || !dot)
		return traced == KS_UNTOLD ? KS_UNTOLD : KS_PRESENT;
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_bytes(&buf, symbol->name, (size_t)(dot - symbol->name));
	const char *plain = ks_buf_text(&buf);
	if (!plain)
		return KS_UNTOLD;
	struct ks_target whole = ks_target_find(site, plain);
	if (!whole.symbol)
		return KS_PRESENT;
	traced = ks_symbol_attach(site, whole.symbol, KS_ATTACH_FTRACE);
	return traced == KS_UNTOLD ? KS_UNTOLD : traced == KS_PRESENT ? KS_ABSENT : KS_PRESENT;
}

static void judge_ambiguous(struct ks_judge *judge, const char *name, uint32_t nr)
{
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	if (nr < 2)
		return;
	if (refuses_ambiguous(judge->site)) {
		struct ks_reason *reason =
			ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_AMBIGUOUS, about,
				     "%u functions have this name", nr);
		ks_reason_hint(judge, reason, "kprobe.multi attaches to all of them");
		return;
	}
	ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_DUPLICATED, about,
		     "the first of %u functions is attached to", nr);
}

/** A kprobe on one symbol. */
static void judge_kprobe_symbol(struct ks_judge *judge, const char *name,
				const struct ks_symbol *symbol)
{
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	enum ks_presence notrace = is_notrace(judge, symbol);
	enum ks_presence black = ks_symbol_attach(judge->site, symbol, KS_ATTACH_NO_KPROBE);
	if (ks_symbol_attach(judge->site, symbol, KS_ATTACH_INIT) == KS_PRESENT) {
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_REFUSED, about,
			     "its memory is freed once the kernel has booted");
		return;
	}
	if (notrace == KS_PRESENT) {
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_NO_FTRACE, about,
			     "it is notrace, as inline functions are");
		return;
	}
	if (black == KS_PRESENT)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_BLACKLISTED, about, NULL);
	else if (judge->hook->offset)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TIER, about,
			     "only its code tells whether an instruction begins %u bytes into it",
			     (unsigned int)judge->hook->offset);
	else if (black == KS_UNTOLD || notrace == KS_UNTOLD)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TIER, about,
			     "what can be probed is not known of this image");
}

static void judge_kprobe(struct ks_judge *judge, const char *name)
{
	struct ks_target target = ks_target_find(judge->site, name);
	if (!target.symbol) {
		const char *dot =
			strchr(name, '.'); // a suffixed symbol is listed with its function
		_cleanup_buf_ struct ks_buf buf = { 0 };
		ks_buf_bytes(&buf, name, dot ? (size_t)(dot - name) : 0);
		const char *plain = ks_buf_text(&buf);
		const struct ks_function *function =
			dot && plain ? ks_target_find(judge->site, plain).function : NULL;
		for (uint32_t i = 0; function && i < function->nr_symbols; i++) {
			if (strcmp(function->symbols[i].name, name) != 0)
				continue;
			target.symbol = target.symbol ? target.symbol : &function->symbols[i];
			target.nr_symbols++;
		}
	}
	if (!target.symbol) {
		enum ks_presence other = ks_site_symbol(judge->site, name, false);
		if (!target.only_module && other == KS_PRESENT) {
			ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TIER,
				     KS_ABOUT_NAME(KS_FUNCTION, name),
				     "a symbol of that name is no function: data, or assembly");
			return;
		}
		ks_judge_no_symbol(judge, KS_STAGE_ATTACH, &target, name);
		return;
	}
	// since 7.1 modules are only counted when the kernel itself has no such function
	uint32_t elsewhere = judge->site->version < KS_SINCE(7, 1) ? target.nr_in_modules : 0;
	judge_ambiguous(judge, name, target.nr_symbols + elsewhere);
	judge_kprobe_symbol(judge, name, target.symbol);
}

/** libbpf reads the name of a kprobe up to a colon: for it, "module:function" is a function called module. */
static void judge_kprobe_module(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	if (ks_target_find(judge->site, hook->module).symbol) {
		judge_kprobe(judge, hook->module);
		return;
	}
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_ABSENT,
						KS_ABOUT_NAME(KS_FUNCTION, hook->module),
						"libbpf reads the section's name up to the colon");
	ks_reason_hint(judge, reason, "name the function alone: it is looked for in modules, too");
}

void ks_judge_kprobe(struct ks_judge *judge)
{
	if (judge->hook->module)
		judge_kprobe_module(judge);
	else
		judge_kprobe(judge, judge->hook->target);
}

/** kprobe.multi on one function, or on a pattern of names. */
void ks_judge_kprobe_multi(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	if (ks_site_has_enumerator(judge->site, "bpf_attach_type", judge->hook->attach_type) ==
	    KS_ABSENT)
		return; // said with the types
	enum ks_presence fprobe = ks_site_built_in(judge->site, "CONFIG_FPROBE");
	if (fprobe == KS_UNTOLD && ks_target_find(judge->site, "register_fprobe_ips").symbol)
		fprobe = KS_PRESENT; // without a configuration, the code tells
	if (ks_judge_absent(judge, KS_STAGE_ATTACH, fprobe, about)) {
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_ATTACH_TYPE, about,
			     "CONFIG_FPROBE is not set");
		return;
	}
	struct ks_target target = ks_target_find(judge->site, name);
	if (!target.symbol && !name[strcspn(name, KS_PATTERN_SPECIAL)])
		// it knows more than that nothing matches
		ks_judge_no_symbol(judge, KS_STAGE_ATTACH, &target, name);
	else
		ks_judge_pattern(judge, name);
}

/** fentry, fexit and fmod_ret: a trampoline at the function's ftrace entry. */
void ks_judge_trampoline(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	struct ks_target target = ks_target_find(judge->site, name);
	if (ks_judge_absent(judge, KS_STAGE_ATTACH, ks_site_has_trampolines(judge->site), about)) {
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_ATTACH_TYPE, about,
			     "there are no trampolines for eBPF on this kernel and architecture");
		return;
	}
	if (!target.symbol)
		return; // said when it is loaded
	if (ks_symbol_attach(judge->site, target.symbol, KS_ATTACH_INIT) == KS_PRESENT) {
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_REFUSED, about,
			     "its memory is freed once the kernel has booted");
		return;
	}
	enum ks_presence traced = ks_symbol_attach(judge->site, target.symbol, KS_ATTACH_FTRACE);
	if (ks_judge_absent(judge, KS_STAGE_ATTACH, traced, about)) {
		struct ks_reason *reason =
			ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_NO_FTRACE, about,
				     "it is notrace, as inline functions are");
		if (ks_site_built_in(judge->site, "CONFIG_KPROBE_EVENTS_ON_NOTRACE") == KS_PRESENT)
			ks_reason_hint(judge, reason, "a kprobe can be there");
	}
	if (target.nr_symbols > 1)
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_DUPLICATED, about,
			     "one of %u functions is attached to", target.nr_symbols);
}

/** ksyscall: the wrapper where the architecture has one, else sys_<name>. */
void ks_judge_syscall(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_about *about = KS_ABOUT_NAME(KS_SYSCALL, name);
	const struct ks_fact *fact = ks_site_fact(judge->site, KS_SYSCALL, name);
	if (ks_judge_absent(judge, KS_STAGE_ATTACH,
			    !fact->known    ? KS_UNTOLD
			    : fact->present ? KS_PRESENT
					    : KS_ABSENT,
			    about))
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_SYSCALL_MISSING, about, NULL);
}

/** The largest byte of the context that is read, as the verifier notes it for later. */
static uint32_t max_context(const struct ks_judge *judge)
{
	uint32_t max = 0;
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		uint32_t end = (uint32_t)at->ctx_offset + at->ctx_size;
		if (at->reached && at->ctx_size && end > max)
			max = end;
	}
	return max;
}

/** perf_event_set_bpf_prog(): a program must not read beyond the event's record. */
static void judge_record(struct ks_judge *judge, const struct ks_tracepoint *event)
{
	uint32_t max = max_context(judge);
	const struct ks_decl *record = event->record;
	if (!record || !record->nr)
		return;
	uint64_t end = 0;
	for (uint32_t i = 0; i < record->nr; i++) {
		const struct ks_member *member = &record->members[i];
		if (strcmp(member->name, "__data") == 0)
			end = member->bits_offset / 8;
	}
	if (!end || max <= end)
		return;
	ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_CONTEXT_CHANGED,
		     KS_ABOUT_NAME(KS_TRACEPOINT, event->event),
		     "byte %u of the record is read, it has %u", max, (unsigned int)end);
}

void ks_judge_event(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_fact *fact = ks_site_fact(judge->site, KS_TRACEPOINT, hook->target);
	const struct ks_about *about = KS_ABOUT_NAME(KS_TRACEPOINT, hook->target);
	if (!fact->present && fact->modules) {
		if (!judge->site->modules) {
			ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TRACEPOINT_MISSING, about,
				     "in a module");
			return;
		}
		fact = fact->modules;
	}
	bool other = fact->tracepoint && fact->tracepoint->system && hook->group &&
		     strcmp(fact->tracepoint->system, hook->group) != 0;
	enum ks_presence presence = !fact->known	      ? KS_UNTOLD
				    : fact->present && !other ? KS_PRESENT
							      : KS_ABSENT;
	if (ks_judge_absent(judge, KS_STAGE_ATTACH, presence, about)) {
		if (other)
			ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TRACEPOINT_MISSING, about,
				     "it is in %s here", fact->tracepoint->system);
		else
			ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TRACEPOINT_MISSING, about,
				     NULL);
		return;
	}
	if (fact->tracepoint)
		judge_record(judge, fact->tracepoint);
}

/** tracepoint/syscalls/sys_enter_<name>: only for those with metadata. */
void ks_judge_syscall_event(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_about *about = KS_ABOUT_NAME(KS_SYSCALL, name);
	const struct ks_fact *fact = ks_site_fact(judge->site, KS_SYSCALL, name);
	bool traced = judge->site->image->facts & KS_FACT_TRACED;
	if (ks_site_built_in(judge->site, "CONFIG_FTRACE_SYSCALLS") == KS_ABSENT) {
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TRACEPOINT_MISSING, about,
			     "CONFIG_FTRACE_SYSCALLS is not set");
		return;
	}
	enum ks_presence presence = !fact->known				 ? KS_UNTOLD
				    : fact->present && (!traced || fact->traced) ? KS_PRESENT
										 : KS_ABSENT;
	if (ks_judge_absent(judge, KS_STAGE_ATTACH, presence, about))
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_SYSCALL_MISSING, about,
			     fact->present ? "it has no tracepoint" : NULL);
}

/** raw_tp: any tracepoint, also one without an event; and no argument beyond its last. */
void ks_judge_raw_tracepoint(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	enum ks_presence presence;
	const struct ks_type *proto = ks_tracepoint_proto(judge->site, name, &presence);
	const struct ks_about *about = KS_ABOUT_NAME(KS_TRACEPOINT, name);
	if (presence != KS_PRESENT && ks_site_fact(judge->site, KS_TRACEPOINT, name)->present)
		presence = KS_PRESENT; // an event has a tracepoint; the typedef came later
	if (ks_judge_absent(judge, KS_STAGE_ATTACH, presence, about)) {
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TRACEPOINT_MISSING, about, NULL);
		return;
	}
	uint32_t read = (max_context(judge) + 7) / 8;
	if (proto && proto->nr_params && read > proto->nr_params - 1)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_CONTEXT_CHANGED, about,
			     "argument %u is read, there are %u", read, proto->nr_params - 1);
}

void ks_judge_lsm(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_about *about = KS_ABOUT_NAME(KS_LSM, name);
	if (ks_judge_absent(judge, KS_STAGE_ATTACH, ks_site_has_trampolines(judge->site), about))
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_ATTACH_TYPE, about,
			     "there are no trampolines for eBPF on this kernel and architecture");
}

void ks_judge_trampolines_on_pattern(struct ks_judge *judge)
{
	if (judge->hook->target) // fentry.multi
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TIER,
			     KS_ABOUT_NAME(KS_FUNCTION, judge->hook->target),
			     "trampolines on patterns are not followed");
}
