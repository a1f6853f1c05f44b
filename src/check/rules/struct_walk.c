/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/struct_walk.h"

enum { MAX_NESTED = 32, MAX_DIMENSIONS = 8 };

const struct ks_decl *ks_record_of_shape(const struct ks_site *site, const struct ks_shape *shape)
{
	bool is_struct = shape->kind == KS_BTF_STRUCT;
	if ((!is_struct && shape->kind != KS_BTF_UNION) || !shape->decl)
		return NULL;
	const struct ks_type *type = shape->type;
	if (type && !type->body && shape->name &&
	    ks_site_fact(site, is_struct ? KS_STRUCT : KS_UNION, shape->name)->ambiguity)
		return NULL;
	return shape->decl;
}

const struct ks_decl *ks_pointee(const struct ks_site *site, const struct ks_type *type,
				 bool *ret_other)
{
	struct ks_shape shape = ks_shape_of(site, type);
	*ret_other = false;
	if (shape.kind != KS_BTF_PTR || !shape.type)
		return NULL;
	struct ks_shape inner = ks_shape_of(site, shape.type->inner);
	*ret_other = !inner.untold && inner.kind != KS_BTF_STRUCT && inner.kind != KS_BTF_UNION &&
		     inner.kind != KS_BTF_FWD;
	return inner.name ? ks_record_of_shape(site, &inner) : NULL;
}

/** What a member is made of: of an array the element that holds a byte. */
struct part {
	struct ks_shape shape;
	uint64_t begin, size; // of the element
	uint64_t end;	      // of the whole member
	bool empty, untold;
};

static struct part part_of(const struct ks_site *site, const struct ks_member *member,
			   uint64_t offset)
{
	struct part part = { .shape = ks_shape_of(site, member->type),
			     .begin = member->bits_offset / 8 };
	uint64_t size = ks_shape_size(site, &part.shape);
	part.end = part.begin + size;
	part.untold = part.shape.untold;
	for (int i = 0; i < MAX_DIMENSIONS && part.shape.kind == KS_BTF_ARRAY; i++) {
		part.empty |= part.shape.type->n == 0;
		part.shape = ks_shape_of(site, part.shape.type->inner);
		part.untold |= part.shape.untold;
	}
	part.size = ks_shape_size(site, &part.shape);
	bool record = part.shape.kind == KS_BTF_STRUCT || part.shape.kind == KS_BTF_UNION;
	part.empty |= record && part.shape.decl && !part.shape.decl->size;
	part.untold |= !part.empty && !part.size;
	if (!part.empty && !part.untold && offset >= part.begin && offset < part.end)
		part.begin += (offset - part.begin) / part.size * part.size;
	return part;
}

/** Behind the end there may be elements of an array without a length. @return their struct; NULL: it ends here */
static const struct ks_decl *enter_tail(const struct ks_site *site, const struct ks_decl *record,
					uint64_t *offset, struct ks_walk *walk)
{
	const struct ks_member *last = record->nr ? &record->members[record->nr - 1] : NULL;
	struct ks_shape shape = last ? ks_shape_of(site, last->type) : (struct ks_shape){ 0 };
	walk->end = KS_WALK_BEYOND;
	walk->owner = record;
	if (!last || shape.untold)
		walk->end = last ? KS_WALK_UNTOLD : KS_WALK_BEYOND;
	if (shape.kind != KS_BTF_ARRAY || shape.type->n || *offset < last->bits_offset / 8)
		return NULL;
	struct ks_shape inner = ks_shape_of(site, shape.type->inner);
	walk->member = last;
	if (inner.untold)
		walk->end = KS_WALK_UNTOLD;
	else if (inner.kind == KS_BTF_INT)
		walk->end = KS_WALK_SCALAR; // older kernels refuse these, too
	const struct ks_decl *element = ks_record_of_shape(site, &inner);
	if (!element || !element->size)
		return NULL;
	*offset = (*offset - last->bits_offset / 8) % element->size;
	return element;
}

/** The search ends at a member that is no struct. */
static void end_at(const struct ks_site *site, const struct part *part, uint64_t offset,
		   uint64_t size, struct ks_walk *walk)
{
	bool other;
	if (part->shape.kind != KS_BTF_PTR) {
		walk->end = offset + size > part->end ? KS_WALK_PART : KS_WALK_SCALAR;
		return;
	}
	if (offset != part->begin || size != part->size) {
		walk->end = KS_WALK_PART;
		return;
	}
	walk->pointee = ks_pointee(site, part->shape.type, &other);
	walk->end = walk->pointee ? KS_WALK_POINTER : other ? KS_WALK_MEMORY : KS_WALK_UNTOLD;
}

/** Look at the members of one struct or union. @return the one of them to go into; NULL: the search is over */
static const struct ks_decl *look(const struct ks_site *site, const struct ks_decl *record,
				  uint64_t *offset, uint64_t size, struct ks_walk *walk)
{
	walk->owner = record;
	walk->end = KS_WALK_NOTHING;
	for (uint32_t i = 0; i < record->nr; i++) {
		const struct ks_member *member = &record->members[i];
		uint64_t begin = member->bits_offset / 8;
		if (*offset + size <= begin)
			return NULL;
		if (member->bitfield_size) {
			uint64_t end = (member->bits_offset + member->bitfield_size + 7) / 8;
			if (*offset > begin || end > *offset + size)
				continue;
			walk->end = KS_WALK_SCALAR;
			return NULL;
		}
		if (*offset < begin)
			return NULL;
		struct part part = part_of(site, member, *offset);
		if (part.untold) {
			walk->end = KS_WALK_UNTOLD;
			return NULL;
		}
		if (part.empty || *offset >= part.end)
			continue;
		walk->member = member;
		if (part.shape.kind == KS_BTF_STRUCT || part.shape.kind == KS_BTF_UNION) {
			const struct ks_decl *inner = ks_record_of_shape(site, &part.shape);
			walk->end = KS_WALK_UNTOLD; // unless it is known
			*offset -= part.begin;
			return inner;
		}
		end_at(site, &part, *offset, size, walk);
		return NULL;
	}
	return NULL;
}

struct ks_walk ks_struct_walk(const struct ks_site *site, const struct ks_decl *record,
			      uint64_t offset, uint64_t size)
{
	struct ks_walk walk = { .end = KS_WALK_UNTOLD, .owner = record };
	for (int i = 0; record && i < MAX_NESTED; i++) {
		if (!record->size) {
			walk.end = KS_WALK_UNTOLD; // only declared
			break;
		}
		if (record->name) {
			walk.named = record;
			walk.offset = offset;
		}
		record = offset + size > record->size ? enter_tail(site, record, &offset, &walk)
						      : look(site, record, &offset, size, &walk);
	}
	return walk;
}
