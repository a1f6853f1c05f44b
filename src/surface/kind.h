/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>

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
	KS_CONFIG,
	KS_FIELD, // STRUCT::MEMBER: never stored, looked up inside its struct or union
	KS_NR_KINDS,
};

/** How a kind is spelled, once for every command, report and store. */
struct ks_kind_info {
	const char *name;   // on the command line and in JSON: "struct"
	const char *title;  // in report titles: "Struct"
	const char *folder; // of a report tree
	bool flat;	    // reports lie in the folder itself, not in one folder per initial
};
extern const struct ks_kind_info ks_kinds[KS_NR_KINDS];

/** The kind of that name, or KS_NR_KINDS. */
enum ks_kind ks_kind_by_name(const char *name);

/** What to say when a kind was expected: KS_ERR_USAGE with a text that lists them all. */
struct ks_error *ks_kind_unknown(const char *word);
