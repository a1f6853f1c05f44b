/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"

/** That a signal which ends the command leaves no file of use to nobody. */

/**
 * Remove PATH, too, when SIGINT, SIGTERM or SIGHUP ends the process; the process ends by that signal as before. One that is
 * ignored stays ignored.
 * @param path copied
 */
KS_MUST_CHECK struct ks_error *ks_leftover_add(const char *path);

/** What was added is in its place, or gone: a signal removes nothing more. */
void ks_leftover_forget(void);
