/* SPDX-License-Identifier: BSD-2-Clause */
/* Modules that were read before, beside those that are being added. */
#include <string.h>
#include <xxhash.h>

#include "extract/dwarf/decl_hash.h"
#include "extract/modules/modules_private.h"

typedef KS_VECTOR(struct ks_caller) callers;

struct join {
	struct ks_modules *m;
	const struct ks_surface *before;
	struct ks_numbers units; // of modules, by the hash of their paths: UNIT_*
	callers inlined, direct; // of the entry that is taken over
};
enum { UNIT_REPLACED = 1, UNIT_KEPT };

/** The module is taken over: it was not added anew. Everything of it that follows is under its name. */
static bool keep(void *arg, const char *module)
{
	struct join *join = arg;
	struct ks_modules *m = join->m;
	if (!module)
		return false;
	uint64_t key = ks_text_hash(module);
	uint32_t number = ks_numbers_get(&m->names, key);
	if (number == KS_MODULE_ADDED)
		return false;
	if (!number && !ks_numbers_set(&m->names, key, KS_MODULE_JOINED))
		m->failed = true;
	m->nr += !number;
	m->module = ks_modules_text(m, module);
	return true;
}

/* ---- functions ---- */

static void list_units(struct join *join)
{
	for (size_t i = 0; i < join->before->nr_functions; i++) {
		const struct ks_function *fn = &join->before->functions[i];
		for (uint32_t k = 0; k < fn->nr_entries; k++) {
			const struct ks_entry *entry = &fn->entries[k];
			if (!entry->file)
				continue;
			uint64_t key = ks_text_hash(entry->file);
			bool kept = keep(join, entry->module);
			if ((kept || !ks_numbers_get(&join->units, key)) &&
			    !ks_numbers_set(&join->units, key, kept ? UNIT_KEPT : UNIT_REPLACED))
				join->m->failed = true;
		}
	}
}

/** The callers that are not in a module that was added: it brought its own. */
static void filter_callers(struct join *join, const struct ks_caller *from, uint32_t nr,
			   callers *ret)
{
	ret->len = 0;
	for (uint32_t i = 0; i < nr; i++)
		if (ks_numbers_get(&join->units, ks_text_hash(from[i].unit)) != UNIT_REPLACED &&
		    !ks_vector_add(ret, from[i]))
			join->m->failed = true;
}

static void join_entry(struct join *join, const struct ks_function *fn, const struct ks_entry *from)
{
	struct ks_entry entry = *from;
	filter_callers(join, from->inline_callers, from->nr_inline_callers, &join->inlined);
	filter_callers(join, from->direct_callers, from->nr_direct_callers, &join->direct);
	entry.inline_callers = join->inlined.at;
	entry.nr_inline_callers = (uint32_t)join->inlined.len;
	entry.direct_callers = join->direct.at;
	entry.nr_direct_callers = (uint32_t)join->direct.len;
	bool kept = keep(join, from->module);
	if (!kept && (!from->external || !join->direct.len))
		return;
	if (!kept) // what others call is declared there
		entry = (struct ks_entry){ .external = true,
					   .line = KS_NO_LINE,
					   .inlined = KS_INLINE_NOT_SEEN,
					   .direct_callers = entry.direct_callers,
					   .nr_direct_callers = entry.nr_direct_callers };
	struct ks_modules_group *group = ks_modules_group(join->m, fn->name);
	if (group)
		ks_modules_add_entry(join->m, group, &entry);
}

static void join_function(struct join *join, const struct ks_function *fn)
{
	struct ks_modules *m = join->m;
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		join_entry(join, fn, &fn->entries[i]);
	uint32_t kept = 0, plain = 0;
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		if (!keep(join, fn->symbols[i].module))
			continue;
		kept++;
		plain += strcmp(fn->symbols[i].name, fn->name) == 0;
		struct ks_modules_group *group = ks_modules_group(m, fn->name);
		if (group)
			ks_modules_add_symbol(m, group, &fn->symbols[i]);
	}
	struct ks_modules_group *group = kept ? ks_modules_group(m, fn->name) : NULL;
	// BTF does not say of which module each is
	if (group)
		ks_modules_add_nr_btf(
			group, kept == fn->nr_symbols || plain > fn->nr_btf ? fn->nr_btf : plain);
}

/* ---- the rest ---- */

static void join_types(struct join *join)
{
	const struct ks_surface *before = join->before;
	for (size_t i = 0; i < before->nr_ambiguities; i++)
		for (uint32_t k = 0; k < before->ambiguities[i].nr_variants; k++) {
			const struct ks_variant *variant = &before->ambiguities[i].variants[k];
			if (keep(join, variant->decl->module))
				ks_modules_add_definition(join->m, variant->decl, variant);
		}
	for (int kind = KS_STRUCT; kind <= KS_INT; kind++)
		for (size_t i = 0; i < before->decls[kind].nr; i++) {
			const struct ks_decl *decl = &before->decls[kind].at[i];
			if (kind == KS_ENUM && strcmp(decl->name, "(anon)") == 0)
				ks_modules_add_values(join->m, decl);
			else if (keep(join, decl->module))
				ks_modules_add_definition(join->m, decl, NULL);
		}
	for (size_t i = 0; i < before->decls[KS_FUNCTION].nr; i++)
		if (keep(join, before->decls[KS_FUNCTION].at[i].module))
			ks_modules_add_proto(join->m, &before->decls[KS_FUNCTION].at[i]);
}

static void join_image(struct join *join)
{
	struct ks_modules *m = join->m;
	struct ks_surface *surface = m->surface;
	const struct ks_image *image = &join->before->image;
	bool first = !m->nr;
	surface->known = first ? join->before->known : surface->known & join->before->known;
	m->known_once |= join->before->known;
	m->whole = m->whole || image->facts & KS_FACT_WHOLE;
	surface->image.facts = first ? image->facts : surface->image.facts & image->facts;
	if (first || image->tier > surface->image.tier)
		surface->image.tier = image->tier;
	XXH3_128bits_update(m->digest, image->digest, strlen(image->digest));
}

static bool any_kept(struct join *join)
{
	const struct ks_surface *before = join->before;
	bool any = false;
	for (size_t i = 0; i < before->nr_functions && !any; i++)
		for (uint32_t k = 0; k < before->functions[i].nr_symbols && !any; k++) {
			const char *module = before->functions[i].symbols[k].module;
			any = module && ks_numbers_get(&join->m->names, ks_text_hash(module)) !=
						KS_MODULE_ADDED;
		}
	return any;
}

struct ks_error *ks_modules_join(struct ks_modules *m, const struct ks_surface *before)
{
	struct join join = { .m = m, .before = before };
	if (!any_kept(&join))
		return NULL;
	join_image(&join);
	list_units(&join);
	join_types(&join);
	for (size_t i = 0; i < before->nr_functions && !m->failed; i++)
		join_function(&join, &before->functions[i]);
	for (size_t i = 0; i < before->nr_tracepoints; i++)
		if (keep(&join, before->tracepoints[i].module))
			ks_modules_add_tracepoint(m, &before->tracepoints[i]);
	for (size_t i = 0; i < before->nr_kfuncs; i++)
		ks_modules_add_kfunc(m, before->kfuncs[i]);
	ks_modules_join_forms(m, before, keep, &join);
	for (size_t i = 0; i < m->names.all.len; i++) // for whatever is joined next
		m->names.all.at[i].value = KS_MODULE_ADDED;
	ks_numbers_deinit(&join.units);
	ks_vector_deinit(&join.inlined);
	ks_vector_deinit(&join.direct);
	return m->failed ? &ks_nomem : NULL;
}
