/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What is longer than the terminal goes through a pager, as with git: KSURF_PAGER, PAGER, or less, which gets LESS=FRX where
 * LESS is not set. It starts with the first byte of output, so that progress and errors before it stand where they always do.
 */
#include <sys/types.h>

#include "cli/cmd.h"

/** Let a pager show what is printed from here on, where stdout is a terminal and nobody forbids it. Before the process forks. */
void ks_pager_start(struct ks_cli *cli);
/** Another process prints as well: should a signal end this one, that one ends before the pager is waited for. */
void ks_pager_holds(pid_t worker);
/** Flush stdout, and wait until the pager has ended. Nothing can be printed to stdout afterwards, if there was one. */
void ks_pager_end(struct ks_cli *cli);
