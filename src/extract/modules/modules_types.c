/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "extract/dwarf/decl_hash.h"
#include "extract/modules/modules_private.h"

/* ---- one module ---- */

static void copy_units(struct ks_modules *m, const struct ks_variant *variant,
		       struct ks_modules_decl *to)
{
	const char **units = ks_arena_array(m->arena, variant->nr_units, sizeof(*units));
	for (uint32_t i = 0; units && i < variant->nr_units; i++)
		units[i] = ks_modules_text(m, variant->units[i]);
	to->units = units;
	to->nr_units = units ? variant->nr_units : 0;
	m->failed = m->failed || !units;
}

void ks_modules_add_definition(struct ks_modules *m, const struct ks_decl *decl,
			       const struct ks_variant *variant)
{
	uint64_t hash = ks_decl_hash(decl), name = ks_name_hash(decl->kind, decl->name);
	if (ks_numbers_get(&m->kernel->definitions, hash) || ks_numbers_get(&m->definitions, hash))
		return;
	struct ks_modules_decl made = { .decl = ks_modules_decl(m, decl) };
	uint32_t first = ks_numbers_get(&m->decl_numbers, name);
	made.first = !first;
	if (variant)
		copy_units(m, variant, &made);
	if (!ks_vector_add(&m->decls, made)) {
		m->failed = true;
		return;
	}
	uint32_t number = (uint32_t)m->decls.len, last = first;
	while (last && m->decls.at[last - 1].next)
		last = m->decls.at[last - 1].next;
	if (last)
		m->decls.at[last - 1].next = number;
	if (!ks_numbers_set(&m->definitions, hash, 1) ||
	    (!first && !ks_numbers_set(&m->decl_numbers, name, number)))
		m->failed = true;
}

/** Values of unnamed enums are gathered over all modules, as they are over all units of a kernel. */
void ks_modules_add_values(struct ks_modules *m, const struct ks_decl *decl)
{
	for (uint32_t i = 0; i < decl->nr; i++) {
		uint64_t hash = ks_enumerator_hash(&decl->values[i]);
		if (ks_numbers_get(&m->kernel->values, hash) ||
		    ks_numbers_get(&m->value_numbers, hash))
			continue;
		struct ks_enumerator value = decl->values[i];
		value.name = ks_modules_text(m, value.name);
		if (!ks_vector_add(&m->values, value) ||
		    !ks_numbers_set(&m->value_numbers, hash, 1))
			m->failed = true;
	}
}

void ks_modules_add_types(struct ks_modules *m, const struct ks_surface *module)
{
	for (size_t i = 0; i < module->nr_ambiguities; i++)
		for (uint32_t k = 0; k < module->ambiguities[i].nr_variants; k++)
			ks_modules_add_definition(m, module->ambiguities[i].variants[k].decl,
						  &module->ambiguities[i].variants[k]);
	for (int kind = KS_STRUCT; kind <= KS_INT; kind++)
		for (size_t i = 0; i < module->decls[kind].nr; i++) {
			const struct ks_decl *decl = &module->decls[kind].at[i];
			if (kind == KS_ENUM && strcmp(decl->name, "(anon)") == 0)
				ks_modules_add_values(m, decl);
			else
				ks_modules_add_definition(m, decl, NULL);
		}
}

/* ---- the tables ---- */

static void finish_kind(struct ks_modules *m, enum ks_kind kind)
{
	size_t nr = 0, n = 0;
	for (size_t i = 0; i < m->decls.len; i++)
		nr += m->decls.at[i].first && m->decls.at[i].decl.kind == kind;
	struct ks_decl *decls = ks_arena_array(m->arena, nr + 1, sizeof(*decls));
	m->failed = m->failed || !decls;
	for (size_t i = 0; decls && i < m->decls.len; i++)
		if (m->decls.at[i].first && m->decls.at[i].decl.kind == kind)
			decls[n++] = m->decls.at[i].decl;
	if (decls && kind == KS_ENUM && m->values.len) {
		struct ks_enumerator *values =
			ks_arena_array(m->arena, m->values.len, sizeof(*values));
		m->failed = m->failed || !values;
		if (values)
			memcpy(values, m->values.at, m->values.len * sizeof(*values));
		decls[n++] = (struct ks_decl){
			.kind = KS_ENUM,
			.nr = values ? (uint32_t)m->values.len : 0,
			.size = 4,
			.name = "(anon)",
			.values = values,
		};
	}
	m->surface->decls[kind].at = decls;
	m->surface->decls[kind].nr = n;
}

static void finish_ambiguity(struct ks_modules *m, uint32_t first, struct ks_ambiguity *ret)
{
	uint32_t nr = 0;
	for (uint32_t i = first; i; i = m->decls.at[i - 1].next)
		nr++;
	struct ks_variant *variants = ks_arena_array(m->arena, nr, sizeof(*variants));
	struct ks_decl *decls = ks_arena_array(m->arena, nr, sizeof(*decls));
	m->failed = m->failed || !variants || !decls;
	nr = 0;
	for (uint32_t i = first; i && !m->failed; i = m->decls.at[i - 1].next, nr++) {
		const struct ks_modules_decl *from = &m->decls.at[i - 1];
		decls[nr] = from->decl;
		variants[nr] = (struct ks_variant){ &decls[nr], from->nr_units, from->units };
	}
	*ret = (struct ks_ambiguity){
		.kind = m->decls.at[first - 1].decl.kind,
		.nr_variants = nr,
		.name = m->decls.at[first - 1].decl.name,
		.variants = variants,
	};
}

static int compare_ambiguities(const void *a, const void *b)
{
	const struct ks_ambiguity *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void finish_ambiguities(struct ks_modules *m)
{
	size_t nr = 0;
	for (size_t i = 0; i < m->decls.len; i++)
		nr += m->decls.at[i].first && m->decls.at[i].next;
	struct ks_ambiguity *all = ks_arena_array(m->arena, nr, sizeof(*all));
	m->failed = m->failed || !all;
	size_t n = 0;
	for (size_t i = 0; all && i < m->decls.len; i++)
		if (m->decls.at[i].first && m->decls.at[i].next)
			finish_ambiguity(m, (uint32_t)i + 1, &all[n++]);
	if (n)
		qsort(all, n, sizeof(*all), compare_ambiguities);
	m->surface->ambiguities = all;
	m->surface->nr_ambiguities = n;
}

void ks_modules_finish_types(struct ks_modules *m)
{
	for (enum ks_kind kind = KS_STRUCT; kind <= KS_INT; kind++)
		finish_kind(m, kind);
	finish_ambiguities(m);
}
