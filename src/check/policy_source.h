/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Where a policy comes from: a file that is named, a text, or the ksurf.toml beside what is checked. */
#include "check/policy.h"

/** A zeroed struct gives the empty policy. */
struct ks_policy_source {
	const char *path;	   // read this file; NULL: see the next ones
	const char *text;	   // the text of a file
	const char *beside;	   // else the ksurf.toml beside this file, when there is one
	bool brings_btf;	   // besides, btf = "custom"
	bool here;		   // else that of the current folder
	const char *packaged;	   // else what a package says of itself, but for waivers
	const char *packaged_path; // where that was
	const char *optional;	   // besides, globs of optional programs, separated by commas
	const char *constants;	   // besides, NAME=NUMBER separated by commas
};

/**
 * Read a policy.
 * @return KS_ERR_IO when the file that is named cannot be opened; KS_ERR_DATA with the line; KS_ERR_USAGE for words
 *	that cannot be names or constants
 */
KS_MUST_CHECK struct ks_error *ks_policy_load(const struct ks_policy_source *source,
					      struct ks_policy **ret);
