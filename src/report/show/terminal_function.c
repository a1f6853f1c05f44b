/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions on the terminal: the facts that ksurf adds to the published ones. */
#include "base/array.h"
#include "report/show/terminal.h"
#include "surface/image.h"
#include "surface/issue.h"

enum { CALLERS_BRIEF = 8, ATTACH_FACTS = KS_FACT_FTRACE | KS_FACT_KPROBE };

/** "; clone .isra.0, fragment .cold": the suffixed symbols of a function by class. */
static void suffixes_write(struct ks_buf *out, const struct ks_function *fn)
{
	const char *between = "; ";
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		const char *suffix = strchr(fn->symbols[i].name, '.');
		if (!suffix)
			continue;
		ks_buf_str(out, between);
		ks_buf_str(out, ks_suffix_texts[ks_suffix_of(suffix)]);
		ks_buf_char(out, ' ');
		ks_buf_str(out, suffix);
		between = ", ";
	}
}

/** "inlined at 3 places in 2 functions, called at 12 (1 tail call)" */
static void usage_write(struct ks_buf *out, const struct ks_usage *usage, enum ks_tier tier)
{
	// some units do not describe their calls; published data leave out those below clones
	bool all = usage->calls_known && tier == KS_TIER_FULL;
	if (usage->inlined) {
		ks_buf_str(out, "inlined at ");
		ks_count_write(out, usage->inlined, "place", "places");
		ks_buf_str(out, " in ");
		ks_count_write(out, usage->inliners, "function", "functions");
	}
	if (!usage->called && !all) {
		if (!usage->inlined)
			ks_buf_str(out, "no callers recorded");
		return;
	}
	ks_buf_str(out, usage->inlined ? ", called at " : "called at ");
	ks_buf_dec(out, usage->called);
	if (usage->tail_called) {
		ks_buf_str(out, " (");
		ks_count_write(out, usage->tail_called, "tail call)", "tail calls)");
	}
	if (!all)
		ks_buf_str(out, " or more");
}

/** A function without an entry of its own in debug information. */
static void symbol_only_write(struct ks_buf *out, const struct ks_fact *fact)
{
	const struct ks_function *fn = fact->function;
	bool plain = false;
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		plain = plain || strcmp(fn->symbols[i].name, fn->name) == 0;
	if (ks_image_tells_inline(fact->image))
		ks_buf_str(out, "a symbol only: no debug information tells of it");
	else if (ks_image_is_types(fact->image))
		ks_buf_str(out, "its type is there; the image lists no symbols");
	else if (!fn->nr_symbols)
		ks_buf_str(out, "only in BTF: no symbol; it may be inlined everywhere");
	else if (ks_function_code(fn, fact->image) == KS_CODE_LABEL)
		ks_buf_str(out, "a symbol that is no function");
	else if (ks_function_code(fn, fact->image) == KS_CODE_UNTOLD)
		ks_buf_str(out, "a symbol, perhaps no function");
	else if (!plain)
		ks_buf_str(out, "only under symbols with a suffix; unknown where it is inlined");
	else
		ks_buf_str(out, "unknown where it is inlined");
}

/** What differs from a function that everything can be attached to; the rest, too, when all is asked for. */
void ks_symbol_attach(struct ks_buf *out, const struct ks_image *image,
		      const struct ks_symbol *symbol, bool all)
{
	if (image->facts & KS_FACT_FTRACE && (all || !(symbol->attach & KS_ATTACH_FTRACE)))
		ks_buf_str(out, symbol->attach & KS_ATTACH_FTRACE ? ", ftrace entry"
								  : ", no ftrace entry");
	if (image->facts & KS_FACT_KPROBE && (all || (symbol->attach & KS_ATTACH_NO_KPROBE)))
		ks_buf_str(out,
			   symbol->attach & KS_ATTACH_NO_KPROBE ? ", no kprobes" : ", kprobes");
	if (symbol->attach & KS_ATTACH_INJECT)
		ks_buf_str(out, ", errors can be injected");
	if (symbol->attach & KS_ATTACH_INIT)
		ks_buf_str(out, ", freed after boot");
}

/** "can be attached: fentry, kprobe; cannot: fmod_ret; unknown: kprobe.multi" */
static void ways_write(struct ks_terminal *terminal, const struct ks_fact *fact)
{
	static const struct {
		enum ks_answer answer;
		const char *text;
	} parts[] = { { KS_ANSWER_YES, "can be attached: " },
		      { KS_ANSWER_NO, "cannot: " },
		      { KS_ANSWER_UNKNOWN, "unknown: " } };
	enum ks_answer answers[KS_NR_FUNCTION_WAYS];
	for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++)
		answers[way] = ks_report_attach(terminal->report, terminal->history, fact, way);
	for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++) {
		const char *between = terminal->text.len ? "; " : "";
		for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++) {
			if (answers[way] != parts[i].answer)
				continue;
			ks_buf_str(&terminal->text, between);
			ks_buf_str(&terminal->text, *between == ',' ? "" : parts[i].text);
			ks_buf_str(&terminal->text, ks_ways[way].text);
			between = ", ";
		}
	}
	ks_terminal_blanks(terminal, 2);
	ks_terminal_wrap(terminal, 2, 4);
}

static struct ks_error *function_summary(const struct ks_fact *fact, struct ks_buf *out)
{
	const struct ks_function *fn = fact->function;
	struct ks_usage usage;
	if (!fn->nr_entries) {
		symbol_only_write(out, fact);
	} else {
		KS_TRY(ks_function_usage(fn, &usage));
		if (fn->nr_entries > 1) {
			ks_buf_str(out, ks_collision_texts[ks_function_collision(fn)]);
			ks_buf_str(out, " of ");
			ks_buf_dec(out, fn->nr_entries);
			ks_buf_str(out, "; ");
		}
		usage_write(out, &usage, fact->image->tier);
	}
	suffixes_write(out, fn);
	return NULL;
}

static void decl_summary(const struct ks_decl *decl, struct ks_buf *out)
{
	if (decl->kind == KS_STRUCT || decl->kind == KS_UNION)
		ks_count_write(out, decl->nr, "field, ", "fields, ");
	else if (decl->kind == KS_ENUM)
		ks_count_write(out, decl->nr, "value, ", "values, ");
	else if (decl->kind != KS_INT)
		return;
	ks_count_write(out, decl->size, "byte", "bytes");
}

static void number_summary(const struct ks_fact *fact, struct ks_buf *out)
{
	if (fact->number == KS_NO_NUMBER) {
		ks_buf_str(out, "events only");
		return;
	}
	ks_buf_str(out, "number ");
	if (ks_syscall_has_number(fact->number))
		ks_buf_dec(out, fact->number);
	else
		ks_buf_str(out, "not known");
	if ((fact->image->facts & KS_FACT_TRACED) && !fact->traced)
		ks_buf_str(out, ", no events");
}

struct ks_error *ks_terminal_summary(enum ks_kind kind, const struct ks_fact *fact,
				     struct ks_buf *out)
{
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_FUNCTION:
		return fact->function ? function_summary(fact, out) : NULL;
	case KS_HOLDS_TYPE:
	case KS_HOLDS_NAME:
		if (fact->decl)
			decl_summary(fact->decl, out);
		if (fact->ambiguity) {
			ks_buf_str(out, "; ");
			ks_buf_dec(out, fact->ambiguity->nr_variants);
			ks_buf_str(out, " differing definitions");
		}
		break;
	case KS_HOLDS_TRACEPOINT:
		if (fact->tracepoint && fact->tracepoint->class_name) {
			ks_buf_str(out, "class ");
			ks_buf_str(out, fact->tracepoint->class_name);
		}
		break;
	case KS_HOLDS_NUMBER:
		number_summary(fact, out);
		break;
	case KS_HOLDS_VALUE:
		if (fact->value)
			ks_buf_str(out, fact->value);
		break;
	case KS_HOLDS_MEMBER:
		if (fact->member) {
			ks_buf_str(out, "at byte ");
			ks_buf_dec(out, fact->member->bits_offset / 8);
		}
		break;
	case KS_NR_HOLDS:
		break;
	}
	return NULL;
}

/* ---- one image in detail ---- */

static bool same_place(const struct ks_caller *a, const struct ks_caller *b)
{
	return a->clone == b->clone && a->flags == b->flags && !a->via == !b->via &&
	       (!a->via || !strcmp(a->via, b->via)) && !strcmp(a->function, b->function) &&
	       !strcmp(a->unit, b->unit);
}

uint32_t ks_callers_run(const struct ks_caller *callers, uint32_t nr)
{
	uint32_t run = 1;
	while (run < nr && same_place(&callers[0], &callers[run]))
		run++;
	return run;
}

void ks_caller_notes(struct ks_buf *out, const struct ks_function *fn, const struct ks_entry *entry,
		     const struct ks_caller *caller)
{
	bool inlined = entry->nr_inline_callers && caller >= entry->inline_callers &&
		       caller < entry->inline_callers + entry->nr_inline_callers;
	if (caller->clone && caller->clone <= entry->nr_clones) {
		ks_buf_str(out, ", calls ");
		ks_buf_str(out, entry->clones[caller->clone - 1].symbol);
	}
	if (caller->flags & KS_CALLER_TAIL)
		ks_buf_str(out, ", tail call");
	if (caller->flags & KS_CALLER_NO_CODE)
		ks_buf_str(out, ", no code left");
	if (caller->flags & KS_CALLER_OWN)
		ks_buf_str(out, ", in an out-of-line copy");
	if (inlined ? ks_caller_inside_itself(fn, entry, caller)
		    : ks_caller_of_own_piece(fn, entry, caller))
		ks_buf_str(out, " (split off, not counted)");
}

static void caller_write(struct ks_buf *out, const struct ks_function *fn,
			 const struct ks_entry *entry, const struct ks_caller *caller, size_t times)
{
	ks_buf_str(out, caller->unit);
	ks_buf_char(out, ':');
	ks_buf_str(out, caller->function);
	if (caller->via) {
		ks_buf_str(out, " inside ");
		ks_buf_str(out, caller->via);
	}
	if (times > 1) {
		ks_buf_str(out, ", ");
		ks_count_write(out, times, "time", "times");
	}
	ks_caller_notes(out, fn, entry, caller);
}

/** The callers below a title, repeats in a row as one line. */
static void callers_write(struct ks_terminal *terminal, const char *title,
			  const struct ks_function *fn, const struct ks_entry *entry,
			  const struct ks_caller *callers, uint32_t nr)
{
	if (!nr)
		return;
	ks_buf_str(terminal->out, title);
	size_t lines = 0;
	for (uint32_t i = 0, times; i < nr; i += times) {
		times = ks_callers_run(&callers[i], nr - i);
		if (lines++ == CALLERS_BRIEF && !terminal->report->options.verbose) {
			ks_buf_str(terminal->out, "      and ");
			ks_count_write(terminal->out, nr - i, "more place\n", "more places\n");
			return;
		}
		ks_terminal_blanks(terminal, 6);
		caller_write(&terminal->text, fn, entry, &callers[i], times);
		ks_terminal_wrap(terminal, 6, 8);
	}
}

void ks_clone_write(struct ks_buf *out, const struct ks_entry *entry, const struct ks_clone *clone)
{
	const struct ks_type *proto = entry->proto;
	ks_buf_str(out, ks_suffix_texts[ks_suffix_of(clone->symbol)]);
	ks_buf_str(out, " at ");
	ks_buf_hex(out, clone->addr);
	if (clone->params_known && proto) {
		ks_buf_str(out, clone->nr_params ? ", takes " : ", takes nothing");
		for (uint16_t i = 0; i < clone->nr_params; i++) {
			if (i)
				ks_buf_str(out, ", ");
			if (clone->params[i] < proto->nr_params)
				ks_buf_str(out, proto->params[clone->params[i]].name);
		}
		if (clone->nr_params < proto->nr_params)
			ks_buf_printf(out, " (%u of %u parameters)", clone->nr_params,
				      proto->nr_params);
	}
}

void ks_entry_write(struct ks_buf *out, const struct ks_entry *entry)
{
	ks_buf_str(out, entry->external ? "global" : "static");
	if (entry->loc_file) {
		ks_buf_str(out, ", ");
		ks_location_write(out, entry);
	}
	if (entry->file && (!entry->loc_file || strcmp(entry->file, entry->loc_file) != 0)) {
		ks_buf_str(out, ", compiled in ");
		ks_buf_str(out, entry->file);
	}
	if (entry->module) { // the kernel decides where it is when it loads the module
		ks_buf_str(out, ", module ");
		ks_buf_str(out, entry->module);
	} else if (entry->addr) {
		ks_buf_str(out, ", at ");
		ks_buf_hex(out, entry->addr);
	}
	ks_buf_str(out, "; inline attribute: ");
	ks_buf_str(out, ks_inline_texts[entry->inlined]);
	if (entry->nr_indirect_calls) {
		ks_buf_str(out, "; makes ");
		ks_count_write(out, entry->nr_indirect_calls, "indirect call", "indirect calls");
	}
}

static void entry_write(struct ks_terminal *terminal, const struct ks_function *fn,
			const struct ks_entry *entry)
{
	ks_entry_write(&terminal->text, entry);
	ks_terminal_blanks(terminal, 2);
	ks_terminal_wrap(terminal, 2, 4);
	callers_write(terminal, "    inlined into\n", fn, entry, entry->inline_callers,
		      entry->nr_inline_callers);
	callers_write(terminal, "    called by\n", fn, entry, entry->direct_callers,
		      entry->nr_direct_callers);
	for (uint32_t i = 0; i < entry->nr_clones; i++) {
		ks_buf_str(&terminal->text, entry->clones[i].symbol);
		ks_buf_str(&terminal->text, ": ");
		ks_clone_write(&terminal->text, entry, &entry->clones[i]);
		ks_terminal_blanks(terminal, 4);
		ks_terminal_wrap(terminal, 4, 6);
	}
}

struct ks_error *ks_terminal_function(struct ks_terminal *terminal, const struct ks_fact *fact)
{
	const struct ks_function *fn = fact->function;
	bool verbose = terminal->report->options.verbose;
	ks_buf_char(terminal->out, '\n');
	ks_terminal_paint(terminal, KS_PAINT_HEAD, "In ");
	ks_terminal_paint(terminal, KS_PAINT_HEAD, fact->image->label);
	ks_buf_char(terminal->out, '\n');
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		entry_write(terminal, fn, &fn->entries[i]);
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		const struct ks_symbol *symbol = &fn->symbols[i];
		enum ks_suffix suffix = ks_suffix_of(symbol->name);
		ks_buf_str(&terminal->text, "symbol ");
		ks_buf_str(&terminal->text, symbol->name);
		if (symbol->module)
			ks_buf_printf(&terminal->text, " in %s of module %s", symbol->section,
				      symbol->module);
		else
			ks_buf_printf(&terminal->text, " at %llx",
				      (unsigned long long)symbol->addr);
		ks_buf_str(&terminal->text, ", ");
		ks_count_write(&terminal->text, symbol->size, "byte", "bytes");
		if (suffix != KS_SUFFIX_NONE) {
			ks_buf_str(&terminal->text, ", ");
			ks_buf_str(&terminal->text, ks_suffix_texts[suffix]);
		}
		ks_symbol_attach(&terminal->text, fact->image, symbol, verbose);
		ks_terminal_blanks(terminal, 2);
		ks_terminal_wrap(terminal, 2, 4);
	}
	if (verbose || (fact->image->facts & ATTACH_FACTS))
		ways_write(terminal, fact);
	return NULL;
}
