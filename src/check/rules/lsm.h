/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What kernel/bpf/bpf_lsm.c says of hooks, which is nowhere in an image: inside check/ only. */
#include "check/kernels/view.h"

/** Is that a hook? Not every function bpf_lsm_NAME is one (bpf_lsm_hooks); each has a member in security_list_options. */
bool ks_lsm_is_hook(const struct ks_site *site, const char *name);
/** May a program that sleeps be attached to the hook (sleepable_lsm_hooks)? name is without "bpf_lsm_". */
bool ks_lsm_sleeps(const struct ks_site *site, const char *name);
/** Is the hook closed to programs (bpf_lsm_disabled_hooks)? */
bool ks_lsm_disabled(const struct ks_site *site, const char *name);
