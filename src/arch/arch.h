/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a machine is: one row each in table.c, asked by every room that needs to know a little of it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/version.h"

/** What becomes of the number at a place: S is the symbol's value, A the addend, P the place. */
enum ks_reloc_how {
	KS_RELOC_ABS, // S + A
	KS_RELOC_PC,  // S + A - P
	KS_RELOC_ADD, // what is there, + S + A
	KS_RELOC_SUB, // what is there, - S - A
};

/** A type of relocation in data. */
struct ks_arch_reloc {
	uint16_t type;
	uint8_t size; // bytes; 0 ends a list
	uint8_t how;  // enum ks_reloc_how
};

/** A range of code that kprobes are refused in, between two symbols: since <= version < until. */
struct ks_arch_range {
	const char *start, *stop; // NULL ends a list
	uint32_t since, until;	  // until 0: still
};

/** An instruction that calls a function directly. */
struct ks_arch_call {
	uint32_t mask, value; // its fixed bits; mask 0: not known
	uint8_t bits;	      // the lowest ones: how far the function is, in words
	uint8_t ahead;	      // from so many bytes behind the instruction's begin
	bool bytes;  // it is one byte, and behind it the distance in bytes; it may stand anywhere
	bool region; // no distance, but the lowest bits of the function's address, in words
};

/** Where struct pt_regs has what functions take and return, as eBPF programs see it. */
struct ks_arch_registers {
	const char *record;	// the type of a program's context; NULL: not known of this machine
	const char *members[2]; // of it, in either spelling; no other machine's has such
	uint16_t returned;	// offset of the register with what a function returns
	uint8_t nr;
	uint16_t arguments[8]; // offsets
};

/** How many words of arguments trampolines pass on since a release. */
struct ks_arch_words {
	struct ks_gate gate;
	uint8_t words;
};

/** Trampolines: code that calls eBPF programs where a function begins or ends. */
struct ks_arch_trampolines {
	/** There are some: on other eBPF programs, and for operations of a struct. */
	struct ks_gate programs;
	struct ks_gate functions; // and ftrace calls them directly: on functions of the kernel
	struct ks_gate structs;	  // that take structs by value
	struct ks_arch_words limits[2]; // the newest first
};

struct ks_arch {
	const char *debian;   // "amd64"; every image is known by it
	const char *alias;    // another Debian port that only differs outside of the kernel; NULL
	const char *uname[2]; // as uname -m prints it, the usual one first
	const char *flavors
		[2]; // what distributions call its usual kernel, where that is not the machine
	const char *source; // the folder below arch/ in the kernel's sources

	uint16_t elf; // EM_*
	uint8_t word; // bytes
	bool big_endian;

	uint32_t relative;		    // relocation type for "image base + addend"; 0: none
	const struct ks_arch_reloc *relocs; // up to one of no size
	bool split_info; // r_info has a 32-bit symbol first and the type in its last byte (mips64el)

	const char *boot_magic; // 4 bytes at 0x38 of its boot images; NULL: none
	uint16_t pe;		// the machine in their EFI header, where the magic does not tell it
	bool flat;		// boot images carry their relocations and nothing that lists them
	bool boot_tells_order;	// bit 0 of the flags at 0x18 stands for big-endian numbers
	bool packed_in_elf;	// an ELF program may unpack the kernel
	bool low_addresses;	// kernels are linked near 0, elsewhere in the upper half
	bool thumb;		// bit 0 of a function's address may tell the instruction set
	uint8_t ftrace_behind; // bytes from a function's symbol up to the place that ftrace patches
	/** The byte of the code there, and its bits, that tell which instruction it is; mask 0: not known. */
	struct {
		uint8_t at, mask;
	} ftrace_site;
	/** Until then it is the first instruction, where kprobes are CONFIG_KPROBES_ON_FTRACE's; none: never. */
	struct ks_gate ftrace_moved;
	struct ks_arch_call call;
	/** An instruction that stands where functions begin and nowhere else; 0: none. */
	uint32_t entry_mark;
	struct ks_gate call_ops; // 8 bytes in front of a function hold a pointer of ftrace's

	const char *first_calls[4]; // how sys_call_table begins; NULL: not known
	/** In front of the names in the table of another ABI that begins alike. */
	const char *foreign_calls;
	bool call_pairs; // the table may have two words for each call, the second for 32-bit callers
	const char *syscall_prefix; // of the functions of system calls: "__x64_sys_", "sys_"
	const struct ks_arch_range *no_kprobes; // beside those of all machines
	struct ks_arch_registers registers;
	struct ks_arch_trampolines trampolines;
	bool compiles; // eBPF programs as it boots, where it can (ARCH_WANT_DEFAULT_BPF_JIT: 81c22041d9f1)
	/** Beside calls of a program's own functions; none: not known since 6.0. */
	struct ks_gate tail_calls;
};

extern const struct ks_arch ks_archs[];
extern const size_t ks_nr_archs;

/** The row of a Debian name or its alias; NULL when there is none, or for NULL. */
const struct ks_arch *ks_arch_by_debian(const char *name);
/** The row of what uname -m prints, of this machine's byte order where it does not tell; NULL. */
const struct ks_arch *ks_arch_by_uname(const char *name);
/** The row of an ELF file's header; NULL. */
const struct ks_arch *ks_arch_of_elf(uint16_t machine, bool is64, bool big_endian);
/** The first row of an ELF machine, for what does not depend on word and byte order; NULL. */
const struct ks_arch *ks_arch_of_machine(uint16_t machine);

/** How far in front of a function's symbol the place that ftrace patches may lie: 8 bytes or none. */
static inline uint8_t ks_arch_ftrace_front(const struct ks_arch *arch)
{
	return arch && arch->call_ops.since ? 8 : 0;
}
/** Words of arguments that trampolines of the version pass on; 0: there are none. */
uint8_t ks_arch_trampoline_words(const struct ks_arch *arch, uint32_t version);
/** Whether the functions of system calls take their arguments in struct pt_regs (CONFIG_ARCH_HAS_SYSCALL_WRAPPER). */
static inline bool ks_arch_wraps_syscalls(const struct ks_arch *arch)
{
	return arch->syscall_prefix[0] == '_';
}
/** Whether a function's name is one of a system call, as the kernel itself tells (has_arch_syscall_prefix()). */
bool ks_arch_is_syscall(const struct ks_arch *arch, const char *function);
