/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What `check` and `explain` have in common: objects and images from the command line, put to the test. */
#include "api/checking.h"
#include "check/inputs.h"
#include "cli/session.h"

/** Options of both commands. */
struct ks_check_session_opts {
	const char *on, *base, *policy, *optional, *set;
	int btf; // where types for relocations come from
	bool modules;
	/** Two images, in place of on: words, the running kernel, or files with a kernel; NULL: none. */
	const char *old, *new;
};
/** The choices of --btf, and which of them stands for BTF that the tool has. */
extern const char *const ks_btf_choices[];
enum { KS_BTF_CUSTOM = 1 };
/** Rows for their tables of options; at is where the struct lies in the command's own. */
#define KS_CHECK_SESSION_OPTS(at)                                                                  \
	{ 0,	       "base",                                                                     \
	  "IMAGE",     "compare with this image: what the programs were written against",          \
	  KS_OPT_TEXT, (at) + offsetof(struct ks_check_session_opts, base),                        \
	  NULL },                                                                                  \
		{ 0,                                                                               \
		  "policy",                                                                        \
		  "FILE",                                                                          \
		  "read this ksurf.toml, not the one beside the object",                           \
		  KS_OPT_INPUT,                                                                    \
		  (at) + offsetof(struct ks_check_session_opts, policy),                           \
		  NULL },                                                                          \
		{ 0,                                                                               \
		  "btf",                                                                           \
		  "WHOSE",                                                                         \
		  "relocations take types from: kernel (its own BTF) or custom (the tool's)",      \
		  KS_OPT_CHOICE,                                                                   \
		  (at) + offsetof(struct ks_check_session_opts, btf),                              \
		  ks_btf_choices },                                                                \
		{ 0,	       "optional",                                                         \
		  "GLOB,...",  "the tool goes on without these programs",                          \
		  KS_OPT_TEXT, (at) + offsetof(struct ks_check_session_opts, optional),            \
		  NULL },                                                                          \
		{ 0,                                                                               \
		  "set",                                                                           \
		  "NAME=N,...",                                                                    \
		  "values of read-only variables at load time",                                    \
		  KS_OPT_TEXT,                                                                     \
		  (at) + offsetof(struct ks_check_session_opts, set),                              \
		  NULL },                                                                          \
	{                                                                                          \
		0, "modules", NULL, "count the modules in the store as loaded", KS_OPT_FLAG,       \
			(at) + offsetof(struct ks_check_session_opts, modules), NULL               \
	}

/** A zeroed checking is empty. */
struct ks_check_session {
	struct ks_session session;
	struct ks_arena arena;
	struct ks_check_inputs inputs;
	struct ks_policy *policy;
	struct ks_checking result;
	size_t old, new; // columns of the two images
};

/** Read the files, choose the images, and check every program on each. */
KS_MUST_CHECK struct ks_error *ks_check_session_run(struct ks_cli *cli,
						    const struct ks_check_session_opts *opts,
						    int nr_files, char **files,
						    struct ks_check_session *checking);
void ks_check_session_deinit(struct ks_check_session *checking);
#define _cleanup_check_session_ __attribute__((__cleanup__(ks_check_session_deinit)))
