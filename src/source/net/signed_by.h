/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stddef.h>

#include "base/buf.h"

/**
 * What a file of apt's sources says of the keys of one source.
 * @param text of a file in either format, one line or one stanza a source
 * @param nr which line or stanza, from 1: as apt counts them
 * @param[out] ret appended to: paths, fingerprints, or armored keys; nothing when it says nothing
 */
void ks_signed_by(const char *text, size_t nr, struct ks_buf *ret);
