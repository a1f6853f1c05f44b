/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"

const struct ks_arch *ks_arch_by_debian(const char *name)
{
	for (size_t i = 0; name && i < ks_nr_archs; i++)
		if (strcmp(ks_archs[i].debian, name) == 0 ||
		    (ks_archs[i].alias && strcmp(ks_archs[i].alias, name) == 0))
			return &ks_archs[i];
	return NULL;
}

static bool has_uname(const struct ks_arch *arch, const char *name)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(arch->uname); i++)
		if (arch->uname[i] && strcmp(arch->uname[i], name) == 0)
			return true;
	return false;
}

const struct ks_arch *ks_arch_by_uname(const char *name)
{
	const bool native_order = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	const struct ks_arch *found = NULL;
	for (size_t i = 0; i < ks_nr_archs; i++)
		if (has_uname(&ks_archs[i], name) &&
		    (!found || ks_archs[i].big_endian == native_order))
			found = &ks_archs[i];
	return found;
}

const struct ks_arch *ks_arch_of_elf(uint16_t machine, bool is64, bool big_endian)
{
	for (size_t i = 0; i < ks_nr_archs; i++)
		if (ks_archs[i].elf == machine && ks_archs[i].word == (is64 ? 8 : 4) &&
		    ks_archs[i].big_endian == big_endian)
			return &ks_archs[i];
	return NULL;
}

const struct ks_arch *ks_arch_of_machine(uint16_t machine)
{
	for (size_t i = 0; i < ks_nr_archs; i++)
		if (ks_archs[i].elf == machine)
			return &ks_archs[i];
	return NULL;
}

uint8_t ks_arch_trampoline_words(const struct ks_arch *arch, uint32_t version)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(arch->trampolines.limits); i++)
		if (ks_gate_is_open(&arch->trampolines.limits[i].gate, version))
			return arch->trampolines.limits[i].words;
	return 0;
}

bool ks_arch_is_syscall(const struct ks_arch *arch, const char *function)
{
	static const char call[] = "sys_";
	const char *prefix = arch->syscall_prefix;
	size_t len = strlen(prefix);
	if (len > sizeof(call) - 1) // the kernel looks at what stands in front of sys_ only
		len -= sizeof(call) - 1;
	return strncmp(function, prefix, len) == 0;
}
