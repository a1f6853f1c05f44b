/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include <bpf/libbpf.h>

#include "bpf/object.h"

/** Objects for tests. What goes wrong ends the test. */

struct file {
	char *bytes;
	size_t len;
};

/** The whole file with a NUL behind it, which the caller frees; false when it cannot be opened. */
bool read_file(const char *path, struct file *ret);
/** One of tests/objects; skips the test when clang was missing. */
struct file test_object(const char *name);
struct ks_bpf_object *open_object(const struct file *file, const char *name);
const struct ks_bpf_program *program_of(const struct ks_bpf_object *object, const char *name);

/** "BPF_PROG_TYPE_XDP" is "xdp" for libbpf, "BPF_XDP_CPUMAP" is "xdp_cpumap". */
void same_enum(const char *ours, const char *prefix, const char *theirs);
void same_hook(const char *section, const struct ks_hook *hook, enum bpf_prog_type type,
	       enum bpf_attach_type attach);
