/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What an image says of a function or tracepoint that a program is attached to: inside check/ only. */
#include "check/kernels/attach.h"

/** The function that the kernel finds by a name. */
struct ks_target ks_target_find(const struct ks_site *site, const char *name);
/** The one that kprobes find, which may have a suffix. */
struct ks_target ks_target_probed(const struct ks_site *site, const char *name);
/** The typedef btf_trace_<name> by which BTF describes a tracepoint; NULL when unknown. */
const struct ks_decl *ks_tracepoint_decl(const struct ks_site *site, const char *name);
/** Its parameters; NULL when unknown. */
const struct ks_type *ks_tracepoint_proto(const struct ks_site *site, const char *name);
/** Has the kernel BTF of its own? */
enum ks_presence ks_site_has_btf(const struct ks_site *site);
