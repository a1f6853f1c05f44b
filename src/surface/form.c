/* SPDX-License-Identifier: BSD-2-Clause */
#include "surface/form.h"

#include <string.h>

#include "btf/btf.h"
#include "surface/type.h"

bool ks_form_unnamed(const char *name)
{
	return !*name || strncmp(name, "(anon", 5) == 0;
}

static bool same_name(const char *exact, const char *listed)
{
	return *exact ? strcmp(exact, listed) == 0 : ks_form_unnamed(listed);
}

static bool is_record(enum ks_type_kind kind, bool is_union)
{
	return is_union ? kind == KS_TYPE_UNION || kind == KS_TYPE_FWD_UNION
			: kind == KS_TYPE_STRUCT || kind == KS_TYPE_FWD_STRUCT;
}

static bool same_kind(enum ks_type_kind exact, enum ks_type_kind listed)
{
	switch (exact) {
	case KS_TYPE_FLOAT:
	case KS_TYPE_INT:
		return listed == KS_TYPE_INT || listed == KS_TYPE_FLOAT;
	case KS_TYPE_STRUCT:
	case KS_TYPE_FWD_STRUCT:
		return is_record(listed, false);
	case KS_TYPE_UNION:
	case KS_TYPE_FWD_UNION:
		return is_record(listed, true);
	case KS_TYPE_TAG:
		return false;
	default:
		return exact == listed;
	}
}

static bool same_params(const struct ks_type *exact, const struct ks_type *listed)
{
	if (exact->nr_params != listed->nr_params)
		return false;
	for (uint32_t i = 0; i < exact->nr_params; i++)
		if (!same_name(exact->params[i].name, listed->params[i].name) ||
		    !ks_form_same_type(exact->params[i].type, listed->params[i].type))
			return false;
	return true;
}

/** An unnamed struct, union or enum. */
static bool same_body(const struct ks_type *exact, const struct ks_type *listed)
{
	if (!exact->body || !listed->body)
		return !exact->body && !listed->body;
	return exact->n == listed->n && ks_form_same_decl(exact->body, listed->body);
}

bool ks_form_same_type(const struct ks_type *exact, const struct ks_type *listed)
{
	for (; exact != listed; exact = exact->inner, listed = listed->inner) {
		if (!exact || !listed || !same_kind(exact->kind, listed->kind))
			return false;
		switch (exact->kind) {
		case KS_TYPE_VOID:
			return true;
		case KS_TYPE_INT:
		case KS_TYPE_FLOAT:
		case KS_TYPE_TYPEDEF:
		case KS_TYPE_STRUCT:
		case KS_TYPE_UNION:
		case KS_TYPE_ENUM:
		case KS_TYPE_FWD_STRUCT:
		case KS_TYPE_FWD_UNION:
			if (!exact->name)
				return !listed->name && same_body(exact, listed);
			return ks_text_equal(exact->name, listed->name) &&
			       !(exact->n >> KS_TYPE_NTH);
		case KS_TYPE_ARRAY:
			if (exact->n != listed->n)
				return false;
			break;
		case KS_TYPE_PROTO:
			if (!same_params(exact, listed))
				return false;
			break;
		default:
			break;
		}
	}
	return true;
}

bool ks_form_same_member(const struct ks_member *exact, uint64_t bits,
			 const struct ks_member *listed)
{
	return bits + exact->bits_offset == listed->bits_offset &&
	       exact->bitfield_size == listed->bitfield_size &&
	       same_name(exact->name, listed->name) && ks_form_same_type(exact->type, listed->type);
}

bool ks_form_same_decl(const struct ks_decl *exact, const struct ks_decl *listed)
{
	if (exact == listed)
		return true;
	if (exact->kind != listed->kind || exact->size != listed->size || exact->nr != listed->nr)
		return false;
	if (!exact->type || !listed->type ? exact->type != listed->type
					  : !ks_form_same_type(exact->type, listed->type))
		return false;
	for (uint32_t i = 0; i < exact->nr; i++) {
		if (exact->kind != KS_ENUM
			    ? !ks_form_same_member(&exact->members[i], 0, &listed->members[i])
			    : exact->values[i].value != listed->values[i].value ||
				      strcmp(exact->values[i].name, listed->values[i].name) != 0)
			return false;
	}
	return true;
}

/** The kinds of BTF that names of each kind have: the first unless something else is said. */
static const uint8_t btf_kinds[KS_INT + 1][2] = {
	[KS_FUNCTION] = { KS_BTF_FUNC },   [KS_STRUCT] = { KS_BTF_STRUCT },
	[KS_UNION] = { KS_BTF_UNION },	   [KS_ENUM] = { KS_BTF_ENUM, KS_BTF_ENUM64 },
	[KS_TYPEDEF] = { KS_BTF_TYPEDEF }, [KS_INT] = { KS_BTF_INT, KS_BTF_FLOAT },
};

bool ks_form_fits(uint8_t btf_kind, enum ks_kind kind)
{
	return btf_kind && (btf_kind == btf_kinds[kind][0] || btf_kind == btf_kinds[kind][1]);
}

uint8_t ks_form_kind(const struct ks_decl *decl)
{
	return btf_kinds[decl->kind][decl->kind == KS_ENUM && decl->size > 4];
}

bool ks_form_flag(const struct ks_decl *decl)
{
	bool flag = false;
	if (decl->kind == KS_STRUCT || decl->kind == KS_UNION)
		for (uint32_t i = 0; i < decl->nr && !flag; i++)
			flag = decl->members[i].bitfield_size != 0;
	else if (decl->kind == KS_ENUM)
		for (uint32_t i = 0; i < decl->nr && !flag; i++)
			flag = decl->values[i].value < 0;
	return flag;
}

bool ks_form_is_plain(const struct ks_form *form)
{
	return form->kind == ks_form_kind(form->decl) && form->decl->kind != KS_INT &&
	       form->flag == ks_form_flag(form->decl) && !form->linkage && !form->encoding;
}

bool ks_forms_follow(const struct ks_forms *forms)
{
	return forms->nr == 1 && !forms->module && forms->at[0].decl == forms->listed &&
	       forms->listed && ks_form_is_plain(&forms->at[0]) && !forms->at[0].nr_tags;
}
