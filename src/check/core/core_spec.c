/* SPDX-License-Identifier: BSD-2-Clause */
/* The local side of a CO-RE relocation: its access string read with the object's own types. */
#include <string.h>

#include "base/buf.h"
#include "check/core/core.h"

enum { MAX_PATH = 64 }; // libbpf: BPF_CORE_SPEC_MAX_LEN

size_t ks_core_name_len(const char *name)
{
	size_t len = strlen(name);
	// the last "x___y", as bpf_core_essential_name_len() looks for it
	for (size_t i = len < 5 ? 0 : len - 4; i-- > 0;)
		if (name[i] != '_' && memcmp(name + i + 1, "___", 3) == 0 && name[i + 4] != '_')
			return i + 1;
	return len;
}

static bool is_enum_kind(enum ks_core_kind kind)
{
	return kind == KS_CORE_ENUM_EXISTS || kind == KS_CORE_ENUM_VALUE;
}
static bool is_type_kind(enum ks_core_kind kind)
{
	return kind == KS_CORE_TYPE_ID_LOCAL || kind == KS_CORE_TYPE_ID_TARGET ||
	       kind == KS_CORE_TYPE_EXISTS || kind == KS_CORE_TYPE_SIZE ||
	       kind == KS_CORE_TYPE_MATCHES;
}

/** Which table of a surface holds types of that kind. */
static enum ks_kind table_of(enum ks_btf_kind kind)
{
	switch (kind) {
	case KS_BTF_STRUCT:
		return KS_STRUCT;
	case KS_BTF_UNION:
		return KS_UNION;
	case KS_BTF_ENUM:
	case KS_BTF_ENUM64:
		return KS_ENUM;
	case KS_BTF_TYPEDEF:
		return KS_TYPEDEF;
	case KS_BTF_INT:
		return KS_INT;
	case KS_BTF_FUNC:
		return KS_FUNCTION;
	default:
		return KS_NR_KINDS;
	}
}

/** An array of no elements at the end of a struct may be indexed freely. */
static bool is_flexible(const struct ks_btf *btf, const struct ks_core_step *last,
			uint32_t last_index, const struct ks_btf_type *array)
{
	return last && last->name && ks_btf_array_len(btf, array) == 0 &&
	       last_index + 1 == ks_btf_type(btf, last->owner).vlen;
}

/** Follow the numbers of an access path. @return false when they do not fit the types */
static bool read_steps(struct ks_core_spec *spec, const struct ks_bpf_core *core,
		       struct ks_core_step *steps)
{
	const struct ks_btf *btf = spec->btf;
	uint32_t id = ks_btf_strip(btf, core->type), offset = 0, last_index = 0;
	steps[spec->nr++] = (struct ks_core_step){ .index = core->path[0], .type = id };
	for (uint32_t i = 1; i < core->nr; i++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		uint32_t index = core->path[i];
		if (type.kind == KS_BTF_STRUCT || type.kind == KS_BTF_UNION) {
			if (index >= type.vlen)
				return false;
			struct ks_btf_member member = ks_btf_member(btf, &type, index);
			offset += member.bits_offset;
			if (member.name[0]) {
				steps[spec->nr++] =
					(struct ks_core_step){ .name = member.name,
							       .type = member.type,
							       .owner = id,
							       .bits_offset = offset,
							       .bitfield = member.bitfield_size };
				last_index = index;
				offset = 0;
			}
			id = ks_btf_strip(btf, member.type);
		} else if (type.kind == KS_BTF_ARRAY) {
			const struct ks_core_step *last = &steps[spec->nr - 1];
			if (index >= ks_btf_array_len(btf, &type) &&
			    !is_flexible(btf, last, last_index, &type))
				return false;
			id = ks_btf_strip(btf, type.type);
			steps[spec->nr++] =
				(struct ks_core_step){ .index = index, .type = type.type };
			offset = 0;
		} else {
			return false;
		}
	}
	return true;
}

/** "task_struct::mm::pgd", or the type alone. */
static const char *spell(struct ks_arena *arena, const struct ks_core_spec *spec)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_str(&buf, spec->root);
	for (uint32_t i = 1; i < spec->nr; i++) {
		if (!spec->steps[i].name)
			continue;
		ks_buf_str(&buf, "::");
		ks_buf_str(&buf, spec->steps[i].name);
	}
	if (spec->enumerator) {
		ks_buf_str(&buf, "::");
		ks_buf_str(&buf, spec->enumerator);
	}
	const char *text = ks_buf_text(&buf);
	return text ? ks_arena_strdup(arena, text) : NULL;
}

/** @return false when memory runs out */
static bool read_path(struct ks_arena *arena, const struct ks_bpf_core *core,
		      struct ks_core_spec *spec)
{
	const struct ks_btf *btf = spec->btf;
	if (core->nr == 0 || core->nr > MAX_PATH) {
		spec->root = NULL;
	} else if (is_enum_kind(spec->kind)) {
		struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, core->type));
		bool fits = (type.kind == KS_BTF_ENUM || type.kind == KS_BTF_ENUM64) &&
			    core->path[0] < type.vlen;
		const char *name = fits ? ks_btf_enumerator(btf, &type, core->path[0]).name : "";
		spec->enumerator = ks_arena_strndup(arena, name, ks_core_name_len(name));
		if (!fits)
			spec->root = NULL;
		return spec->enumerator != NULL;
	} else if (!is_type_kind(spec->kind)) {
		struct ks_core_step *steps = ks_arena_array(arena, core->nr, sizeof(*steps));
		if (!steps)
			return false;
		spec->steps = steps;
		if (!read_steps(spec, core, steps))
			spec->root = NULL;
	}
	return true;
}

const struct ks_core_spec *ks_core_spec(struct ks_arena *arena, const struct ks_bpf_object *object,
					const struct ks_bpf_core *core)
{
	struct ks_core_spec *spec = ks_arena_alloc(arena, sizeof(*spec));
	if (!spec)
		return NULL;
	*spec = (struct ks_core_spec){ .kind = core->kind,
				       .btf = object->btf,
				       .type = core->type,
				       .root_kind = KS_NR_KINDS,
				       .text = "" };
	if (!object->btf || core->type >= object->btf->nr)
		return spec;
	struct ks_btf_type type = ks_btf_type(object->btf, core->type);
	spec->root_kind = table_of(type.kind);
	if (!type.name[0])
		return spec;
	spec->root = ks_arena_strndup(arena, type.name, ks_core_name_len(type.name));
	if (!spec->root || !read_path(arena, core, spec))
		return NULL;
	for (uint32_t i = 1; i < spec->nr; i++)
		if (spec->steps[i].name)
			spec->field = spec->steps[i].name;
	if (spec->root)
		spec->text = spell(arena, spec);
	return spec->text ? spec : NULL;
}
