/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/buf.h"
#include "cli/session.h"

/**
 * Append the known names that are nearest to one that is not known, for an error message:
 * "; did you mean vfs_read, vfs_readv?". Nothing when no name is near. Where no image can tell of the kind,
 * that is said instead.
 * @param kind where to look; KS_NR_KINDS: in all
 */
KS_MUST_CHECK struct ks_error *ks_suggest(struct ks_session *session, enum ks_kind kind,
					  const char *name, struct ks_buf *out);

/** Some kernel comes without its modules, and a name of that kind may be in one of them: hint at it then. */
bool ks_may_be_in_module(const struct ks_session *session, enum ks_kind kind);
extern const char ks_module_hint[];
