/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"
#include "surface/model.h"

/**
 * Keep a kernel configuration: its text, and its options in order ("# CONFIG_X is not set" is "n").
 * @param arena of the surface
 */
KS_MUST_CHECK struct ks_error *ks_config_read(struct ks_surface *surface, struct ks_arena *arena,
					      const char *text);
