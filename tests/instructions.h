/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Instructions of eBPF as the members of struct ks_bpf_insn: code, dst, src, off, imm. X: of two registers, W: of 32 bits, B: of 8. */

#define MOV(dst, imm) 0xb7, dst, 0, 0, imm
#define MOVX(dst, src) 0xbf, dst, src, 0, 0
#define MOVWX(dst, src) 0xbc, dst, src, 0, 0
#define ADD(dst, imm) 0x07, dst, 0, 0, imm
#define ADDX(dst, src) 0x0f, dst, src, 0, 0
#define AND(dst, imm) 0x57, dst, 0, 0, imm
#define OR(dst, imm) 0x47, dst, 0, 0, imm
#define RSH(dst, imm) 0x77, dst, 0, 0, imm
#define ARSH(dst, imm) 0xc7, dst, 0, 0, imm
#define LOAD(dst, src, off) 0x79, dst, src, off, 0
#define LOADW(dst, src, off) 0x61, dst, src, off, 0
#define LOADB(dst, src, off) 0x71, dst, src, off, 0
#define STORE(dst, off, src) 0x7b, dst, src, off, 0
#define JEQ(dst, imm, off) 0x15, dst, 0, off, imm
#define JNE(dst, imm, off) 0x55, dst, 0, off, imm
#define JNEX(dst, src, off) 0x5d, dst, src, off, 0
#define JWNEX(dst, src, off) 0x5e, dst, src, off, 0
#define JGT(dst, imm, off) 0x25, dst, 0, off, imm
#define JGTX(dst, src, off) 0x2d, dst, src, off, 0
#define JWGTX(dst, src, off) 0x2e, dst, src, off, 0
#define JLT(dst, imm, off) 0xa5, dst, 0, off, imm
#define JSLT(dst, imm, off) 0xc5, dst, 0, off, imm
#define JA(off) 0x05, 0, 0, off, 0
#define CALL(imm) 0x85, 0, 0, 0, imm
#define EXIT 0x95, 0, 0, 0, 0
