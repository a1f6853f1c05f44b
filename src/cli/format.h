/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The option --format, which every command that writes documents has. */
#include "cli/cmd.h"
#include "report/format.h"

/** The option. @param at offset of its const char * @param of KS_DOCUMENT_BIT()s, that of the main document lowest */
#define KS_OPT_FORMAT(at, of)                                                                      \
	{                                                                                          \
		0, "format", "FORMAT", NULL, KS_OPT_TEXT, at, NULL, of                             \
	}

/**
 * The format that the command line asks for: by --format, else by --json, else the default of the first document.
 * @param documents KS_DOCUMENT_BIT()s: any that one of them has is taken
 * @param word value of --format, or NULL
 * @return as ks_format_find()
 */
KS_MUST_CHECK struct ks_error *ks_cli_format(const struct ks_cli *cli, uint32_t documents,
					     const char *word, enum ks_format *ret);

/** Append what an option is for. @param between the formats of two documents */
void ks_opt_help(const struct ks_opt *o, const char *between, struct ks_buf *out);
