/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"
#include "report/kinds.h"
#include "report/stats/stats.h"
#include "surface/image.h"

static const struct ks_stats_table own_tables[KS_NR_OWN_TABLES] = {
	{ "growth", "Growth of the surface",
	  "Names of each kind, image by image. A function counts when it has a prototype, that is, "
	  "when a symbol of exactly its name exists, a system call when its number leads to one; "
	  "groups are all function names that some "
	  "compile "
	  "unit mentions, inlined ones included.",
	  false, KS_NR_KINDS },
	{ "inline", "Inlined functions",
	  "Of all function groups: full has no symbol left, select(ive) has a symbol and an entry "
	  "that "
	  "DW_AT_inline calls inlined (1 or 3), none has a symbol and no such entry. /DECL are "
	  "those of "
	  "them that some entry declares inline (2 or 3).",
	  false, KS_NR_KINDS },
	{ "transformations", "Transformed functions",
	  "Function groups with a suffixed symbol (any), by the suffix: isra, constprop, part, "
	  "cold. "
	  "Several: a symbol with more than one suffix, or symbols with different ones. Other: "
	  "another "
	  "suffix, as .localalias.",
	  false, KS_NR_KINDS },
	{ "symbols", "Suffixed symbols",
	  "Different names of function symbols, and how many have the suffix isra, constprop, "
	  "part, cold, "
	  "more than one (several) or another one. Or label: names that only a symbol tells of, a "
	  "function or a label; they are not among the others.",
	  false, KS_NR_KINDS },
	{ "collisions", "Name collisions of functions",
	  "Function groups by who shares the name: one global function; one static; one static "
	  "function "
	  "of a header, compiled into several units (duplicated); different static functions "
	  "(static2); "
	  "static functions and a global one (mixed).",
	  false, KS_NR_KINDS },
};

/** A group that was asked for has the image, or compares with it. */
static bool image_wanted(const struct ks_stats *stats, size_t image)
{
	for (int g = 0; g < KS_NR_GROUPS; g++) {
		const struct ks_group *group = &stats->groups->at[g];
		if (!(stats->wanted >> g & 1))
			continue;
		for (size_t i = 0; i < group->nr; i++)
			if (group->images[i] == image)
				return true;
		for (size_t i = 0; i < group->nr_pairs; i++)
			if (group->pairs[i].old == image)
				return true;
	}
	return false;
}

/** A count of an image and the column it stands in. */
struct census_column {
	const char *key, *head;
	bool detail;
	size_t nr;	   // how many counts the cell is the sum of; they lie stride apart
	size_t at, stride; // in struct ks_census, in counts
};
#define AT(field) (offsetof(struct ks_census, field) / sizeof(uint64_t))
#define ONE(key, head, field)                                                                      \
	{                                                                                          \
		key, head, false, 1, AT(field), 0                                                  \
	}
#define DETAIL(key, field)                                                                         \
	{                                                                                          \
		key, key, true, 1, AT(field), 0                                                    \
	}
#define SUM(key, head, from, nr)                                                                   \
	{                                                                                          \
		key, head, false, nr, AT(from), 1                                                  \
	}
_Static_assert(offsetof(struct ks_census, inlined) % sizeof(uint64_t) == 0,
	       "counts are not aligned");

static const struct census_column inline_columns[] = {
	ONE("groups", "GROUPS", nr_groups),
	SUM("full", "FULL", inlined[KS_CLASS_FULL], 2),
	SUM("selective", "SELECT", inlined[KS_CLASS_SELECTIVE], 2),
	SUM("none", "NONE", inlined[KS_CLASS_NO], 2),
	ONE("full-declared", "FULL/DECL", inlined[KS_CLASS_FULL][1]),
	ONE("selective-declared", "SEL/DECL", inlined[KS_CLASS_SELECTIVE][1]),
	ONE("none-declared", "NONE/DECL", inlined[KS_CLASS_NO][1]),
	DETAIL("full-not-declared", inlined[KS_CLASS_FULL][0]),
	DETAIL("selective-not-declared", inlined[KS_CLASS_SELECTIVE][0]),
	DETAIL("none-not-declared", inlined[KS_CLASS_NO][0]),
	{ 0 },
};

#define TRANSFORM_COLUMNS(field)                                                                   \
	ONE("isra", "ISRA", field[KS_TRANSFORM_ISRA]),                                             \
		ONE("constprop", "CONSTPROP", field[KS_TRANSFORM_CONSTPROP]),                      \
		ONE("part", "PART", field[KS_TRANSFORM_PART]),                                     \
		ONE("cold", "COLD", field[KS_TRANSFORM_COLD]),                                     \
		ONE("several", "SEVERAL", field[KS_TRANSFORM_SEVERAL]),                            \
		ONE("other", "OTHER", field[KS_TRANSFORM_OTHER])

static const struct census_column transform_columns[] = {
	ONE("groups", "GROUPS", nr_groups),
	SUM("any", "ANY", transforms[KS_TRANSFORM_ISRA], KS_NR_TRANSFORMS - KS_TRANSFORM_ISRA),
	TRANSFORM_COLUMNS(transforms),
	{ 0 },
};

static const struct census_column symbol_columns[] = {
	SUM("symbols", "SYMBOLS", symbols[KS_TRANSFORM_NONE], KS_NR_TRANSFORMS),
	TRANSFORM_COLUMNS(symbols),
	ONE("or-label", "OR LABEL", nr_untold),
	{ 0 },
};

static const struct census_column collision_columns[] = {
	ONE("groups", "GROUPS", nr_groups),
	ONE("unique-global", "GLOBAL", collisions[KS_UNIQUE_GLOBAL]),
	ONE("unique-static", "STATIC", collisions[KS_UNIQUE_STATIC]),
	ONE("static-duplication", "DUPLICATED", collisions[KS_STATIC_DUPLICATION]),
	ONE("static-static", "STATIC2", collisions[KS_STATIC_STATIC]),
	ONE("static-global", "MIXED", collisions[KS_STATIC_GLOBAL]),
	{ 0 },
};

static bool fill_growth(const struct ks_stats *stats, struct ks_table *table)
{
	bool ok = ks_table_column(table, "image", "IMAGE", false);
	for (int kind = 0; kind < KS_FIELD; kind++)
		ok = ok &&
		     ks_table_column(table, ks_kinds[kind].name, ks_report_kinds[kind].head, false);
	ok = ok && ks_table_column(table, "groups", "GROUPS", false);
	for (size_t i = 0; i < stats->images->nr && ok; i++) {
		const struct ks_store_image *image = stats->images->at[i];
		const struct ks_census *census = &stats->censuses[i];
		if (!image_wanted(stats, i))
			continue;
		ok = ks_table_text(table, image->image.label);
		for (int kind = 0; kind < KS_FIELD; kind++)
			ok = ok && ks_table_number(table, ks_image_counts(image->known, kind),
						   census->names[kind]);
		ok = ok && ks_table_number(table, census->groups_known, census->nr_groups);
	}
	return ok;
}

static bool fill_census(const struct ks_stats *stats, const struct census_column *columns,
			struct ks_table *table)
{
	bool ok = ks_table_column(table, "image", "IMAGE", false);
	for (const struct census_column *c = columns; c->key; c++)
		ok = ok && ks_table_column(table, c->key, c->head, c->detail);
	for (size_t i = 0; i < stats->images->nr && ok; i++) {
		const struct ks_census *census = &stats->censuses[i];
		const uint64_t *counts = (const uint64_t *)census;
		bool known =
			columns == symbol_columns ? census->symbols_known : census->groups_known;
		if (!image_wanted(stats, i))
			continue;
		ok = ks_table_text(table, stats->images->at[i]->image.label);
		for (const struct census_column *c = columns; c->key && ok; c++) {
			uint64_t sum = 0;
			for (size_t k = 0; k < c->nr; k++)
				sum += counts[c->at + k * c->stride];
			ok = ks_table_number(
				table, c->at == AT(nr_untold) ? census->untold_known : known, sum);
		}
	}
	return ok;
}

static bool fill_pair(const struct ks_stats_pair *pair, enum ks_kind kind, struct ks_table *table)
{
	const struct ks_tally *tally = &pair->summary->kinds[kind];
	bool both = ks_tally_tells_changed(tally), added = ks_tally_tells_added(tally),
	     removed = ks_tally_tells_removed(tally);
	bool ok = ks_table_text(table, ks_groups_infos[pair->group].title) &&
		  ks_table_text(table, pair->pair->old_label) &&
		  ks_table_text(table, pair->pair->new_label) &&
		  ks_table_number(table, tally->old_counted, tally->old) &&
		  ks_table_number(table, tally->new_counted, tally->new) &&
		  ks_table_number(table, added && tally->added_certain, tally->added) &&
		  ks_table_number(table, removed && tally->removed_certain, tally->removed) &&
		  ks_table_number(table, both, tally->changed);
	for (const struct ks_reason_column *r = ks_report_kinds[kind].reasons; r && r->head && ok;
	     r++)
		ok = ks_table_number(table, both, tally->changes[r->change]);
	return ok;
}

static bool fill_pairs(const struct ks_stats *stats, enum ks_kind kind, struct ks_table *table)
{
	static const struct ks_column columns[] = {
		{ "group", "GROUP", false },	 { "from", "FROM", false },
		{ "to", "TO", false },		 { "old", "OLD", false },
		{ "new", "NEW", false },	 { "added", "ADDED", false },
		{ "removed", "REMOVED", false }, { "changed", "CHANGED", false },
	};
	bool ok = true;
	for (size_t i = 0; i < KS_ARRAY_LEN(columns); i++)
		ok = ok && ks_vector_add(&table->columns, columns[i]);
	for (const struct ks_reason_column *r = ks_report_kinds[kind].reasons; r && r->head; r++)
		ok = ok &&
		     ks_table_column(table, ks_changes_infos[r->change].name, r->head, r->detail);
	for (size_t i = 0; i < stats->nr_pairs && ok; i++) {
		const struct ks_tally *tally = &stats->pairs[i].summary->kinds[kind];
		if (tally->old_known || tally->new_known)
			ok = fill_pair(&stats->pairs[i], kind, table);
	}
	return ok;
}

struct ks_stats_table ks_stats_table_at(size_t i)
{
	if (i < KS_NR_OWN_TABLES)
		return own_tables[i];
	enum ks_kind kind = (enum ks_kind)(i - KS_NR_OWN_TABLES);
	const struct ks_report_kind *row = &ks_report_kinds[kind];
	return (struct ks_stats_table){ row->table, row->title, row->definition, true, kind };
}

struct ks_error *ks_stats_table_fill(const struct ks_stats *stats, size_t which,
				     struct ks_table *ret)
{
	static const struct census_column *const columns[KS_NR_OWN_TABLES] = {
		NULL, inline_columns, transform_columns, symbol_columns, collision_columns
	};
	struct ks_stats_table table = ks_stats_table_at(which);
	ret->name = table.name;
	ret->title = table.title;
	ret->definition = table.definition;
	bool ok = table.pairs	   ? fill_pairs(stats, table.kind, ret)
		  : columns[which] ? fill_census(stats, columns[which], ret)
				   : fill_growth(stats, ret);
	return ok ? NULL : &ks_nomem;
}
