/* SPDX-License-Identifier: BSD-2-Clause */
#include "extract/dwarf/foreign.h"

#include <stdlib.h>

#include "dwarf/die.h"
#include "extract/dwarf/type_hash.h"

enum {
	MAX_READY = 1 << 20
}; // entries of the tables of all units that are ready, about 50 bytes each

void ks_foreign_start_unit(struct ks_foreign *f, const struct ks_unit *unit)
{
	f->unit = unit;
	f->first = (uint32_t)(unit->end - unit->start);
	f->dies.len = f->parts.len = 0;
	f->closed = f->nowhere = false;
	f->stamp++;
}

static void free_unit(struct ks_foreign_unit *other)
{
	if (!other)
		return;
	ks_abbrevs_deinit(&other->abbrevs);
	ks_unit_scope_deinit(&other->scope);
	free(other);
}

void ks_foreign_deinit(struct ks_foreign *f)
{
	for (size_t i = 0; i < f->ready.len; i++)
		free_unit(f->units[f->ready.at[i]]);
	ks_vector_deinit(&f->ready);
	ks_vector_deinit(&f->dies);
	ks_vector_deinit(&f->parts);
	free(f->units);
	free(f->part_stamps);
	free(f->table);
	ks_error_free(f->err);
}

/** Keep the first error, which the walk returns when it gets there. */
static void fail(struct ks_foreign *f, struct ks_error *err)
{
	if (f->err)
		ks_error_free(err);
	else
		f->err = err;
}

bool ks_foreign_charge(struct ks_foreign *f, uint64_t amount)
{
	if (f->err)
		return false;
	int64_t cost = (int64_t)(amount < INT32_MAX ? amount : INT32_MAX);
	if (atomic_fetch_sub_explicit(&f->shared->left, cost, memory_order_relaxed) >= cost)
		return true;
	fail(f, ks_error_new(KS_ERR_DATA,
			     "units refer to each other, or to the same tables, again and again"));
	return false;
}

static bool make_tables(struct ks_foreign *f)
{
	size_t nr = f->dwarf->units.len + 1;
	if (!f->units)
		f->units = calloc(nr, sizeof(*f->units));
	if (!f->part_stamps)
		f->part_stamps = calloc(nr, sizeof(*f->part_stamps));
	if (!f->units || !f->part_stamps)
		fail(f, &ks_nomem);
	return !f->err;
}

static bool is_part(const struct ks_unit *unit)
{
	return unit->kind == DW_UT_partial || unit->kind == DW_UT_type;
}

static void take_in(struct ks_foreign *f, const struct ks_unit *unit)
{
	uint32_t number = (uint32_t)(unit - f->dwarf->units.at);
	if (f->closed || !make_tables(f) || f->part_stamps[number] == f->stamp)
		return;
	f->part_stamps[number] = f->stamp;
	atomic_store_explicit(&f->shared->taken[number], true, memory_order_relaxed);
	if (!ks_vector_add(&f->parts, number))
		fail(f, &ks_nomem);
}

void ks_foreign_import(struct ks_foreign *f, uint64_t at)
{
	const struct ks_unit *unit = ks_dwarf_unit_at(f->dwarf, at);
	if (unit && unit->start != f->unit->start)
		take_in(f, unit); // what turns out to be no part is passed over when it is read
}

/* ---- numbers ---- */

static bool grow_table(struct ks_foreign *f)
{
	size_t old_len = f->table_len, len = old_len ? old_len * 2 : 1 << 10;
	__typeof__(f->table) old = f->table, grown = calloc(len, sizeof(*grown));
	if (!grown)
		return false;
	for (size_t i = 0; i < old_len; i++) {
		if (old[i].stamp != f->stamp)
			continue;
		size_t at = ks_hash_mix(old[i].at, 1) & (len - 1);
		while (grown[at].stamp)
			at = (at + 1) & (len - 1);
		grown[at] = old[i];
	}
	free(old);
	f->table = grown;
	f->table_len = len;
	return true;
}

uint32_t ks_foreign_number(struct ks_foreign *f, uint64_t at)
{
	uint64_t start = (uint64_t)(f->unit->start - f->dwarf->info.base);
	if (at >= start && at - start < f->first)
		return (uint32_t)(at - start);
	if (f->err)
		return KS_NO_NODE;
	if (f->dies.len * 2 >= f->table_len && !grow_table(f))
		goto failed;
	size_t i = ks_hash_mix(at, 1) & (f->table_len - 1);
	for (; f->table[i].stamp == f->stamp; i = (i + 1) & (f->table_len - 1))
		if (f->table[i].at == at)
			return f->table[i].number;
	const struct ks_unit *unit = ks_dwarf_unit_at(f->dwarf, at);
	uint32_t number = f->first + (uint32_t)f->dies.len;
	if (!unit || number < f->first || number >= KS_NO_NODE - 1)
		return KS_NO_NODE;
	if (unit->kind == DW_UT_type)
		take_in(f, unit);
	if (!ks_types_widen(f->types, number) || !ks_vector_add(&f->dies, at))
		goto failed;
	f->table[i].at = at;
	f->table[i].number = number;
	f->table[i].stamp = f->stamp;
	return number;
failed:
	fail(f, &ks_nomem);
	return KS_NO_NODE;
}

uint32_t ks_foreign_ref(struct ks_foreign *f, const struct ks_unit *from, uint64_t value)
{
	if (value < KS_REF_FOREIGN) {
		if (value >= (uint64_t)(from->end - from->start))
			return KS_NO_NODE;
		value += (uint64_t)(from->start - f->dwarf->info.base);
	} else if (value < KS_REF_NOWHERE) {
		value -= KS_REF_FOREIGN;
	} else {
		f->nowhere = true;
		return KS_NO_NODE;
	}
	return ks_foreign_number(f, value);
}

/* ---- units ---- */

void ks_foreign_trim(struct ks_foreign *f, const struct ks_foreign_unit *keep)
{
	if (f->ready_size <= MAX_READY)
		return;
	size_t left = 0;
	f->ready_size = 0;
	for (size_t i = 0; i < f->ready.len; i++) {
		uint32_t number = f->ready.at[i];
		if (f->units[number] == keep) {
			f->ready.at[left++] = number;
			continue;
		}
		free_unit(f->units[number]);
		f->units[number] = NULL;
	}
	f->ready.len = left;
}

/** Read the unit's own DIE, and what depends on it. */
static struct ks_error *start_unit(struct ks_foreign *f, struct ks_foreign_unit *other)
{
	struct ks_unit *unit = &other->unit;
	KS_TRY(ks_abbrevs_compile(&other->abbrevs, unit));
	const uint8_t *p = unit->start + unit->first_die;
	uint64_t v[KS_NR_VALUES], code = ks_fast_uleb(&p, unit->end);
	if (!p || !code || code >= other->abbrevs.by_code.len)
		return NULL; // an empty unit: nothing will be found in it
	const struct ks_abbrev *abbrev = &other->abbrevs.by_code.at[code];
	if (abbrev->class != KS_DIE_UNIT)
		return NULL;
	p = ks_die_read(unit, &other->abbrevs, abbrev, p, unit->end, v);
	if (!p)
		return NULL;
	other->first_child = (uint32_t)(p - unit->start);
	other->children = abbrev->children;
	other->part = other->part || abbrev->tag == DW_TAG_partial_unit;
	other->left_out =
		(abbrev->has & KS_HAS(KS_SLOT_LANGUAGE)) && v[KS_SLOT_LANGUAGE] == DW_LANG_Rust;
	ks_unit_scope_set_bases(unit, abbrev->has, v);
	return ks_unit_scope_start(&other->scope, f->arena, unit, &other->abbrevs, abbrev->has, v);
}

struct ks_foreign_unit *ks_foreign_unit_at(struct ks_foreign *f, uint64_t at)
{
	const struct ks_unit *unit = ks_dwarf_unit_at(f->dwarf, at);
	if (!unit || !make_tables(f))
		return NULL;
	uint32_t number = (uint32_t)(unit - f->dwarf->units.at);
	if (f->units[number])
		return f->units[number];
	struct ks_foreign_unit *other = calloc(1, sizeof(*other));
	if (!other || !ks_vector_add(&f->ready, number)) {
		free(other);
		fail(f, &ks_nomem);
		return NULL;
	}
	f->units[number] = other;
	*other = (struct ks_foreign_unit){
		.unit = *unit,
		.number = number + 1,
		.part = is_part(unit),
	};
	other->scope.unit = &other->unit;
	other->scope.abbrevs = &other->abbrevs;
	struct ks_error *err = start_unit(f, other);
	if (err)
		fail(f, err);
	size_t size = other->abbrevs.by_code.len + other->abbrevs.ops.len / 8 +
		      other->scope.lines.files.len + other->scope.lines.dirs.len + 16;
	f->ready_size += size;
	uint64_t cost = other->abbrevs.cost + other->scope.lines.cost + 16;
	return ks_foreign_charge(f, cost) ? other : NULL;
}
