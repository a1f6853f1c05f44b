/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "surface/image.h"
#include "surface/issue.h"

const struct ks_issue_info ks_issues[KS_NR_ISSUES] = {
	[KS_ISSUE_ABSENT] = { "absent", "Absent", "this kernel has nothing of that name" },
	[KS_ISSUE_DUPLICATE] = { "duplicate", "Duplicate",
				 "compiled into several units from a header: a probe may sit on "
				 "one "
				 "copy only" },
	[KS_ISSUE_COLLISION] = { "collision", "Collision",
				 "different functions share the name: a probe may sit on the wrong "
				 "one" },
	[KS_ISSUE_FULL_INLINE] = { "full-inline", "Full Inline",
				   "no copy of its own is left: there is nothing to attach to" },
	[KS_ISSUE_SELECTIVE_INLINE] = { "selective-inline", "Selective Inline",
					"inlined into some callers: a probe misses those calls" },
	[KS_ISSUE_TRANSFORMATION] = { "transformation", "Transformation",
				      "the compiler made copies under other names, maybe with "
				      "other "
				      "parameters" },
	[KS_ISSUE_AMBIGUOUS] = { "ambiguous", "Ambiguous",
				 "several functions carry the name: since 6.1 a kprobe by name is "
				 "refused, "
				 "fentry takes any one" },
	[KS_ISSUE_NO_FTRACE] = { "no-ftrace", "No Ftrace Entry",
				 "inline or notrace in the source: fentry, fexit and kprobe.multi "
				 "fail, and a "
				 "kprobe unless CONFIG_KPROBE_EVENTS_ON_NOTRACE is set" },
	[KS_ISSUE_NO_KPROBE] = { "no-kprobe", "No Kprobe",
				 "the kernel protects it from kprobes; fentry goes by its ftrace "
				 "entry" },
	[KS_ISSUE_FREED] = { "freed", "Freed After Boot",
			     "its memory is gone once the kernel has booted: nothing can be "
			     "attached" },
	[KS_ISSUE_NOT_IN_BTF] = { "not-in-btf", "Not In BTF",
				  "the kernel's BTF leaves it out: no fentry, fexit or fmod_ret; "
				  "kprobes work" },
	[KS_ISSUE_LABEL] = { "label", "Label",
			     "no function, but a place in assembly or data among code" },
	[KS_ISSUE_UNTOLD] = { "function-or-label", "Function Or Label",
			      "only its symbol tells of it, and nothing in the kernel whether a "
			      "function begins there" },
};

static uint32_t collision_issue(const struct ks_function *fn)
{
	switch (ks_function_collision(fn)) {
	case KS_STATIC_DUPLICATION:
		return KS_ISSUE_BIT(KS_ISSUE_DUPLICATE);
	case KS_STATIC_STATIC:
	case KS_STATIC_GLOBAL:
		return KS_ISSUE_BIT(KS_ISSUE_COLLISION);
	default:
		return 0;
	}
}

static uint32_t inline_issue(enum ks_inline_class class)
{
	static const uint32_t bits[] = {
		[KS_CLASS_NO] = 0,
		[KS_CLASS_SELECTIVE] = KS_ISSUE_BIT(KS_ISSUE_SELECTIVE_INLINE),
		[KS_CLASS_FULL] = KS_ISSUE_BIT(KS_ISSUE_FULL_INLINE),
	};
	return bits[class];
}

uint32_t ks_function_issues(const struct ks_function *fn)
{
	uint32_t issues = collision_issue(fn) | inline_issue(ks_function_inline_class(fn));
	if (ks_function_transformed(fn))
		issues |= KS_ISSUE_BIT(KS_ISSUE_TRANSFORMATION);
	return issues;
}

bool ks_caller_inside_itself(const struct ks_function *fn, const struct ks_entry *entry,
			     const struct ks_caller *caller)
{
	const char *around = caller->via ? caller->via : caller->function;
	if (around != fn->name && strcmp(around, fn->name) != 0)
		return false;
	return entry->external || (entry->file && strcmp(entry->file, caller->unit) == 0);
}

bool ks_caller_of_own_piece(const struct ks_function *fn, const struct ks_entry *entry,
			    const struct ks_caller *caller)
{
	return caller->clone && caller->clone <= entry->nr_clones &&
	       ks_suffix_of(entry->clones[caller->clone - 1].symbol) == KS_SUFFIX_FRAGMENT &&
	       ks_caller_inside_itself(fn, entry, caller);
}

/** Code of the function stands inside another one. */
static bool really_inlined(const struct ks_function *fn)
{
	for (uint32_t i = 0; i < fn->nr_entries; i++) {
		const struct ks_entry *entry = &fn->entries[i];
		for (uint32_t j = 0; j < entry->nr_inline_callers; j++)
			if (!(entry->inline_callers[j].flags & KS_CALLER_NO_CODE) &&
			    !ks_caller_inside_itself(fn, entry, &entry->inline_callers[j]))
				return true;
	}
	return false;
}

uint32_t ks_issues_told(const struct ks_image *image)
{
	static const struct {
		uint32_t fact;
		enum ks_issue issue;
	} by_fact[] = {
		{ KS_FACT_FTRACE, KS_ISSUE_NO_FTRACE }, { KS_FACT_KPROBE, KS_ISSUE_NO_KPROBE },
		{ KS_FACT_INIT, KS_ISSUE_FREED },	{ KS_FACT_BTF, KS_ISSUE_NOT_IN_BTF },
		{ KS_FACT_LABELS, KS_ISSUE_LABEL },
	};
	uint32_t told = KS_ISSUE_BIT(KS_ISSUE_ABSENT) | KS_ISSUE_BIT(KS_ISSUE_TRANSFORMATION) |
			KS_ISSUE_BIT(KS_ISSUE_UNTOLD);
	if (ks_image_tells_inline(image))
		told |= KS_ISSUE_BIT(KS_ISSUE_DUPLICATE) | KS_ISSUE_BIT(KS_ISSUE_COLLISION) |
			KS_ISSUE_BIT(KS_ISSUE_FULL_INLINE) |
			KS_ISSUE_BIT(KS_ISSUE_SELECTIVE_INLINE) | KS_ISSUE_BIT(KS_ISSUE_LABEL);
	else
		told |= KS_ISSUE_BIT(KS_ISSUE_AMBIGUOUS);
	for (size_t i = 0; i < KS_ARRAY_LEN(by_fact); i++)
		if (image->facts & by_fact[i].fact)
			told |= KS_ISSUE_BIT(by_fact[i].issue);
	return told;
}

/** What stands against attaching to the symbols of exactly the name. */
static uint32_t attach_issues(const struct ks_function *fn)
{
	uint32_t issues = 0;
	const struct ks_symbol *first = NULL;
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		const struct ks_symbol *symbol = &fn->symbols[i];
		if (strcmp(symbol->name, fn->name) != 0)
			continue;
		if (first && first->addr != symbol->addr)
			issues |= KS_ISSUE_BIT(KS_ISSUE_AMBIGUOUS);
		first = first ? first : symbol;
		if (symbol->attach & KS_ATTACH_INIT)
			issues |= KS_ISSUE_BIT(KS_ISSUE_FREED);
		if (!(symbol->attach & KS_ATTACH_FTRACE))
			issues |= KS_ISSUE_BIT(KS_ISSUE_NO_FTRACE);
		if (symbol->attach & KS_ATTACH_NO_KPROBE)
			issues |= KS_ISSUE_BIT(KS_ISSUE_NO_KPROBE);
	}
	if (first && !fn->nr_btf)
		issues |= KS_ISSUE_BIT(KS_ISSUE_NOT_IN_BTF);
	return issues;
}

/** What the symbol of a name is, where only that tells of it. */
static uint32_t label_issue(const struct ks_function *fn, const struct ks_image *image)
{
	static const uint32_t bits[] = {
		[KS_CODE_FUNCTION] = 0,
		[KS_CODE_LABEL] = KS_ISSUE_BIT(KS_ISSUE_LABEL),
		[KS_CODE_UNTOLD] = KS_ISSUE_BIT(KS_ISSUE_UNTOLD),
	};
	return bits[ks_function_code(fn, image)];
}

static uint32_t function_own_issues(const struct ks_function *fn, const struct ks_image *image)
{
	bool code = false, cloned = false;
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		enum ks_suffix suffix = ks_suffix_of(fn->symbols[i].name);
		code = code || suffix != KS_SUFFIX_FRAGMENT;
		cloned = cloned || suffix == KS_SUFFIX_CLONE || suffix == KS_SUFFIX_OTHER;
	}
	uint32_t issues = cloned ? KS_ISSUE_BIT(KS_ISSUE_TRANSFORMATION) : 0;
	issues |= attach_issues(fn) & ks_issues_told(image);
	if (!fn->nr_entries) // only symbols tell of it
		return issues | label_issue(fn, image);
	enum ks_inline_class class = KS_CLASS_NO;
	if (!code)
		class = KS_CLASS_FULL;
	else if (image->tier == KS_TIER_FULL)
		class = really_inlined(fn) ? KS_CLASS_SELECTIVE : KS_CLASS_NO;
	else
		class = ks_function_inline_class(fn);
	return issues | collision_issue(fn) | inline_issue(class);
}

uint32_t ks_fact_issues(enum ks_kind kind, const struct ks_fact *fact)
{
	if (!fact->known)
		return 0;
	if (!fact->present)
		return KS_ISSUE_BIT(KS_ISSUE_ABSENT);
	if (kind == KS_FUNCTION && fact->function)
		return function_own_issues(fact->function, fact->image);
	return 0;
}

static int caller_compare(const void *a, const void *b)
{
	const struct ks_caller *x = *(const struct ks_caller *const *)a;
	const struct ks_caller *y = *(const struct ks_caller *const *)b;
	int order = x->function == y->function ? 0 : strcmp(x->function, y->function);
	if (!order && x->unit != y->unit)
		order = strcmp(x->unit, y->unit);
	return order;
}

/** How many functions are among the callers. */
static size_t callers_distinct(const struct ks_caller **callers, size_t nr)
{
	size_t distinct = nr > 0;
	qsort(callers, nr, sizeof(*callers), caller_compare);
	for (size_t i = 1; i < nr; i++)
		distinct += caller_compare(&callers[i - 1], &callers[i]) != 0;
	return distinct;
}

struct ks_error *ks_function_usage(const struct ks_function *fn, struct ks_usage *ret)
{
	size_t most = 0;
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		most += (size_t)fn->entries[i].nr_inline_callers + fn->entries[i].nr_direct_callers;
	const struct ks_caller **inliners = calloc(most + 1, sizeof(*inliners));
	if (!inliners)
		return &ks_nomem;
	const struct ks_caller **callers = inliners + most; // filled from the end
	struct ks_usage usage = { .calls_known = true };
	for (uint32_t i = 0; i < fn->nr_entries; i++) {
		const struct ks_entry *entry = &fn->entries[i];
		usage.indirect_calls += entry->nr_indirect_calls;
		usage.calls_known = usage.calls_known && entry->calls_known;
		for (uint32_t j = 0; j < entry->nr_inline_callers; j++) {
			const struct ks_caller *caller = &entry->inline_callers[j];
			if (ks_caller_inside_itself(fn, entry, caller))
				continue;
			usage.own += (caller->flags & KS_CALLER_OWN) != 0;
			if (caller->flags & KS_CALLER_NO_CODE)
				usage.inlined_away++;
			else
				inliners[usage.inlined++] = caller;
		}
		for (uint32_t j = 0; j < entry->nr_direct_callers; j++) {
			const struct ks_caller *caller = &entry->direct_callers[j];
			if (ks_caller_of_own_piece(fn, entry, caller))
				continue;
			usage.own += (caller->flags & KS_CALLER_OWN) != 0;
			usage.tail_called += (caller->flags & KS_CALLER_TAIL) != 0;
			*--callers = caller;
			usage.called++;
		}
	}
	usage.inliners = callers_distinct(inliners, usage.inlined);
	usage.callers = callers_distinct(callers, usage.called);
	free(inliners);
	*ret = usage;
	return NULL;
}
