/* SPDX-License-Identifier: BSD-2-Clause */
/* What a BTF blob says beyond the declarations of a surface: its forms, and its variables. */
#include "extract/btf/btf_forms.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/hashmap.h"
#include "base/vector.h"
#include "extract/btf/btf_types.h"
#include "surface/form.h"

/** A name that the blob or the surface has. */
struct form_name {
	const char *text;
	const struct ks_decl *listed;
	uint8_t kind;	      // enum ks_kind
	uint32_t first, last; // ids of its own records; 0: none
	uint32_t nr, nr_base; // records of it, and those of the base
};

struct forming {
	struct ks_btf_values values;
	const struct ks_btf *btf;
	struct ks_surface *surface;
	struct ks_arena *arena;
	struct ks_hashmap map; // to places in names, + 1
	KS_VECTOR(struct form_name) names;
	uint32_t *nth;		   // by id: KS_TYPE_NTH
	uint32_t *next;		   // by id: the next record of its name
	uint32_t *tags, *next_tag; // by id: the first tag on it, the tag behind it
	KS_VECTOR(struct ks_forms) forms;
};

/** What counts as a kind of names; all else stands in what has one. */
static const struct {
	bool named;
	uint8_t kind; // enum ks_kind
} name_kinds[KS_NR_BTF_KINDS] = {
	[KS_BTF_FUNC] = { true, KS_FUNCTION },	 [KS_BTF_STRUCT] = { true, KS_STRUCT },
	[KS_BTF_UNION] = { true, KS_UNION },	 [KS_BTF_ENUM] = { true, KS_ENUM },
	[KS_BTF_ENUM64] = { true, KS_ENUM },	 [KS_BTF_INT] = { true, KS_INT },
	[KS_BTF_TYPEDEF] = { true, KS_TYPEDEF }, [KS_BTF_FLOAT] = { true, KS_INT },
};

static const char unnamed_enums[] = "(anon)";

/** The name of a record as the surface lists it; NULL: it has none. */
static const char *listed_name(const struct ks_btf_type *type)
{
	if (type->kind >= KS_NR_BTF_KINDS || !name_kinds[type->kind].named)
		return NULL;
	if (*type->name)
		return type->name;
	return name_kinds[type->kind].kind == KS_ENUM ? unnamed_enums : NULL;
}

static uint64_t hash_of(uint8_t kind, const char *text)
{
	return XXH3_64bits_withSeed(text, strlen(text), kind);
}

static struct form_name *find_name(struct forming *f, uint64_t hash, uint8_t kind, const char *text)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&f->map, &walk));) {
		struct form_name *name = &f->names.at[number - 1];
		if (name->kind == kind && strcmp(name->text, text) == 0)
			return name;
	}
	return NULL;
}

/** NULL when memory runs out. */
static struct form_name *make_name(struct forming *f, uint8_t kind, const char *text)
{
	uint64_t hash = hash_of(kind, text);
	struct form_name *name = find_name(f, hash, kind, text);
	if (name)
		return name;
	struct form_name made = { .text = text, .kind = kind };
	if (!ks_vector_add(&f->names, made) ||
	    !ks_hashmap_add(&f->map, hash, (uint32_t)f->names.len))
		return NULL;
	return &f->names.at[f->names.len - 1];
}

static bool collect_names(struct forming *f)
{
	const struct ks_btf *btf = f->btf;
	if (!ks_hashmap_reserve(&f->map, btf->nr))
		return false;
	for (uint32_t id = 1; id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		const char *text = listed_name(&type);
		if (!text)
			continue;
		struct form_name *name = make_name(f, name_kinds[type.kind].kind, text);
		if (!name)
			return false;
		f->nth[id] = text == type.name ? name->nr : 0;
		name->nr++;
		if (id < btf->first_id) {
			name->nr_base++;
			continue;
		}
		if (name->last)
			f->next[name->last] = id;
		else
			name->first = id;
		name->last = id;
	}
	return true;
}

/** Whether BTF has what is declared only, and for unnamed types what does not follow from what they hold. */
static void mark_others(struct forming *f)
{
	const struct ks_btf *btf = f->btf;
	for (uint32_t id = 1; id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (type.kind == KS_BTF_FWD) {
			uint8_t kind = type.kflag ? KS_UNION : KS_STRUCT;
			f->nth[id] =
				find_name(f, hash_of(kind, type.name), kind, type.name) != NULL;
		} else if (type.kind == KS_BTF_ENUM || type.kind == KS_BTF_ENUM64) {
			bool below = false;
			for (uint32_t i = 0; i < type.vlen && !below && !*type.name; i++)
				below = ks_btf_values_number(btf, &type, i) < 0;
			if (!*type.name)
				f->nth[id] = (type.kflag != below) | (type.kind == KS_BTF_ENUM64)
									     << 1;
		} else if ((type.kind == KS_BTF_STRUCT || type.kind == KS_BTF_UNION) &&
			   !*type.name) {
			bool bits = false;
			for (uint32_t i = 0; i < type.vlen && !bits; i++)
				bits = ks_btf_member(btf, &type, i).bitfield_size != 0;
			f->nth[id] = type.kflag != bits;
		}
	}
}

/** The declarations of the surface; of functions ks_function.nr_btf says which BTF does not have. */
static bool collect_decls(struct forming *f)
{
	for (int kind = KS_FUNCTION; kind <= KS_INT; kind++)
		for (size_t i = 0; i < f->surface->decls[kind].nr; i++) {
			const struct ks_decl *decl = &f->surface->decls[kind].at[i];
			uint64_t hash = hash_of((uint8_t)kind, decl->name);
			struct form_name *name =
				kind == KS_FUNCTION ? find_name(f, hash, (uint8_t)kind, decl->name)
						    : make_name(f, (uint8_t)kind, decl->name);
			if (name && !name->listed)
				name->listed = decl;
			if (!name && kind != KS_FUNCTION)
				return false;
		}
	return true;
}

static void collect_tags(struct forming *f)
{
	for (uint32_t id = f->btf->nr;
	     id-- > f->btf->first_id;) { // the first one comes to stand first
		struct ks_btf_type type = ks_btf_type(f->btf, id);
		if (type.kind != KS_BTF_DECL_TAG)
			continue;
		f->next_tag[id] = f->tags[type.type];
		f->tags[type.type] = id;
	}
}

static const struct ks_tag *tags_of(struct forming *f, uint32_t id, uint32_t *nr)
{
	*nr = 0;
	if (!f->tags[id])
		return NULL;
	for (uint32_t tag = f->tags[id]; tag; tag = f->next_tag[tag])
		++*nr;
	struct ks_tag *tags = ks_arena_array(f->arena, *nr, sizeof(*tags));
	if (!tags) {
		f->values.failed = true;
		*nr = 0;
		return NULL;
	}
	struct ks_tag *at = tags;
	for (uint32_t tag = f->tags[id]; tag; tag = f->next_tag[tag]) {
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

/** One record that says what is listed: most are. */
static bool follows(struct forming *f, const struct form_name *name)
{
	struct ks_decl decl;
	if (!name->first || f->next[name->first] || name->nr_base || f->tags[name->first] ||
	    !name->listed)
		return false;
	struct ks_form form = form_of(f, name->first, name->listed, &decl);
	struct ks_forms one = { .nr = 1, .listed = name->listed, .at = &form };
	return ks_forms_follow(&one);
}

static bool add_forms(struct forming *f, const struct form_name *name)
{
	struct ks_forms made = { .kind = (enum ks_kind)name->kind,
				 .name = name->text,
				 .listed = name->listed };
	for (uint32_t id = name->first; id; id = f->next[id])
		made.nr++;
	struct ks_form *forms = ks_arena_array(f->arena, made.nr, sizeof(*forms));
	struct ks_decl *decls = ks_arena_array(f->arena, made.nr, sizeof(*decls));
	if (!forms || !decls)
		return false;
	made.at = forms;
	for (uint32_t id = name->first; id; id = f->next[id])
		*forms++ = form_of(f, id, name->listed, decls++);
	return ks_vector_add(&f->forms, made);
}

static bool fill_forms(struct forming *f)
{
	for (size_t i = 0; i < f->names.len; i++) {
		const struct form_name *name = &f->names.at[i];
		if (!name->first && (!name->listed || name->nr_base))
			continue; // the base's
		if (!follows(f, name) && !add_forms(f, name))
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
	struct ks_btf_secinfo *places = calloc(btf->nr, sizeof(*places));
	const char **sections = calloc(btf->nr, sizeof(*sections));
	bool ok = variables && places && sections;
	for (uint32_t id = btf->first_id; ok && id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		for (uint32_t i = 0; type.kind == KS_BTF_DATASEC && i < type.vlen; i++) {
			struct ks_btf_secinfo place = ks_btf_secinfo(btf, &type, i);
			places[place.type] = place;
			sections[place.type] = type.name;
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
			.section = sections[id],
			.size = places[id].size,
			.offset = places[id].offset,
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

static void forming_deinit(struct forming *f)
{
	ks_btf_values_deinit(&f->values);
	ks_hashmap_deinit(&f->map);
	ks_vector_deinit(&f->names);
	ks_vector_deinit(&f->forms);
	free(f->nth);
	free(f->next);
	free(f->tags);
	free(f->next_tag);
}

static struct ks_error *fill_all(struct forming *f)
{
	size_t nr = f->btf->nr;
	f->nth = calloc(nr, sizeof(*f->nth));
	f->next = calloc(nr, sizeof(*f->next));
	f->tags = calloc(nr, sizeof(*f->tags));
	f->next_tag = calloc(nr, sizeof(*f->next_tag));
	if (!f->nth || !f->next || !f->tags || !f->next_tag)
		return &ks_nomem;
	KS_TRY(ks_btf_values_init(&f->values, f->btf, f->arena));
	f->values.nth = f->nth;
	if (!collect_names(f) || !collect_decls(f))
		return &ks_nomem;
	mark_others(f);
	collect_tags(f);
	const struct ks_surface before = *f->surface;
	struct ks_error *err = fill_forms(f) && fill_variables(f) ? NULL : &ks_nomem;
	if (!err)
		err = ks_btf_values_error(&f->values);
	if (err) {
		f->surface->forms = before.forms;
		f->surface->nr_forms = before.nr_forms;
		f->surface->variables = before.variables;
		f->surface->nr_variables = before.nr_variables;
	}
	return err;
}

struct ks_error *ks_btf_forms_read(const struct ks_btf *btf, struct ks_arena *arena,
				   struct ks_surface *surface)
{
	struct forming f = { .btf = btf, .surface = surface, .arena = arena };
	struct ks_error *err = fill_all(&f);
	forming_deinit(&f);
	return err;
}
