/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/type_tags.h"

#include <string.h>

#include "base/array.h"
#include "check/kernels/attach.h"

enum { MAX_STEPS = 32 };

/** Whether the image has such tags at all, which clang alone makes; KS_UNTOLD: its configuration does not say so. */
static enum ks_presence has_tags(const struct ks_site *site)
{
	return ks_site_built_in(site, "CONFIG_PAHOLE_HAS_BTF_TAG");
}

/** What cannot be asked for: kernels that another compiler built have no tags, nor have those of before there were any. */
static enum ks_tagged without_forms(const struct ks_site *site, enum ks_presence tags)
{
	static const struct ks_gate first = { KS_SINCE(5, 18), "7472d5a642c9" };
	const char *compiler = site->image->compiler ? site->image->compiler : "";
	const char *banner = site->image->banner ? site->image->banner : "";
	bool other = strstr(compiler, "GCC") || strstr(banner, "gcc");
	bool old = site->version && !ks_gate_is_open(&first, site->version);
	return tags == KS_UNTOLD && (other || old) ? KS_TAGGED_NOT : KS_TAGGED_UNTOLD;
}

/** The tag of what a pointer leads to, of which the verifier looks at the first. */
static enum ks_tagged tag_of_pointer(const struct ks_type *type)
{
	static const struct {
		const char *name;
		enum ks_tagged tag;
	} known[] = { { "user", KS_TAGGED_USER },
		      { "percpu", KS_TAGGED_PERCPU },
		      { "rcu", KS_TAGGED_RCU } };
	const struct ks_type *inner = type->inner;
	if (!inner || inner->kind != KS_TYPE_TAG)
		return KS_TAGGED_NOT;
	for (size_t i = 0; i < KS_ARRAY_LEN(known); i++)
		if (strcmp(inner->name, known[i].name) == 0)
			return known[i].tag;
	return KS_TAGGED_NOT;
}

static const struct ks_type *strip(const struct ks_type *type)
{
	for (int i = 0; type && i < MAX_STEPS; i++) {
		if (type->kind != KS_TYPE_CONST && type->kind != KS_TYPE_VOLATILE &&
		    type->kind != KS_TYPE_RESTRICT && type->kind != KS_TYPE_TAG)
			return type;
		type = type->inner;
	}
	return NULL;
}

/** The pointer at a byte of a struct as BTF has it, whose unnamed members have their members inside. NULL: none is seen */
static const struct ks_type *pointer_at(const struct ks_site *site, const struct ks_decl *decl,
					uint64_t offset, int depth)
{
	for (uint32_t i = 0; depth && i < decl->nr; i++) {
		const struct ks_member *member = &decl->members[i];
		uint64_t begin = member->bits_offset / 8;
		const struct ks_type *type = strip(member->type);
		struct ks_shape shape = ks_shape_of(site, type);
		uint64_t size = ks_shape_size(site, &shape);
		if (!type || member->bitfield_size || offset < begin || offset >= begin + size)
			continue;
		uint64_t inside = offset - begin;
		while (type && type->kind == KS_TYPE_ARRAY) {
			type = strip(type->inner);
			shape = ks_shape_of(site, type);
			size = ks_shape_size(site, &shape);
			inside = size ? inside % size : 0;
		}
		if (type && type->kind == KS_TYPE_PTR)
			return type;
		const struct ks_type *found =
			type && type->body && !type->name
				? pointer_at(site, type->body, inside, depth - 1)
				: NULL;
		if (found)
			return found;
	}
	return NULL;
}

/** How BTF has a declaration. @param[out] ret_tag where that is not to be had; @return NULL then */
static const struct ks_decl *form_of(const struct ks_site *site, const struct ks_decl *decl,
				     enum ks_tagged *ret_tag)
{
	enum ks_presence tags = has_tags(site);
	*ret_tag = KS_TAGGED_NOT;
	if (tags == KS_ABSENT)
		return NULL;
	struct ks_view_btf btf = { 0 };
	if (decl && decl->name)
		btf = ks_site_btf(site, decl);
	if (!btf.known || (btf.forms && btf.forms->nr != 1))
		*ret_tag = without_forms(site, tags);
	else if (btf.forms)
		return btf.forms->at[0].decl;
	return NULL;
}

enum ks_tagged ks_tag_of_member(const struct ks_site *site, const struct ks_walk *walk)
{
	enum ks_tagged tag;
	const struct ks_decl *form = form_of(site, walk->named, &tag);
	const struct ks_type *pointer =
		form ? pointer_at(site, form, walk->offset, MAX_STEPS) : NULL;
	return pointer ? tag_of_pointer(pointer) : tag;
}

/** The type of a declaration, or that of one of its members. */
static const struct ks_type *type_in(const struct ks_decl *form, const char *member)
{
	if (!member)
		return form->type;
	for (uint32_t i = 0; i < form->nr; i++)
		if (strcmp(form->members[i].name, member) == 0)
			return form->members[i].type;
	return NULL;
}

enum ks_tagged ks_tag_of_parameter(const struct ks_site *site, const struct ks_decl *decl,
				   const char *member, uint32_t index)
{
	enum ks_tagged tag;
	const struct ks_decl *form = form_of(site, decl, &tag);
	const struct ks_type *proto = form ? strip(type_in(form, member)) : NULL;
	if (proto && proto->kind == KS_TYPE_PTR)
		proto = strip(proto->inner);
	if (!proto || proto->kind != KS_TYPE_PROTO || index >= proto->nr_params)
		return tag;
	const struct ks_type *type = strip(proto->params[index].type);
	return type && type->kind == KS_TYPE_PTR ? tag_of_pointer(type) : KS_TAGGED_NOT;
}
