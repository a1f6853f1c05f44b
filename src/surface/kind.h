/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * The kinds of names. What every room does with a kind follows from its row in kind.c: a new kind is an enumerator here,
 * a row there, a list in struct ks_surface with a reader that fills it, and a row in report/kinds.c.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** What an eBPF program can depend on by name. The order is that of every list and report. */
enum ks_kind {
	KS_FUNCTION,
	KS_STRUCT,
	KS_UNION,
	KS_ENUM,
	KS_TYPEDEF,
	KS_INT,
	KS_TRACEPOINT,
	KS_SYSCALL,
	KS_LSM,
	KS_KFUNC,
	KS_CONFIG, // new ones follow here: stores keep a bit for each, and the order of what comes before
	KS_FIELD, // STRUCT::MEMBER: never stored, looked up inside its struct or union
	KS_NR_KINDS,
};

/**
 * What an image says of a name beside having it. How a kind is kept, compared and shown follows from this; the switches
 * over it have no default, so that the compiler names those that a new one must be told.
 */
enum ks_holds {
	KS_HOLDS_FUNCTION,   // a prototype, and the group of all functions of the name
	KS_HOLDS_TYPE,	     // a definition, or several that differ
	KS_HOLDS_TRACEPOINT, // its class and record
	KS_HOLDS_NUMBER,     // of a system call: told, not compared
	KS_HOLDS_NAME, // nothing of its own; what a function holds, for a kind that stands for functions
	KS_HOLDS_VALUE,	 // a text
	KS_HOLDS_MEMBER, // what a member of a struct or union is
	KS_NR_HOLDS,
};

/** Where a surface has the list of a kind: offsets and sizes in bytes. */
struct ks_kind_list {
	size_t at, nr;	     // in struct ks_surface: of the pointer to the records, of their number
	size_t record, name; // size of a record, and where its name stands; of texts alone 0
};

/** How a kind is spelled, once for every command, report and store. */
struct ks_kind_info {
	const char *name;   // on the command line and in JSON: "struct"
	const char *title;  // in report titles: "Struct"
	const char *folder; // of a report tree
	bool flat;	    // reports lie in the folder itself, not in one folder per initial
	enum ks_holds holds;
	/** KS_HOLDS_NAME: prefix of the function that a name stands for; NULL: none. */
	const char *function;
	bool kernel_only; // no module has any
	const char *part; // what a store calls the order of its list; NULL: there is no list
	struct ks_kind_list list;
};
extern const struct ks_kind_info ks_kinds[KS_NR_KINDS];

/** The kind of that name, or KS_NR_KINDS. */
enum ks_kind ks_kind_by_name(const char *name);

/** The kind's names stand for functions, and have their facts. */
bool ks_kind_of_functions(enum ks_kind kind);

/** What names of the kind hold can change; else they are there or not. */
bool ks_kind_compared(enum ks_kind kind);

struct ks_surface;
/** How many records a surface lists of a kind; 0 for a kind without a list. */
size_t ks_surface_count(const struct ks_surface *surface, enum ks_kind kind);
/** One of them, as its list in struct ks_surface has it; NULL where there is no list. */
const void *ks_surface_record(const struct ks_surface *surface, enum ks_kind kind, size_t i);
/** Its name; the kind has a list. */
const char *ks_surface_name(const struct ks_surface *surface, enum ks_kind kind, size_t i);
/** Make records the list of a kind. @param records borrowed: from an arena of the surface */
void ks_surface_set_list(struct ks_surface *surface, enum ks_kind kind, const void *records,
			 size_t nr);

/** What to say when a kind was expected: KS_ERR_USAGE with a text that lists them all. */
struct ks_error *ks_kind_unknown(const char *word);
