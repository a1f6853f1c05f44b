/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The tables and pictures of statistics: what there is to draw, and from which counts. */
#include "diff/stats.h"
#include "report/stats/plot.h"
#include "report/text/table.h"

/** A table that can be asked for. */
struct ks_stats_table {
	const char *name;	// "inline", "changes-function"
	const char *title;	//
	const char *definition; // what it counts
	bool pairs;		// it counts pairs of images of one kind; else images
	enum ks_kind kind;	// with pairs
};
/** The tables of images, and behind them one of changes for each kind but fields. */
enum { KS_NR_OWN_TABLES = 5, KS_NR_STATS_TABLES = KS_NR_OWN_TABLES + KS_FIELD };
/** @param i below KS_NR_STATS_TABLES */
struct ks_stats_table ks_stats_table_at(size_t i);

/**
 * Fill a table from what was counted for it. One without a row has nothing to tell.
 * @param which below KS_NR_STATS_TABLES
 * @param ret a zeroed table; borrows names and labels from stats
 * @return NULL or &ks_nomem
 */
KS_MUST_CHECK struct ks_error *ks_stats_table_fill(const struct ks_stats *stats, size_t which,
						   struct ks_table *ret);

/** A picture that can be asked for. */
struct ks_stats_plot {
	const char *name; // "inline"
	bool pairs;	  // it needs the pairs of all kinds; else the counts of images
	struct ks_error *(*fill)(const struct ks_stats *stats, enum ks_group_kind group,
				 struct ks_plot *ret);
};
enum { KS_NR_STATS_PLOTS = 4 };
extern const struct ks_stats_plot ks_stats_plots[KS_NR_STATS_PLOTS];
