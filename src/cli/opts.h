/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum ks_opt_type {
	KS_OPT_FLAG,   // bool
	KS_OPT_COUNT,  // unsigned int, one more each time
	KS_OPT_NUMBER, // unsigned int, at least 1
	KS_OPT_TEXT,   // const char *, borrowed from argv
	KS_OPT_INPUT,  // the same: a path that is read
	KS_OPT_OUTPUT, // the same: a folder that is written
	KS_OPT_RESULT, // the same: a file that is written (ks_cli_write_file())
	KS_OPT_CHOICE, // int, the position among choices
};

/** One option: how it is spelled, explained, completed and where its value goes. */
struct ks_opt {
	char letter;	  // 0: only the long form
	const char *name; // NULL ends a table
	const char *arg;  // NULL: takes none
	const char *help; // NULL with documents: ks_opt_help() tells their formats
	enum ks_opt_type type;
	size_t offset;		    // of the value in the command's struct
	const char *const *choices; // KS_OPT_CHOICE: ends with NULL
	uint32_t documents;	    // KS_DOCUMENT_BIT()s of those whose format the value is
};

/** A table of options and the struct it fills. */
struct ks_opts {
	const struct ks_opt *table; // NULL: empty
	void *values;
};

/**
 * Read the options of argv[1..] (GNU style: anywhere, "--" ends them).
 * @param sets nr tables to look in; the first that knows an option wins
 * @param stop_early stop at the first argument that is no option
 * @param[out] first where the arguments start in argv, which is reordered
 * @return KS_ERR_USAGE for an unknown option, a missing or an impossible value
 */
KS_MUST_CHECK struct ks_error *ks_opts_parse(const struct ks_opts *sets, size_t nr, int argc,
					     char **argv, bool stop_early, int *first);
