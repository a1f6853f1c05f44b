/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A kernel of few types whose pointers the verifier knows, and programs for it in a line each. */
#include "bpf/object.h"

#define LOAD(dst, src, off)                                                                        \
	{                                                                                          \
		0x79, dst, src, off, 0                                                             \
	}
#define LOAD4(dst, src, off)                                                                       \
	{                                                                                          \
		0x61, dst, src, off, 0                                                             \
	}
#define LOAD1(dst, src, off)                                                                       \
	{                                                                                          \
		0x71, dst, src, off, 0                                                             \
	}
#define STORE(dst, src, off)                                                                       \
	{                                                                                          \
		0x7b, dst, src, off, 0                                                             \
	}
#define MOV(dst, imm)                                                                              \
	{                                                                                          \
		0xb7, dst, 0, 0, imm                                                               \
	}
#define MOVX(dst, src)                                                                             \
	{                                                                                          \
		0xbf, dst, src, 0, 0                                                               \
	}
#define ADD(dst, imm)                                                                              \
	{                                                                                          \
		0x07, dst, 0, 0, imm                                                               \
	}
#define ADDX(d, s)                                                                                 \
	{                                                                                          \
		.code = 0x0f, .dst = (d), .src = (s)                                               \
	}
#define AND(d, i)                                                                                  \
	{                                                                                          \
		.code = 0x57, .dst = (d), .imm = (i)                                               \
	}
#define LSH(d, i)                                                                                  \
	{                                                                                          \
		.code = 0x67, .dst = (d), .imm = (i)                                               \
	}
#define JEQ(dst, imm, off)                                                                         \
	{                                                                                          \
		0x15, dst, 0, off, imm                                                             \
	}
#define JNE(dst, imm, off)                                                                         \
	{                                                                                          \
		0x55, dst, 0, off, imm                                                             \
	}
#define JNE4(dst, imm, off)                                                                        \
	{                                                                                          \
		0x56, dst, 0, off, imm                                                             \
	}
#define JGT(dst, imm, off)                                                                         \
	{                                                                                          \
		0x25, dst, 0, off, imm                                                             \
	}
#define CALL(imm)                                                                                  \
	{                                                                                          \
		0x85, 0, 0, 0, imm                                                                 \
	}
#define END                                                                                        \
	MOV(0, 0),                                                                                 \
	{                                                                                          \
		0x95, 0, 0, 0, 0                                                                   \
	}

struct program {
	const char *version, *section;
	const struct ks_bpf_insn *insns;
	uint32_t nr;
};
#define PROGRAM(v, s, ...)                                                                         \
	(&(const struct program){ v, s, (const struct ks_bpf_insn[]){ __VA_ARGS__ },               \
				  sizeof((const struct ks_bpf_insn[]){ __VA_ARGS__ }) /            \
					  sizeof(struct ks_bpf_insn) })

/** License of the programs: "GPL" before a test sets another. */
extern const char *typed_license;

/**
 * Whether the kernel was built by clang: then RCU keeps "next" of a thing, which stands in an unnamed struct, "thing" of another
 * is one of user space, and so is argument 1 of many(), whose argument 6 is for each CPU.
 */
extern enum typed_tags { TYPED_NO_TAGS, TYPED_TAGS, TYPED_TAGS_UNTOLD } typed_tags;

/** What rules say of pointers and of numbers of arguments: "pointer argument 1: …; …". @param rule a glob of their names */
void expect_by(const char *rule, const struct program *wanted, const char *expected);
/** The same of those about pointers. */
void expect(const struct program *wanted, const char *expected);

#define NUMBER(what)                                                                               \
	"pointer " what ": " what " is a number to the verifier, or a pointer to no struct"
#define UNCHECKED(what) "pointer " what ": it may be NULL, and is read through without a check"
