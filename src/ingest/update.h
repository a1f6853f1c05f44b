/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Following sets of kernels: what has been released since comes into the store, and what is older may go. */
#include "ingest/ingest.h"

/** Zeros and NULLs everywhere stand for the defaults. */
struct ks_update_opts {
	struct ks_ingest_opts ingest; // its since is set from the store; last counts for nothing
	/** Of each set so many images stay, the newest; 0: all. One that is chosen as base stays. */
	unsigned int keep;
	/** Told of each image that is no longer of a set. @param removed it is no longer in the store: it was of no other set */
	void (*forgotten)(void *arg, const char *label, const char *set, bool removed);
	void *forgotten_arg;
};

/**
 * Look sets up, and add what their archives have that is newer than all that the store has of them; of a set that it has nothing
 * of, the newest. Each image comes and goes in a transaction of its own: what is stopped is done by the next one.
 * @param sets words such as debian:12; nr 0: those that were pulled by their names and that the store has images of
 * @return as ks_ingest_run(); KS_ERR_NOTFOUND when the store follows no set
 */
KS_MUST_CHECK struct ks_error *ks_update(struct ks_store *store, const char *const *sets, size_t nr,
					 const struct ks_update_opts *opts);
