/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/kinds.h"

#define PUT(what)                                                                                  \
	static void put_##what(struct ks_buf *buf, const void *value)                              \
	{                                                                                          \
		ks_codec_put_##what(buf, value);                                                   \
	}
PUT(decl)
PUT(tracepoint)
PUT(ambiguity)
PUT(option)
PUT(variable)

#define GET(what)                                                                                  \
	static struct ks_error *get_##what(struct ks_cursor *c, struct ks_arena *arena, void *ret) \
	{                                                                                          \
		return ks_codec_get_##what(c, arena, ret);                                         \
	}
GET(decl)
GET(tracepoint)
GET(ambiguity)
GET(variable)

static struct ks_error *get_option(struct ks_cursor *c, struct ks_arena *arena, void *ret)
{
	(void)arena; // its text stays where it is
	return ks_codec_get_option(c, ret);
}

const struct ks_def_ops *ks_def_ops_of(enum ks_def_class def_class)
{
	static const struct ks_def_ops ops[] = {
		[KS_DEF_DECL] = { sizeof(struct ks_decl), put_decl, get_decl },
		[KS_DEF_FUNCTION] = { 0 },
		[KS_DEF_TRACEPOINT] = { sizeof(struct ks_tracepoint), put_tracepoint,
					get_tracepoint },
		[KS_DEF_AMBIGUITY] = { sizeof(struct ks_ambiguity), put_ambiguity, get_ambiguity },
		[KS_DEF_OPTION] = { sizeof(struct ks_option), put_option, get_option },
		[KS_DEF_FORMS] = { 0 },
		[KS_DEF_VARIABLE] = { sizeof(struct ks_variable), put_variable, get_variable },
	};
	return &ops[def_class];
}

enum ks_def_class ks_kind_def_class(enum ks_kind kind)
{
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_FUNCTION:
	case KS_HOLDS_TYPE:
		return KS_DEF_DECL;
	case KS_HOLDS_TRACEPOINT:
		return KS_DEF_TRACEPOINT;
	case KS_HOLDS_VALUE:
		return KS_DEF_OPTION;
	case KS_HOLDS_NUMBER:
	case KS_HOLDS_NAME:
	case KS_HOLDS_MEMBER:
	case KS_NR_HOLDS:
		break;
	}
	return 0;
}

/* Definitions get their ids in the order of the tables: functions and ambiguities stand among the kinds. */

int ks_kind_table(enum ks_kind kind)
{
	if (kind <= KS_INT)
		return (int)kind;
	return kind < KS_CONFIG ? KS_TABLE_TRACEPOINTS : (int)(KS_TABLE_OPTIONS + kind - KS_CONFIG);
}

enum ks_kind ks_table_kind(int table)
{
	if (table <= KS_INT)
		return (enum ks_kind)table;
	if (table >= KS_TABLE_OPTIONS && table < KS_TABLE_FORMS)
		return (enum ks_kind)(KS_CONFIG + table - KS_TABLE_OPTIONS);
	return table == KS_TABLE_TRACEPOINTS ? KS_TRACEPOINT : KS_NR_KINDS;
}

size_t ks_table_len(const struct ks_surface *surface, int table)
{
	enum ks_kind kind = ks_table_kind(table);
	switch (table) {
	case KS_TABLE_FUNCTIONS:
		return surface->nr_functions;
	case KS_TABLE_AMBIGUITIES:
		return surface->nr_ambiguities;
	case KS_TABLE_FORMS:
		return surface->image.facts & KS_FACT_FORMS ? surface->nr_forms : 0;
	case KS_TABLE_VARIABLES:
		return surface->image.facts & KS_FACT_FORMS ? surface->nr_variables : 0;
	default:
		return ks_kind_def_class(kind) ? ks_surface_count(surface, kind) : 0;
	}
}

/** The table of a list's other side. */
static int other_table(int list)
{
	if (list >= KS_NR_KINDS)
		return -1;
	if (ks_kinds[list].holds == KS_HOLDS_FUNCTION)
		return KS_TABLE_FUNCTIONS;
	return ks_kinds[list].holds == KS_HOLDS_TYPE ? KS_TABLE_AMBIGUITIES : -1;
}

void ks_list_tables(int list, int tables[2])
{
	bool has_definitions = list < KS_NR_KINDS && ks_kind_def_class((enum ks_kind)list);
	tables[0] = has_definitions		? ks_kind_table((enum ks_kind)list)
		    : list == KS_LIST_VARIABLES ? KS_TABLE_VARIABLES
						: -1;
	tables[1] = other_table(list);
}

size_t ks_list_count(const struct ks_surface *surface, int list, int side)
{
	int table = other_table(list);
	if (side)
		return table == KS_TABLE_FUNCTIONS     ? surface->nr_functions
		       : table == KS_TABLE_AMBIGUITIES ? surface->nr_ambiguities
						       : 0;
	return list == KS_LIST_VARIABLES ? surface->nr_variables
					 : ks_surface_count(surface, (enum ks_kind)list);
}

const char *ks_list_record_name(const struct ks_surface *surface, int list, int side, size_t i)
{
	if (list == KS_LIST_VARIABLES)
		return surface->variables[i].name;
	if (!side)
		return ks_surface_name(surface, (enum ks_kind)list, i);
	if (other_table(list) == KS_TABLE_FUNCTIONS)
		return surface->functions[i].name;
	return (int)surface->ambiguities[i].kind == list ? surface->ambiguities[i].name : NULL;
}
