/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/array.h"
#include "dwarf/die.h"
#include "dwarf/location.h"
#include "extract/dwarf/functions.h"
#include "extract/dwarf/type_hash.h"

struct ks_error *ks_functions_start_unit(struct ks_functions *fns, const struct ks_unit *unit,
					 const struct ks_abbrevs *abbrevs, uint32_t has,
					 const uint64_t *v)
{
	fns->functions.len = fns->edges.len = fns->copies.len = fns->params.len = 0;
	// as many as the unit before: few units are much larger
	fns->failed |= !ks_hashmap_reset(&fns->map, fns->map.nr);
	fns->calls_known = false;
	fns->scope = &fns->own;
	fns->scope_unit = 0;
	return ks_unit_scope_start(&fns->own, fns->arena, unit, abbrevs, has, v);
}

void ks_functions_deinit(struct ks_functions *fns)
{
	ks_unit_scope_deinit(&fns->own);
	ks_vector_deinit(&fns->functions);
	ks_vector_deinit(&fns->edges);
	ks_vector_deinit(&fns->copies);
	ks_vector_deinit(&fns->params);
	ks_hashmap_deinit(&fns->map);
}

/* ---- identities ---- */

/** What a subprogram DIE says of its identity, its specification included. */
struct identity {
	uint64_t name; // KS_NO_NAME: it has none
	uint64_t origin;
	uint32_t file, line; // 0: not given
	bool external, has_origin;
	uint32_t unit;	  // that says so: number in the file + 1; 0: the one being walked
	const char *path; // of the file, when another unit says so
	const char *home; // path of the unit it belongs to, when that is another
};

static struct identity identity_of(uint32_t has, const uint64_t *v)
{
	return (struct identity){
		.name = has & KS_HAS(KS_SLOT_NAME) ? v[KS_SLOT_NAME] : KS_NO_NAME,
		.origin = has & KS_HAS(KS_SLOT_ORIGIN) ? v[KS_SLOT_ORIGIN] : 0,
		.has_origin = has & KS_HAS(KS_SLOT_ORIGIN),
		.file = has & KS_HAS(KS_SLOT_DECL_FILE) ? (uint32_t)v[KS_SLOT_DECL_FILE] : 0,
		.line = has & KS_HAS(KS_SLOT_DECL_LINE) ? (uint32_t)v[KS_SLOT_DECL_LINE] : 0,
		.external = (has & KS_HAS(KS_SLOT_EXTERNAL)) && v[KS_SLOT_EXTERNAL],
	};
}

/** A subprogram DIE that is read before the walk gets there, or that is in another unit. */
struct subprogram {
	uint32_t has;
	uint64_t v[KS_NR_VALUES];
	struct ks_foreign_unit *other; // NULL: of the unit being walked
};

static bool read_at(const struct ks_unit *unit, const struct ks_abbrevs *abbrevs, uint64_t offset,
		    struct subprogram *ret)
{
	if (offset < unit->first_die || offset >= (uint64_t)(unit->end - unit->start))
		return false;
	const uint8_t *p = unit->start + offset;
	uint64_t code = ks_fast_uleb(&p, unit->end);
	if (!p || !code || code >= abbrevs->by_code.len)
		return false;
	const struct ks_abbrev *abbrev = &abbrevs->by_code.at[code];
	ret->has = abbrev->has;
	return abbrev->class == KS_DIE_SUBPROGRAM &&
	       ks_die_read(unit, abbrevs, abbrev, p, unit->end, ret->v);
}

void ks_functions_localize(struct ks_functions *fns, const struct ks_unit *unit, uint32_t has,
			   uint64_t *v)
{
	static const enum ks_slot refs[] = { KS_SLOT_ORIGIN, KS_SLOT_SPECIFICATION, KS_SLOT_TYPE };
	for (size_t i = 0; i < KS_ARRAY_LEN(refs); i++)
		if (has & KS_HAS(refs[i]))
			v[refs[i]] = ks_foreign_ref(fns->foreign, unit, v[refs[i]]);
	if (has & KS_HAS(KS_SLOT_NAME))
		v[KS_SLOT_NAME] = ks_unit_text_anywhere(unit, v[KS_SLOT_NAME]);
}

/** Read the DIE of that number; false when there is none or it is no subprogram. */
static bool read_subprogram(struct ks_functions *fns, uint64_t number, struct subprogram *ret)
{
	struct ks_foreign *foreign = fns->foreign;
	ret->other = NULL;
	if (number < foreign->first)
		return read_at(fns->own.unit, fns->own.abbrevs, number, ret);
	if (number >= KS_NO_NODE || !ks_foreign_is(foreign, (uint32_t)number))
		return false;
	uint64_t at = ks_foreign_at(foreign, (uint32_t)number);
	struct ks_foreign_unit *other = ks_foreign_unit_at(foreign, at);
	if (!other || other->left_out)
		return false;
	uint64_t start = (uint64_t)(other->unit.start - foreign->dwarf->info.base);
	if (!read_at(&other->unit, &other->abbrevs, at - start, ret))
		return false;
	ret->other = other;
	return true;
}

/** What a DIE says that was read. Its references become numbers. */
static struct identity identity_read(struct ks_functions *fns, struct subprogram *die)
{
	struct ks_foreign_unit *other = die->other;
	ks_functions_localize(fns, other ? &other->unit : fns->own.unit, die->has, die->v);
	struct identity id = identity_of(die->has, die->v);
	if (!other)
		return id;
	id.unit = other->number;
	id.home = other->part ? NULL : other->scope.path;
	id.path = id.file ? ks_unit_scope_file(&other->scope, fns->arena, id.file, &fns->failed)
			  : NULL;
	return id;
}

/** A definition out of its declaration's place takes what it does not say itself from there. */
static void add_specification(struct ks_functions *fns, uint64_t number, struct identity *id)
{
	struct subprogram die;
	if (!read_subprogram(fns, number, &die))
		return;
	struct identity other = identity_read(fns, &die);
	if (id->name == KS_NO_NAME)
		id->name = other.name;
	if (!id->file) {
		id->file = other.file;
		id->line = other.line;
		id->unit = other.unit;
		id->path = other.path;
	}
	id->external = id->external || other.external;
}

static bool same_identity(const struct ks_unit_function *fn, const struct identity *id,
			  const char *text)
{
	if (fn->external != id->external || strcmp(fn->text, text) != 0)
		return false;
	return fn->external ||
	       (fn->key_file == id->file && fn->key_line == id->line && fn->key_unit == id->unit);
}

/** Find or make the unit's function of an identity; its index. */
static uint32_t find_function(struct ks_functions *fns, const struct identity *id)
{
	uint64_t key = ks_hash_mix(ks_unit_text_key(fns->own.unit, id->name), id->external);
	if (!id->external)
		key = ks_hash_mix(key, (uint64_t)id->file << 32 | id->line);
	const char *text = ks_unit_text(fns->own.unit, id->name);
	struct ks_hashmap_walk walk = ks_hashmap_walk(key);
	for (uint32_t number; (number = ks_hashmap_next(&fns->map, &walk));)
		if (same_identity(&fns->functions.at[number - 1], id, text))
			return number - 1;
	struct ks_unit_function *fn = ks_vector_push(&fns->functions);
	if (!fn)
		goto failed;
	*fn = (struct ks_unit_function){
		.text = ks_text_get(fns->types->text, fns->own.unit, id->name, fns->arena),
		.external = id->external,
		.inlined = KS_INLINE_NOT_SEEN,
		.line = KS_NO_LINE,
		.key_unit = id->unit,
		.key_file = id->file,
		.key_line = id->line,
		.key_path = id->path,
		.home = id->home,
	};
	if (id->home && id->path) { // nothing here defines it
		fn->loc_file = id->path;
		fn->line = id->line ? id->line : KS_NO_LINE;
	}
	if (!fn->text)
		goto failed;
	fn->hash = XXH3_64bits(fn->text, strlen(fn->text));
	if (!ks_hashmap_add(&fns->map, key, (uint32_t)fns->functions.len))
		goto failed;
	return (uint32_t)(fns->functions.len - 1);
failed:
	fns->failed = true;
	return KS_NO_FUNCTION;
}

/** compiletime_assert() declares a function per line that nothing may ever call. */
static bool is_assertion(const struct ks_unit *unit, uint64_t name)
{
	static const char prefix[] = "__compiletime_assert_";
	const char *text = ks_unit_text(unit, name);
	return text[0] == '_' && strncmp(text, prefix, sizeof(prefix) - 1) == 0;
}

enum { ORIGIN_DEPTH = 8 };

static uint32_t known_node(struct ks_functions *fns, uint32_t offset, uint32_t has,
			   const uint64_t *v, const struct identity *given, unsigned int depth);

static uint32_t node_at(struct ks_functions *fns, uint64_t offset, unsigned int depth)
{
	uint32_t index = ks_types_find(fns->types, offset);
	if (index != KS_NO_NODE)
		return fns->types->nodes.at[index].function ? index : KS_NO_NODE;
	struct subprogram die;
	if (depth > ORIGIN_DEPTH || !read_subprogram(fns, offset, &die))
		return KS_NO_NODE;
	struct identity id = identity_read(fns, &die);
	return known_node(fns, (uint32_t)offset, die.has, die.v, &id, depth);
}

/** Make the node of a subprogram DIE and settle which function it belongs to. */
static uint32_t known_node(struct ks_functions *fns, uint32_t offset, uint32_t has,
			   const uint64_t *v, const struct identity *given, unsigned int depth)
{
	struct identity id = *given;
	if (has & KS_HAS(KS_SLOT_SPECIFICATION))
		add_specification(fns, v[KS_SLOT_SPECIFICATION], &id);
	uint32_t function = KS_NO_FUNCTION;
	if (id.has_origin) {
		uint32_t origin = node_at(fns, id.origin, depth + 1);
		if (origin != KS_NO_NODE)
			function = fns->types->nodes.at[origin].function - 1;
	} else if (id.name != KS_NO_NAME && !is_assertion(fns->own.unit, id.name)) {
		function = find_function(fns, &id);
	}
	if (function == KS_NO_FUNCTION)
		return KS_NO_NODE;
	uint32_t index = ks_types_add(fns->types, KS_NODE_FUNCTION, offset);
	if (index == KS_NO_NODE)
		return KS_NO_NODE;
	struct ks_node *node = &fns->types->nodes.at[index];
	node->function = function + 1;
	if (has & KS_HAS(KS_SLOT_TYPE))
		node->inner = (uint32_t)v[KS_SLOT_TYPE];
	return index;
}

uint32_t ks_functions_node(struct ks_functions *fns, uint64_t offset)
{
	return node_at(fns, offset, 0);
}

/* ---- what a definition adds ---- */

static const char *file_path(struct ks_functions *fns, uint64_t file)
{
	return ks_unit_scope_file(fns->scope, fns->arena, file, &fns->failed);
}

static void define(struct ks_functions *fns, struct ks_unit_function *fn, uint32_t has,
		   const uint64_t *v)
{
	bool known = (has & KS_HAS(KS_SLOT_INLINE)) && v[KS_SLOT_INLINE] <= DW_INL_declared_inlined;
	bool has_file = has & KS_HAS(KS_SLOT_DECL_FILE);
	if (fn->inlined == KS_INLINE_NOT_SEEN || fn->inlined == KS_INLINE_UNKNOWN)
		fn->inlined = known ? (uint8_t)v[KS_SLOT_INLINE] : KS_INLINE_UNKNOWN;
	if (!fn->addr)
		fn->addr = ks_die_addr(has, v);
	fn->defined = true;
	if (fn->loc_file)
		return;
	if (fn->external && has_file)
		fn->loc_file = file_path(fns, v[KS_SLOT_DECL_FILE]);
	else if (fn->key_unit != fns->scope_unit)
		fn->loc_file = fn->key_path;
	else if (fn->key_file || has_file)
		fn->loc_file = file_path(fns, fn->key_file);
	if (!fn->loc_file)
		fn->loc_file = fns->own.path;
	else if (fn->external ? has & KS_HAS(KS_SLOT_DECL_LINE) : fn->key_line)
		fn->line = fn->external ? (uint32_t)v[KS_SLOT_DECL_LINE] : fn->key_line;
}

/** A function that was only compiled in another unit (link-time optimisation), and not inlined. */
static bool only_moved(struct ks_functions *fns, uint64_t origin)
{
	struct subprogram die;
	return origin >= fns->foreign->first && read_subprogram(fns, origin, &die) && die.other &&
	       !die.other->part && !(die.has & KS_HAS(KS_SLOT_INLINE));
}

static void note_copy(struct ks_functions *fns, uint32_t index, uint32_t has, const uint64_t *v)
{
	uint32_t origin = node_at(fns, v[KS_SLOT_ORIGIN], 0);
	struct ks_node *node = &fns->types->nodes.at[index];
	uint64_t low = ks_die_addr(has, v);
	if (!low && (has & KS_HAS(KS_SLOT_RANGES)))
		ks_unit_first_range(fns->own.unit, v[KS_SLOT_RANGES], &low);
	struct ks_unit_copy copy = {
		.function = node->function - 1,
		.low = low,
		.origin = origin,
		.moved = only_moved(fns, v[KS_SLOT_ORIGIN]),
	};
	if (!ks_vector_add(&fns->copies, copy))
		fns->failed = true;
	node->copy = (uint32_t)fns->copies.len;
}

uint32_t ks_functions_reach(struct ks_functions *fns, uint32_t offset, uint32_t has,
			    const uint64_t *v)
{
	uint32_t index = ks_types_find(fns->types, offset);
	if (index == KS_NO_NODE) {
		struct identity id = identity_of(has, v);
		id.unit = fns->scope_unit;
		index = known_node(fns, offset, has, v, &id, 0);
	}
	if (index == KS_NO_NODE || !fns->types->nodes.at[index].function)
		return KS_NO_NODE;
	struct ks_node *node = &fns->types->nodes.at[index];
	struct ks_unit_function *fn = &fns->functions.at[node->function - 1];
	node->walked = true;
	if ((has & KS_HAS(KS_SLOT_ALL_CALLS)) && v[KS_SLOT_ALL_CALLS])
		fns->calls_known = true;
	node->declaration = (has & KS_HAS(KS_SLOT_DECLARATION)) && v[KS_SLOT_DECLARATION];
	if (has & KS_HAS(KS_SLOT_ORIGIN)) {
		if (!fn->addr)
			fn->addr = ks_die_addr(has, v);
		note_copy(fns, index, has, v);
	} else if (!node->declaration) {
		define(fns, fn, has, v);
	}
	return index;
}

/* ---- the end of a unit ---- */

static bool all_named(const struct ks_types *types, const struct ks_node *node)
{
	const struct ks_child *child = ks_types_children(types, node);
	for (uint32_t i = 0; i < node->nr_children; i++, child++)
		if (child->name == KS_NO_NAME && child->type != KS_NO_NODE)
			return false;
	return true;
}

/** Give each function the prototype of its first definition, or else of its first declaration. */
static void settle_protos(struct ks_functions *fns)
{
	struct ks_types *types = fns->types;
	for (uint32_t i = 0; i < types->nodes.len; i++) {
		struct ks_node node = types->nodes.at[i];
		if (node.kind != KS_NODE_FUNCTION || !node.walked || node.copy)
			continue;
		struct ks_unit_function *fn = &fns->functions.at[node.function - 1];
		bool first_definition = !node.declaration && !fn->proto_offset;
		if (fn->proto && !first_definition)
			continue;
		const struct ks_type *proto = ks_types_proto(types, i);
		fn->proto = proto;
		if (node.declaration)
			continue;
		if (all_named(types, &node)) {
			fn->proto_offset = node.offset;
			fn->named_proto = proto;
		}
	}
}

/** Calls lead to nodes while walking; only now all nodes know which copy they are. */
static void settle_edges(struct ks_functions *fns)
{
	for (size_t i = 0; i < fns->edges.len; i++) {
		struct ks_unit_edge *edge = &fns->edges.at[i];
		edge->copy = edge->inlined ? 0 : fns->types->nodes.at[edge->node].copy;
	}
}

enum { MAX_PARAMETERS = 1024 }; // that are looked at: no function has as many

/** Where the parameter DIE stands among those of the abstract instance. */
static bool parameter_index(const struct ks_types *types, uint32_t node, uint32_t offset,
			    uint32_t *ret)
{
	if (node == KS_NO_NODE)
		return false;
	const struct ks_node *abstract = &types->nodes.at[node];
	const struct ks_child *child = ks_types_children(types, abstract);
	for (uint32_t i = 0; i < abstract->nr_children && i < MAX_PARAMETERS; i++)
		if (child[i].offset == offset) {
			*ret = i;
			return true;
		}
	return false;
}

static void settle_copies(struct ks_functions *fns)
{
	size_t next = 0; // of the parameters of all copies
	for (size_t i = 0; i < fns->copies.len; i++) {
		struct ks_unit_copy *copy = &fns->copies.at[i];
		uint16_t nr = copy->nr_params;
		struct ks_unit_passed *params = ks_arena_array(fns->arena, nr, sizeof(*params));
		if (!params) {
			fns->failed = true;
			return;
		}
		copy->nr_params = 0;
		for (uint16_t n = 0; n < nr; n++) {
			const struct ks_unit_passed *found = &fns->params.at[next++];
			params[copy->nr_params].location = found->location;
			if (parameter_index(fns->types, copy->origin, found->number,
					    &params[copy->nr_params].number))
				copy->nr_params++;
		}
		copy->params = params;
	}
}

static void *copy_out(struct ks_functions *fns, const void *from, size_t nr, size_t size)
{
	void *to = ks_arena_array(fns->arena, nr, size);
	if (!to)
		fns->failed = true;
	else if (nr)
		memcpy(to, from, nr * size);
	return to;
}

struct ks_error *ks_functions_finish_unit(struct ks_functions *fns, struct ks_unit_record *ret)
{
	settle_protos(fns);
	settle_edges(fns);
	settle_copies(fns);
	*ret = (struct ks_unit_record){
		.path = fns->own.path,
		.unit = *fns->own.unit,
		.nr_functions = (uint32_t)fns->functions.len,
		.nr_edges = (uint32_t)fns->edges.len,
		.nr_copies = (uint32_t)fns->copies.len,
		.functions = copy_out(fns, fns->functions.at, fns->functions.len,
				      sizeof(*ret->functions)),
		.edges = copy_out(fns, fns->edges.at, fns->edges.len, sizeof(*ret->edges)),
		.copies = copy_out(fns, fns->copies.at, fns->copies.len, sizeof(*ret->copies)),
		.calls_known = fns->calls_known,
	};
	return fns->failed ? &ks_nomem : ks_types_error(fns->types);
}
