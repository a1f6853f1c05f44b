/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel structs that a program reads at offsets of its own, without CO-RE: whether what stood there in the base image
 * stands there here. The pointers are those whose types the hook's prototype tells.
 */
#include <string.h>

#include "base/buf.h"
#include "check/rules/pointers.h"
#include "check/rules/rules.h"

enum { MAX_STEPS = 12 };

/** A member on the way to a byte. */
struct step {
	const struct ks_decl *owner;
	const struct ks_member *member;
	uint64_t element; // of an array
};

/** What stands at a byte of a struct. */
struct place {
	struct step steps[MAX_STEPS];
	uint32_t nr;
	uint64_t offset, size; // of the last member, or its element
	struct ks_shape shape; // its type
};

/** Step into the element of an array that holds a byte. @param offset of the byte in it, changed */
static struct ks_shape enter_array(const struct ks_site *site, struct ks_shape shape,
				   uint64_t *offset, uint64_t *ret_element)
{
	*ret_element = 0;
	while (shape.kind == KS_BTF_ARRAY && shape.type) {
		struct ks_shape inner = ks_shape_of(site, shape.type->inner);
		uint64_t size = ks_shape_size(site, &inner);
		if (!size)
			break;
		*ret_element = *ret_element * shape.type->n + *offset / size;
		*offset %= size;
		shape = inner;
	}
	return shape;
}

/** The member that holds a byte; of a union the first. */
static const struct ks_member *member_around(const struct ks_site *site, const struct ks_decl *decl,
					     uint64_t offset, struct ks_shape *ret)
{
	for (uint32_t i = 0; i < decl->nr; i++) {
		const struct ks_member *member = &decl->members[i];
		*ret = ks_shape_of(site, member->type);
		uint64_t at = member->bits_offset / 8, size = ks_shape_size(site, ret);
		if (!member->bitfield_size && at <= offset && offset - at < size)
			return member;
	}
	return NULL;
}

static bool is_record(const struct ks_shape *shape)
{
	return (shape->kind == KS_BTF_STRUCT || shape->kind == KS_BTF_UNION) && shape->decl;
}

/** Find the innermost member that begins at a byte; false when none does. */
static bool find_place(const struct ks_site *site, const struct ks_decl *decl, uint64_t offset,
		       struct place *ret)
{
	uint64_t left = offset;
	*ret = (struct place){ 0 };
	while (ret->nr < MAX_STEPS) {
		struct step *step = &ret->steps[ret->nr];
		*step = (struct step){ .owner = decl };
		step->member = member_around(site, decl, left, &ret->shape);
		if (!step->member)
			return false;
		ret->nr++;
		left -= step->member->bits_offset / 8;
		ret->shape = enter_array(site, ret->shape, &left, &step->element);
		ret->offset = offset - left;
		ret->size = ks_shape_size(site, &ret->shape);
		if (!is_record(&ret->shape))
			return left == 0 && !ret->shape.untold && ret->size;
		decl = ret->shape.decl;
	}
	return false;
}

/** The place of the same names; false when a member is missing, *ret_told when that is certain. */
static bool find_names(const struct ks_site *site, const struct ks_decl *decl,
		       const struct place *wanted, struct place *ret, bool *ret_told)
{
	uint64_t offset = 0;
	*ret = (struct place){ 0 };
	*ret_told = true;
	for (uint32_t i = 0; i < wanted->nr; i++) {
		const struct ks_member *member = NULL;
		for (uint32_t k = 0; k < decl->nr && !member; k++)
			if (strcmp(decl->members[k].name, wanted->steps[i].member->name) == 0)
				member = &decl->members[k];
		if (!member)
			return false;
		ret->shape = ks_shape_of(site, member->type);
		offset += member->bits_offset / 8;
		for (uint64_t rest = wanted->steps[i].element;
		     ret->shape.kind == KS_BTF_ARRAY && ret->shape.type;) {
			struct ks_shape inner = ks_shape_of(site, ret->shape.type->inner);
			bool last = inner.kind != KS_BTF_ARRAY;
			offset += last ? rest * ks_shape_size(site, &inner) : 0;
			ret->shape = inner;
		}
		*ret_told = !ret->shape.untold;
		if (i + 1 < wanted->nr && !is_record(&ret->shape))
			return false;
		decl = ret->shape.decl;
	}
	ret->offset = offset;
	ret->size = ks_shape_size(site, &ret->shape);
	return *ret_told && ret->size;
}

static void write_names(struct ks_buf *out, const struct place *place)
{
	for (uint32_t i = 0; i < place->nr; i++)
		ks_buf_printf(out, "%s%s", i ? "." : "", place->steps[i].member->name);
}

/** "skc_family is at byte 18 here"; false when the read gets the same on both images, or it cannot be told. */
static bool compare(const struct ks_pointers *here, const struct ks_decl *decl,
		    const struct place *was, uint64_t offset, struct ks_buf *out)
{
	struct place now, other;
	bool told;
	if (find_names(here->site, decl, was, &now, &told)) {
		if (now.offset == offset && now.size == was->size)
			return false;
		if (now.offset == offset)
			ks_buf_printf(out, "has %u bytes here", (unsigned int)now.size);
		else
			ks_buf_printf(out, "is at byte %u here", (unsigned int)now.offset);
		return true;
	}
	if (!told)
		return false;
	if (!find_place(here->site, decl, offset, &other)) {
		ks_buf_str(out, "is not there here");
		return true;
	}
	if (other.size == was->size && other.shape.kind == was->shape.kind &&
	    (!was->shape.name || (other.shape.name && !strcmp(other.shape.name, was->shape.name))))
		return false; // most likely it got another name
	ks_buf_str(out, "is not there here, but ");
	write_names(out, &other);
	return true;
}

/** The member of a struct of the object's own that holds a byte; NULL when it has none, or none with a name. */
static const char *local_member(const struct ks_btf *btf, uint32_t id, uint64_t offset, int depth)
{
	struct ks_btf_type type = ks_btf_type(btf, id);
	for (uint32_t i = 0; i < type.vlen && depth < MAX_STEPS; i++) {
		struct ks_btf_member member = ks_btf_member(btf, &type, i);
		uint64_t at = member.bits_offset / 8;
		uint32_t inner = ks_btf_strip(btf, member.type);
		struct ks_btf_type what = ks_btf_type(btf, inner);
		bool record = what.kind == KS_BTF_STRUCT || what.kind == KS_BTF_UNION;
		if (at > offset)
			break;
		if (!member.name[0] && record && offset - at < what.size) {
			const char *name = local_member(btf, inner, offset - at, depth + 1);
			if (name)
				return name;
		}
		uint64_t end = i + 1 < type.vlen && type.kind == KS_BTF_STRUCT
				       ? ks_btf_member(btf, &type, i + 1).bits_offset / 8
				       : type.size;
		if (member.name[0] && offset >= at && offset < end)
			return member.name;
	}
	return NULL;
}

/** The types that the object was built with say that something else stands there: the base is not what it was written for. */
static bool base_is_another(const struct ks_judge *judge, const struct place *was, uint64_t offset)
{
	const struct ks_btf *btf = judge->resolution->prepared->object->btf;
	const struct ks_decl *decl = was->steps[0].owner;
	enum ks_btf_kind kind = decl->kind == KS_UNION ? KS_BTF_UNION : KS_BTF_STRUCT;
	uint32_t id = btf ? ks_btf_find(btf, kind, decl->name, 1) : 0;
	const char *name = id ? local_member(btf, id, offset, 0) : NULL;
	return name && strcmp(name, was->steps[0].member->name) != 0;
}

/** The last member is an array without a length that holds the byte. */
static bool is_in_tail(const struct ks_site *site, const struct ks_decl *decl, uint64_t offset)
{
	const struct ks_member *last = decl->nr ? &decl->members[decl->nr - 1] : NULL;
	struct ks_shape shape = last ? ks_shape_of(site, last->type) : (struct ks_shape){ 0 };
	return shape.kind == KS_BTF_ARRAY && !shape.type->n && offset >= last->bits_offset / 8;
}

/**
 * A read behind the end: of a struct that begins with this one (tcp_sock with sock), whose fields move when this one grows;
 * when it does not, they may all the same.
 */
static void judge_behind(struct ks_judge *judge, uint32_t insn, const struct ks_decl *now,
			 const struct ks_decl *then, const char *base)
{
	if (!now->size || !then->size)
		return;
	const struct ks_about about = { .kind = KS_STRUCT, .name = then->name, .insn = insn };
	if (now->size == then->size) {
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_TIER, &about,
			     "read at byte %d, behind its %u bytes: of which struct that begins "
			     "with it, and whether "
			     "the same stands there as in %s, is not known",
			     judge->reach->at[insn].read_offset, (unsigned int)then->size, base);
		return;
	}
	struct ks_reason *reason =
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_BLIND_READ, &about,
			     "read at byte %d, behind its %u bytes in %s; it has %u here",
			     judge->reach->at[insn].read_offset, (unsigned int)then->size, base,
			     (unsigned int)now->size);
	ks_reason_hint(judge, reason, "read it by BPF_CORE_READ()");
}

static void judge_read(struct ks_judge *judge, uint32_t insn, const struct ks_pointers *here,
		       const struct ks_pointers *base)
{
	const struct ks_reached *at = &judge->reach->at[insn];
	const struct ks_path *paths = judge->reach->paths;
	const struct ks_decl *then = ks_record_of(base, paths, at->reads - 1u);
	const struct ks_decl *now = then ? ks_record_of(here, paths, at->reads - 1u) : NULL;
	struct place was;
	if (!now || strcmp(now->name, then->name) != 0 || ks_site_same(here->site, base->site))
		return;
	if ((uint64_t)at->read_offset >= then->size) {
		if (now == then && is_in_tail(base->site, then, (uint64_t)at->read_offset))
			return;
		judge_behind(judge, insn, now, then, base->site->image->label);
		return;
	}
	if (now == then || !find_place(base->site, then, (uint64_t)at->read_offset, &was) ||
	    (at->read_size && at->read_size < was.size) ||
	    base_is_another(judge, &was, (uint64_t)at->read_offset))
		return;
	_cleanup_buf_ struct ks_buf name = { 0 }, how = { 0 };
	ks_buf_printf(&name, "%s::", then->name);
	write_names(&name, &was);
	bool differs = compare(here, now, &was, (uint64_t)at->read_offset, &how);
	const char *field = ks_buf_text(&name), *text = ks_buf_text(&how);
	judge->nomem |= !field || !text;
	if (!differs || !field || !text)
		return;
	const struct ks_about about = { .kind = KS_FIELD, .name = field, .insn = insn };
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_BLIND_READ, &about,
						"read at byte %d, where it is in %s; it %s",
						at->read_offset, base->site->image->label, text);
	ks_reason_hint(judge, reason, "read it by BPF_CORE_READ()");
}

void ks_judge_blind_reads(struct ks_judge *judge)
{
	if (!judge->reach->complete || !judge->base_reach)
		return;
	const struct ks_pointers here = ks_judge_pointers(judge, judge->site),
				 base = ks_judge_pointers(judge, &judge->resolution->base);
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		// what the base does not read is for other kernels
		if (!at->reads || at->many_reads || !judge->base_reach->at[i].reached)
			continue;
		if (!judge->reach->paths[at->reads - 1].moved) // else the base has it elsewhere
			judge_read(judge, i, &here, &base);
	}
}
