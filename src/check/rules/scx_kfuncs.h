/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which operations of a sched_ext scheduler may call which of its kernel functions. */
#include "check/rules/helpers.h"

/**
 * May a program that stands for a member of struct sched_ext_ops call a function of sched_ext ("scx_" is in its name)?
 * @param caller of the type STRUCT_OPS: its group is the struct, its target the member
 * @param traced programs of the type TRACING may call it: then all operations may
 * @return KS_ALLOWED_UNTOLD for other operations, functions and kernels than those whose source was read
 */
enum ks_allowed ks_scx_allowed(const struct ks_site *site, const struct ks_calling_program *caller,
			       const char *name, bool traced);
