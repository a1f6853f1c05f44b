/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "bpf/reads.h"

/* Where arguments lie in struct pt_regs (libbpf: bpf_tracing.h; each machine's asm/ptrace.h). */

enum { MAX_ARGUMENTS = 12, WORD = 8 };

static bool has_member(const struct ks_btf *btf, const char *record, const char *member)
{
	uint32_t id = ks_btf_find(btf, KS_BTF_STRUCT, record, 1);
	if (!id)
		return false;
	struct ks_btf_type type = ks_btf_type(btf, id);
	for (uint32_t i = 0; i < type.vlen; i++) {
		struct ks_btf_member m = ks_btf_member(btf, &type, i);
		struct ks_btf_type inner = ks_btf_type(btf, ks_btf_strip(btf, m.type));
		if (strcmp(m.name, member) == 0)
			return true;
		// registers are in an anonymous struct of an anonymous union on some
		for (uint32_t k = 0; !m.name[0] && inner.kind == KS_BTF_STRUCT && k < inner.vlen;
		     k++)
			if (strcmp(ks_btf_member(btf, &inner, k).name, member) == 0)
				return true;
	}
	return false;
}

const struct ks_arch_registers *ks_bpf_registers_of(const struct ks_btf *btf)
{
	for (size_t i = 0; i < ks_nr_archs; i++) {
		const struct ks_arch_registers *registers = &ks_archs[i].registers;
		for (size_t k = 0; k < KS_ARRAY_LEN(registers->members) && registers->members[k];
		     k++)
			if (has_member(btf, registers->record, registers->members[k]))
				return registers;
	}
	return NULL;
}

static int register_argument(const struct ks_arch_registers *machine, bool on_return,
			     uint32_t offset)
{
	if (!machine)
		return KS_ARGUMENT_NONE;
	if (on_return) // arguments are gone by then
		return machine->returned == offset ? KS_ARGUMENT_RETURN : KS_ARGUMENT_NONE;
	for (int i = 0; i < machine->nr; i++)
		if (machine->arguments[i] == offset)
			return i + 1;
	return KS_ARGUMENT_NONE;
}

int ks_bpf_argument(const struct ks_arch_registers *machine, const struct ks_hook *hook,
		    uint32_t offset)
{
	switch (hook->kind) {
	case KS_HOOK_KPROBE:
	case KS_HOOK_KPROBE_MULTI:
		return register_argument(machine, hook->on_return, offset);
	case KS_HOOK_FENTRY:
	case KS_HOOK_FMOD_RET:
	case KS_HOOK_LSM:
	case KS_HOOK_RAW_TP:
	case KS_HOOK_TP_BTF:
	case KS_HOOK_STRUCT_OPS:
		return offset % WORD || offset / WORD >= MAX_ARGUMENTS ? KS_ARGUMENT_NONE
								       : (int)(offset / WORD) + 1;
	default:
		return KS_ARGUMENT_NONE;
	}
}
