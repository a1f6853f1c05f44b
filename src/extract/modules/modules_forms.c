/* SPDX-License-Identifier: BSD-2-Clause */
/* What the BTF of modules says beyond their declarations. */
#include <string.h>

#include "extract/dwarf/decl_hash.h"
#include "extract/modules/modules_private.h"
#include "surface/form.h"

/** The declaration that will be listed for a name; NULL: there is none. */
static const struct ks_decl *listed_decl(const struct ks_modules *m, enum ks_kind kind,
					 const char *name)
{
	uint32_t number = ks_numbers_get(&m->decl_numbers, ks_name_hash(kind, name));
	if (!number)
		return NULL;
	return kind == KS_FUNCTION ? &m->protos.at[number - 1] : &m->decls.at[number - 1].decl;
}

static const struct ks_tag *copy_tags(struct ks_modules *m, const struct ks_tag *tags, uint32_t nr)
{
	struct ks_tag *copy = ks_arena_array(m->arena, nr, sizeof(*copy));
	m->failed = m->failed || !copy;
	for (uint32_t i = 0; copy && i < nr; i++)
		copy[i] = (struct ks_tag){ ks_modules_text(m, tags[i].text), tags[i].component };
	return copy;
}

/** What a form holds: NULL stands for what will be listed, which has no place of its own yet. */
static const struct ks_decl *copy_held(struct ks_modules *m, const struct ks_decl *held,
				       const struct ks_decl *listed)
{
	if (listed && ks_form_same_decl(held, listed))
		return NULL;
	struct ks_decl *copy = ks_arena_alloc(m->arena, sizeof(*copy));
	m->failed = m->failed || !copy;
	if (copy)
		*copy = ks_modules_decl(m, held);
	return copy;
}

void ks_modules_add_forms(struct ks_modules *m, const struct ks_forms *from)
{
	const struct ks_decl *listed = listed_decl(m, from->kind, from->name);
	struct ks_form *forms = ks_arena_array(m->arena, from->nr, sizeof(*forms));
	struct ks_forms made = { .kind = from->kind,
				 .nr = from->nr,
				 .name = ks_modules_text(m, from->name),
				 .module = m->module,
				 .at = forms };
	if (!forms || !ks_vector_add(&m->forms, made)) {
		m->failed = true;
		return;
	}
	for (uint32_t i = 0; i < from->nr; i++) {
		forms[i] = from->at[i];
		forms[i].decl = copy_held(m, from->at[i].decl, listed);
		forms[i].tags = copy_tags(m, from->at[i].tags, from->at[i].nr_tags);
	}
}

void ks_modules_add_variable(struct ks_modules *m, const struct ks_variable *from)
{
	struct ks_variable made = *from;
	made.name = ks_modules_text(m, from->name);
	made.module = m->module;
	made.section = ks_modules_text(m, from->section);
	made.type = ks_modules_type(m, from->type);
	made.tags = copy_tags(m, from->tags, from->nr_tags);
	if (!ks_vector_add(&m->variables, made))
		m->failed = true;
}

/* ---- the tables ---- */

struct finish {
	struct ks_modules *m;
	struct ks_numbers listed; // ks_name_hash() to places in the surface's declarations, + 1
	struct ks_numbers told;	  // ks_name_hash() to how many forms tell of the name
};

static void count(struct finish *f)
{
	for (int kind = KS_FUNCTION; kind <= KS_INT; kind++)
		for (size_t i = 0; i < f->m->surface->decls[kind].nr; i++) {
			const struct ks_decl *decl = &f->m->surface->decls[kind].at[i];
			if (!ks_numbers_set(&f->listed, ks_name_hash(decl->kind, decl->name),
					    (uint32_t)i + 1))
				f->m->failed = true;
		}
	for (size_t i = 0; i < f->m->forms.len; i++) {
		const struct ks_forms *forms = &f->m->forms.at[i];
		uint64_t key = ks_name_hash(forms->kind, forms->name);
		if (!ks_numbers_set(&f->told, key, ks_numbers_get(&f->told, key) + 1))
			f->m->failed = true;
	}
}

/** The listed declaration tells it all: it is this module's, and no other module has the name. */
static bool follows(const struct finish *f, const struct ks_forms *forms)
{
	const struct ks_form *form = forms->at;
	if (forms->nr != 1 || !forms->listed || form->decl != forms->listed || form->nr_tags ||
	    !ks_form_is_plain(form) || !forms->listed->module ||
	    strcmp(forms->listed->module, forms->module) != 0)
		return false;
	return ks_numbers_get(&f->told, ks_name_hash(forms->kind, forms->name)) == 1;
}

static void finish_forms(struct finish *f)
{
	struct ks_surface *surface = f->m->surface;
	struct ks_forms *all = ks_arena_array(f->m->arena, f->m->forms.len, sizeof(*all));
	f->m->failed = f->m->failed || !all;
	size_t nr = 0;
	for (size_t i = 0; i < f->m->forms.len && !f->m->failed; i++) {
		struct ks_forms forms = f->m->forms.at[i];
		uint32_t number = ks_numbers_get(&f->listed, ks_name_hash(forms.kind, forms.name));
		forms.listed = number ? &surface->decls[forms.kind].at[number - 1] : NULL;
		struct ks_form *at = (struct ks_form *)forms.at; // made above
		for (uint32_t k = 0; k < forms.nr; k++)
			at[k].decl = at[k].decl ? at[k].decl : forms.listed;
		if (!follows(f, &forms))
			all[nr++] = forms;
	}
	surface->forms = all;
	surface->nr_forms = all ? nr : 0;
}

void ks_modules_finish_forms(struct ks_modules *m)
{
	struct finish f = { .m = m };
	if (!(m->surface->image.facts & KS_FACT_FORMS))
		return; // some module does not know
	struct ks_variable *variables =
		ks_arena_array(m->arena, m->variables.len, sizeof(*variables));
	m->failed = m->failed || !variables;
	if (variables && m->variables.len)
		memcpy(variables, m->variables.at, m->variables.len * sizeof(*variables));
	m->surface->variables = variables;
	m->surface->nr_variables = variables ? m->variables.len : 0;
	count(&f);
	finish_forms(&f);
	ks_numbers_deinit(&f.listed);
	ks_numbers_deinit(&f.told);
}

/* ---- modules that were read before ---- */

/** What follows from a declaration that was listed before. */
static void join_listed(struct ks_modules *m, ks_modules_keep_fn *keep, void *arg,
			const struct ks_decl *decl)
{
	const struct ks_form form = { .decl = decl,
				      .kind = ks_form_kind(decl),
				      .flag = ks_form_flag(decl) };
	const struct ks_forms forms = {
		.kind = decl->kind, .nr = 1, .name = decl->name, .listed = decl, .at = &form
	};
	if (keep(arg, decl->module))
		ks_modules_add_forms(m, &forms);
}

void ks_modules_join_forms(struct ks_modules *m, const struct ks_surface *before,
			   ks_modules_keep_fn *keep, void *arg)
{
	struct ks_numbers told = { 0 }, once = { 0 };
	if (!(before->image.facts & KS_FACT_FORMS))
		return;
	for (size_t i = 0; i < before->nr_forms; i++) {
		const struct ks_forms *forms = &before->forms[i];
		if (!ks_numbers_set(&told, ks_name_hash(forms->kind, forms->name), 1))
			m->failed = true;
		if (keep(arg, forms->module))
			ks_modules_add_forms(m, forms);
	}
	for (size_t i = 0; i < before->nr_functions; i++)
		if (before->functions[i].nr_btf == 1 &&
		    !ks_numbers_set(&once, ks_name_hash(KS_FUNCTION, before->functions[i].name), 1))
			m->failed = true;
	for (int kind = KS_FUNCTION; kind <= KS_INT; kind++)
		for (size_t i = 0; i < before->decls[kind].nr; i++) {
			const struct ks_decl *decl = &before->decls[kind].at[i];
			uint64_t key = ks_name_hash(decl->kind, decl->name);
			if (!ks_numbers_get(&told, key) && decl->module &&
			    (kind != KS_FUNCTION || ks_numbers_get(&once, key)))
				join_listed(m, keep, arg, decl);
		}
	for (size_t i = 0; i < before->nr_variables; i++)
		if (keep(arg, before->variables[i].module))
			ks_modules_add_variable(m, &before->variables[i]);
	ks_numbers_deinit(&told);
	ks_numbers_deinit(&once);
}
