/* SPDX-License-Identifier: BSD-2-Clause */
/* Which modules have a name. */
#include "report/show/terminal.h"

enum { MODULES_BRIEF = 3 };

/** The modules a fact names, each once, in the order of the fact. */
struct names {
	const char *at[MODULES_BRIEF];
	size_t nr; // more than there is room for are counted
};

static void add(struct names *names, const char *module)
{
	for (size_t i = 0; module && i < names->nr && i < MODULES_BRIEF; i++)
		if (strcmp(names->at[i], module) == 0)
			return;
	if (module && names->nr < MODULES_BRIEF)
		names->at[names->nr] = module;
	names->nr += module != NULL;
}

static void collect(const struct ks_fact *fact, struct names *names)
{
	const struct ks_function *fn = fact->function;
	for (uint32_t i = 0; fn && i < fn->nr_entries; i++)
		if (!i || strcmp(fn->entries[i].module ? fn->entries[i].module : "",
				 fn->entries[i - 1].module ? fn->entries[i - 1].module : "") != 0)
			add(names, fn->entries[i].module);
	for (uint32_t i = 0; fn && !fn->nr_entries && i < fn->nr_symbols; i++)
		add(names, fn->symbols[i].module);
	if (fact->tracepoint)
		add(names, fact->tracepoint->module);
	for (uint32_t i = 0; fact->ambiguity && i < fact->ambiguity->nr_variants; i++)
		add(names, fact->ambiguity->variants[i].decl->module);
	if (!names->nr && fact->decl)
		add(names, fact->decl->module);
}

static void write(struct ks_buf *out, const char *between, const struct ks_fact *fact)
{
	struct names names = { .nr = 0 };
	collect(fact, &names);
	if (!names.nr)
		return;
	ks_buf_str(out, between);
	ks_buf_str(out, names.nr == 1 ? "module " : "modules ");
	for (size_t i = 0; i < names.nr && i < MODULES_BRIEF; i++) {
		ks_buf_str(out, i ? ", " : "");
		ks_buf_str(out, names.at[i]);
	}
	if (names.nr > MODULES_BRIEF)
		ks_buf_str(out, ", \xe2\x80\xa6");
}

void ks_terminal_modules(const struct ks_fact *fact, struct ks_buf *out)
{
	write(out, out->len ? ", " : "", fact);
	if (fact->modules)
		write(out, out->len ? "; also in " : "also in ", fact->modules);
}
