/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "store/private.h"

/**
 * Images go: write what is a difference to one of them anew, as one to another, or to nothing; of those that go, nothing is written.
 * Inside a transaction that writes, while their rows are still there.
 */
KS_MUST_CHECK struct ks_error *ks_hand_over(struct ks_store *store, const int64_t *ids, size_t nr);
