/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What kernel/bpf/bpf_lsm.c says of hooks, which is nowhere in an image. */
#include <stdbool.h>
#include <stdint.h>

/** May a program that sleeps be attached to the hook (sleepable_lsm_hooks)? name is without "bpf_lsm_". */
bool ks_lsm_sleeps(uint32_t version, const char *name);
