/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Completion scripts, written to stdout from the table of commands. */
#include "cli/cmd.h"

void ks_completion_bash(void);
void ks_completion_zsh(void);
void ks_completion_fish(void);

/** Whether the values of an option are a fixed list, and that list, separated by blanks. */
bool ks_completion_has_values(const struct ks_opt *o);
void ks_completion_values(const struct ks_opt *o);
/** The names of all commands, and of all kinds, separated by blanks. */
void ks_completion_commands(void);
void ks_completion_kinds(void);
/** The spellings of options, a blank in front of each. */
void ks_completion_names(const struct ks_opt *opts);
/** What an option is for, for inside single quotes. */
void ks_completion_help(const struct ks_opt *o);
/** Text for inside single quotes of a shell. */
void ks_completion_quoted(const char *text);
