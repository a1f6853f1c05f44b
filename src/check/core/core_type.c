/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/array.h"
#include "check/core/core.h"
#include "check/core/core_type.h"

enum { MAX_STEPS = 32, MAX_DEPTH = 32 }; // libbpf: 32 levels

static const struct {
	enum ks_btf_kind kind;
	enum ks_kind named; // which table the definition is in; KS_NR_KINDS: none
} kinds[KS_NR_TYPE_KINDS] = {
	[KS_TYPE_VOID] = { KS_BTF_VOID, KS_NR_KINDS },
	[KS_TYPE_INT] = { KS_BTF_INT, KS_INT },
	[KS_TYPE_FLOAT] = { KS_BTF_FLOAT, KS_NR_KINDS },
	[KS_TYPE_TYPEDEF] = { KS_BTF_TYPEDEF, KS_TYPEDEF },
	[KS_TYPE_STRUCT] = { KS_BTF_STRUCT, KS_STRUCT },
	[KS_TYPE_UNION] = { KS_BTF_UNION, KS_UNION },
	[KS_TYPE_ENUM] = { KS_BTF_ENUM, KS_ENUM },
	[KS_TYPE_FWD_STRUCT] = { KS_BTF_FWD, KS_NR_KINDS },
	[KS_TYPE_FWD_UNION] = { KS_BTF_FWD, KS_NR_KINDS },
	[KS_TYPE_PTR] = { KS_BTF_PTR, KS_NR_KINDS },
	[KS_TYPE_CONST] = { KS_BTF_CONST, KS_NR_KINDS },
	[KS_TYPE_VOLATILE] = { KS_BTF_VOLATILE, KS_NR_KINDS },
	[KS_TYPE_RESTRICT] = { KS_BTF_RESTRICT, KS_NR_KINDS },
	[KS_TYPE_ARRAY] = { KS_BTF_ARRAY, KS_NR_KINDS },
	[KS_TYPE_PROTO] = { KS_BTF_FUNC_PROTO, KS_NR_KINDS },
	[KS_TYPE_TAG] = { KS_BTF_TYPE_TAG, KS_NR_KINDS },
};

/** The same kind; enums of either width are one kind. */
static bool kinds_agree(enum ks_btf_kind a, enum ks_btf_kind b)
{
	if (a == KS_BTF_ENUM64)
		a = KS_BTF_ENUM;
	if (b == KS_BTF_ENUM64)
		b = KS_BTF_ENUM;
	return a == b;
}

static const struct ks_decl *definition(const struct ks_site *site, enum ks_kind kind,
					const char *name)
{
	const struct ks_fact *fact = ks_site_fact(site, kind, name);
	if (!fact->decl && site->module_types && fact->modules)
		fact = fact->modules;
	return fact->decl;
}

struct ks_shape ks_shape_of(const struct ks_site *site, const struct ks_type *type)
{
	for (unsigned int i = 0; type && i < MAX_STEPS; i++) {
		struct ks_shape shape = { .kind = kinds[type->kind].kind,
					  .type = type,
					  .decl = type->body,
					  .name = type->kind == KS_TYPE_VOID ? NULL : type->name };
		if (shape.kind == KS_BTF_TYPEDEF) {
			const struct ks_decl *decl = definition(site, KS_TYPEDEF, type->name);
			if (!decl)
				return (struct ks_shape){ .untold = true, .name = type->name };
			type = decl->type;
			continue;
		}
		if (shape.kind == KS_BTF_CONST || shape.kind == KS_BTF_VOLATILE ||
		    shape.kind == KS_BTF_RESTRICT || shape.kind == KS_BTF_TYPE_TAG) {
			type = type->inner;
			continue;
		}
		if (!shape.decl && type->name && kinds[type->kind].named != KS_NR_KINDS)
			shape.decl = definition(site, kinds[type->kind].named, type->name);
		return shape;
	}
	return (struct ks_shape){ .kind = KS_BTF_VOID, .untold = type != NULL };
}

struct ks_shape ks_shape_of_decl(const struct ks_site *site, const struct ks_decl *decl)
{
	static const enum ks_btf_kind shapes[] = {
		[KS_FUNCTION] = KS_BTF_FUNC_PROTO, [KS_STRUCT] = KS_BTF_STRUCT,
		[KS_UNION] = KS_BTF_UNION,	   [KS_ENUM] = KS_BTF_ENUM,
		[KS_TYPEDEF] = KS_BTF_TYPEDEF,	   [KS_INT] = KS_BTF_INT
	};
	if (decl->kind == KS_TYPEDEF || decl->kind == KS_FUNCTION)
		return ks_shape_of(site, decl->type);
	return (struct ks_shape){ .kind = shapes[decl->kind], .decl = decl, .name = decl->name };
}

uint64_t ks_shape_size(const struct ks_site *site, const struct ks_shape *shape)
{
	uint64_t count = 1;
	struct ks_shape at = *shape;
	for (unsigned int i = 0; i < MAX_STEPS && at.kind == KS_BTF_ARRAY; i++) {
		if (__builtin_mul_overflow(count, at.type->n, &count))
			return 0;
		at = ks_shape_of(site, at.type->inner);
	}
	uint64_t size = 0;
	if (at.kind == KS_BTF_PTR)
		size = site->ptr_size;
	else if (at.kind == KS_BTF_ENUM && at.type)
		size = at.type->n;
	else if (at.decl)
		size = at.decl->size;
	return __builtin_mul_overflow(count, size, &size) ? 0 : size;
}

/**
 * Kernels are built with unsigned chars since 6.2; before it was as the machine has it, and pahole said nothing of those that are signed
 * for long: 1.20 did not (5.10.0-46-amd64), 1.24 did (6.1.0-50-amd64).
 */
static enum ks_presence is_char_signed(const struct ks_site *site)
{
	static const struct ks_gate is_unsigned = { KS_SINCE(6, 2), "3bc753c06dd0" };
	static const char *const machines[] = { "amd64", "i386", "mipsel", "mips64el", "loong64" };
	const char *arch = site->image->arch;
	bool may_be = !arch;
	if (ks_gate_is_open(&is_unsigned, site->version))
		return KS_ABSENT;
	for (size_t i = 0; i < KS_ARRAY_LEN(machines) && arch; i++)
		may_be |= strcmp(machines[i], arch) == 0;
	const char *pahole = site->version ? ks_site_option(site, "CONFIG_PAHOLE_VERSION") : NULL;
	if (!may_be)
		return KS_ABSENT;
	return pahole && strcmp(pahole, "124") >= 0 && strlen(pahole) == 3 ? KS_PRESENT : KS_UNTOLD;
}

enum ks_presence ks_shape_signed(const struct ks_site *site, const struct ks_shape *shape)
{
	if (shape->kind == KS_BTF_ENUM) {
		for (uint32_t i = 0; shape->decl && i < shape->decl->nr; i++)
			if (shape->decl->values[i].value < 0)
				return KS_PRESENT;
		return KS_ABSENT;
	}
	if (shape->kind != KS_BTF_INT || !shape->name || strstr(shape->name, "unsigned") ||
	    strcmp(shape->name, "_Bool") == 0 || strcmp(shape->name, "bool") == 0)
		return KS_ABSENT;
	return strcmp(shape->name, "char") == 0 ? is_char_signed(site) : KS_PRESENT;
}

static bool names_agree(const char *local, const char *name)
{
	size_t a = ks_core_name_len(local), b = name ? ks_core_name_len(name) : 0;
	return a == b && strncmp(local, name ? name : "", a) == 0;
}

static bool is_composite(enum ks_btf_kind kind)
{
	return kind == KS_BTF_STRUCT || kind == KS_BTF_UNION;
}

bool ks_fields_agree(const struct ks_site *site, const struct ks_btf *btf, uint32_t local,
		     const struct ks_type *type)
{
	struct ks_shape shape = ks_shape_of(site, type);
	struct ks_btf_type at = ks_btf_type(btf, ks_btf_strip(btf, local));
	for (unsigned int i = 0; i < MAX_STEPS; i++) {
		if (shape.untold || (is_composite(at.kind) && is_composite(shape.kind)))
			return true;
		if (!kinds_agree(at.kind, shape.kind))
			return false;
		switch (at.kind) {
		case KS_BTF_PTR:
		case KS_BTF_FLOAT:
			return true;
		case KS_BTF_INT:
			return ((ks_btf_int_data(btf, &at) >> 16) & 0xff) == 0; // no bit offset
		case KS_BTF_FWD:
		case KS_BTF_ENUM:
		case KS_BTF_ENUM64:
			return !at.name[0] || !shape.name || names_agree(at.name, shape.name);
		case KS_BTF_ARRAY:
			at = ks_btf_type(btf, ks_btf_strip(btf, at.type));
			shape = ks_shape_of(site, shape.type->inner);
			break;
		default:
			return false;
		}
	}
	return false;
}

/** A comparison of a local type with one of the image, all the way down. */
struct compare {
	const struct ks_site *site;
	const struct ks_btf *btf;
	bool names;  // bpf_core_type_matches() instead of bpf_core_type_exists()
	bool untold; // it matches if something does that the image does not tell
	unsigned int budget;
};
static bool compare_types(struct compare *compare, uint32_t local, struct ks_shape shape,
			  bool behind_pointer, unsigned int depth);

static bool compare_protos(struct compare *compare, const struct ks_btf_type *local,
			   const struct ks_type *proto, bool behind_pointer, unsigned int depth)
{
	if (local->vlen != proto->nr_params)
		return false;
	for (uint32_t i = 0; i < local->vlen; i++) {
		struct ks_shape shape = ks_shape_of(compare->site, proto->params[i].type);
		if (!compare_types(compare, ks_btf_param(compare->btf, local, i).type, shape,
				   behind_pointer, depth))
			return false;
	}
	return compare_types(compare, local->type, ks_shape_of(compare->site, proto->inner),
			     behind_pointer, depth);
}

/** Every member of the local definition, those of unnamed ones too, is a member of the image's. */
static bool compare_members(struct compare *compare, const struct ks_btf_type *local,
			    const struct ks_decl *decl, unsigned int depth)
{
	if (depth == 0)
		return false;
	for (uint32_t i = 0; i < local->vlen; i++) {
		struct ks_btf_member member = ks_btf_member(compare->btf, local, i);
		bool found = false;
		if (!member.name[0]) {
			struct ks_btf_type inner =
				ks_btf_type(compare->btf, ks_btf_strip(compare->btf, member.type));
			found = !is_composite(inner.kind) ||
				compare_members(compare, &inner, decl, depth - 1);
			// there must be an unnamed one with these, too, whose members images show in its place
			compare->untold |= found && is_composite(inner.kind);
		}
		for (uint32_t j = 0; member.name[0] && j < decl->nr && !found; j++)
			found = names_agree(member.name, decl->members[j].name) &&
				compare_types(compare, member.type,
					      ks_shape_of(compare->site, decl->members[j].type),
					      false, depth);
		if (!found)
			return false;
	}
	return true;
}

static bool compare_values(const struct ks_btf *btf, const struct ks_btf_type *local,
			   const struct ks_decl *decl)
{
	for (uint32_t i = 0; i < local->vlen; i++) {
		const char *name = ks_btf_enumerator(btf, local, i).name;
		uint32_t j = 0;
		while (j < decl->nr && !names_agree(name, decl->values[j].name))
			j++;
		if (j == decl->nr)
			return false;
	}
	return true;
}

static bool is_forward_of(const struct ks_btf_type *local, const struct ks_shape *shape)
{
	if (local->kind == KS_BTF_FWD)
		return shape->kind == (local->kflag ? KS_BTF_UNION : KS_BTF_STRUCT);
	return shape->kind == KS_BTF_FWD && shape->type &&
	       shape->type->kind ==
		       (local->kind == KS_BTF_UNION ? KS_TYPE_FWD_UNION : KS_TYPE_FWD_STRUCT);
}

static bool compare_ints(struct compare *compare, const struct ks_btf_type *local,
			 const struct ks_shape *shape)
{
	bool is_signed = (ks_btf_int_data(compare->btf, local) >> 24) & 1;
	enum ks_presence theirs = ks_shape_signed(compare->site, shape);
	if (shape->decl->size != local->size)
		return false;
	compare->untold |= theirs == KS_UNTOLD;
	return theirs == KS_UNTOLD || is_signed == (theirs == KS_PRESENT);
}

/** What a match asks beyond equal kinds; true for kinds that have nothing inside. */
static bool compare_inside(struct compare *compare, const struct ks_btf_type *local,
			   const struct ks_shape *shape, bool behind_pointer, unsigned int depth)
{
	switch (local->kind) {
	case KS_BTF_INT:
		return !shape->decl || compare_ints(compare, local, shape);
	case KS_BTF_ENUM:
	case KS_BTF_ENUM64:
		return !shape->decl || ((!shape->decl->size || shape->decl->size == local->size) &&
					compare_values(compare->btf, local, shape->decl));
	case KS_BTF_STRUCT:
	case KS_BTF_UNION:
		return behind_pointer || !shape->decl ||
		       compare_members(compare, local, shape->decl, depth);
	default:
		return true;
	}
}

static bool compare_types(struct compare *compare, uint32_t local, struct ks_shape shape,
			  bool behind_pointer, unsigned int depth)
{
	const struct ks_btf *btf = compare->btf;
	struct ks_btf_type at = ks_btf_type(btf, ks_btf_strip(btf, local));
	for (; depth && compare->budget; depth--) {
		compare->budget--;
		if (shape.untold)
			return true;
		if (compare->names && !names_agree(at.name, shape.name))
			return false;
		if (compare->names && behind_pointer && is_forward_of(&at, &shape))
			return true;
		if (!kinds_agree(at.kind, shape.kind))
			return false;
		if (compare->names &&
		    !compare_inside(compare, &at, &shape, behind_pointer, depth - 1))
			return false;
		if (at.kind == KS_BTF_INT)
			return ((ks_btf_int_data(btf, &at) >> 16) & 0xff) == 0;
		if (at.kind == KS_BTF_FUNC_PROTO)
			return compare_protos(compare, &at, shape.type, behind_pointer, depth - 1);
		if (at.kind == KS_BTF_ARRAY && compare->names &&
		    ks_btf_array_len(btf, &at) != shape.type->n)
			return false;
		if (at.kind != KS_BTF_PTR && at.kind != KS_BTF_ARRAY)
			return true;
		behind_pointer |= at.kind == KS_BTF_PTR;
		at = ks_btf_type(btf, ks_btf_strip(btf, at.type));
		shape = ks_shape_of(compare->site, shape.type->inner);
	}
	return false;
}

static enum ks_presence compare_roots(const struct ks_site *site, const struct ks_btf *btf,
				      uint32_t local, const struct ks_decl *decl, bool names)
{
	// a prototype inside a prototype branches; the budget keeps hostile types from growing without end
	struct compare compare = { .site = site, .btf = btf, .names = names, .budget = 10000 };
	if (!compare_types(&compare, local, ks_shape_of_decl(site, decl), false, MAX_DEPTH))
		return KS_ABSENT;
	return compare.untold ? KS_UNTOLD : KS_PRESENT;
}

bool ks_types_agree(const struct ks_site *site, const struct ks_btf *btf, uint32_t local,
		    const struct ks_decl *decl)
{
	return compare_roots(site, btf, local, decl, false) == KS_PRESENT;
}

enum ks_presence ks_types_match(const struct ks_site *site, const struct ks_btf *btf,
				uint32_t local, const struct ks_decl *decl)
{
	return compare_roots(site, btf, local, decl, true);
}
