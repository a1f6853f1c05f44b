/* SPDX-License-Identifier: BSD-2-Clause */
/* CO-RE relocations that have no target on an image. */
#include <string.h>

#include "base/buf.h"
#include "check/interp/opcode.h"
#include "check/rules/hint.h"
#include "check/rules/machine.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

/** The member that shares most words with the missing one. */
static void hint_at_member(struct ks_judge *judge, struct ks_reason *reason,
			   const struct ks_core_result *result)
{
	const char *best = NULL;
	unsigned int most = 59;
	for (uint32_t i = 0; i < result->nearest->nr; i++) {
		const char *name = result->nearest->members[i].name;
		unsigned int like = ks_name_likeness(result->missing, name);
		if (like > most) {
			most = like;
			best = name;
		}
	}
	if (best)
		ks_reason_hint(judge, reason, "it has %s; choose by bpf_core_field_exists()", best);
	else
		ks_reason_hint(judge, reason, "guard the access with bpf_core_field_exists()");
}

static void judge_core(struct ks_judge *judge, uint32_t at, uint32_t core)
{
	const struct ks_core_spec *spec = judge->resolution->prepared->specs[core];
	const struct ks_core_result *result = &judge->resolution->cores[core];
	uint8_t class = ks_opcode_class(judge->program->insns[at].code);
	bool access = class == CLASS_LDX || class == CLASS_ST || class == CLASS_STX;
	bool refused = result->state == KS_CORE_REFUSED;
	bool poison = result->state == KS_CORE_POISON || (access && result->bad_access);
	bool reached = judge->reach->at[at].reached;
	struct ks_about about = { .kind = spec->enumerator	       ? KS_ENUM
					  : spec->field		       ? KS_FIELD
					  : spec->root_kind < KS_FIELD ? spec->root_kind
								       : KS_NR_KINDS,
				  .name = spec->text,
				  .insn = at,
				  .soft = !reached && !refused };
	if (result->state == KS_CORE_UNTOLD && reached)
		ks_judge_add(
			judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			judge->site->modules_mute
				? "not in the kernel; its modules were read without their types"
				: "the image does not tell types of that kind");
	if (!refused && !poison)
		return;
	if (ks_judge_registers(judge, spec, &about))
		return;
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_core_explain(spec, result, &buf);
	const char *text = ks_buf_text(&buf);
	if (!judge->reach->complete && !refused && reached) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			     "%s; too large to follow", text);
		return;
	}
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_CORE_RELO, &about,
						"%s", text ? text : "");
	if (result->why == KS_CORE_NO_FIELD)
		hint_at_member(judge, reason, result);
	else if (spec->kind == KS_CORE_ENUM_VALUE)
		ks_reason_hint(judge, reason, "guard it with bpf_core_enum_value_exists()");
	else if (result->why == KS_CORE_NO_TYPE)
		ks_reason_hint(judge, reason, "guard the access with bpf_core_type_exists()");
}

void ks_judge_relocations(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; program->cores && i < program->nr;
	     i += ks_opcode_slots(program->insns[i].code))
		if (program->cores[i] < object->nr_cores)
			judge_core(judge, i, program->cores[i]);
}

void ks_judge_kernel_btf(struct ks_judge *judge)
{
	const struct ks_prepared *prepared = judge->resolution->prepared;
	if (!prepared->object->nr_cores || prepared->brings_btf ||
	    ks_site_has_btf(judge->site) != KS_ABSENT)
		return;
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_CORE_RELO,
						KS_ABOUT_NAME(KS_CONFIG, "CONFIG_DEBUG_INFO_BTF"),
						"the kernel has no BTF, which relocations need");
	ks_reason_hint(
		judge, reason,
		"give libbpf the kernel's types by btf_custom_path, and check with --btf custom");
}
