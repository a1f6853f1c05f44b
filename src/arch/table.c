/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machines, a row each. A release that something came with is always that of the commit beside it, in the
 * kernel's own history.
 */
#include <elf.h>

#include "arch/arch.h"
#include "base/array.h"

#ifndef EM_LOONGARCH // newer than many <elf.h>
#define EM_LOONGARCH 258
#endif

/* ---- lists that rows share ---- */

#define RELOCS (const struct ks_arch_reloc[])
#define RANGES (const struct ks_arch_range[])
#define RANGE(name, since, until)                                                                  \
	{                                                                                          \
		name "_start", name "_end", since, until                                           \
	}
#define GATE(major, minor, commit)                                                                 \
	{                                                                                          \
		KS_SINCE(major, minor), commit                                                     \
	}

static const struct ks_arch_range x86_ranges[] = {
	RANGE("__entry_text", 0, 0),
	RANGE("__irqentry_text", KS_SINCE(5, 1), KS_SINCE(5, 8)), // 0eae81dc9f02
	{ 0 },
};
static const struct ks_arch_range powerpc_ranges[] = {
	{ "_stext", "__head_end", 0, 0 }, // 7aa5b018bf36, which brought the second mark
	{ 0 },
};
static const struct ks_arch_reloc powerpc64_relocs[] = {
	{ R_PPC64_ADDR64, 8, KS_RELOC_ABS }, { R_PPC64_UADDR64, 8, KS_RELOC_ABS },
	{ R_PPC64_ADDR32, 4, KS_RELOC_ABS }, { R_PPC64_REL32, 4, KS_RELOC_PC },
	{ R_PPC64_REL64, 8, KS_RELOC_PC },   { 0 },
};
static const struct ks_arch_reloc mips_relocs[] = {
	{ R_MIPS_64, 8, KS_RELOC_ABS },
	{ R_MIPS_32, 4, KS_RELOC_ABS },
	{ 248 /* PC32 */, 4, KS_RELOC_PC },
	{ 0 },
};

/** The n64 convention, as bpf_tracing.h has it. */
#define MIPS64_REGISTERS                                                                           \
	{                                                                                          \
		"pt_regs", { "cp0_status" }, 16, 8,                                                \
		{                                                                                  \
			32, 40, 48, 56, 64, 72, 80, 88                                             \
		}                                                                                  \
	}
#define POWERPC_REGISTERS                                                                          \
	{                                                                                          \
		"pt_regs", { "gpr" }, 24, 8,                                                       \
		{                                                                                  \
			24, 32, 40, 48, 56, 64, 72, 80                                             \
		}                                                                                  \
	}
#define CALL_JAL                                                                                   \
	{                                                                                          \
		.mask = 0xfc000000, .value = 0x0c000000, .bits = 26, .region = true                \
	}
#define CALL_REL32                                                                                 \
	{                                                                                          \
		.mask = 0xff, .value = 0xe8, .bits = 32, .ahead = 5, .bytes = true                 \
	}
#define CALLS_OF_OLD                                                                               \
	{                                                                                          \
		"restart_syscall", "exit", "fork", "read"                                          \
	}
#define CALLS_OF_X86                                                                               \
	{                                                                                          \
		"read", "write", "open", "close"                                                   \
	}
#define CALLS_OF_ALL                                                                               \
	{                                                                                          \
		"io_setup", "io_destroy", "io_submit", "io_cancel"                                 \
	} // asm-generic

/* ---- the machines ---- */

const struct ks_arch ks_archs[] = {
	{
		.debian = "amd64",
		.uname = { "x86_64" },
		.source = "x86",
		.elf = EM_X86_64,
		.word = 8,
		.relative = R_X86_64_RELATIVE,
		.relocs = RELOCS{ { R_X86_64_64, 8, KS_RELOC_ABS },
				  { R_X86_64_32, 4, KS_RELOC_ABS },
				  { R_X86_64_32S, 4, KS_RELOC_ABS },
				  { R_X86_64_PC32, 4, KS_RELOC_PC },
				  { R_X86_64_PC64, 8, KS_RELOC_PC },
				  { 0 } },
		.ftrace_behind = 4,
		.ftrace_site = { 0, 0xff },
		.call = CALL_REL32,
		.first_calls = CALLS_OF_X86,
		.syscall_prefix = "__x64_sys_",
		.compiles = true,
		.no_kprobes = x86_ranges,
		.registers = { "pt_regs", { "di", "rdi" }, 80, 6, { 112, 104, 96, 88, 72, 64 } },
		.tail_calls = GATE(5, 10, "e411901c0b77"),
		.trampolines = {
			.programs = GATE(5, 5, "fec56f5890d9"),
			.functions = GATE(5, 5, "fec56f5890d9"),
			.structs = GATE(6, 1, "a9c5ad31fbdc"),
			.limits = { { GATE(6, 6, "473e3150e30a"), 12 },
				    { GATE(5, 5, "fec56f5890d9"), 6 } },
		},
	},
	{
		.debian = "i386",
		.flavors = { "686" },
		.uname = { "i686", "i586" },
		.source = "x86",
		.elf = EM_386,
		.word = 4,
		.relative = R_386_RELATIVE,
		.relocs = RELOCS{ { R_386_32, 4, KS_RELOC_ABS },
				  { R_386_PC32, 4, KS_RELOC_PC },
				  { 0 } },
		.ftrace_behind = 64,
		.call = CALL_REL32,
		.first_calls = CALLS_OF_OLD,
		.syscall_prefix = "__ia32_sys_",
		.no_kprobes = x86_ranges,
	},
	{
		.debian = "arm64",
		.uname = { "aarch64" },
		.source = "arm64",
		.elf = EM_AARCH64,
		.word = 8,
		.relative = R_AARCH64_RELATIVE,
		.relocs = RELOCS{ { R_AARCH64_ABS64, 8, KS_RELOC_ABS },
				  { R_AARCH64_ABS32, 4, KS_RELOC_ABS },
				  { R_AARCH64_PREL64, 8, KS_RELOC_PC },
				  { R_AARCH64_PREL32, 4, KS_RELOC_PC },
				  { 0 } },
		.boot_magic = "ARM\x64",
		.boot_tells_order = true,
		.flat = true,
		.ftrace_behind = 64,
		.ftrace_site = { 3, 0xfc },
		.call = { .mask = 0xfc000000, .value = 0x94000000, .bits = 26 },
		.entry_mark = 0xd503233f, // paciasp: it signs the return address
		.call_ops = GATE(6, 3, "baaf553d3bc3"),
		.first_calls = CALLS_OF_ALL,
		.syscall_prefix = "__arm64_sys_",
		.compiles = true,
		.no_kprobes = RANGES{ RANGE("__entry_text", 0, 0),
				      RANGE("__irqentry_text", 0, 0), // of old: 6e08af0f10dc
				      RANGE("__exception_text", 0, 0),
				      RANGE("__idmap_text", 0, 0),
				      RANGE("__hyp_text", 0, 0),
				      RANGE("__hyp_idmap_text", 0, 0),
				      { 0 } },
		.registers = { "user_pt_regs", { "pstate" }, 0, 8, { 0, 8, 16, 24, 32, 40, 48, 56 } },
		.tail_calls = GATE(6, 0, "d4609a5d8c70"),
		.trampolines = {
			.programs = GATE(6, 0, "efc9909fdce0"),
			.functions = GATE(6, 4, "2aa6ac03516d"),
			.structs = GATE(6, 5, "90564f1e3dd6"),
			.limits = { { GATE(6, 16, "9014cf56f13d"), 12 },
				    { GATE(6, 0, "efc9909fdce0"), 8 } },
		},
	},
	{
		.debian = "armhf",
		.registers = { "pt_regs", { "uregs" }, 0, 4, { 0, 4, 8, 12 } },
		.alias = "armel",
		.flavors = { "armmp" },
		.uname = { "armv7l", "armv6l" },
		.source = "arm",
		.elf = EM_ARM,
		.word = 4,
		.relative = R_ARM_RELATIVE,
		.relocs = RELOCS{ { R_ARM_ABS32, 4, KS_RELOC_ABS },
				  { R_ARM_REL32, 4, KS_RELOC_PC },
				  { 0 } },
		.thumb = true,
		.ftrace_behind = 64,
		.ftrace_site = { 3, 0xff },
		.call = { .mask = 0x0f000000, .value = 0x0b000000, .bits = 24, .ahead = 8 },
		.first_calls = CALLS_OF_OLD,
		.syscall_prefix = "sys_",
		// c60890616535
		.no_kprobes = RANGES{ RANGE("__entry_text", KS_SINCE(4, 17), 0),
				      RANGE("__irqentry_text", KS_SINCE(4, 17), 0),
				      RANGE("__idmap_text", KS_SINCE(4, 17), 0),
				      { 0 } },
	},
	{
		.debian = "ppc64el",
		.flavors = { "powerpc64le" },
		.uname = { "ppc64le" },
		.source = "powerpc",
		.elf = EM_PPC64,
		.word = 8,
		.relative = R_PPC64_RELATIVE,
		.relocs = powerpc64_relocs,
		.packed_in_elf = true,
		.ftrace_behind = 64,
		.ftrace_site = { 3, 0xfc },
		.first_calls = CALLS_OF_OLD,
		.call_pairs = true,
		.syscall_prefix = "sys_",
		.no_kprobes = powerpc_ranges,
		.registers = POWERPC_REGISTERS,
		.trampolines = {
			.programs = GATE(6, 13, "d243b62b7bd3"),
			.functions = GATE(6, 13, "d243b62b7bd3"),
			.structs = GATE(6, 13, "d243b62b7bd3"),
			.limits = { { GATE(6, 13, "d243b62b7bd3"), 12 } },
		},
	},
	{
		.debian = "ppc64",
		.flavors = { "powerpc64" },
		.uname = { "ppc64" },
		.source = "powerpc",
		.elf = EM_PPC64,
		.word = 8,
		.big_endian = true,
		.relative = R_PPC64_RELATIVE,
		.relocs = powerpc64_relocs,
		.packed_in_elf = true,
		.ftrace_behind = 64,
		.first_calls = CALLS_OF_OLD,
		.call_pairs = true,
		.syscall_prefix = "sys_",
		.no_kprobes = powerpc_ranges,
		.registers = POWERPC_REGISTERS,
	},
	{
		.debian = "powerpc",
		.uname = { "ppc" },
		.source = "powerpc",
		.elf = EM_PPC,
		.word = 4,
		.big_endian = true,
		.relative = R_PPC_RELATIVE,
		.relocs = RELOCS{ { R_PPC_ADDR32, 4, KS_RELOC_ABS },
				  { R_PPC_UADDR32, 4, KS_RELOC_ABS },
				  { R_PPC_REL32, 4, KS_RELOC_PC },
				  { 0 } },
		.packed_in_elf = true,
		.ftrace_behind = 64,
		.first_calls = CALLS_OF_OLD,
		.syscall_prefix = "sys_",
		.no_kprobes = powerpc_ranges,
	},
	{
		.debian = "riscv64",
		.uname = { "riscv64" },
		.source = "riscv",
		.elf = EM_RISCV,
		.word = 8,
		.relative = R_RISCV_RELATIVE,
		.relocs = RELOCS{ { R_RISCV_64, 8, KS_RELOC_ABS },
				  { R_RISCV_32, 4, KS_RELOC_ABS },
				  { R_RISCV_32_PCREL, 4, KS_RELOC_PC },
				  { R_RISCV_SET8, 1, KS_RELOC_ABS },
				  { R_RISCV_SET16, 2, KS_RELOC_ABS },
				  { R_RISCV_SET32, 4, KS_RELOC_ABS },
				  { R_RISCV_ADD8, 1, KS_RELOC_ADD },
				  { R_RISCV_ADD16, 2, KS_RELOC_ADD },
				  { R_RISCV_ADD32, 4, KS_RELOC_ADD },
				  { R_RISCV_ADD64, 8, KS_RELOC_ADD },
				  { R_RISCV_SUB8, 1, KS_RELOC_SUB },
				  { R_RISCV_SUB16, 2, KS_RELOC_SUB },
				  { R_RISCV_SUB32, 4, KS_RELOC_SUB },
				  { R_RISCV_SUB64, 8, KS_RELOC_SUB },
				  { 0 } },
		.boot_magic = "RSC\x05",
		.flat = true,
		.ftrace_behind = 64,
		.ftrace_moved = GATE(6, 16, "b2137c3b6d7a"),
		.call_ops = GATE(6, 16, "c217157bcd1d"),
		.ftrace_site = { 0, 0xff },
		.first_calls = CALLS_OF_ALL,
		.syscall_prefix = "__riscv_sys_",
		.no_kprobes = RANGES{ RANGE("__irqentry_text", 0, 0), { 0 } },
		.registers = { "user_regs_struct", { "a0" }, 80, 8,
			       { 80, 88, 96, 104, 112, 120, 128, 136 } },
		.trampolines = {
			.programs = GATE(6, 3, "49b5e77ae3e2"),
			.functions = GATE(6, 8, "196c79f19a92"),
			.structs = GATE(6, 3, "49b5e77ae3e2"),
			.limits = { { GATE(6, 11, "6801b0aef79d"), 12 },
				    { GATE(6, 3, "49b5e77ae3e2"), 8 } },
		},
	},
	{
		.debian = "s390x",
		.uname = { "s390x" },
		.source = "s390",
		.elf = EM_S390,
		.word = 8,
		.big_endian = true,
		.relative = R_390_RELATIVE,
		.relocs = RELOCS{ { R_390_64, 8, KS_RELOC_ABS },
				  { R_390_32, 4, KS_RELOC_ABS },
				  { R_390_PC32, 4, KS_RELOC_PC },
				  { R_390_PC64, 8, KS_RELOC_PC },
				  { 0 } },
		.flat = true,
		.low_addresses = true,
		.ftrace_behind = 64,
		.ftrace_site = { 0, 0xff },
		.first_calls = { "ni_syscall", "exit", "fork", "read" },
		.foreign_calls = "__s390_",
		.syscall_prefix = "__s390x_sys_",
		.registers = { "user_pt_regs", { "gprs" }, 40, 5, { 40, 48, 56, 64, 72 } },
		.tail_calls = GATE(6, 3, "dd691e847d28"),
		.trampolines = {
			.programs = GATE(6, 3, "528eb2cb87bc"),
			.functions = GATE(6, 3, "528eb2cb87bc"),
			.structs = GATE(6, 3, "528eb2cb87bc"),
			.limits = { { GATE(6, 3, "528eb2cb87bc"), 12 } },
		},
	},
	{
		.debian = "mips64el",
		.registers = MIPS64_REGISTERS,
		.flavors = { "mips64r2el", "5kc-malta" },
		.uname = { "mips64" },
		.source = "mips",
		.elf = EM_MIPS,
		.call = CALL_JAL,
		.word = 8,
		.relocs = mips_relocs,
		.split_info = true,
		.packed_in_elf = true,
		.ftrace_behind = 64,
		.first_calls = CALLS_OF_X86,
		.syscall_prefix = "sys_",
	},
	{
		.debian = "mips64",
		.registers = MIPS64_REGISTERS,
		.flavors = { "5kc-malta" },
		.uname = { "mips64" },
		.source = "mips",
		.elf = EM_MIPS,
		.call = CALL_JAL,
		.word = 8,
		.big_endian = true,
		.relocs = mips_relocs,
		.packed_in_elf = true,
		.ftrace_behind = 64,
		.first_calls = CALLS_OF_X86,
		.syscall_prefix = "sys_",
	},
	{
		.debian = "mipsel",
		.flavors = { "mips32r2el", "4kc-malta" },
		.uname = { "mips" },
		.source = "mips",
		.elf = EM_MIPS,
		.call = CALL_JAL,
		.word = 4,
		.relocs = mips_relocs,
		.packed_in_elf = true,
		.ftrace_behind = 64,
		.syscall_prefix = "sys_",
	},
	{
		.debian = "mips",
		.flavors = { "4kc-malta" },
		.uname = { "mips" },
		.source = "mips",
		.elf = EM_MIPS,
		.call = CALL_JAL,
		.word = 4,
		.big_endian = true,
		.relocs = mips_relocs,
		.packed_in_elf = true,
		.ftrace_behind = 64,
		.syscall_prefix = "sys_",
	},
	{
		.debian = "loong64",
		.registers = { "user_pt_regs", { "csr_era" }, 32, 8, { 32, 40, 48, 56, 64, 72, 80, 88 } },
		.uname = { "loongarch64" },
		.source = "loongarch",
		.elf = EM_LOONGARCH,
		.word = 8,
		.relative = 3,
		.relocs = RELOCS{ { 2 /* 64 */, 8, KS_RELOC_ABS },
				  { 1 /* 32 */, 4, KS_RELOC_ABS },
				  { 99 /* 32_PCREL */, 4, KS_RELOC_PC },
				  { 109 /* 64_PCREL */, 8, KS_RELOC_PC },
				  { 47 /* ADD8 */, 1, KS_RELOC_ADD },
				  { 48 /* ADD16 */, 2, KS_RELOC_ADD },
				  { 50 /* ADD32 */, 4, KS_RELOC_ADD },
				  { 51 /* ADD64 */, 8, KS_RELOC_ADD },
				  { 52 /* SUB8 */, 1, KS_RELOC_SUB },
				  { 53 /* SUB16 */, 2, KS_RELOC_SUB },
				  { 55 /* SUB32 */, 4, KS_RELOC_SUB },
				  { 56 /* SUB64 */, 8, KS_RELOC_SUB },
				  { 0 } },
		.boot_magic = "\xcd\x23\x82\x81",
		.pe = 0x6264, // the magic only says that it is a kernel with an EFI header
		.flat = true,
		.ftrace_behind = 64,
		.ftrace_site = { 3, 0xfc },
		.first_calls = CALLS_OF_ALL,
		.syscall_prefix = "sys_",
		.no_kprobes = RANGES{ RANGE("__irqentry_text", 0, 0), { 0 } },
		.tail_calls = GATE(6, 4, "bb035ef0cc91"),
		.trampolines = {
			.programs = GATE(6, 17, "f9b6b41f0cf3"),
			.functions = GATE(6, 17, "f9b6b41f0cf3"),
			.structs = GATE(7, 1, "0ef8b9605155"),
			.limits = { { GATE(7, 1, "c9ebe2016de9"), 12 },
				    { GATE(6, 17, "f9b6b41f0cf3"), 8 } },
		},
	},
};
const size_t ks_nr_archs = KS_ARRAY_LEN(ks_archs);
