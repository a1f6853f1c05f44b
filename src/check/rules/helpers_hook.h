/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Helpers that a program type may call at some of its hooks only: inside check/ only. */
#include "check/rules/helpers.h"

/** Does the helper fit where the program is attached? type is the bit of its type. */
enum ks_presence ks_helper_fits_hook(const struct ks_site *site,
				     const struct ks_calling_program *caller, uint32_t type,
				     uint32_t helper);
