/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A check from words to verdicts: for the public functions and the commands alike. */
#include "check/check.h"
#include "store/selection.h"

/** All borrowed as long as the result. */
struct ks_checking_options {
	const struct ks_policy *policy;
	const char *on;	  // words for the images; NULL: those the policy names, else the members
	const char *base; // a word for the image to compare with; NULL: that of the policy, if any
	bool modules;	  // all modules in the store count as loaded; so does the policy's word
	unsigned int nr_threads;
	struct ks_error *(*step)(void *arg, size_t done, size_t total); // as of ks_check_options
	void *step_arg;
};

/** A zeroed one is empty. */
struct ks_checking {
	struct ks_selection sel; // what was chosen from
	struct ks_store_images images;
	const struct ks_store_image *base; // NULL: found out for each object
	struct ks_check *check;
	struct ks_rewriting *rewriting; // of targets; NULL: no tool does
};
void ks_checking_deinit(struct ks_checking *checking);

/** Choose the images and the base. @return KS_ERR_NOTFOUND */
KS_MUST_CHECK struct ks_error *ks_checking_choose(struct ks_store *store,
						  const struct ks_checking_options *options,
						  struct ks_checking *checking);
/** Check objects on the images that were chosen. @param inputs as of ks_check_run() */
KS_MUST_CHECK struct ks_error *ks_checking_run(struct ks_store *store,
					       const struct ks_checking_options *options,
					       const struct ks_check_input *inputs, size_t nr,
					       struct ks_checking *checking);
