/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Hooks of LSM as kernel/bpf/bpf_lsm.c lists them. */
#include "attach/facts.h"

/**
 * May a program that sleeps be attached to the hook (sleepable_lsm_hooks)? The list in the image says so; without one it
 * is told of hooks that are in all lists. @param name without "bpf_lsm_"
 */
enum ks_presence ks_lsm_sleeps(const struct ks_attach_facts *facts, const char *name);
