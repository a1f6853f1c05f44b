/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Which kinds of programs may call which kernel function. That a function exists is told by the image; who may call it is
 * registered by code that runs when the kernel starts.
 */
#include "check/rules/helpers.h"

/** May a program call the kernel function, provided that the kernel has it? What the table does not know is untold. */
enum ks_allowed ks_kfunc_allowed(const struct ks_site *site,
				 const struct ks_calling_program *caller, const char *name);
/** Is it one that only programs that may sleep can call? */
bool ks_kfunc_sleeps(const struct ks_site *site, const char *name);
