/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/buf.h"
#include "check/core/core.h"
#include "check/core/core_type.h"

/** Where a path leads in one definition. */
struct match {
	enum { MATCH_NO, MATCH_YES, MATCH_UNTOLD } state;
	uint64_t bits; // offset of what it ends at
	const struct ks_decl *owner;
	const struct ks_member *member; // NULL when it ends at an element
	struct ks_shape shape;		// of what it ends at
};

static bool is_composite(enum ks_btf_kind kind)
{
	return kind == KS_BTF_STRUCT || kind == KS_BTF_UNION;
}

static bool is_field_kind(enum ks_core_kind kind)
{
	return kind <= KS_CORE_FIELD_RSHIFT;
}

/** Step to a named member. What fails is noted in result. */
static void step_member(const struct ks_site *site, const struct ks_core_spec *spec,
			const struct ks_core_step *step, struct match *match,
			struct ks_core_result *result)
{
	const struct ks_decl *decl = match->shape.decl;
	match->state = MATCH_NO;
	if (is_composite(match->shape.kind) && !decl)
		match->state = MATCH_UNTOLD;
	if (!is_composite(match->shape.kind) || !decl)
		return;
	for (uint32_t i = 0; i < decl->nr; i++) {
		const struct ks_member *member = &decl->members[i];
		if (strcmp(member->name, step->name) != 0)
			continue;
		result->nearest = decl;
		result->missing = step->name;
		result->why = KS_CORE_INCOMPATIBLE;
		if (!ks_fields_agree(site, spec->btf, step->type, member->type))
			return;
		match->state = MATCH_YES;
		match->bits += member->bits_offset;
		match->owner = decl;
		match->member = member;
		match->shape = ks_shape_of(site, member->type);
		return;
	}
	if (result->why == KS_CORE_INCOMPATIBLE)
		return; // another definition has it, but as something else: tell of that one
	result->nearest = decl;
	result->missing = step->name;
	result->why = KS_CORE_NO_FIELD;
}

/** Whether an array may be read behind its end: the last member of its struct, an unnamed one that DECLARE_FLEX_ARRAY() made too. */
static bool is_flexible(const struct match *match, const struct ks_type *array)
{
	static const char before[] = "__empty_";
	const struct ks_decl *owner = match->owner;
	if (!match->member || !array || array->n)
		return false;
	if (match->member == &owner->members[owner->nr - 1])
		return true;
	if (match->member == owner->members)
		return false;
	const char *name = match->member[-1].name;
	return strncmp(name, before, strlen(before)) == 0 &&
	       strcmp(name + strlen(before), match->member->name) == 0;
}

static void step_element(const struct ks_site *site, const struct ks_core_step *step,
			 struct match *match)
{
	const struct ks_type *array = match->shape.type;
	bool flexible = is_flexible(match, array);
	match->state = MATCH_NO;
	if (match->shape.kind != KS_BTF_ARRAY || (!flexible && step->index >= array->n))
		return;
	match->state = MATCH_YES;
	match->shape = ks_shape_of(site, array->inner);
	match->bits += step->index * ks_shape_size(site, &match->shape) * 8;
	match->member = NULL;
}

static struct match match_path(const struct ks_site *site, const struct ks_core_spec *spec,
			       const struct ks_decl *decl, struct ks_core_result *result)
{
	struct match match = { .state = MATCH_YES, .shape = ks_shape_of_decl(site, decl) };
	if (spec->steps[0].index)
		match.bits = spec->steps[0].index * ks_shape_size(site, &match.shape) * 8;
	for (uint32_t i = 1; i < spec->nr && match.state == MATCH_YES; i++) {
		if (match.shape.untold)
			match.state = MATCH_UNTOLD;
		else if (spec->steps[i].name)
			step_member(site, spec, &spec->steps[i], &match, result);
		else
			step_element(site, &spec->steps[i], &match);
	}
	if (match.state == MATCH_YES && match.shape.untold && spec->kind != KS_CORE_FIELD_EXISTS &&
	    spec->kind != KS_CORE_FIELD_OFFSET)
		match.state = MATCH_UNTOLD;
	return match;
}

static uint64_t local_size(const struct ks_btf *btf, uint32_t id)
{
	uint64_t count = 1;
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
	for (int i = 0; i < 32 && type.kind == KS_BTF_ARRAY; i++) {
		if (__builtin_mul_overflow(count, ks_btf_array_len(btf, &type), &count))
			return 0;
		type = ks_btf_type(btf, ks_btf_strip(btf, type.type));
	}
	return count * (type.kind == KS_BTF_PTR ? 8 : type.size);
}

/** Whether a load of the local size would read something else than the value that is there. */
static bool is_bad_access(const struct ks_site *site, const struct ks_core_spec *spec,
			  const struct match *match)
{
	const struct ks_core_step *last = &spec->steps[spec->nr - 1];
	if (last->bitfield || (match->member && match->member->bitfield_size))
		return false;
	uint64_t size = ks_shape_size(site, &match->shape);
	if (!size || local_size(spec->btf, last->type) == size)
		return false;
	struct ks_btf_type local = ks_btf_type(spec->btf, ks_btf_strip(spec->btf, last->type));
	if (local.kind == KS_BTF_PTR && match->shape.kind == KS_BTF_PTR)
		return false;
	bool is_signed = (ks_btf_int_data(spec->btf, &local) >> 24) & 1;
	return local.kind != KS_BTF_INT || match->shape.kind != KS_BTF_INT || is_signed ||
	       ks_shape_signed(site, &match->shape) != KS_ABSENT;
}

/** Where a bit-field's storage begins and how wide it is read, as bpf_core_calc_field_relo() does. */
static bool storage_of(const struct ks_site *site, const struct match *match, uint64_t *ret_offset,
		       uint64_t *ret_size, uint64_t *ret_bits)
{
	uint64_t size = ks_shape_size(site, &match->shape), offset = match->bits / 8;
	uint64_t bits = match->member ? match->member->bitfield_size : 0;
	if (bits) {
		if (!size)
			return false;
		offset = offset / size * size;
		while (match->bits + bits - offset * 8 > size * 8) {
			if (size >= 8)
				return false;
			size *= 2;
			offset = match->bits / 8 / size * size;
		}
	}
	*ret_offset = offset;
	*ret_size = size;
	*ret_bits = bits ? bits : size * 8;
	return true;
}

static bool field_value(const struct ks_site *site, const struct ks_core_spec *spec,
			const struct match *match, struct ks_core_result *candidate)
{
	uint64_t offset, size, bits;
	candidate->state = KS_CORE_VALUE;
	candidate->value = 1;
	if (spec->kind == KS_CORE_FIELD_EXISTS)
		return true;
	if (!storage_of(site, match, &offset, &size, &bits))
		return false;
	switch (spec->kind) {
	case KS_CORE_FIELD_OFFSET:
		candidate->value = offset;
		candidate->bad_access = is_bad_access(site, spec, match);
		return true;
	case KS_CORE_FIELD_SIZE:
		candidate->value = size;
		return true;
	case KS_CORE_FIELD_SIGNED:
		candidate->value = ks_shape_signed(site, &match->shape) == KS_PRESENT;
		if (ks_shape_signed(site, &match->shape) == KS_UNTOLD)
			candidate->state = KS_CORE_UNTOLD;
		return match->member != NULL;
	case KS_CORE_FIELD_LSHIFT:
		candidate->value = site->big_endian ? (8 - size) * 8 + (match->bits - offset * 8)
						    : 64 - (match->bits + bits - offset * 8);
		return match->member != NULL;
	default:
		candidate->value = 64 - bits;
		return match->member != NULL;
	}
}

static void resolve_field(const struct ks_site *site, const struct ks_core_spec *spec,
			  const struct ks_decl *decl, struct ks_core_result *candidate)
{
	struct match match = match_path(site, spec, decl, candidate);
	if (match.state == MATCH_UNTOLD)
		candidate->state = KS_CORE_UNTOLD;
	if (match.state != MATCH_YES)
		return;
	candidate->found = true;
	candidate->bits = match.bits;
	candidate->why = KS_CORE_WHY_NONE;
	candidate->owner = match.owner;
	candidate->member = match.member;
	candidate->nearest = NULL;
	candidate->missing = NULL;
	if (!field_value(site, spec, &match, candidate)) {
		candidate->state = KS_CORE_REFUSED;
		candidate->why = KS_CORE_MALFORMED;
	}
}

static void resolve_type(const struct ks_site *site, const struct ks_core_spec *spec,
			 const struct ks_decl *decl, struct ks_core_result *candidate)
{
	enum ks_presence match = KS_UNTOLD;
	if (spec->kind == KS_CORE_TYPE_MATCHES)
		match = ks_types_match(site, spec->btf, spec->type, decl);
	else
		match = ks_types_agree(site, spec->btf, spec->type, decl) ? KS_PRESENT : KS_ABSENT;
	candidate->found = match == KS_PRESENT;
	if (match == KS_UNTOLD)
		candidate->state = KS_CORE_UNTOLD;
	if (!candidate->found)
		return;
	candidate->state = KS_CORE_VALUE;
	candidate->value = 1;
	if (spec->kind == KS_CORE_TYPE_SIZE) {
		struct ks_shape shape = ks_shape_of_decl(site, decl);
		candidate->value = ks_shape_size(site, &shape);
		if (shape.untold)
			candidate->state = KS_CORE_UNTOLD;
	}
}

static void resolve_enum(const struct ks_site *site, const struct ks_core_spec *spec,
			 const struct ks_decl *decl, struct ks_core_result *candidate)
{
	struct ks_shape shape = ks_shape_of_decl(site, decl);
	if (shape.untold || (shape.kind == KS_BTF_ENUM && !shape.decl)) {
		candidate->state = KS_CORE_UNTOLD;
		return;
	}
	candidate->why = KS_CORE_NO_VALUE;
	candidate->missing = spec->enumerator;
	size_t len = strlen(spec->enumerator);
	for (uint32_t i = 0; shape.kind == KS_BTF_ENUM && i < shape.decl->nr; i++) {
		const struct ks_enumerator *value = &shape.decl->values[i];
		if (ks_core_name_len(value->name) != len ||
		    memcmp(value->name, spec->enumerator, len) != 0)
			continue;
		*candidate = (struct ks_core_result){ .state = KS_CORE_VALUE, .found = true };
		candidate->value = spec->kind == KS_CORE_ENUM_EXISTS ? 1 : (uint64_t)value->value;
		return;
	}
}

/** Without a match: existence is zero, type relocations are zero, all else is poison. */
static struct ks_core_result nothing_found(const struct ks_core_spec *spec)
{
	bool poison = (is_field_kind(spec->kind) && spec->kind != KS_CORE_FIELD_EXISTS) ||
		      spec->kind == KS_CORE_ENUM_VALUE;
	return (struct ks_core_result){ .state = poison ? KS_CORE_POISON : KS_CORE_VALUE,
					.why = KS_CORE_NO_TYPE,
					.missing = spec->root };
}

/** Take a candidate into account: all that match must say the same. */
static void add_candidate(const struct ks_site *site, const struct ks_core_spec *spec,
			  const struct ks_decl *decl, struct ks_core_result *result)
{
	struct ks_core_result candidate = *result;
	candidate.found = false;
	if (is_field_kind(spec->kind))
		resolve_field(site, spec, decl, &candidate);
	else if (spec->enumerator)
		resolve_enum(site, spec, decl, &candidate);
	else
		resolve_type(site, spec, decl, &candidate);
	if (result->state == KS_CORE_REFUSED)
		return;
	if (!candidate.found && candidate.state != KS_CORE_UNTOLD) {
		if (!result->found) { // remember what was missing
			result->why = candidate.why;
			result->nearest = candidate.nearest;
			result->missing = candidate.missing;
		}
		return;
	}
	if (!result->found || candidate.state == KS_CORE_REFUSED) {
		*result = candidate;
	} else if (candidate.state != result->state || candidate.value != result->value ||
		   candidate.bits != result->bits) {
		result->state = KS_CORE_REFUSED;
		result->why = KS_CORE_AMBIGUOUS;
	}
}

/** All definitions of the root's name that one side, the kernel or its modules, has. */
static bool add_candidates(const struct ks_site *site, const struct ks_core_spec *spec,
			   const struct ks_fact *fact, struct ks_core_result *result)
{
	if (fact->ambiguity) {
		for (uint32_t i = 0; i < fact->ambiguity->nr_variants; i++)
			if (fact->ambiguity->variants[i].decl)
				add_candidate(site, spec, fact->ambiguity->variants[i].decl,
					      result);
		return fact->ambiguity->nr_variants != 0;
	}
	if (fact->decl)
		add_candidate(site, spec, fact->decl, result);
	return fact->decl != NULL;
}

struct ks_core_result ks_core_resolve(const struct ks_site *site, const struct ks_core_spec *spec)
{
	struct ks_core_result result = nothing_found(spec);
	if (spec->kind == KS_CORE_TYPE_ID_LOCAL)
		return (struct ks_core_result){ .state = KS_CORE_VALUE,
						.found = true,
						.value = spec->type };
	if (!spec->root) {
		result.state = KS_CORE_REFUSED;
		result.why = KS_CORE_MALFORMED;
		return result;
	}
	if (spec->root_kind == KS_NR_KINDS)
		return result;
	const struct ks_fact *fact = ks_site_fact(site, spec->root_kind, spec->root);
	if (!fact->known) {
		result.state = KS_CORE_UNTOLD;
		return result;
	}
	// modules are only looked at when the kernel itself has no candidate
	bool any = add_candidates(site, spec, fact, &result);
	if (!any && site->module_types && fact->modules)
		any = add_candidates(site, spec, fact->modules, &result);
	if (!any && site->module_types && site->modules_mute)
		result.state = KS_CORE_UNTOLD; // it may be one of theirs
	return result;
}

void ks_core_explain(const struct ks_core_spec *spec, const struct ks_core_result *result,
		     struct ks_buf *buf)
{
	const char *keyword = spec->root_kind < KS_FIELD && spec->root_kind != KS_TYPEDEF
				      ? ks_kinds[spec->root_kind].name
				      : "type";
	switch (result->why) {
	case KS_CORE_NO_TYPE:
		ks_buf_printf(buf, "no %s %s", keyword, spec->root ? spec->root : "");
		break;
	case KS_CORE_NO_FIELD:
		ks_buf_printf(buf, "%s has no member %s",
			      result->nearest->name ? result->nearest->name : spec->root,
			      result->missing);
		break;
	case KS_CORE_INCOMPATIBLE:
		ks_buf_printf(buf, "%s of %s has an incompatible type", result->missing,
			      result->nearest->name ? result->nearest->name : spec->root);
		break;
	case KS_CORE_NO_VALUE:
		ks_buf_printf(buf, "%s %s has no value %s", keyword, spec->root, spec->enumerator);
		break;
	case KS_CORE_AMBIGUOUS:
		ks_buf_printf(buf, "several definitions of %s %s disagree", keyword, spec->root);
		break;
	case KS_CORE_MALFORMED:
		ks_buf_str(buf, "the relocation does not fit the types of the object");
		break;
	case KS_CORE_WHY_NONE:
		if (result->bad_access)
			ks_buf_printf(buf, "%s has another size, which a load cannot follow",
				      spec->text);
		break;
	}
}
