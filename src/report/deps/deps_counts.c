/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/deps/deps_counts.h"

#include "base/array.h"

enum { TOTAL = KS_NR_PREVALENCES }; // how many names there are, whatever becomes of them

/** A count, in the order of the columns. The study's table has those that are no detail. */
static const struct count {
	enum ks_dep_kind kind;
	int what; // enum ks_prevalence_kind or TOTAL
	const char *key, *head;
	bool detail;
} counts[] = {
	{ KS_DEP_FUNCTION, TOTAL, "function", "FUNC", false },
	{ KS_DEP_FUNCTION, KS_PREVALENCE_ABSENT, "function-absent", "∅", false },
	{ KS_DEP_FUNCTION, KS_PREVALENCE_CHANGED, "function-changed", "Δ", false },
	{ KS_DEP_FUNCTION, KS_PREVALENCE_FULL_INLINE, "function-full-inline", "F", false },
	{ KS_DEP_FUNCTION, KS_PREVALENCE_SELECTIVE_INLINE, "function-selective-inline", "S",
	  false },
	{ KS_DEP_FUNCTION, KS_PREVALENCE_TRANSFORMED, "function-transformed", "T", false },
	{ KS_DEP_FUNCTION, KS_PREVALENCE_DUPLICATED, "function-duplicated", "D", false },
	{ KS_DEP_FUNCTION, KS_PREVALENCE_COLLIDING, "function-colliding", "C", true },
	{ KS_DEP_STRUCT, TOTAL, "struct", "STRUCT", false },
	{ KS_DEP_STRUCT, KS_PREVALENCE_ABSENT, "struct-absent", "∅", false },
	{ KS_DEP_STRUCT, KS_PREVALENCE_CHANGED, "struct-changed", "Δ", true },
	{ KS_DEP_FIELD, TOTAL, "field", "FIELD", false },
	{ KS_DEP_FIELD, KS_PREVALENCE_ABSENT, "field-absent", "∅", false },
	{ KS_DEP_FIELD, KS_PREVALENCE_CHANGED, "field-changed", "Δ", false },
	{ KS_DEP_TRACEPOINT, TOTAL, "tracepoint", "TP", false },
	{ KS_DEP_TRACEPOINT, KS_PREVALENCE_ABSENT, "tracepoint-absent", "∅", false },
	{ KS_DEP_TRACEPOINT, KS_PREVALENCE_CHANGED, "tracepoint-changed", "Δ", false },
	{ KS_DEP_SYSCALL, TOTAL, "syscall", "SYSC", false },
	{ KS_DEP_SYSCALL, KS_PREVALENCE_ABSENT, "syscall-absent", "∅", false },
	{ KS_DEP_LSM, TOTAL, "lsm", "LSM", true },
	{ KS_DEP_LSM, KS_PREVALENCE_ABSENT, "lsm-absent", "∅", true },
	{ KS_DEP_LSM, KS_PREVALENCE_CHANGED, "lsm-changed", "Δ", true },
};
enum { NR_COUNTS = KS_ARRAY_LEN(counts) };

static bool counts_in(const struct count *count, const struct ks_name_prevalence *name)
{
	return name->kind == count->kind &&
	       (count->what == TOTAL || name->bits & KS_PREVALENCE_BIT(count->what));
}

static bool is_told(const struct ks_prevalence *prevalence, const struct count *count)
{
	// a kind that no object needs is 0 of all: nothing was looked up
	return count->what == TOTAL || !prevalence->told[count->kind] ||
	       prevalence->told[count->kind] & KS_PREVALENCE_BIT(count->what);
}

static size_t count_list(const struct ks_prevalence *prevalence, const struct count *count,
			 const struct ks_dep_list *list)
{
	size_t nr = 0;
	for (uint32_t i = 0; i < list->nr; i++) {
		const struct ks_name_prevalence *name =
			list->at[i].published
				? ks_prevalence_find(prevalence, list->at[i].kind, list->at[i].name)
				: NULL;
		nr += name && counts_in(count, name);
	}
	return nr;
}

static bool list_row(const struct ks_prevalence *prevalence, const struct ks_dep_list *list,
		     struct ks_table *table)
{
	bool ok = true;
	for (size_t c = 0; c < NR_COUNTS && ok; c++)
		ok = ks_table_number(table, is_told(prevalence, &counts[c]),
				     count_list(prevalence, &counts[c], list));
	return ok;
}

/** Under the objects: how many different names, and how many objects need such a name. */
static bool sum_rows(const struct ks_prevalence *prevalence, const struct ks_dep_list *lists,
		     size_t nr, struct ks_table *table)
{
	bool ok = ks_table_text(table, "different names");
	for (size_t c = 0; c < NR_COUNTS && ok; c++) {
		size_t names = 0;
		for (size_t i = 0; i < prevalence->nr; i++)
			names += counts_in(&counts[c], &prevalence->at[i]);
		ok = ks_table_number(table, is_told(prevalence, &counts[c]), names);
	}
	ok = ok && ks_table_text(table, "objects");
	for (size_t c = 0; c < NR_COUNTS && ok; c++) {
		size_t objects = 0;
		for (size_t i = 0; i < nr; i++)
			objects += count_list(prevalence, &counts[c], &lists[i]) > 0;
		ok = ks_table_number(table, is_told(prevalence, &counts[c]), objects);
	}
	return ok;
}

/** What is counted, in sentences. */
static struct ks_error *define(const struct ks_deps_counts_options *options, struct ks_arena *arena,
			       struct ks_table *table)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_printf(&text,
		      "Names that each %s needs, and how many of them fare so %s: "
		      "∅ absent, Δ changed, F inlined everywhere (full), S inlined in some "
		      "places (selective), T transformed (a suffixed symbol), D duplicated (a "
		      "static function of a header in several units). ",
		      options->programs ? "program" : "object", options->images);
	if (options->base)
		ks_buf_printf(&text, "Changed: it differs from %s.", options->base);
	else
		ks_buf_str(&text, "Changed: it differs between the first version that has it and "
				  "a later one, or between the base image and another "
				  "architecture, flavour or build.");
	const char *definition = ks_buf_text(&text);
	table->definition = definition ? ks_arena_strdup(arena, definition) : NULL;
	return table->definition ? NULL : &ks_nomem;
}

struct ks_error *ks_deps_counts_fill(const struct ks_deps_counts_options *options,
				     const struct ks_deps_sheet *sheets,
				     const struct ks_dep_list *lists, size_t nr,
				     const struct ks_prevalence *prevalence, struct ks_arena *arena,
				     struct ks_table *ret)
{
	ret->name = "deps-counts";
	ret->title = "Dependencies over the images";
	KS_TRY(define(options, arena, ret));
	bool ok = options->programs ? ks_table_column(ret, "group", "OBJECT", false) &&
					      ks_table_column(ret, "program", "PROGRAM", false)
				    : ks_table_column(ret, "object", "OBJECT", false);
	for (size_t c = 0; c < NR_COUNTS && ok; c++)
		ok = ks_table_column(ret, counts[c].key, counts[c].head, counts[c].detail);
	for (size_t i = 0; i < nr && ok && !options->programs; i++)
		ok = ks_table_text(ret, sheets[i].found->name) &&
		     list_row(prevalence, &lists[i], ret);
	if (nr > 1 && !options->programs)
		ok = ok && sum_rows(prevalence, lists, nr, ret);
	for (size_t i = 0; i < nr && options->programs; i++)
		for (uint32_t k = 0; k < sheets[i].deps->nr && ok; k++) {
			const struct ks_dep_list *list = &sheets[i].deps->programs[k];
			ok = ks_table_text(ret, sheets[i].found->name) &&
			     ks_table_text(ret, list->program->name) &&
			     list_row(prevalence, list, ret);
		}
	return ok ? NULL : &ks_nomem;
}
