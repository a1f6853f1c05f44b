/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What all idioms include. vmlinux.h is made by bpftool from a kernel's BTF: see build-idioms. */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifndef bpf_ksym_exists
#define bpf_ksym_exists(sym) (!!(sym))
#endif

/** A program that does nothing. */
#define P(section, name, result)                                                                   \
	SEC(section) int p_##name(void *ctx)                                                       \
	{                                                                                          \
		return result;                                                                     \
	}
/** A program of two names that ends with 0. */
#define BODY(section, name, ...)                                                                   \
	SEC(section) int p_##name(void *ctx)                                                       \
	{                                                                                          \
		__VA_ARGS__;                                                                       \
		return 0;                                                                          \
	}

#ifndef IDIOM_LICENSE
#define IDIOM_LICENSE "GPL"
#endif
char LICENSE[] SEC("license") = IDIOM_LICENSE;
