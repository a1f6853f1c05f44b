/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of machines: every row is whole, and each of its names leads back to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"

static void every_row_is_complete(void **state)
{
	(void)state;
	assert_true(ks_nr_archs >= 11);
	for (size_t i = 0; i < ks_nr_archs; i++) {
		const struct ks_arch *arch = &ks_archs[i];
		if (!arch->debian || !arch->uname[0] || !arch->source || !arch->elf ||
		    !arch->relocs || !arch->relocs[0].size || !arch->ftrace_behind ||
		    !arch->syscall_prefix)
			fail_msg("row %zu (%s) leaves something out", i,
				 arch->debian ? arch->debian : "no name");
		assert_true(arch->word == 4 || arch->word == 8);
		for (const struct ks_arch_reloc *reloc = arch->relocs; reloc->size; reloc++)
			if (reloc->type >= 512 || reloc->size > 8 || reloc->how > KS_RELOC_SUB)
				fail_msg("%s: relocation type %u", arch->debian, reloc->type);
	}
}

static void names_lead_back_to_their_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < ks_nr_archs; i++) {
		const struct ks_arch *arch = &ks_archs[i];
		const bool native = arch->big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
		assert_ptr_equal(ks_arch_by_debian(arch->debian), arch);
		if (arch->alias)
			assert_ptr_equal(ks_arch_by_debian(arch->alias), arch);
		assert_ptr_equal(ks_arch_of_elf(arch->elf, arch->word == 8, arch->big_endian),
				 arch);
		assert_int_equal(ks_arch_of_machine(arch->elf)->elf, arch->elf);
		for (size_t k = 0; k < KS_ARRAY_LEN(arch->uname) && arch->uname[k]; k++) {
			const struct ks_arch *found = ks_arch_by_uname(arch->uname[k]);
			assert_non_null(found);
			assert_int_equal(found->elf, arch->elf);
			assert_int_equal(found->word, arch->word);
			if (native)
				assert_ptr_equal(found, arch);
		}
	}
	assert_null(ks_arch_by_debian("unknown"));
	assert_null(ks_arch_by_debian(NULL));
	assert_null(ks_arch_by_uname("vax"));
	assert_null(ks_arch_of_elf(EM_X86_64, true, true));
	assert_null(ks_arch_of_machine(EM_NONE));
}

/** What ksurf knew of machines before there was a table, from images and their headers. */
static void known_machines_have_their_names(void **state)
{
	(void)state;
	static const struct {
		const char *debian, *uname, *source;
		uint16_t elf;
		uint8_t word;
		bool big_endian;
	} known[] = {
		{ "amd64", "x86_64", "x86", EM_X86_64, 8, false },
		{ "i386", "i686", "x86", EM_386, 4, false },
		{ "arm64", "aarch64", "arm64", EM_AARCH64, 8, false },
		{ "armhf", "armv7l", "arm", EM_ARM, 4, false },
		{ "ppc64el", "ppc64le", "powerpc", EM_PPC64, 8, false },
		{ "ppc64", "ppc64", "powerpc", EM_PPC64, 8, true },
		{ "riscv64", "riscv64", "riscv", EM_RISCV, 8, false },
		{ "s390x", "s390x", "s390", EM_S390, 8, true },
		{ "mips64el", "mips64", "mips", EM_MIPS, 8, false },
		{ "loong64", "loongarch64", "loongarch", 258, 8, false },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(known); i++) {
		const struct ks_arch *arch = ks_arch_by_debian(known[i].debian);
		assert_non_null(arch);
		assert_string_equal(arch->uname[0], known[i].uname);
		assert_string_equal(arch->source, known[i].source);
		assert_int_equal(arch->elf, known[i].elf);
		assert_int_equal(arch->word, known[i].word);
		assert_int_equal(arch->big_endian, known[i].big_endian);
	}
}

static void check_gate(const struct ks_arch *arch, const struct ks_gate *gate)
{
	if ((gate->since != 0) != (gate->commit != NULL) ||
	    (gate->commit && strspn(gate->commit, "0123456789abcdef") != 12) ||
	    (gate->commit && strlen(gate->commit) != 12))
		fail_msg("%s: a release and the commit go together", arch->debian);
}

static void every_gate_names_its_commit(void **state)
{
	(void)state;
	for (size_t i = 0; i < ks_nr_archs; i++) {
		const struct ks_arch *arch = &ks_archs[i];
		const struct ks_arch_trampolines *tramp = &arch->trampolines;
		check_gate(arch, &arch->call_ops);
		check_gate(arch, &tramp->programs);
		check_gate(arch, &tramp->functions);
		check_gate(arch, &tramp->structs);
		for (size_t k = 0; k < KS_ARRAY_LEN(tramp->limits); k++)
			check_gate(arch, &tramp->limits[k].gate);
		assert_int_equal(tramp->functions.since != 0, tramp->programs.since != 0);
		assert_true(tramp->functions.since >= tramp->programs.since);
		// whoever has trampolines passes some words on, and never fewer than before
		assert_int_equal(ks_arch_trampoline_words(arch, tramp->programs.since) != 0,
				 tramp->programs.since != 0);
		if (tramp->limits[1].words) {
			assert_true(tramp->limits[0].words > tramp->limits[1].words);
			assert_true(tramp->limits[0].gate.since > tramp->limits[1].gate.since);
		}
	}
}

static void trampolines_pass_so_many_words(void **state)
{
	(void)state;
	static const struct {
		const char *arch;
		uint32_t version;
		uint8_t words;
	} cases[] = {
		{ "amd64", KS_SINCE(5, 4), 0 },	  { "amd64", KS_SINCE(6, 5), 6 },
		{ "amd64", KS_SINCE(6, 6), 12 },  { "arm64", KS_SINCE(6, 1), 8 },
		{ "arm64", KS_SINCE(6, 16), 12 }, { "riscv64", KS_SINCE(6, 10), 8 },
		{ "s390x", KS_SINCE(6, 3), 12 },  { "armhf", KS_SINCE(7, 2), 0 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++)
		assert_int_equal(ks_arch_trampoline_words(ks_arch_by_debian(cases[i].arch),
							  cases[i].version),
				 cases[i].words);
}

static void functions_of_system_calls_are_told(void **state)
{
	(void)state;
	const struct ks_arch *amd64 = ks_arch_by_debian("amd64");
	assert_true(ks_arch_is_syscall(amd64, "__x64_sys_bpf"));
	assert_false(ks_arch_is_syscall(amd64, "__ia32_sys_bpf"));
	assert_false(ks_arch_is_syscall(amd64, "sys_bpf"));
	assert_true(ks_arch_is_syscall(ks_arch_by_debian("ppc64el"), "sys_bpf"));
	assert_false(ks_arch_is_syscall(ks_arch_by_debian("ppc64el"), "system_call"));
}

static void versions_are_numbers(void **state)
{
	(void)state;
	const struct ks_gate never = { 0 }, gate = { KS_SINCE(6, 4), "2aa6ac03516d" };
	assert_int_equal(ks_version_of("6.1.176"), ks_version(6, 1, 176));
	assert_int_equal(ks_version_of("5.4.0-26-generic"), KS_SINCE(5, 4));
	assert_int_equal(ks_version_of("5.10.400"), ks_version(5, 10, 255));
	assert_int_equal(ks_version_of("next"), 0);
	assert_int_equal(ks_version_of(NULL), 0);
	assert_false(ks_gate_is_open(&never, UINT32_MAX));
	assert_false(ks_gate_is_open(&gate, ks_version(6, 3, 9)));
	assert_true(ks_gate_is_open(&gate, KS_SINCE(6, 4)));
	assert_false(ks_gate_is_open(&gate, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(names_lead_back_to_their_row),
		cmocka_unit_test(known_machines_have_their_names),
		cmocka_unit_test(every_gate_names_its_commit),
		cmocka_unit_test(trampolines_pass_so_many_words),
		cmocka_unit_test(functions_of_system_calls_are_told),
		cmocka_unit_test(versions_are_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
