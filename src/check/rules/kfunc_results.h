/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Kernel functions that give a pointer which may be NULL (KF_RET_NULL): inside check/ only. */
#include <stdbool.h>
#include <stdint.h>

#include "arch/version.h"

struct ks_kfunc_result {
	const char *name;
	struct ks_gate gate; // it may be NULL since then; none: since there is the function
	bool own;	     // it points to what the program made, not to a struct of the kernel's
};
/** NULL: it gives no such pointer, or nothing is known of it. @param version of the kernel, 0: not known */
const struct ks_kfunc_result *ks_kfunc_result(const char *name, uint32_t version);
