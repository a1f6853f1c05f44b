/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How the store keeps what a kind holds: which definitions, in which table, in which part. */
#include "store/part.h"
#include "surface/codec.h"

/** How definitions of a class become bytes, and values again. */
struct ks_def_ops {
	size_t size; // of a value; 0: functions and forms need what one image lists, and have functions of their own
	void (*put)(struct ks_buf *buf, const void *value);
	struct ks_error *(*get)(struct ks_cursor *c, struct ks_arena *arena, void *ret);
};
/** @return static */
const struct ks_def_ops *ks_def_ops_of(enum ks_def_class def_class);

/** The class of what the first number of a row names; 0: it names no definition. */
enum ks_def_class ks_kind_def_class(enum ks_kind kind);
/** The table of these definitions, of a kind that has some. */
int ks_kind_table(enum ks_kind kind);
/** The kind whose definitions a table holds; KS_NR_KINDS: another table. */
enum ks_kind ks_table_kind(int table);

/** How many records of a surface a table holds. */
size_t ks_table_len(const struct ks_surface *surface, int table);
/** The two tables that a row's numbers name definitions of; -1: none. */
void ks_list_tables(int list, int tables[2]);
/** How many records a surface has for one of the two sides of a list: what each number of a row is about. */
size_t ks_list_count(const struct ks_surface *surface, int list, int side);
/** The name of a record; NULL when it belongs to another list. */
const char *ks_list_record_name(const struct ks_surface *surface, int list, int side, size_t i);
