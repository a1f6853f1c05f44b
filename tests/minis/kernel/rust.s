# SPDX-License-Identifier: BSD-2-Clause
# What rustc 1.95 makes of a small crate (--crate-type=lib -C opt-level=2 -C panic=abort -g), cut down to what is of
# interest here: a unit whose language is Rust (0x1c), types and functions in a namespace.
# Facts: names of it that C units have, too, stand for other things: struct device with other members, enum color, and
# header_plain, which is inlined into rust_sum. Units of Rust are left out: of rust_sum there is the symbol alone.
	.text
	.globl	rust_sum
	.type	rust_sum, @function
rust_sum:
.Lbegin:
	pushq	%rbx
	movq	%rdi, %rbx
	movl	%esi, %edi
	callq	asm_only
.Linlined:
	addl	(%rbx), %eax
.Linlined_end:
	popq	%rbx
	retq
.Lend:
	.size	rust_sum, .Lend - rust_sum

	.section .debug_abbrev, "", @progbits
.Labbrev:
	.macro declare code, tag, children, attributes:vararg
	.uleb128 \code, \tag
	.byte	\children
	.uleb128 \attributes
	.byte	0, 0
	.endm
	# unit: producer, language, name, comp_dir, low_pc, high_pc
	declare	1, 0x11, 1, 0x25, 0x8, 0x13, 0x5, 0x3, 0x8, 0x1b, 0x8, 0x11, 0x1, 0x12, 0x6
	# namespace: name
	declare	2, 0x39, 1, 0x3, 0x8
	# structure_type: name, byte_size, alignment
	declare	3, 0x13, 1, 0x3, 0x8, 0xb, 0xb, 0x88, 0xf
	# member: name, type, data_member_location
	declare	4, 0xd, 0, 0x3, 0x8, 0x49, 0x13, 0x38, 0xb
	# enumeration_type: type, enum_class, name, byte_size
	declare	5, 0x4, 1, 0x49, 0x13, 0x6d, 0x19, 0x3, 0x8, 0xb, 0xb
	# enumerator: name, const_value
	declare	6, 0x28, 0, 0x3, 0x8, 0x1c, 0xf
	# subprogram: linkage_name, name, type, inline
	declare	7, 0x2e, 1, 0x6e, 0x8, 0x3, 0x8, 0x49, 0x13, 0x20, 0xb
	# formal_parameter: name, type
	declare	8, 0x5, 0, 0x3, 0x8, 0x49, 0x13
	# subprogram: low_pc, high_pc, name, type, external
	declare	9, 0x2e, 1, 0x11, 0x1, 0x12, 0x6, 0x3, 0x8, 0x49, 0x13, 0x3f, 0x19
	# inlined_subroutine: abstract_origin, low_pc, high_pc
	declare	10, 0x1d, 0, 0x31, 0x13, 0x11, 0x1, 0x12, 0x6
	# base_type: name, encoding, byte_size
	declare	11, 0x24, 0, 0x3, 0x8, 0x3e, 0xb, 0xb, 0xb
	# pointer_type: type, name, address_class
	declare	12, 0xf, 0, 0x49, 0x13, 0x3, 0x8, 0x33, 0x6
	.byte	0

	.section .debug_info, "", @progbits
.Lunit:
	.long	.Lunit_end - .Lversion
.Lversion:
	.short	4
	.long	.Labbrev
	.byte	8
	.uleb128 1
	.asciz	"clang LLVM (rustc version 1.95.0 (59807616e 2026-04-14))"
	.short	0x1c
	.asciz	"kernel/rust.rs/@/rust.37d7bdf39d847df0-cgu.0"
	.asciz	"/build/mini/linux-6.6.6"
	.quad	.Lbegin
	.long	.Lend - .Lbegin
	.uleb128 2
	.asciz	"rust"
.Ldevice:
	.uleb128 3
	.asciz	"device"
	.byte	16
	.uleb128 8
	.uleb128 4
	.asciz	"weight"
	.long	.Lu64 - .Lunit
	.byte	0
	.uleb128 4
	.asciz	"id"
	.long	.Lu8 - .Lunit
	.byte	8
	.byte	0
.Lcolor:
	.uleb128 5
	.long	.Lu8 - .Lunit
	.asciz	"color"
	.byte	1
	.uleb128 6
	.asciz	"Red"
	.uleb128 9
	.byte	0
.Lheader_plain:
	.uleb128 7
	.asciz	"_ZN4rust12header_plain17ha6ba6257c2f5a995E"
	.asciz	"header_plain"
	.long	.Lu64 - .Lunit
	.byte	1
	.uleb128 8
	.asciz	"dev"
	.long	.Lpointer - .Lunit
	.byte	0
	.uleb128 9
	.quad	.Lbegin
	.long	.Lend - .Lbegin
	.asciz	"rust_sum"
	.long	.Lu64 - .Lunit
	.uleb128 8
	.asciz	"dev"
	.long	.Lpointer - .Lunit
	.uleb128 10
	.long	.Lheader_plain - .Lunit
	.quad	.Linlined
	.long	.Linlined_end - .Linlined
	.byte	0
	.byte	0
.Lu64:
	.uleb128 11
	.asciz	"u64"
	.byte	7, 8
.Lu8:
	.uleb128 11
	.asciz	"u8"
	.byte	7, 1
.Lpointer:
	.uleb128 12
	.long	.Ldevice - .Lunit
	.asciz	"&rust::device"
	.long	0
	.byte	0
.Lunit_end:
	# Facts: what LLVM adds to units of C for its own expressions: a number of 5 bytes, which is no type of the kernel.
	.long	.Lnumbers_end - .Lnumbers_version
.Lnumbers_version:
	.short	4
	.long	.Labbrev
	.byte	8
	.uleb128 1
	.asciz	"Debian clang version 19.1.7 (3~deb12u1)"
	.short	0xc
	.asciz	"kernel/numbers.c"
	.asciz	"/build/mini/linux-6.6.6"
	.quad	0
	.long	0
	.uleb128 11
	.asciz	"DW_ATE_unsigned_33"
	.byte	7, 5
	.byte	0
.Lnumbers_end:
	.section .note.GNU-stack, "", @progbits
