/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "source/dataset/dataset_list.h"
#include "source/dataset/dataset_vocabulary.h"

static const struct ks_type *read_type(struct ks_dataset_reader *rd);

/** The list stays on top of the others; returns its length. The pool copies it into the type. */
static uint32_t read_params(struct ks_dataset_reader *rd)
{
	static const struct ks_jread_keys keys = { 2, 0x3, { "name", "type" } };
	size_t mark = rd->params.len;
	ks_jread_enter(&rd->json, '[');
	while (ks_jread_next(&rd->json)) {
		struct ks_param param = { 0 };
		uint32_t seen = 0;
		ks_jread_enter(&rd->json, '{');
		for (int k; (k = ks_jread_key(&rd->json, &keys, &seen)) >= 0;) {
			if (k == 0)
				param.name = ks_dataset_text(rd);
			else
				param.type = read_type(rd);
		}
		KS_DATASET_PUSH(rd, params, param);
	}
	return (uint32_t)(rd->params.len - mark);
}

enum { T_KIND, T_NAME, T_TYPE, T_NR_ELEMS, T_SIZE, T_PARAMS, T_RET_TYPE, T_FWD_KIND };
static const struct ks_jread_keys type_keys = { 8,
						1 << T_KIND,
						{ "kind", "name", "type", "nr_elems", "size",
						  "params", "ret_type", "fwd_kind" } };

/** What each kind of type must say besides its kind. */
static const uint32_t type_needs[KS_NR_TYPE_KINDS] = {
	[KS_TYPE_INT] = 1 << T_NAME,
	[KS_TYPE_FLOAT] = 1 << T_NAME,
	[KS_TYPE_TYPEDEF] = 1 << T_NAME,
	[KS_TYPE_STRUCT] = 1 << T_NAME,
	[KS_TYPE_UNION] = 1 << T_NAME,
	[KS_TYPE_ENUM] = 1 << T_NAME | 1 << T_SIZE,
	[KS_TYPE_FWD_STRUCT] = 1 << T_NAME | 1 << T_FWD_KIND,
	[KS_TYPE_PTR] = 1 << T_TYPE,
	[KS_TYPE_CONST] = 1 << T_TYPE,
	[KS_TYPE_VOLATILE] = 1 << T_TYPE,
	[KS_TYPE_RESTRICT] = 1 << T_TYPE,
	[KS_TYPE_ARRAY] = 1 << T_TYPE | 1 << T_NR_ELEMS,
	[KS_TYPE_PROTO] = 1 << T_PARAMS | 1 << T_RET_TYPE,
};

/** Everything a type object may hold, before its kind is known to want it. */
struct type_parts {
	enum ks_type_kind kind;
	const char *name;
	const struct ks_type *inner;
	uint64_t n;
	bool fwd_union;
	uint32_t nr_params;
	size_t params_mark;
};

static void read_type_parts(struct ks_dataset_reader *rd, struct type_parts *t, uint32_t *seen)
{
	static const char *const fwd_words[] = { "struct", "union" };
	struct ks_jread *r = &rd->json;
	ks_jread_enter(r, '{');
	for (int k; (k = ks_jread_key(r, &type_keys, seen)) >= 0;) {
		switch (k) {
		case T_KIND:
			t->kind = ks_dataset_word(rd, ks_dataset_type_words, KS_NR_TYPE_KINDS,
						  "kind");
			break;
		case T_NAME:
			t->name = ks_dataset_text(rd);
			break;
		case T_TYPE:
		case T_RET_TYPE:
			t->inner = read_type(rd);
			break;
		case T_NR_ELEMS:
		case T_SIZE:
			t->n = ks_jread_uint(r, UINT64_MAX);
			break;
		case T_PARAMS:
			t->params_mark = rd->params.len;
			t->nr_params = read_params(rd);
			break;
		case T_FWD_KIND:
			t->fwd_union = ks_dataset_word(rd, fwd_words, 2, "fwd_kind") == 1;
			break;
		}
	}
}

static const struct ks_type *read_type(struct ks_dataset_reader *rd)
{
	struct ks_jread *r = &rd->json;
	struct type_parts t = { .params_mark = rd->params.len };
	uint32_t seen = 0;
	read_type_parts(rd, &t, &seen);
	uint32_t needs = type_needs[t.kind], missing = needs & ~seen;
	if (missing)
		ks_jread_fail(r, "key is missing", type_keys.names[__builtin_ctz(missing)]);
	if (r->why)
		return NULL;
	struct ks_type type = { .kind = t.kind };
	if (t.kind == KS_TYPE_VOID)
		type.name = "void"; // as extraction calls it: definitions must be the same
	if (needs & 1 << T_NAME)
		type.name = t.name;
	if (needs & (1 << T_TYPE | 1 << T_RET_TYPE))
		type.inner = t.inner;
	if (needs & (1 << T_NR_ELEMS | 1 << T_SIZE))
		type.n = t.n;
	if (needs & 1 << T_PARAMS && t.nr_params) {
		type.nr_params = t.nr_params;
		type.params = &rd->params.at[t.params_mark];
	}
	if (t.kind == KS_TYPE_FWD_STRUCT && t.fwd_union)
		type.kind = KS_TYPE_FWD_UNION;
	bool can_be_unnamed =
		t.kind == KS_TYPE_STRUCT || t.kind == KS_TYPE_UNION || t.kind == KS_TYPE_ENUM;
	if (can_be_unnamed && t.name && strcmp(t.name, "(anon)") == 0)
		type.name = NULL;
	const struct ks_type *shared = ks_dataset_pool_type(&rd->pool, &type);
	if (!shared)
		ks_jread_fail_nomem(r);
	rd->params.len = t.params_mark;
	return shared;
}

/* ---- definitions ---- */

static const struct ks_member *read_members(struct ks_dataset_reader *rd, uint32_t *nr_ret)
{
	enum { NAME, BITS_OFFSET, BITFIELD_SIZE, TYPE };
	static const struct ks_jread_keys keys = { 4,
						   1 << NAME | 1 << BITS_OFFSET | 1 << TYPE,
						   { "name", "bits_offset", "bitfield_size",
						     "type" } };
	struct ks_jread *r = &rd->json;
	ks_jread_enter(r, '[');
	while (ks_jread_next(r)) {
		struct ks_member member = { 0 };
		uint32_t seen = 0;
		ks_jread_enter(r, '{');
		for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;) {
			if (k == NAME)
				member.name = ks_dataset_text(rd);
			else if (k == BITS_OFFSET)
				member.bits_offset = ks_jread_uint(r, UINT64_MAX);
			else if (k == BITFIELD_SIZE)
				member.bitfield_size = (uint32_t)ks_jread_uint(r, UINT32_MAX);
			else
				member.type = read_type(rd);
		}
		KS_DATASET_PUSH(rd, members, member);
	}
	return KS_DATASET_POP(rd, members, 0, nr_ret);
}

static const struct ks_enumerator *read_values(struct ks_dataset_reader *rd, uint32_t *nr_ret)
{
	static const struct ks_jread_keys keys = { 2, 0x3, { "name", "val" } };
	struct ks_jread *r = &rd->json;
	ks_jread_enter(r, '[');
	while (ks_jread_next(r)) {
		struct ks_enumerator value = { 0 };
		uint32_t seen = 0;
		ks_jread_enter(r, '{');
		for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;) {
			if (k == 0)
				value.name = ks_dataset_text(rd);
			else
				value.value = ks_jread_int(r);
		}
		KS_DATASET_PUSH(rd, values, value);
	}
	return KS_DATASET_POP(rd, values, 0, nr_ret);
}

struct ks_decl ks_dataset_decl(struct ks_dataset_reader *rd, enum ks_kind kind)
{
	enum { KIND, NAME, SIZE, MEMBERS, VALUES, TYPE };
	static const struct ks_jread_keys keys = {
		6, 1 << KIND | 1 << NAME, { "kind", "name", "size", "members", "values", "type" }
	};
	static const uint32_t needs[KS_INT + 1] = {
		[KS_FUNCTION] = 1 << TYPE,
		[KS_STRUCT] = 1 << SIZE | 1 << MEMBERS,
		[KS_UNION] = 1 << SIZE | 1 << MEMBERS,
		[KS_ENUM] = 1 << SIZE | 1 << VALUES,
		[KS_INT] = 1 << SIZE,
	};
	struct ks_jread *r = &rd->json;
	struct ks_decl decl = { .kind = kind };
	uint32_t seen = 0;
	ks_jread_enter(r, '{');
	for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;) {
		if (k > NAME && !(needs[kind] & 1u << k)) {
			ks_jread_fail(r, "not expected in this kind", keys.names[k]);
			break;
		}
		if (k == KIND && !ks_jread_text_is(ks_jread_string(r), ks_dataset_decl_words[kind]))
			ks_jread_fail(r, "not the kind this file holds", "kind");
		else if (k == NAME)
			decl.name = ks_dataset_text(rd);
		else if (k == SIZE)
			decl.size = ks_jread_uint(r, UINT64_MAX);
		else if (k == MEMBERS)
			decl.members = read_members(rd, &decl.nr);
		else if (k == VALUES)
			decl.values = read_values(rd, &decl.nr);
		else if (k == TYPE)
			decl.type = read_type(rd);
	}
	uint32_t missing = needs[kind] & ~seen;
	if (missing)
		ks_jread_fail(r, "key is missing", keys.names[__builtin_ctz(missing)]);
	if (kind == KS_FUNCTION && decl.type && decl.type->kind != KS_TYPE_PROTO)
		ks_jread_fail(r, "not the type of a function", "type");
	return decl;
}
