/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program reads, and means something else here than where it was written. */
#include <string.h>

#include "bpf/reads.h"
#include "check/core/core_type.h"
#include "check/interp/opcode.h"
#include "check/rules/machine.h"
#include "check/rules/pointers.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"
#include "surface/type.h"

/** The value of a hook that an instruction reads: 0.. for parameters, RESULT, or NOTHING. */
enum { RESULT = 64, NOTHING = 65 };
static uint32_t value_read(const struct ks_judge *judge, const struct ks_reach *reach,
			   const struct ks_arch_registers *machine, uint32_t insn,
			   uint32_t nr_params)
{
	const struct ks_reached *at = &reach->at[insn];
	if (!at->reached || !at->ctx_size || at->modified_ctx)
		return NOTHING;
	if (reach->complete && at->loads && !reach->paths[at->loads - 1].used)
		return NOTHING; // nothing comes of it
	if (judge->hook->kind == KS_HOOK_KPROBE || judge->hook->kind == KS_HOOK_KPROBE_MULTI) {
		int argument = ks_bpf_argument(machine, judge->hook, (uint32_t)at->ctx_offset);
		return argument == KS_ARGUMENT_NONE	? NOTHING
		       : argument == KS_ARGUMENT_RETURN ? RESULT
							: (uint32_t)argument - 1;
	}
	uint32_t index = (uint32_t)at->ctx_offset / 8;
	if (index < nr_params)
		return index;
	return judge->hook->on_return ? RESULT : NOTHING;
}

/** The type without const, volatile and restrict. */
static const struct ks_type *unqualified(const struct ks_type *type)
{
	while (type && (type->kind == KS_TYPE_CONST || type->kind == KS_TYPE_VOLATILE ||
			type->kind == KS_TYPE_RESTRICT))
		type = type->inner;
	return type;
}

/** The same to whoever reads it: qualifiers of it, and of what it points to, make no difference. */
static bool same_to_readers(const struct ks_type *a, const struct ks_type *b)
{
	for (a = unqualified(a), b = unqualified(b);
	     a && b && a->kind == KS_TYPE_PTR && b->kind == KS_TYPE_PTR;) {
		a = unqualified(a->inner);
		b = unqualified(b->inner);
	}
	return ks_type_equal(a, b);
}

/** Where the parameter of the base went, if another of its type has its place here; NULL: it is there, maybe by another name. */
static const struct ks_param *moved_to(const struct ks_type *here, const struct ks_type *there,
				       uint32_t index, uint32_t skip)
{
	const char *name = there->params[index].name;
	for (uint32_t i = skip; name[0] && i < here->nr_params; i++)
		if (strcmp(here->params[i].name, name) == 0)
			return i == index || !same_to_readers(here->params[i].type,
							      there->params[index].type)
				       ? NULL
				       : &here->params[i];
	return NULL;
}

/** One value of a hook here and in the base: whether it is something else. */
static void compare_value(struct ks_judge *judge, const struct ks_about *about,
			  enum ks_reason_kind kind, const struct ks_type *here,
			  const struct ks_type *there, uint32_t value, uint32_t skip)
{
	const char *base = judge->resolution->base.image->label;
	if (value == RESULT) {
		if (!same_to_readers(here->inner, there->inner))
			ks_judge_add(judge, KS_STAGE_RUN, kind, about,
				     "the result's type differs from %s", base);
		return;
	}
	uint32_t i = value + skip;
	if (i >= there->nr_params)
		return;
	if (i >= here->nr_params) {
		ks_judge_add(judge, KS_STAGE_RUN, kind, about,
			     "parameter %u (%s in %s) does not exist", value + 1,
			     there->params[i].name, base);
		return;
	}
	bool same = same_to_readers(here->params[i].type, there->params[i].type);
	const struct ks_param *moved = same ? moved_to(here, there, i, skip) : NULL;
	if (moved)
		ks_judge_add(judge, KS_STAGE_RUN, kind, about,
			     "parameter %u is %s; %s, which it is in %s, is parameter %u",
			     value + 1, here->params[i].name, moved->name, base,
			     (uint32_t)(moved - here->params) - skip + 1);
	if (same)
		return;
	if (there->params[i].name[0] == '(') {
		ks_judge_add(judge, KS_STAGE_RUN, kind, about,
			     "argument %u has another type than in %s", value + 1, base);
		return;
	}
	ks_judge_add(judge, KS_STAGE_RUN, kind, about, "parameter %u is %s, in %s it is %s%s",
		     value + 1, here->params[i].name, base, there->params[i].name,
		     strcmp(here->params[i].name, there->params[i].name) == 0 ? " of another type"
									      : "");
}

/** The parameters that the program reads on the base image, one bit each; all of them without one. */
static uint64_t base_values(const struct ks_judge *judge, const struct ks_arch_registers *machine,
			    uint32_t nr_params)
{
	uint64_t values = 0;
	for (uint32_t i = 0; judge->base_reach && i < judge->program->nr; i++) {
		uint32_t value = value_read(judge, judge->base_reach, machine, i, nr_params);
		if (value < RESULT)
			values |= (uint64_t)1 << value;
	}
	return judge->base_reach ? values : UINT64_MAX;
}

/**
 * A parameter that the program reads here but not in the base: it has branches for several kernels, and this one must
 * read what another branch reads there.
 */
static void compare_branch(struct ks_judge *judge, const struct ks_about *about,
			   enum ks_reason_kind kind, const struct ks_type *here,
			   const struct ks_type *there, uint32_t value, uint32_t skip,
			   uint64_t values)
{
	const struct ks_param *wanted = NULL;
	const struct ks_param *read =
		value + skip < here->nr_params ? &here->params[value + skip] : NULL;
	for (uint32_t i = 0; i < RESULT && i + skip < there->nr_params; i++) {
		const struct ks_param *param = &there->params[i + skip];
		if (!(values >> i & 1))
			continue;
		if (read && strcmp(read->name, param->name) == 0 &&
		    same_to_readers(read->type, param->type))
			return;
		wanted = wanted ? wanted : param;
	}
	if (wanted && !read)
		ks_judge_add(judge, KS_STAGE_RUN, kind, about,
			     "it reads parameter %u, which does not exist", value + 1);
	else if (wanted)
		ks_judge_add(judge, KS_STAGE_RUN, kind, about,
			     "it reads parameter %u, %s, where in %s it reads %s", value + 1,
			     read->name, judge->resolution->base.image->label, wanted->name);
}

/** Parameters and result that the program reads, of two prototypes. */
static void compare_protos(struct ks_judge *judge, enum ks_kind name_kind, const char *name,
			   enum ks_reason_kind kind, const struct ks_type *here,
			   const struct ks_type *there, uint32_t skip)
{
	const struct ks_arch_registers *machine =
		ks_registers_at(judge->resolution->prepared->object, judge->site);
	if (!here || !there || ks_type_equal(here, there))
		return;
	uint32_t nr = there->nr_params > skip ? there->nr_params - skip : 0;
	uint64_t values = base_values(judge, machine, nr);
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		uint32_t value = value_read(judge, judge->reach, machine, i, nr);
		struct ks_about about = { .kind = name_kind, .name = name, .insn = i };
		if (value < RESULT && !(values >> value & 1))
			compare_branch(judge, &about, kind, here, there, value, skip, values);
		else if (value != NOTHING)
			compare_value(judge, &about, kind, here, there, value, skip);
	}
}

void ks_judge_parameters(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	struct ks_target here = ks_target_find(judge->site, name);
	struct ks_target there = ks_target_find(&judge->resolution->base, name);
	compare_protos(judge, KS_FUNCTION, name, KS_REASON_SIGNATURE_CHANGED,
		       ks_target_proto(&here), ks_target_proto(&there), 0);
}

void ks_judge_hook_arguments(struct ks_judge *judge)
{
	const struct ks_pointers here = ks_judge_pointers(judge, judge->site),
				 base = ks_judge_pointers(judge, &judge->resolution->base);
	bool lsm = judge->hook->kind == KS_HOOK_LSM;
	const char *name = lsm ? judge->hook->target : judge->program->name;
	if (name)
		compare_protos(judge, lsm ? KS_LSM : KS_NR_KINDS, name, KS_REASON_SIGNATURE_CHANGED,
			       here.proto, base.proto, 0);
}

void ks_judge_tracepoint_arguments(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	compare_protos(judge, KS_TRACEPOINT, name, KS_REASON_CONTEXT_CHANGED,
		       ks_tracepoint_proto(judge->site, name),
		       ks_tracepoint_proto(&judge->resolution->base, name), 1);
}

/** The name of the struct or union that a pointer leads to; NULL for anything else. */
static const char *local_pointee(const struct ks_btf *btf, const struct ks_btf_type *pointer)
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, pointer->type));
	bool named =
		type.kind == KS_BTF_STRUCT || type.kind == KS_BTF_UNION || type.kind == KS_BTF_FWD;
	return named && type.name[0] ? type.name : NULL;
}

/** A field that is found, but is not what the object's own types say. */
static void compare_field(struct ks_judge *judge, uint32_t insn, const struct ks_core_spec *spec,
			  const struct ks_core_result *result)
{
	const struct ks_core_step *last = &spec->steps[spec->nr - 1];
	struct ks_btf_type local = ks_btf_type(spec->btf, ks_btf_strip(spec->btf, last->type));
	struct ks_shape shape = ks_shape_of(judge->site, result->member->type);
	uint64_t size = ks_shape_size(judge->site, &shape);
	struct ks_about about = { .kind = KS_FIELD, .name = spec->text, .insn = insn };
	if (shape.untold)
		return;
	if (local.kind == KS_BTF_INT && shape.kind == KS_BTF_INT && size && size != local.size &&
	    !last->bitfield && !result->member->bitfield_size) {
		uint8_t class = ks_opcode_class(judge->program->insns[insn].code);
		if (class == CLASS_LDX || (class == CLASS_STX && result->bad_access))
			return; // the loader adjusts the load, or refuses to
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_FIELD_CHANGED, &about,
			     "it has %u bytes, the program was built with %u", (unsigned int)size,
			     local.size);
	}
	if (local.kind != KS_BTF_PTR || shape.kind != KS_BTF_PTR)
		return;
	const char *was = local_pointee(spec->btf, &local);
	const struct ks_type *inner = shape.type->inner;
	while (inner && (inner->kind == KS_TYPE_CONST || inner->kind == KS_TYPE_VOLATILE))
		inner = inner->inner;
	bool named = inner && inner->name && inner->kind != KS_TYPE_INT &&
		     inner->kind != KS_TYPE_TYPEDEF && inner->kind != KS_TYPE_ENUM;
	if (was && named &&
	    (strlen(inner->name) != ks_core_name_len(was) ||
	     memcmp(inner->name, was, strlen(inner->name)) != 0))
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_FIELD_CHANGED, &about,
			     "it points to %s, the program was built with %s", inner->name, was);
}

void ks_judge_fields(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	const struct ks_resolution *resolution = judge->resolution;
	for (uint32_t i = 0; program->cores && i < program->nr; i++) {
		uint32_t core = program->cores[i];
		if (core >= resolution->prepared->object->nr_cores || !judge->reach->at[i].reached)
			continue;
		const struct ks_core_spec *spec = resolution->prepared->specs[core];
		const struct ks_core_result *result = &resolution->cores[core];
		if (spec->kind == KS_CORE_FIELD_OFFSET && result->found && result->member &&
		    result->state == KS_CORE_VALUE)
			compare_field(judge, i, spec, result);
	}
}
