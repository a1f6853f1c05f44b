/* SPDX-License-Identifier: BSD-2-Clause */
/* What a BTF blob says beyond the declarations of a surface: its forms, and its variables. */
#include "extract/btf/btf_forms.h"

#include <stdlib.h>
#include <string.h>

#include "extract/btf/btf_types.h"
#include "surface/form.h"

struct forming {
	struct ks_btf_values values;
	const struct ks_btf *btf;
	const struct ks_btf_names *names;
	struct ks_surface *surface;
	struct ks_arena *arena;
	const struct ks_decl **listed; // for each name
	uint32_t *tags, *next_tag; // by id - btf->first_id: the first tag on it, the tag behind it
	KS_VECTOR(struct ks_forms) forms;
};

/**
 * The declarations of the surface. Those that BTF does not have get forms that say so; of functions ks_function.nr_btf does, and
 * a module declares what its kernel has.
 */
static bool collect_decls(struct forming *f)
{
	for (unsigned int kind = KS_FUNCTION; kind <= KS_INT; kind++)
		for (size_t i = 0; i < f->surface->decls[kind].nr; i++) {
			const struct ks_decl *decl = &f->surface->decls[kind].at[i];
			uint32_t number = ks_btf_names_find(f->names, kind, decl->name);
			struct ks_forms none = { .kind = (enum ks_kind)kind,
						 .name = decl->name,
						 .listed = decl };
			if (number && !f->listed[number - 1])
				f->listed[number - 1] = decl;
			if (!number && kind != KS_FUNCTION && !f->btf->base &&
			    !ks_vector_add(&f->forms, none))
				return false;
		}
	return true;
}

static uint32_t *own(const struct forming *f, uint32_t *at, uint32_t id)
{
	return &at[id - f->btf->first_id];
}

static void collect_tags(struct forming *f)
{
	for (uint32_t id = f->btf->nr;
	     id-- > f->btf->first_id;) { // the first one comes to stand first
		struct ks_btf_type type = ks_btf_type(f->btf, id);
		if (type.kind != KS_BTF_DECL_TAG || type.type < f->btf->first_id)
			continue;
		*own(f, f->next_tag, id) = *own(f, f->tags, type.type);
		*own(f, f->tags, type.type) = id;
	}
}

static const struct ks_tag *tags_of(struct forming *f, uint32_t id, uint32_t *nr)
{
	*nr = 0;
	for (uint32_t tag = *own(f, f->tags, id); tag; tag = *own(f, f->next_tag, tag))
		++*nr;
	struct ks_tag *tags = *nr ? ks_arena_array(f->arena, *nr, sizeof(*tags)) : NULL;
	if (!tags) {
		f->values.failed = f->values.failed || *nr;
		*nr = 0;
		return NULL;
	}
	struct ks_tag *at = tags;
	for (uint32_t tag = *own(f, f->tags, id); tag; tag = *own(f, f->next_tag, tag)) {
		struct ks_btf_type type = ks_btf_type(f->btf, tag);
		*at++ = (struct ks_tag){ type.name, ks_btf_component(f->btf, &type) };
	}
	return tags;
}

/* ---- forms ---- */

/** @param decl room for what it holds, where that is not what is listed */
static struct ks_form form_of(struct forming *f, uint32_t id, const struct ks_decl *listed,
			      struct ks_decl *decl)
{
	struct ks_btf_type type = ks_btf_type(f->btf, id);
	*decl = ks_btf_values_decl(&f->values, &type);
	struct ks_form form = { .kind = type.kind, .flag = type.kflag };
	form.decl = listed && ks_form_same_decl(decl, listed) ? listed : decl;
	if (type.kind == KS_BTF_FUNC)
		form.linkage = (uint8_t)type.vlen;
	if (type.kind == KS_BTF_INT)
		form.encoding = ks_btf_int_data(f->btf, &type);
	form.tags = tags_of(f, id, &form.nr_tags);
	return form;
}

/** One record that says what is listed: most are. What modules repeat of each other must be told. */
static bool follows(struct forming *f, const struct ks_btf_name *name, const struct ks_decl *listed)
{
	struct ks_decl decl;
	if (f->btf->base || !listed || ks_btf_names_next(f->names, name->first) ||
	    *own(f, f->tags, name->first))
		return false;
	struct ks_form form = form_of(f, name->first, listed, &decl);
	struct ks_forms one = { .nr = 1, .listed = listed, .at = &form };
	return ks_forms_follow(&one);
}

static bool add_forms(struct forming *f, const struct ks_btf_name *name,
		      const struct ks_decl *listed)
{
	struct ks_forms made = { .kind = (enum ks_kind)name->kind,
				 .name = name->text,
				 .listed = listed };
	for (uint32_t id = name->first; id; id = ks_btf_names_next(f->names, id))
		made.nr++;
	struct ks_form *forms = ks_arena_array(f->arena, made.nr, sizeof(*forms));
	struct ks_decl *decls = ks_arena_array(f->arena, made.nr, sizeof(*decls));
	if (!forms || !decls)
		return false;
	made.at = forms;
	for (uint32_t id = name->first; id; id = ks_btf_names_next(f->names, id))
		*forms++ = form_of(f, id, listed, decls++);
	return ks_vector_add(&f->forms, made);
}

static bool fill_forms(struct forming *f)
{
	for (size_t i = 0; i < f->names->all.len; i++) {
		const struct ks_btf_name *name = &f->names->all.at[i];
		if (!follows(f, name, f->listed[i]) && !add_forms(f, name, f->listed[i]))
			return false;
	}
	struct ks_forms *forms = ks_arena_array(f->arena, f->forms.len, sizeof(*forms));
	if (!forms)
		return false;
	if (f->forms.len)
		memcpy(forms, f->forms.at, f->forms.len * sizeof(*forms));
	f->surface->forms = forms;
	f->surface->nr_forms = f->forms.len;
	return true;
}

/* ---- variables ---- */

static bool fill_variables(struct forming *f)
{
	const struct ks_btf *btf = f->btf;
	size_t nr = 0;
	for (uint32_t id = btf->first_id; id < btf->nr; id++)
		nr += ks_btf_type(btf, id).kind == KS_BTF_VAR;
	struct ks_variable *variables = ks_arena_array(f->arena, nr, sizeof(*variables));
	size_t nr_own = btf->nr - btf->first_id;
	struct ks_btf_secinfo *places = calloc(nr_own + 1, sizeof(*places));
	const char **sections = calloc(nr_own + 1, sizeof(*sections));
	bool ok = variables && places && sections;
	for (uint32_t id = btf->first_id; ok && id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		for (uint32_t i = 0; type.kind == KS_BTF_DATASEC && i < type.vlen; i++) {
			struct ks_btf_secinfo place = ks_btf_secinfo(btf, &type, i);
			if (place.type < btf->first_id)
				continue;
			places[place.type - btf->first_id] = place;
			sections[place.type - btf->first_id] = type.name;
		}
	}
	nr = 0;
	for (uint32_t id = btf->first_id; ok && id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (type.kind != KS_BTF_VAR || !*type.name)
			continue;
		struct ks_variable *to = &variables[nr++];
		*to = (struct ks_variable){
			.name = type.name,
			.type = ks_btf_values_type(&f->values, type.type),
			.section = sections[id - btf->first_id],
			.size = places[id - btf->first_id].size,
			.offset = places[id - btf->first_id].offset,
			.linkage = (uint8_t)ks_btf_var_linkage(btf, &type),
		};
		to->tags = tags_of(f, id, &to->nr_tags);
	}
	free(places);
	free(sections);
	if (!ok)
		return false;
	f->surface->variables = variables;
	f->surface->nr_variables = nr;
	return true;
}

/* ---- everything ---- */

static struct ks_error *fill_all(struct forming *f)
{
	size_t nr = f->btf->nr - f->btf->first_id;
	f->tags = calloc(nr + 1, sizeof(*f->tags));
	f->next_tag = calloc(nr + 1, sizeof(*f->next_tag));
	f->listed = calloc(f->names->all.len + 1, sizeof(*f->listed));
	if (!f->tags || !f->next_tag || !f->listed)
		return &ks_nomem;
	KS_TRY(ks_btf_values_init(&f->values, f->btf, f->arena));
	f->values.exact = f->names;
	collect_tags(f);
	const struct ks_surface before = *f->surface;
	bool ok = collect_decls(f) && fill_forms(f) && fill_variables(f);
	struct ks_error *err = ok ? ks_btf_values_error(&f->values) : &ks_nomem;
	if (err) {
		f->surface->forms = before.forms;
		f->surface->nr_forms = before.nr_forms;
		f->surface->variables = before.variables;
		f->surface->nr_variables = before.nr_variables;
	}
	return err;
}

static struct ks_error *read_with(const struct ks_btf *btf, const struct ks_btf_names *base,
				  struct ks_arena *arena, struct ks_surface *surface)
{
	struct ks_btf_names names;
	struct forming f = { .btf = btf, .names = &names, .surface = surface, .arena = arena };
	struct ks_error *err = ks_btf_names_init(&names, btf, base);
	if (!err)
		err = fill_all(&f);
	ks_btf_names_deinit(&names);
	ks_btf_values_deinit(&f.values);
	ks_vector_deinit(&f.forms);
	free(f.listed);
	free(f.tags);
	free(f.next_tag);
	return err;
}

struct ks_error *ks_btf_forms_read(const struct ks_btf *btf, const struct ks_btf_names *base,
				   struct ks_arena *arena, struct ks_surface *surface)
{
	if (!btf->base || base)
		return read_with(btf, base, arena, surface);
	struct ks_btf_names made;
	struct ks_error *err = ks_btf_names_init(&made, btf->base, NULL);
	if (!err)
		err = read_with(btf, &made, arena, surface);
	ks_btf_names_deinit(&made);
	return err;
}
