/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiling abbreviations. A declaration lists (attribute, form) pairs; its program keeps those whose
 * attribute its tag wants, and fuses all others, as far as their size is fixed, into the skip of the next
 * step. Sizes depend on the unit (addresses, offsets), so the programs do too. Where every attribute has a
 * fixed size, as in nearly all types and members, the wanted ones are also laid out by offset: reading them
 * takes no branches at all.
 */
#include <string.h>

#include "dwarf/abbrev_known.h"
#include "dwarf/abbrev_tables.h"
#include "dwarf/die.h"

struct compiler {
	struct ks_abbrevs *to;
	struct ks_abbrev *abbrev;
	uint32_t wanted, skip;
	uint32_t offset; // bytes of the attributes so far
	bool fixed;	 // all of them have a fixed size and fit the layout
	unsigned int nr_fields, nr_consts;
	bool failed; // out of memory
};

/* ---- layouts ---- */

/** A wanted attribute of a DIE whose attributes all have a fixed size. */
static void lay_out(struct compiler *c, uint8_t slot, enum op_code read, uint32_t size)
{
	static const uint8_t widths[] = {
		[STEP_U8] = 1, [STEP_U16] = 2, [STEP_U32] = 4, [STEP_U64] = 8
	};
	if (read >= sizeof(widths) || widths[read] != size || c->nr_fields == KS_LAYOUT_FIELDS ||
	    c->offset > UINT16_MAX) {
		c->fixed = false;
		return;
	}
	c->abbrev->fields[c->nr_fields++] = (struct ks_field){
		.offset = (uint16_t)c->offset,
		.slot = slot,
		.shift = (uint8_t)(64 - 8 * size),
	};
}

static void lay_out_const(struct compiler *c, uint8_t slot, int64_t value)
{
	if (c->nr_consts++)
		c->fixed = false; // there is room for one
	c->abbrev->const_slot = slot;
	c->abbrev->const_value = (uint64_t)value;
}

/** A layout is worth it only where something is read. */
static void finish_layout(struct compiler *c)
{
	bool usable = c->fixed && c->offset <= UINT16_MAX && (c->nr_fields || c->nr_consts) &&
		      __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !c->to->swap;
	c->abbrev->laid_out = usable;
	c->abbrev->size = (uint16_t)c->offset;
}

/* ---- programs ---- */

static void emit(struct compiler *c, enum op_code code, uint8_t slot)
{
	struct ks_op *op;
	for (; c->skip > UINT16_MAX; c->skip -= UINT16_MAX) {
		op = ks_vector_push(&c->to->ops);
		if (!op)
			goto failed;
		*op = (struct ks_op){ UINT16_MAX, STEP_SKIP, 0 };
	}
	op = ks_vector_push(&c->to->ops);
	if (!op)
		goto failed;
	*op = (struct ks_op){ (uint16_t)c->skip, (uint8_t)code, slot };
	c->skip = 0;
	return;
failed:
	c->failed = true;
}

static void emit_const(struct compiler *c, uint8_t slot, int64_t value)
{
	emit(c, STEP_CONST, slot);
	if (!ks_vector_reserve(&c->to->ops, 2)) {
		c->failed = true;
		return;
	}
	memcpy(&c->to->ops.at[c->to->ops.len], &value, sizeof(value));
	c->to->ops.len += sizeof(value) / sizeof(struct ks_op);
}

static uint32_t form_size(const struct ks_abbrevs *to, const struct ks_dwarf_form *form)
{
	switch (form->size) {
	case KS_SIZE_ADDRESS:
		return to->address_size;
	case KS_SIZE_OFFSET:
		return to->offset_size;
	case KS_SIZE_REF_ADDR: // DWARF 2 wrote an address (section 7.5.4 of both)
		return to->version <= 2 ? to->address_size : to->offset_size;
	default:
		return form->size;
	}
}

/** The slot that an attribute fills, or KS_NR_SLOTS. */
static uint8_t wanted_slot(const struct compiler *c, uint64_t attr,
			   const struct ks_dwarf_form *form)
{
	const struct ks_attr_slot *fills = ks_attr_slot(attr);
	if (!fills)
		return KS_NR_SLOTS;
	uint8_t slot = (uint8_t)(fills->slot_plus_1 - 1);
	bool fits = fills->sort == KS_SORT_WHERE || (form->sorts & KS_CAN(fills->sort));
	return fits && (c->wanted & KS_HAS(slot)) ? slot : KS_NR_SLOTS;
}

/** A slot that holds a location (location.h): an expression, a list's offset or number, or the fact that it exists. */
static void emit_place(struct compiler *c, const struct ks_dwarf_form *form, uint8_t slot)
{
	uint32_t size = form_size(c->to, form);
	if (form->read == STEP_EXPR_OFFSET || form->read == STEP_EXPR_OFFSET8) {
		emit(c, form->read == STEP_EXPR_OFFSET ? STEP_EXPR : STEP_EXPR8, slot);
		return;
	}
	if (form->read == STEP_LIST_INDEX) {
		emit(c, STEP_LIST_INDEX, slot);
		return;
	}
	if ((size == 4 || size == 8) && (form->sorts & KS_CAN(KS_SORT_NUMBER))) {
		enum op_code read = size == 8 ? form->read64 : form->read;
		emit(c, read, slot);
		lay_out(c, slot, read, size);
		return;
	}
	emit_const(c, slot, (int64_t)KS_LOCATION_UNKNOWN);
	lay_out_const(c, slot, (int64_t)KS_LOCATION_UNKNOWN);
	if (form->size == KS_SIZE_VARIES)
		emit(c, form->skip, slot);
	else
		c->skip += form_size(c->to, form);
}

static void compile_attribute(struct compiler *c, uint64_t attr, uint64_t code,
			      const struct ks_dwarf_form *form, int64_t implicit)
{
	uint8_t slot = wanted_slot(c, attr, form);
	if (slot != KS_NR_SLOTS)
		c->abbrev->has |= KS_HAS(slot);
	if (form->size == KS_SIZE_VARIES)
		c->fixed = false;
	if (slot == KS_SLOT_LOCATION || slot == KS_SLOT_RANGES) {
		emit_place(c, form, slot);
	} else if (slot == KS_NR_SLOTS && form->size == KS_SIZE_VARIES) {
		emit(c, form->skip, 0);
	} else if (slot == KS_NR_SLOTS) {
		c->skip += form_size(c->to, form);
	} else if (form->read == STEP_CONST) {
		int64_t value = code == DW_FORM_implicit_const ? implicit : 1;
		emit_const(c, slot, value);
		lay_out_const(c, slot, value);
	} else {
		uint32_t size = form_size(c->to, form);
		enum op_code read = size == 8 ? form->read64 : form->read;
		emit(c, read, slot);
		lay_out(c, slot, read, size);
	}
	if (form->size != KS_SIZE_VARIES)
		c->offset += form_size(c->to, form);
}

static struct ks_error *compile_attributes(struct compiler *c, struct ks_cursor *in)
{
	for (;;) {
		uint64_t attr = ks_cursor_uleb(in), code = ks_cursor_uleb(in);
		if (in->why || (!attr && !code))
			break;
		int64_t implicit = code == DW_FORM_implicit_const ? ks_cursor_sleb(in) : 0;
		const struct ks_dwarf_form *form = ks_dwarf_form(code);
		if (!form)
			return ks_error_new(KS_ERR_UNSUPPORTED,
					    "attribute 0x%llx has form 0x%llx, which ksurf does "
					    "not know",
					    (unsigned long long)attr, (unsigned long long)code);
		compile_attribute(c, attr, code, form, implicit);
	}
	emit(c, STEP_END, 0);
	finish_layout(c);
	return NULL;
}

/** @param typed variables are looked at, too */
static void classify(struct ks_abbrev *abbrev, bool typed, uint32_t *wanted)
{
	abbrev->class = KS_DIE_OTHER;
	*wanted = 0;
	const struct ks_tag_class *class = ks_tag_class(abbrev->tag);
	if (class && (typed || class->class != KS_DIE_TYPED)) {
		abbrev->class = class->class;
		*wanted = class->wanted;
	}
	bool entered = abbrev->class != KS_DIE_OTHER && abbrev->class != KS_DIE_TYPE &&
		       abbrev->class != KS_DIE_CALL_SITE && abbrev->class != KS_DIE_TYPED;
	if (abbrev->children && !entered)
		*wanted |= KS_HAS(KS_SLOT_SIBLING);
}

enum { UNDECLARED = 0xff, MAX_GAP = 1024, MAX_CODE = 1 << 20 };

/**
 * Compilers number abbreviations from 1 without gaps, so an array by code is all that is needed. A few bytes that
 * make a large one are refused, for every unit could have them.
 * @param nr how many are declared
 */
static struct ks_error *slot_for_code(struct ks_abbrevs *to, uint64_t nr, uint64_t code,
				      struct ks_abbrev **ret)
{
	if (code > 2 * nr + MAX_GAP || code > MAX_CODE)
		return ks_error_new(KS_ERR_DATA, "abbreviation code %llu is out of all order",
				    (unsigned long long)code);
	while (to->by_code.len <= code)
		if (!ks_vector_add(&to->by_code, ((struct ks_abbrev){ .children = UNDECLARED })))
			return &ks_nomem;
	*ret = &to->by_code.at[code];
	return NULL;
}

/** Compile the declaration that the cursor stands in, behind its code. */
static struct ks_error *compile_one(struct ks_abbrevs *to, struct ks_cursor *in, bool typed,
				    struct ks_abbrev *abbrev)
{
	struct compiler c = { .to = to, .abbrev = abbrev, .fixed = true };
	*abbrev = (struct ks_abbrev){ .const_slot = KS_NR_SLOTS };
	for (unsigned int i = 0; i < KS_LAYOUT_FIELDS; i++)
		abbrev->fields[i].slot = KS_NR_SLOTS;
	abbrev->tag = (uint16_t)ks_cursor_uleb(in);
	abbrev->children = ks_cursor_u8(in) != 0;
	abbrev->first_op = (uint32_t)to->ops.len;
	classify(abbrev, typed, &c.wanted);
	if (to->bare)
		c.wanted = 0;
	KS_TRY(compile_attributes(&c, in));
	return c.failed ? &ks_nomem : NULL;
}

/** The same, unless it was compiled before. */
static struct ks_error *compile_or_find(struct ks_abbrevs *to, struct ks_cursor *in, bool typed,
					struct ks_abbrev *abbrev)
{
	struct ks_abbrev_bytes declaration = { in->pos, ks_abbrev_declaration_bytes(in) };
	const uint8_t *end = in->pos + declaration.len;
	uint64_t hash;
	const struct ks_abbrev *known = ks_abbrevs_known_find(to, declaration, &hash);
	if (known) {
		*abbrev = *known;
		in->pos = end;
		return NULL;
	}
	KS_TRY(compile_one(to, in, typed, abbrev));
	if (in->why || in->pos != end)
		return NULL;
	return ks_abbrevs_known_add(to, declaration, hash, abbrev) ? NULL : &ks_nomem;
}

static struct ks_error *compile_all(struct ks_abbrevs *to, struct ks_cursor *in, bool typed)
{
	for (uint64_t nr = 0;; nr++) {
		uint64_t code = ks_cursor_uleb(in);
		struct ks_abbrev *abbrev = NULL;
		if (in->why || !code)
			return NULL;
		KS_TRY(slot_for_code(to, nr, code, &abbrev));
		KS_TRY((to->keep ? compile_or_find : compile_one)(to, in, typed, abbrev));
	}
}

struct ks_error *ks_abbrevs_compile(struct ks_abbrevs *abbrevs, const struct ks_unit *unit)
{
	abbrevs->cost = 0;
	if (abbrevs->by_code.len && abbrevs->offset == unit->abbrev_offset &&
	    abbrevs->address_size == unit->address_size &&
	    abbrevs->offset_size == unit->offset_size && abbrevs->version == unit->version)
		return NULL;
	abbrevs->by_code.len = 0;
	KS_TRY(ks_abbrevs_known_start(abbrevs, unit));
	abbrevs->offset = unit->abbrev_offset;
	abbrevs->address_size = unit->address_size;
	abbrevs->offset_size = unit->offset_size;
	abbrevs->version = unit->version;
	abbrevs->swap = unit->dwarf->swap;
	struct ks_cursor in = unit->dwarf->abbrev;
	struct ks_error *err = NULL;
	if (!ks_cursor_take(&in, unit->abbrev_offset))
		err = ks_error_new(KS_ERR_DATA, "abbreviations lie outside of their section");
	else
		err = compile_all(abbrevs, &in, unit->dwarf->type_units.len != 0);
	if (!err && in.why)
		err = ks_error_new(KS_ERR_DATA, "%s", in.why);
	abbrevs->cost = ks_cursor_offset(&in) - unit->abbrev_offset + abbrevs->by_code.len;
	if (err)
		abbrevs->by_code.len = 0;
	return ks_error_at(err, ".debug_abbrev", ks_cursor_offset(&in));
}

void ks_abbrevs_deinit(struct ks_abbrevs *abbrevs)
{
	ks_vector_deinit(&abbrevs->by_code);
	ks_vector_deinit(&abbrevs->ops);
	ks_abbrevs_known_deinit(&abbrevs->known);
}
