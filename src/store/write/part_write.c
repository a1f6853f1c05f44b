/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "store/kinds.h"
#include "surface/type.h"

const char *ks_part_name(enum ks_part which)
{
	static const char *const names[KS_NR_PARTS] = {
		[KS_TABLE_FUNCTIONS] = "order.function",
		[KS_TABLE_AMBIGUITIES] = "order.ambiguity",
		[KS_TABLE_FORMS] = "order.form",
		[KS_TABLE_VARIABLES] = "order.typed",
		[KS_PART_VARIABLES] = "order.variable",
		[KS_PART_VARIABLE_OFFSETS] = "typed.offsets",
		[KS_PART_TRACED] = "traced",
		[KS_PART_FORM_MODULES] = "form.modules",
		[KS_PART_SYMBOL_MODULES] = "symbol.modules",
		[KS_PART_SYMBOL_ATTACH] = "symbol.attach",
		[KS_PART_SYMBOL_NAMES] = "symbol.names",
		[KS_PART_SYMBOL_ATTRS] = "symbol.attributes",
		[KS_PART_SYMBOL_SIZES] = "symbol.sizes",
		[KS_PART_SYMBOL_ADDRS] = "symbol.addresses",
		[KS_PART_SYMBOL_PLACES] = "symbol.places",
		[KS_PART_CONFIG] = "config",
	};
	if (names[which] || which >= KS_PART_VARIABLES)
		return names[which];
	bool list = which >= KS_PART_LISTS;
	enum ks_kind kind = list ? KS_SYSCALL + which - KS_PART_LISTS : ks_table_kind((int)which);
	return list == !ks_kind_def_class(kind) ? ks_kinds[kind].part : NULL;
}

/** Ids follow one another where the tables do: distances from one to the next are mostly 1. */
static uint64_t put_order(const struct ks_put_defs *defs, int table, struct ks_buf *raw)
{
	size_t nr = ks_put_defs_nr(defs, table);
	uint32_t last = 0;
	for (size_t i = 0; i < nr; i++) {
		uint32_t id = ks_put_defs_id(defs, table, i);
		ks_buf_zigzag(raw, (int64_t)id - (int64_t)last);
		last = id;
	}
	return nr;
}

static uint64_t put_names(const char *const *names, size_t nr, struct ks_buf *raw)
{
	for (size_t i = 0; i < nr; i++)
		ks_buf_strz(raw, names[i]);
	return nr;
}

/** Names, where nothing else is known: what is typed has definitions. */
static uint64_t put_variables(const struct ks_surface *s, struct ks_buf *raw)
{
	if (s->image.facts & KS_FACT_FORMS)
		return 0;
	for (size_t i = 0; i < s->nr_variables; i++)
		ks_buf_strz(raw, s->variables[i].name);
	return s->nr_variables;
}

/** Offsets of typed variables in their sections. */
static uint64_t put_offsets(const struct ks_surface *s, struct ks_buf *raw)
{
	uint32_t last = 0;
	if (!(s->image.facts & KS_FACT_FORMS))
		return 0;
	for (size_t i = 0; i < s->nr_variables; i++) {
		ks_buf_zigzag(raw, (int64_t)s->variables[i].offset - (int64_t)last);
		last = s->variables[i].offset;
	}
	return s->nr_variables;
}

static uint64_t put_syscalls(const struct ks_surface *s, struct ks_buf *raw)
{
	for (size_t i = 0; i < s->nr_syscalls; i++) {
		ks_buf_uleb(raw, s->syscalls[i].number);
		ks_buf_strz(raw, s->syscalls[i].name);
	}
	return s->nr_syscalls;
}

/** The list of a kind without definitions. */
static uint64_t put_list(enum ks_kind kind, const struct ks_surface *s, struct ks_buf *raw)
{
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_NUMBER:
		return put_syscalls(s, raw);
	case KS_HOLDS_NAME:
		return put_names(ks_surface_record(s, kind, 0), ks_surface_count(s, kind), raw);
	case KS_HOLDS_FUNCTION:
	case KS_HOLDS_TYPE:
	case KS_HOLDS_TRACEPOINT:
	case KS_HOLDS_VALUE:
	case KS_HOLDS_MEMBER:
	case KS_NR_HOLDS:
		break;
	}
	return 0;
}

/** One byte each; nothing when no call is known to be traced. */
static uint64_t put_traced(const struct ks_surface *s, struct ks_buf *raw)
{
	bool any = false;
	for (size_t i = 0; i < s->nr_syscalls; i++) {
		ks_buf_char(raw, ks_syscall_trace(&s->syscalls[i]));
		any = any || s->syscalls[i].traced;
	}
	return any ? s->nr_syscalls : 0;
}

/** One byte each; nothing when nothing is known. */
static uint64_t put_attach(const struct ks_surface *s, struct ks_buf *raw)
{
	bool any = false;
	for (size_t i = 0; i < s->nr_symbols; i++) {
		ks_buf_char(raw, (char)s->symbols[i].attach);
		any = any || s->symbols[i].attach;
	}
	return any ? s->nr_symbols : 0;
}

/** A byte, and the module's name where it is another than before. */
static void put_module(const char *module, const char *last, struct ks_buf *raw)
{
	bool same = ks_text_equal(module, last);
	ks_buf_char(raw, same ? KS_MODULE_SAME : module ? KS_MODULE_NAMED : KS_MODULE_NONE);
	if (!same && module)
		ks_buf_strz(raw, module);
}

/** The module of each symbol; nothing for a kernel. */
static uint64_t put_modules(const struct ks_surface *s, struct ks_buf *raw)
{
	bool any = false;
	for (size_t i = 0; i < s->nr_symbols; i++) {
		put_module(s->symbols[i].module, i ? s->symbols[i - 1].module : NULL, raw);
		any = any || s->symbols[i].module;
	}
	return any ? s->nr_symbols : 0;
}

/** The module of each table entry of forms; nothing for a kernel. */
static uint64_t put_form_modules(const struct ks_surface *s, struct ks_buf *raw)
{
	size_t nr = ks_table_len(s, KS_TABLE_FORMS);
	bool any = false;
	for (size_t i = 0; i < nr; i++) {
		put_module(s->forms[i].module, i ? s->forms[i - 1].module : NULL, raw);
		any = any || s->forms[i].module;
	}
	return any ? nr : 0;
}

/**
 * Bind, type, visibility, other bits and the section of each symbol. A section is how many sections ago, by
 * last use, it was last seen, at most KS_PART_RECENT - 1; KS_PART_RECENT stands in front of its name.
 */
static void put_attrs(const struct ks_surface *s, struct ks_buf *raw)
{
	const char *recent[KS_PART_RECENT] = { NULL };
	for (size_t i = 0; i < s->nr_symbols; i++) {
		const struct ks_symbol *sym = &s->symbols[i];
		const uint8_t attrs[] = { sym->bind, sym->type, sym->visibility, sym->other };
		size_t k = 0;
		while (k < KS_PART_RECENT && !(recent[k] && ks_text_equal(recent[k], sym->section)))
			k++;
		ks_buf_char(raw, (char)k);
		if (k == KS_PART_RECENT) {
			ks_buf_char(raw, sym->section != NULL);
			ks_buf_strz(raw, sym->section ? sym->section : "");
			k--;
		}
		memmove(recent + 1, recent, k * sizeof(*recent));
		recent[0] = sym->section;
		ks_buf_bytes(raw, attrs, sizeof(attrs));
	}
}

static uint64_t put_symbols(enum ks_part which, const struct ks_surface *s, struct ks_buf *raw)
{
	if (which == KS_PART_SYMBOL_ATTRS)
		put_attrs(s, raw);
	for (size_t i = 0; i < s->nr_symbols; i++) {
		const struct ks_symbol *sym = &s->symbols[i];
		if (which == KS_PART_SYMBOL_NAMES)
			ks_buf_strz(raw, sym->name);
		else if (which == KS_PART_SYMBOL_SIZES)
			ks_buf_uleb(raw, sym->size);
	}
	return s->nr_symbols;
}

static int compare_places(const void *a, const void *b)
{
	const struct ks_symbol *x = *(const struct ks_symbol *const *)a;
	const struct ks_symbol *y = *(const struct ks_symbol *const *)b;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return (x > y) - (x < y); // both are in one table
}

/** All symbols in the order of their addresses: first which they are, then how far each is from where it would be. */
static uint64_t put_places(const struct ks_surface *s, struct ks_buf *raw)
{
	size_t nr = s->nr_symbols, next[2] = { 0 };
	const struct ks_symbol **order = calloc(nr + 1, sizeof(*order));
	raw->failed = raw->failed || !order;
	for (size_t i = 0; order && i < nr; i++)
		order[i] = &s->symbols[i];
	if (order)
		qsort(order, nr, sizeof(*order), compare_places);
	for (size_t i = 0; order && i < nr; i++) {
		size_t index = (size_t)(order[i] - s->symbols);
		int global = order[i]->bind !=
			     0; // tables have the local ones first: two orders that meet
		int64_t distance = (int64_t)index - (int64_t)next[global];
		ks_buf_uleb(raw, ((uint64_t)distance << 1 ^ (uint64_t)(distance >> 63)) << 1 |
					 (uint64_t)global);
		next[global] = index + 1;
	}
	uint64_t end = 0;
	for (size_t i = 0; order && i < nr; i++) {
		ks_buf_zigzag(raw, (int64_t)(order[i]->addr - ks_part_place(end, order[i])));
		end = order[i]->addr + order[i]->size;
	}
	free(order);
	return nr;
}

static uint64_t put_part(enum ks_part which, const struct ks_surface *s,
			 const struct ks_put_defs *defs, struct ks_buf *raw)
{
	switch (which) {
	case KS_PART_VARIABLES:
		return put_variables(s, raw);
	case KS_PART_VARIABLE_OFFSETS:
		return put_offsets(s, raw);
	case KS_PART_TRACED:
		return put_traced(s, raw);
	case KS_PART_SYMBOL_ATTACH:
		return put_attach(s, raw);
	case KS_PART_SYMBOL_MODULES:
		return put_modules(s, raw);
	case KS_PART_FORM_MODULES:
		return put_form_modules(s, raw);
	case KS_PART_CONFIG:
		if (s->config)
			ks_buf_strz(raw, s->config);
		return s->config != NULL;
	case KS_PART_SYMBOL_NAMES:
	case KS_PART_SYMBOL_ATTRS:
	case KS_PART_SYMBOL_SIZES:
		return put_symbols(which, s, raw);
	case KS_PART_SYMBOL_ADDRS:
		return 0;
	case KS_PART_SYMBOL_PLACES:
		return put_places(s, raw);
	default:
		return which < KS_PART_LISTS ? put_order(defs, (int)which, raw)
					     : put_list(KS_SYSCALL + which - KS_PART_LISTS, s, raw);
	}
}

struct ks_error *ks_put_part_pack(enum ks_part which, const struct ks_surface *surface,
				  const struct ks_put_defs *defs, struct ks_zstd *zstd,
				  struct ks_put_part *part)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	part->nr = put_part(which, surface, defs, &raw);
	KS_TRY(ks_buf_error(&raw));
	if (!part->nr)
		return NULL;
	return ks_zstd_pack(zstd, ks_bytes_of(&part->like), ks_bytes_of(&raw), &part->packed);
}
