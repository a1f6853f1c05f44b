/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"

/** Print to stderr what the environment's KSURF_TRACE names, from now on. */
KS_MUST_CHECK struct ks_error *ks_cli_trace(void);
