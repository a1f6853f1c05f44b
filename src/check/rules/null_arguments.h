/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Arguments that the verifier takes for pointers that may be NULL and that no type tells of: lists in the kernel's
 * code. Inside check/ only.
 */
#include "check/interp/interp_state.h"
#include "check/kernels/view.h"

/** The 0th, 1st, … argument of a tracepoint that programs get by BTF. *ret_number: it may be an error code, thus a number. */
enum ks_null ks_null_of_tracepoint(const struct ks_site *site, const char *name, uint32_t argument,
				   bool *ret_number);
/** What programs of an iterator get: 0 is its meta. *ret_memory: it is memory, not a struct. */
enum ks_null ks_null_of_iterator(const char *name, uint32_t argument, bool *ret_memory);
