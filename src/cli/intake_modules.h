/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Modules on their way into the store, behind the kernels they belong to. */
#include "base/json.h"
#include "cli/session.h"
#include "source/modules.h"

/** One source of modules. */
struct ks_intake_source {
	const char *what; // how messages call it
	struct ks_error *(*read)(struct ks_cli *cli, void *arg, const struct ks_modules_opts *opts,
				 struct ks_modules_report *ret);
	void *arg;
	const char *path; // a file that may hold the kernel, too; NULL: it is none
};

/** All of them, and which modules are wanted. */
struct ks_intake_modules {
	const char *wanted; // "all", or globs with commas between them
	const struct ks_intake_source *sources;
	size_t nr;
};

/** The option, for all commands that add images. */
#define KS_OPT_MODULES(at)                                                                         \
	{                                                                                          \
		0, "modules", "GLOBS", "add these modules too: all, none, or 'ext4,nf_*'",         \
			KS_OPT_TEXT, at, NULL                                                      \
	}

/** Whether a value of --modules asks for modules: it is there, and not "none". */
bool ks_modules_wanted(const char *value);

/**
 * Read the modules of all sources and put them into the store, those of one kernel together. A source that fails
 * is reported and keeps no other from being added.
 * @param json the list that results go to, or NULL: print lines
 */
KS_MUST_CHECK struct ks_error *ks_modules_intake(struct ks_cli *cli, struct ks_store *store,
						 const struct ks_intake_modules *modules,
						 struct ks_json *json);
