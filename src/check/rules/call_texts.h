/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the events of system calls copy of the caller's memory, where the kernel does that. */
#include <stdbool.h>
#include <stdint.h>

/** How many arguments of a system call its event shows the memory of: each takes four bytes more of the record. */
uint32_t ks_call_texts(const char *name);
