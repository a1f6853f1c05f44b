/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What tracefs and debugfs say of events and of what can be attached to. Inside extract/ only. */
#include "extract/live/live_files.h"
#include "extract/tables/find.h"

/** Mark the symbols by the kernel's own lists, and say which lists are known. */
KS_MUST_CHECK struct ks_error *ks_live_attach(const struct ks_live_files *files,
					      const struct ks_finder *finder);
/**
 * Fill the system calls by their functions' names: the running kernel does not show its tables, so their numbers stay
 * unknown. Nothing when there are no symbols.
 */
KS_MUST_CHECK struct ks_error *ks_live_syscalls(const struct ks_live_files *files,
						const struct ks_finder *finder);
/** Fill the tracepoints. Types are filled. */
KS_MUST_CHECK struct ks_error *ks_live_events(const struct ks_live_files *files,
					      const struct ks_finder *finder);
