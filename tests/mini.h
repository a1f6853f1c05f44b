/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The mini kernels (tests/minis), read, and facts of them as text that a test can spell. */
#include <stdbool.h>

#include "base/buf.h"
#include "surface/model.h"

struct mini {
	char name[256], arch[16]; // "amd64-gcc-dwarf5", "amd64"
	bool gcc;
	int dwarf; // version
	struct ks_surface *surface;
};

typedef void mini_check(const struct mini *mini);

/** Run the check on every mini kernel that was built; skips the test when there is none. */
void minis_each(mini_check *check);
/** Read the mini kernel of that name with so many threads; NULL when it was not built. */
struct ks_surface *mini_read(const char *name, unsigned int nr_threads);

/** The first of a surface; NULL when there is none. */
const struct ks_function *find_function(const struct ks_surface *surface, const char *name);
const struct ks_decl *find_decl(const struct ks_surface *surface, enum ks_kind kind,
				const char *name);

const struct ks_function *mini_function(const struct mini *mini, const char *name);
/** The entry whose unit is file; NULL: the first. */
const struct ks_entry *mini_entry(const struct mini *mini, const char *name, const char *file);
/** NULL when there is none. */
const struct ks_decl *mini_decl(const struct mini *mini, enum ks_kind kind, const char *name);

/** The line of a source of the mini kernels, such as "kernel/unit_a.c", that holds the text. */
uint32_t mini_line(const char *source, const char *text);

/** Compare what a test spells with what the mini has; the failure names the mini and the thing. */
void mini_equal(const struct mini *mini, const char *what, const char *expected,
		struct ks_buf *got);
void mini_equal_number(const struct mini *mini, const char *what, uint64_t expected, uint64_t got);

/** "UNIT:FUNCTION[ in VIA][ #CLONE][ own][ tail][ gone]", by commas. */
void spell_callers(struct ks_buf *out, const struct ks_caller *callers, uint32_t nr);
/** As C would have it, but in one direction: "ptr const struct device". */
void spell_type(struct ks_buf *out, const struct ks_type *type);
/** "SIZE: NAME@BIT[:BITS] TYPE; …" for records, "SIZE: NAME=VALUE; …" for enums, the type for others. */
void spell_decl(struct ks_buf *out, const struct ks_decl *decl);
