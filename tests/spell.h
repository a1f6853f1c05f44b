/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A file's types as lines of text, a line for each record that has a name: of its own BTF as libbpf reads it, and of a surface
 * that went through a store. Both are spelled alike. Out of memory ends the test.
 */
#include <bpf/btf.h>

#include "base/buf.h"
#include "base/vector.h"
#include "surface/form.h"
#include "surface/model.h"

/** Lines of one side, and names that it defines. */
struct side {
	KS_VECTOR(char *) lines, defined;
};

/** For qsort() and bsearch(). */
int side_compare(const void *a, const void *b);
void side_sort(char **at, size_t nr);
/** Add a line, which is empty then. */
void side_add(struct side *side, struct ks_buf *line);
void side_free(struct side *side);
/** A value of an enumeration, a number in so many bytes. */
void spell_value(struct ks_buf *out, const char *name, int64_t value, uint64_t size, bool has_sign);

/** What libbpf reads. */
struct own {
	const struct btf *btf;
	uint32_t first;	   // of its own types; 1 unless it is split
	unsigned int *nth; // which definition of its name each is
	unsigned int kinds[20];
	struct side side;
};

/** @param first as in the struct; the caller frees side and nth */
struct own spell_own(const struct btf *btf, uint32_t first);

/** What the store has kept. */
struct kept {
	const struct ks_surface *surface;
	const struct kept *kernel; // of a module, or NULL
	struct side side;
};

/** @param kernel that the modules of the surface belong to, or NULL; the caller frees side */
struct kept spell_kept(const struct ks_surface *surface, const struct kept *kernel);
