/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The fields of an instruction's code (RFC 9669). */
#include <stdint.h>

enum {
	CLASS_LD,
	CLASS_LDX,
	CLASS_ST,
	CLASS_STX,
	CLASS_ALU,
	CLASS_JMP,
	CLASS_JMP32,
	CLASS_ALU64,
};
enum { SOURCE_REG = 0x08 };
enum {
	OP_ADD = 0x00,
	OP_SUB = 0x10,
	OP_MUL = 0x20,
	OP_DIV = 0x30,
	OP_OR = 0x40,
	OP_AND = 0x50,
	OP_LSH = 0x60,
	OP_RSH = 0x70,
	OP_NEG = 0x80,
	OP_MOD = 0x90,
	OP_XOR = 0xa0,
	OP_MOV = 0xb0,
	OP_ARSH = 0xc0,
	OP_END = 0xd0,
};
enum {
	OP_JA = 0x00,
	OP_JEQ = 0x10,
	OP_JGT = 0x20,
	OP_JGE = 0x30,
	OP_JSET = 0x40,
	OP_JNE = 0x50,
	OP_JSGT = 0x60,
	OP_JSGE = 0x70,
	OP_CALL = 0x80,
	OP_EXIT = 0x90,
	OP_JLT = 0xa0,
	OP_JLE = 0xb0,
	OP_JSLT = 0xc0,
	OP_JSLE = 0xd0,
	OP_JCOND = 0xe0, // may_goto
};
enum {
	MODE_IMM = 0x00,
	MODE_ABS = 0x20,
	MODE_IND = 0x40,
	MODE_MEM = 0x60,
	MODE_MEMSX = 0x80,
	MODE_ATOMIC = 0xc0,
};
enum { CODE_LD_IMM64 = 0x18, CODE_CALL = 0x85, CODE_EXIT = 0x95 };
enum {
	ATOMIC_FETCH = 0x01,
	ATOMIC_XCHG = 0xe1,
	ATOMIC_CMPXCHG = 0xf1,
	ATOMIC_LOAD = 0x100,
	ATOMIC_STORE = 0x110
};

static inline uint8_t ks_opcode_class(uint8_t code)
{
	return code & 0x07;
}
static inline uint8_t ks_opcode_op(uint8_t code)
{
	return code & 0xf0;
}
static inline uint8_t ks_opcode_mode(uint8_t code)
{
	return code & 0xe0;
}
/** Bytes that a load or store moves. */
static inline uint8_t ks_opcode_size(uint8_t code)
{
	static const uint8_t sizes[] = { 4, 2, 1, 8 };
	return sizes[code >> 3 & 3];
}
/** Places in a program that an instruction takes. */
static inline uint32_t ks_opcode_slots(uint8_t code)
{
	return code == CODE_LD_IMM64 ? 2 : 1;
}
