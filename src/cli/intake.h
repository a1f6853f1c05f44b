/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Images on their way into the store, as the command shows them. */
#include "cli/cmd.h"
#include "ingest/update.h"

/** The option, for all commands that add images. */
#define KS_OPT_MODULES(at)                                                                         \
	{                                                                                          \
		0, "modules", "GLOBS", "add these modules too: all, none, or 'ext4,nf_*'",         \
			KS_OPT_TEXT, at, NULL                                                      \
	}

/* The options of all commands that fetch packages: how much of a set, from where, whom they believe, and how long they wait. */
#define KS_OPT_LAST(at)                                                                            \
	{                                                                                          \
		0, "last", "N", "of a set, so many releases; the newest by default",               \
			KS_OPT_NUMBER, at, NULL                                                    \
	}
#define KS_OPT_DEBUG(at)                                                                           \
	{                                                                                          \
		0, "debug", NULL, "of a set, kernels with debug information where there are any",  \
			KS_OPT_FLAG, at, NULL                                                      \
	}
#define KS_OPT_MIRROR(at)                                                                          \
	{                                                                                          \
		0, "mirror", "URL", "an archive, instead of what apt is set up to use",            \
			KS_OPT_TEXT, at, NULL                                                      \
	}
#define KS_OPT_SUITE(at)                                                                           \
	{                                                                                          \
		0, "suite", "NAME", "the suite, such as bookworm, or several with commas",         \
			KS_OPT_TEXT, at, NULL                                                      \
	}
#define KS_OPT_ARCH(at)                                                                            \
	{                                                                                          \
		0, "arch", "ARCH", "the architecture; this machine's by default", KS_OPT_TEXT, at, \
			NULL                                                                       \
	}
#define KS_OPT_KEYRING(at)                                                                         \
	{                                                                                          \
		0, "keyring", "FILE",                                                              \
			"the keys that must have signed the lists; apt's by default", KS_OPT_TEXT, \
			at, NULL                                                                   \
	}
#define KS_OPT_ALLOW_UNSIGNED(at)                                                                  \
	{                                                                                          \
		0, "allow-unsigned", NULL, "believe lists that no known key has signed",           \
			KS_OPT_FLAG, at, NULL                                                      \
	}
#define KS_OPT_VERIFY(at)                                                                          \
	{                                                                                          \
		0, "verify", NULL, "fetch packages whole, and compare their checksums",            \
			KS_OPT_FLAG, at, NULL                                                      \
	}
#define KS_OPT_TIMEOUT(at)                                                                         \
	{                                                                                          \
		0, "timeout", "SECONDS", "the most to wait for one file; 3600 by default",         \
			KS_OPT_NUMBER, at, NULL                                                    \
	}

/**
 * Take all sources into the store of the command line, and print what becomes of each. A failure is printed and does not
 * keep the others from being added.
 * @param opts its threads and events are filled in here
 */
KS_MUST_CHECK struct ks_error *ks_intake_run(struct ks_cli *cli,
					     const struct ks_ingest_source *sources, size_t nr,
					     const struct ks_ingest_opts *opts);

/** The same for what is new of sets, by ks_update(): what is not new is not printed. */
KS_MUST_CHECK struct ks_error *ks_intake_update(struct ks_cli *cli, const char *const *sets,
						size_t nr, const struct ks_update_opts *opts);
