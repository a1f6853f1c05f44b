/* SPDX-License-Identifier: BSD-2-Clause */
/* What follows from an object and from what the user says of it, for every image. */
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "check/prepare.h"

static void put_number(uint8_t *bytes, uint32_t size, bool big_endian, int64_t value)
{
	for (uint32_t i = 0; i < size; i++) {
		unsigned int shift = 8 * (i < 8 ? i : 8);
		bytes[big_endian ? size - 1 - i : i] = shift < 64
							       ? (uint8_t)((uint64_t)value >> shift)
							       : (uint8_t)(value < 0 ? 0xff : 0);
	}
}

/** Of a section without bytes in the file any size may be claimed. */
enum { DATA_MAX = 64 << 20 };

/** A section with the values that the tool gives its variables. */
static struct ks_error *set_data(struct ks_arena *arena, const struct ks_bpf_object *object,
				 const struct ks_policy *policy, const struct ks_bpf_data *data,
				 struct ks_interp_data *ret)
{
	*ret = (struct ks_interp_data){ .bytes = data->bytes, .constant = data->constant };
	uint32_t id = policy && data->constant && object->btf && data->size <= DATA_MAX
			      ? ks_btf_find(object->btf, KS_BTF_DATASEC, data->name, 1)
			      : 0;
	if (!id)
		return NULL;
	struct ks_btf_type type = ks_btf_type(object->btf, id);
	uint8_t *copy = NULL;
	for (uint32_t i = 0; i < type.vlen; i++) {
		struct ks_btf_secinfo place = ks_btf_secinfo(object->btf, &type, i);
		const char *name = ks_btf_type(object->btf, place.type).name;
		const struct ks_policy_constant *constant =
			ks_policy_constant(policy, object, name);
		if (!constant || place.size > 8 || place.offset > data->size ||
		    place.size > data->size - place.offset)
			continue;
		if (!copy) {
			copy = ks_arena_alloc(arena, (size_t)data->size);
			if (!copy)
				return &ks_nomem;
			if (data->bytes)
				memcpy(copy, data->bytes, (size_t)data->size);
			else
				memset(copy, 0, (size_t)data->size);
			ret->bytes = copy;
		}
		put_number(copy + place.offset, place.size, object->big_endian, constant->value);
	}
	return NULL;
}

static struct ks_error *set_programs(struct ks_arena *arena, const struct ks_policy *policy,
				     struct ks_prepared *prepared)
{
	const struct ks_bpf_object *object = prepared->object;
	struct ks_hook *hooks = ks_arena_array(arena, object->nr_programs + 1, sizeof(*hooks));
	bool *optional = ks_arena_array(arena, object->nr_programs + 1, sizeof(*optional));
	struct ks_calling_program *callers =
		ks_arena_array(arena, object->nr_programs + 1, sizeof(*callers));
	if (!hooks || !optional || !callers)
		return &ks_nomem;
	for (uint32_t i = 0; i < object->nr_programs; i++) {
		const struct ks_bpf_program *program = &object->programs[i];
		const char *section = ks_policy_section(policy, object, program->name);
		hooks[i] = program->hook;
		if (section)
			KS_TRY(ks_hook_parse(arena, section, &hooks[i]));
		optional[i] =
			!program->autoload || ks_policy_optional(policy, object, program->name);
		callers[i] =
			(struct ks_calling_program){ .program_type = hooks[i].program_type,
						     .hook = hooks[i].kind,
						     .attach_type = hooks[i].attach_type,
						     .target = hooks[i].target,
						     .group = hooks[i].group,
						     .sleepable = program->sleepable ||
								  hooks[i].sleepable,
						     .gpl = ks_license_is_gpl(object->license) };
	}
	prepared->hooks = hooks;
	prepared->optional = optional;
	prepared->callers = callers;
	return NULL;
}

/** Does the object have a struct of that name, whatever its flavour, with one of the members? */
static bool has_member(const struct ks_btf *btf, const struct ks_arch_registers *registers)
{
	size_t len = strlen(registers->record);
	for (uint32_t id = btf->first_id; id < btf->nr; id++) {
		struct ks_btf_type type = ks_btf_type(btf, id);
		if (type.kind != KS_BTF_STRUCT || ks_core_name_len(type.name) != len ||
		    memcmp(type.name, registers->record, len) != 0)
			continue;
		for (uint32_t i = 0; i < type.vlen; i++)
			for (size_t k = 0; k < KS_ARRAY_LEN(registers->members); k++)
				if (registers->members[k] &&
				    strcmp(ks_btf_member(btf, &type, i).name,
					   registers->members[k]) == 0)
					return true;
	}
	return false;
}

/** Machines of one source count as one. */
static const struct ks_arch *machine_of(const struct ks_bpf_object *object)
{
	const struct ks_arch *found = NULL;
	for (size_t i = 0; object->btf && i < ks_nr_archs; i++) {
		const struct ks_arch *arch = &ks_archs[i];
		if (!arch->registers.record || !has_member(object->btf, &arch->registers))
			continue;
		if (found && strcmp(found->source, arch->source) != 0)
			return NULL;
		found = found ? found : arch;
	}
	return found;
}

struct ks_error *ks_object_prepare(struct ks_arena *arena, const struct ks_bpf_object *object,
				   const struct ks_policy *policy, struct ks_prepared *ret)
{
	const struct ks_core_spec **specs =
		ks_arena_array(arena, (size_t)object->nr_cores + 1, sizeof(struct ks_core_spec *));
	struct ks_interp_data *data =
		ks_arena_array(arena, (size_t)object->nr_data + 1, sizeof(*data));
	if (!specs || !data)
		return &ks_nomem;
	for (uint32_t i = 0; i < object->nr_cores; i++) {
		specs[i] = ks_core_spec(arena, object, &object->cores[i]);
		if (!specs[i])
			return &ks_nomem;
	}
	for (uint32_t i = 0; i < object->nr_data; i++)
		KS_TRY(set_data(arena, object, policy, &object->data[i], &data[i]));
	*ret = (struct ks_prepared){ .object = object,
				     .specs = specs,
				     .data = data,
				     .machine = machine_of(object),
				     .brings_btf = policy && policy->brings_btf };
	return set_programs(arena, policy, ret);
}

/** How many members of a local struct stand where an image's definition has them. */
static uint32_t count_agreeing(const struct ks_btf *btf, const struct ks_btf_type *local,
			       const struct ks_decl *decl)
{
	uint32_t agree = 0;
	for (uint32_t i = 0; i < local->vlen; i++) {
		struct ks_btf_member member = ks_btf_member(btf, local, i);
		for (uint32_t j = 0; member.name[0] && j < decl->nr; j++) {
			if (strcmp(decl->members[j].name, member.name) != 0)
				continue;
			agree += decl->members[j].bits_offset == member.bits_offset;
			break;
		}
	}
	return agree + (decl->size == local->size);
}

/** How near an image's machine is to that of an object: where it is known, its own, one of its source, its byte order. */
static int closeness(const struct ks_prepared *prepared, const struct ks_image *image)
{
	const struct ks_arch *arch = ks_arch_by_debian(image->arch), *own = prepared->machine;
	const struct ks_arch *carrier = prepared->object->carrier;
	if (!arch)
		return 1; // nothing speaks against it
	if (arch->big_endian != prepared->object->big_endian)
		return 0;
	if (!own || (carrier && strcmp(carrier->source, own->source) == 0))
		own = carrier ? carrier : own; // it tells machines of one source apart
	if (!own || strcmp(own->source, arch->source) != 0)
		return 1;
	return own == arch ? 3 : 2;
}

size_t ks_object_base(const struct ks_prepared *prepared, struct ks_view *view, size_t nr_images,
		      uint64_t *scores)
{
	const struct ks_bpf_object *object = prepared->object;
	memset(scores, 0, nr_images * sizeof(*scores));
	for (uint32_t i = 0; object->btf && i < object->nr_cores; i++) {
		const struct ks_core_spec *spec = prepared->specs[i];
		bool repeated = !spec->root || spec->root_kind != KS_STRUCT;
		for (uint32_t j = 0; j < i && !repeated; j++)
			repeated = prepared->specs[j]->type == spec->type;
		if (repeated)
			continue;
		struct ks_btf_type local = ks_btf_type(object->btf, spec->type);
		const struct ks_decl *last = NULL;
		uint32_t agree = 0;
		for (size_t at = 0; at < nr_images; at++) {
			struct ks_site site = ks_view_site(view, at);
			const struct ks_decl *decl =
				ks_site_fact(&site, KS_STRUCT, spec->root)->decl;
			if (decl && decl != last)
				agree = count_agreeing(object->btf, &local, decl);
			last = decl ? decl : last;
			scores[at] += decl ? agree : 0;
		}
	}
	size_t best = nr_images;
	int closest = 0;
	for (size_t at = 0; at < nr_images; at++) {
		int close = closeness(prepared, ks_view_site(view, at).image);
		bool better = best == nr_images || close > closest ||
			      (close == closest && scores[at] > scores[best]);
		if (!scores[at] || !better)
			continue;
		best = at;
		closest = close;
	}
	return best;
}
