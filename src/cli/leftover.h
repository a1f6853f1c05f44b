/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "cli/cmd.h"

/** That a signal which ends the command leaves no file of use to nobody. */

/**
 * Remove PATH, too, when SIGINT, SIGTERM or SIGHUP ends the process; the process ends by that signal as before. One that is
 * ignored stays ignored.
 * @param path copied
 */
KS_MUST_CHECK struct ks_error *ks_leftover_add(const char *path);

/** A job that writes a file: what stands beside it meanwhile goes, too, when a signal ends the command. */
struct ks_leftover_job {
	struct ks_cli *cli;
	const char *path;	  // of the file
	const char *const *tails; // of the names beside it: PATH-repack; NULL behind the last one
	bool told;
};

/**
 * For struct ks_progress: draws how far the job is, and looks after its files from then on. Whoever is told something has the lock:
 * they are not those of another one that is at the same.
 * @param arg a struct ks_leftover_job
 */
void ks_leftover_progress(void *arg, const char *what, uint64_t done, uint64_t total);

/** What was added is in its place, or gone: a signal removes nothing more. */
void ks_leftover_forget(void);
