/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What reports say of a kind beside what its names hold: a row for each. */
#include "diff/diff.h"

/** A reason for a change, and how a narrow column is headed. */
struct ks_reason_column {
	enum ks_change_kind change;
	const char *head; // NULL ends a list
	bool detail;	  // left out where width is scarce
};

struct ks_report_kind {
	const char *head;	// of its column where all kinds stand side by side: "FUNC"
	const char *table;	// of the statistics of its changes: "changes-function"
	const char *title;	// of that table
	const char *definition; // what the table counts
	/** Why names change; NULL: there is one reason, or none. */
	const struct ks_reason_column *reasons;
};
/** Each kind but fields, which are no names of their own. */
extern const struct ks_report_kind ks_report_kinds[KS_FIELD];
