/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A change in words. */
#include "base/buf.h"
#include "diff/diff.h"

/** Append one side of a change, which it has. */
void ks_change_side(struct ks_buf *out, const struct ks_change *change, bool new);
/** Append a change as "Param added: int flags". */
void ks_change_write(struct ks_buf *out, const struct ks_change *change);
