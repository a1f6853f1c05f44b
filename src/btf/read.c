/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading open BTF: ks_btf_open() made sure that everything lies inside. */
#include "btf/private.h"

const char *ks_btf_string(const struct ks_btf *btf, uint32_t offset)
{
	while (btf->base && offset < btf->first_string)
		btf = btf->base;
	uint32_t at = offset - btf->first_string;
	return at < btf->strings_len ? btf->strings + at : "";
}

struct ks_btf_type ks_btf_type(const struct ks_btf *btf, uint32_t id)
{
	struct ks_btf_type type = { .id = id, .name = "" };
	while (btf->base && id < btf->first_id)
		btf = btf->base;
	if (id < btf->first_id || id >= btf->nr)
		return type;
	const uint8_t *at = btf->types + btf->offsets[id - btf->first_id];
	uint32_t info = ks_btf_word(btf, at + 4), word = ks_btf_word(btf, at + 8);
	type.kind = ks_btf_info_kind(info);
	type.kflag = info >> 31;
	type.vlen = ks_btf_info_vlen(info);
	type.name = ks_btf_string(btf, ks_btf_word(btf, at));
	type.extra = at + KS_BTF_COMMON_BYTES;
	switch (type.kind) {
	case KS_BTF_INT:
	case KS_BTF_STRUCT:
	case KS_BTF_UNION:
	case KS_BTF_ENUM:
	case KS_BTF_DATASEC:
	case KS_BTF_FLOAT:
	case KS_BTF_ENUM64:
		type.size = word;
		break;
	case KS_BTF_ARRAY:
		type.type = ks_btf_word(btf, type.extra);
		break;
	case KS_BTF_FWD:
		break;
	default:
		type.type = type.kind < KS_NR_BTF_KINDS ? word : 0;
	}
	return type;
}

uint32_t ks_btf_kind_of(const struct ks_btf *btf, uint32_t id)
{
	while (btf->base && id < btf->first_id)
		btf = btf->base;
	if (id < btf->first_id || id >= btf->nr)
		return 0;
	return ks_btf_info_kind(
		ks_btf_word(btf, btf->types + btf->offsets[id - btf->first_id] + 4));
}

struct ks_btf_member ks_btf_member(const struct ks_btf *btf, const struct ks_btf_type *type,
				   uint32_t i)
{
	const uint8_t *at = type->extra + 12 * (size_t)i;
	uint32_t place = ks_btf_word(btf, at + 8);
	return (struct ks_btf_member){
		.name = ks_btf_string(btf, ks_btf_word(btf, at)),
		.type = ks_btf_word(btf, at + 4),
		.bits_offset = type->kflag ? place & 0xffffff : place,
		.bitfield_size = type->kflag ? place >> 24 : 0,
	};
}

struct ks_btf_param ks_btf_param(const struct ks_btf *btf, const struct ks_btf_type *type,
				 uint32_t i)
{
	const uint8_t *at = type->extra + 8 * (size_t)i;
	return (struct ks_btf_param){
		.name = ks_btf_string(btf, ks_btf_word(btf, at)),
		.type = ks_btf_word(btf, at + 4),
	};
}

struct ks_btf_enumerator ks_btf_enumerator(const struct ks_btf *btf, const struct ks_btf_type *type,
					   uint32_t i)
{
	bool wide = type->kind == KS_BTF_ENUM64;
	const uint8_t *at = type->extra + (wide ? 12 : 8) * (size_t)i;
	uint32_t low = ks_btf_word(btf, at + 4);
	int64_t value = type->kflag ? (int32_t)low : (int64_t)low;
	if (wide)
		value = (int64_t)((uint64_t)ks_btf_word(btf, at + 8) << 32 | low);
	return (struct ks_btf_enumerator){ ks_btf_string(btf, ks_btf_word(btf, at)), value };
}

struct ks_btf_secinfo ks_btf_secinfo(const struct ks_btf *btf, const struct ks_btf_type *type,
				     uint32_t i)
{
	const uint8_t *at = type->extra + 12 * (size_t)i;
	return (struct ks_btf_secinfo){
		.type = ks_btf_word(btf, at),
		.offset = ks_btf_word(btf, at + 4),
		.size = ks_btf_word(btf, at + 8),
	};
}

uint32_t ks_btf_array_len(const struct ks_btf *btf, const struct ks_btf_type *type)
{
	return type->kind == KS_BTF_ARRAY ? ks_btf_word(btf, type->extra + 8) : 0;
}

/** The word behind a type of that kind. */
static uint32_t word_behind(const struct ks_btf *btf, const struct ks_btf_type *type,
			    enum ks_btf_kind kind, uint32_t otherwise)
{
	return type->kind == kind ? ks_btf_word(btf, type->extra) : otherwise;
}

uint32_t ks_btf_int_data(const struct ks_btf *btf, const struct ks_btf_type *type)
{
	return word_behind(btf, type, KS_BTF_INT, 0);
}

uint32_t ks_btf_component(const struct ks_btf *btf, const struct ks_btf_type *type)
{
	return word_behind(btf, type, KS_BTF_DECL_TAG, UINT32_MAX);
}

uint32_t ks_btf_var_linkage(const struct ks_btf *btf, const struct ks_btf_type *type)
{
	return word_behind(btf, type, KS_BTF_VAR, 0);
}

enum { MAX_STEPS = 64 };

uint32_t ks_btf_strip(const struct ks_btf *btf, uint32_t id)
{
	for (unsigned int step = 0; step < MAX_STEPS; step++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		bool through = type.kind == KS_BTF_TYPEDEF || type.kind == KS_BTF_CONST ||
			       type.kind == KS_BTF_VOLATILE || type.kind == KS_BTF_RESTRICT ||
			       type.kind == KS_BTF_TYPE_TAG;
		if (!through)
			return id;
		id = type.type;
	}
	return 0;
}

uint32_t ks_btf_find(const struct ks_btf *btf, enum ks_btf_kind kind, const char *name,
		     uint32_t from)
{
	for (uint32_t id = from ? from : 1; id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (type.kind == kind && strcmp(type.name, name) == 0)
			return id;
	}
	return 0;
}
