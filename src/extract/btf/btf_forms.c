/* SPDX-License-Identifier: BSD-2-Clause */
/* What a BTF blob says beyond the declarations of a surface: its forms, and its variables. */
#include "extract/btf/btf_forms.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "extract/btf/btf_types.h"
#include "surface/form.h"

/** How many parts there are, whatever the number of threads: what is endless when it is spelled out is so for all. */
enum { NR_PARTS = 2 };

/** A part of the names. */
struct part {
	const struct ks_btf_forming *f;
	struct ks_btf_values values;
	KS_VECTOR(struct ks_forms) forms;
	const struct ks_variable *variables; // all of them, in the last part
	size_t nr_variables;
};

struct ks_btf_forming {
	const struct ks_btf *btf;
	struct ks_surface *surface;
	struct ks_btf_names names, names_of_base; // the latter where nobody else has listed them
	const struct ks_decl **listed;		  // for each name
	uint32_t *tags, *next_tag; // by id - btf->first_id: the first tag on it, the tag behind it
	KS_VECTOR(struct ks_forms) missing; // of what BTF does not have
	struct part parts[NR_PARTS];
};

/**
 * The declarations of the surface. Those that BTF does not have get forms that say so; of functions ks_function.nr_btf does, and
 * a module declares what its kernel has.
 */
static bool collect_decls(struct ks_btf_forming *f)
{
	for (unsigned int kind = KS_FUNCTION; kind <= KS_INT; kind++)
		for (size_t i = 0; i < f->surface->decls[kind].nr; i++) {
			const struct ks_decl *decl = &f->surface->decls[kind].at[i];
			uint32_t number = ks_btf_names_find(&f->names, kind, decl->name);
			struct ks_forms none = { .kind = (enum ks_kind)kind,
						 .name = decl->name,
						 .listed = decl };
			if (number && !f->listed[number - 1])
				f->listed[number - 1] = decl;
			if (!number && kind != KS_FUNCTION && !f->btf->base &&
			    !ks_vector_add(&f->missing, none))
				return false;
		}
	return true;
}

static uint32_t *own(const struct ks_btf_forming *f, uint32_t *at, uint32_t id)
{
	return &at[id - f->btf->first_id];
}

static void collect_tags(struct ks_btf_forming *f)
{
	for (uint32_t id = f->btf->nr;
	     id-- > f->btf->first_id;) { // the first one comes to stand first
		if (ks_btf_kind_of(f->btf, id) != KS_BTF_DECL_TAG)
			continue;
		struct ks_btf_type type = ks_btf_type(f->btf, id);
		if (type.type < f->btf->first_id)
			continue;
		*own(f, f->next_tag, id) = *own(f, f->tags, type.type);
		*own(f, f->tags, type.type) = id;
	}
}

static const struct ks_tag *tags_of(struct part *part, uint32_t id, uint32_t *nr)
{
	const struct ks_btf_forming *f = part->f;
	*nr = 0;
	for (uint32_t tag = *own(f, f->tags, id); tag; tag = *own(f, f->next_tag, tag))
		++*nr;
	struct ks_tag *tags = *nr ? ks_arena_array(part->values.arena, *nr, sizeof(*tags)) : NULL;
	if (!tags) {
		part->values.failed = part->values.failed || *nr;
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
static struct ks_form form_of(struct part *part, uint32_t id, const struct ks_decl *listed,
			      struct ks_decl *decl)
{
	const struct ks_btf *btf = part->f->btf;
	struct ks_btf_type type = ks_btf_type(btf, id);
	*decl = ks_btf_values_decl(&part->values, &type);
	struct ks_form form = { .kind = type.kind, .flag = type.kflag };
	form.decl = listed && ks_form_same_decl(decl, listed) ? listed : decl;
	if (type.kind == KS_BTF_FUNC)
		form.linkage = (uint8_t)type.vlen;
	if (type.kind == KS_BTF_INT)
		form.encoding = ks_btf_int_data(btf, &type);
	form.tags = tags_of(part, id, &form.nr_tags);
	return form;
}

/** One record that says what is listed: most are. What modules repeat of each other must be told. */
static bool follows(struct part *part, const struct ks_btf_name *name, const struct ks_decl *listed)
{
	const struct ks_btf_forming *f = part->f;
	struct ks_decl decl;
	if (f->btf->base || !listed || ks_btf_names_next(&f->names, name->first) ||
	    *own(f, f->tags, name->first))
		return false;
	struct ks_form form = form_of(part, name->first, listed, &decl);
	struct ks_forms one = { .nr = 1, .listed = listed, .at = &form };
	return ks_forms_follow(&one);
}

static bool add_forms(struct part *part, const struct ks_btf_name *name,
		      const struct ks_decl *listed)
{
	const struct ks_btf_names *names = &part->f->names;
	struct ks_arena *arena = part->values.arena;
	struct ks_forms made = { .kind = (enum ks_kind)name->kind,
				 .name = name->text,
				 .listed = listed };
	for (uint32_t id = name->first; id; id = ks_btf_names_next(names, id))
		made.nr++;
	struct ks_form *forms = ks_arena_array(arena, made.nr, sizeof(*forms));
	struct ks_decl *decls = ks_arena_array(arena, made.nr, sizeof(*decls));
	if (!forms || !decls)
		return false;
	made.at = forms;
	for (uint32_t id = name->first; id; id = ks_btf_names_next(names, id))
		*forms++ = form_of(part, id, listed, decls++);
	return ks_vector_add(&part->forms, made);
}

/** The forms of a run of names. */
static bool make_forms(struct part *part, size_t from, size_t to)
{
	const struct ks_btf_forming *f = part->f;
	for (size_t i = from; i < to; i++) {
		const struct ks_btf_name *name = &f->names.all.at[i];
		if (!follows(part, name, f->listed[i]) && !add_forms(part, name, f->listed[i]))
			return false;
	}
	return true;
}

/* ---- variables ---- */

static bool make_variables(struct part *part)
{
	const struct ks_btf *btf = part->f->btf;
	size_t nr = 0;
	for (uint32_t id = btf->first_id; id < btf->nr; id++)
		nr += ks_btf_kind_of(btf, id) == KS_BTF_VAR;
	struct ks_variable *variables = ks_arena_array(part->values.arena, nr, sizeof(*variables));
	size_t nr_own = btf->nr - btf->first_id;
	struct ks_btf_secinfo *places = calloc(nr_own + 1, sizeof(*places));
	const char **sections = calloc(nr_own + 1, sizeof(*sections));
	bool ok = variables && places && sections;
	for (uint32_t id = btf->first_id; ok && id < btf->nr; id++) {
		if (ks_btf_kind_of(btf, id) != KS_BTF_DATASEC)
			continue;
		struct ks_btf_type type = ks_btf_type(btf, id);
		for (uint32_t i = 0; i < type.vlen; i++) {
			struct ks_btf_secinfo place = ks_btf_secinfo(btf, &type, i);
			if (place.type < btf->first_id)
				continue;
			places[place.type - btf->first_id] = place;
			sections[place.type - btf->first_id] = type.name;
		}
	}
	nr = 0;
	for (uint32_t id = btf->first_id; ok && id < btf->nr; id++) {
		if (ks_btf_kind_of(btf, id) != KS_BTF_VAR)
			continue;
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (!*type.name)
			continue;
		struct ks_variable *to = &variables[nr++];
		*to = (struct ks_variable){
			.name = type.name,
			.type = ks_btf_values_type(&part->values, type.type),
			.section = sections[id - btf->first_id],
			.size = places[id - btf->first_id].size,
			.offset = places[id - btf->first_id].offset,
			.linkage = (uint8_t)ks_btf_var_linkage(btf, &type),
		};
		to->tags = tags_of(part, id, &to->nr_tags);
	}
	free(places);
	free(sections);
	if (!ok)
		return false;
	part->variables = variables;
	part->nr_variables = nr;
	return true;
}

/* ---- everything ---- */

static struct ks_error *prepare(struct ks_btf_forming *f, const struct ks_btf_names *base)
{
	size_t nr = f->btf->nr - f->btf->first_id;
	if (f->btf->base && !base) {
		KS_TRY(ks_btf_names_init(&f->names_of_base, f->btf->base, NULL));
		base = &f->names_of_base;
	}
	KS_TRY(ks_btf_names_init(&f->names, f->btf, base));
	f->tags = calloc(nr + 1, sizeof(*f->tags));
	f->next_tag = calloc(nr + 1, sizeof(*f->next_tag));
	f->listed = calloc(f->names.all.len + 1, sizeof(*f->listed));
	if (!f->tags || !f->next_tag || !f->listed)
		return &ks_nomem;
	collect_tags(f);
	return collect_decls(f) ? NULL : &ks_nomem;
}

struct ks_error *ks_btf_forming_new(const struct ks_btf *btf, const struct ks_btf_names *base,
				    struct ks_surface *surface, struct ks_btf_forming **ret)
{
	_cleanup_btf_forming_ struct ks_btf_forming *f = calloc(1, sizeof(*f));
	if (!f)
		return &ks_nomem;
	f->btf = btf;
	f->surface = surface;
	KS_TRY(prepare(f, base));
	*ret = ks_take(f);
	return NULL;
}

void ks_btf_forming_free(struct ks_btf_forming *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < NR_PARTS; i++) {
		ks_btf_values_deinit(&f->parts[i].values);
		ks_vector_deinit(&f->parts[i].forms);
	}
	ks_btf_names_deinit(&f->names);
	ks_btf_names_deinit(&f->names_of_base);
	ks_vector_deinit(&f->missing);
	free(f->listed);
	free(f->tags);
	free(f->next_tag);
	free(f);
}

/** The forms of half of the names; the second half has the variables, too. */
static struct ks_error *make_part(void *arg, size_t job, unsigned int thread)
{
	(void)thread;
	struct ks_btf_forming *f = arg;
	struct part *part = &f->parts[job];
	struct ks_surface *surface = f->surface;
	size_t nr = f->names.all.len;
	bool last = job == NR_PARTS - 1;
	part->f = f;
	// of each thread its own
	KS_TRY(ks_btf_values_init(&part->values, f->btf,
				  &surface->arenas[last ? surface->nr_arenas - 1 : 0]));
	part->values.exact = &f->names;
	bool ok = make_forms(part, nr * job / NR_PARTS, nr * (job + 1) / NR_PARTS) &&
		  (!last || make_variables(part));
	return ok ? ks_btf_values_error(&part->values) : &ks_nomem;
}

/** What BTF does not have, then what the parts made. */
static struct ks_error *join_parts(struct ks_btf_forming *f)
{
	struct ks_surface *surface = f->surface;
	size_t nr = f->missing.len;
	for (size_t i = 0; i < NR_PARTS; i++)
		nr += f->parts[i].forms.len;
	struct ks_forms *forms = ks_arena_array(&surface->arenas[0], nr, sizeof(*forms)),
			*at = forms;
	if (!forms)
		return &ks_nomem;
	for (size_t i = 0; i < f->missing.len; i++)
		*at++ = f->missing.at[i];
	for (size_t i = 0; i < NR_PARTS; i++)
		for (size_t k = 0; k < f->parts[i].forms.len; k++)
			*at++ = f->parts[i].forms.at[k];
	surface->forms = forms;
	surface->nr_forms = nr;
	surface->variables = f->parts[NR_PARTS - 1].variables;
	surface->nr_variables = f->parts[NR_PARTS - 1].nr_variables;
	return NULL;
}

struct ks_error *ks_btf_forming_run(struct ks_btf_forming *f, unsigned int nr_threads)
{
	KS_TRY(ks_pool_run(nr_threads, NR_PARTS, make_part, f));
	return join_parts(f);
}
