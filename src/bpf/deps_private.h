/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Dependencies while they are collected: inside bpf/deps*.c only. */
#include "base/buf.h"
#include "base/vector.h"
#include "bpf/deps.h"
#include "bpf/reads.h"

/** A list that is being filled. */
struct ks_dep_sink {
	struct ks_arena *arena; // of names
	const struct ks_bpf_object *object;
	const struct ks_arch_registers *machine;
	KS_VECTOR(struct ks_dep) list;
	size_t total; // of all lists so far
};

/** Add one; dep.name must live as long as the arena. */
KS_MUST_CHECK struct ks_error *ks_dep_add(struct ks_dep_sink *sink, struct ks_dep dep);
/** Copy what the sink has into a list of the arena, sorted and merged, and empty the sink. */
KS_MUST_CHECK struct ks_error *ks_dep_sink_empty(struct ks_dep_sink *sink, struct ks_dep_list *ret);
/** Sort a list and make one of equal names. @param len of the list, changed */
void ks_deps_merge(struct ks_dep *list, size_t *len);

/** What a section's name says. */
KS_MUST_CHECK struct ks_error *ks_deps_of_hook(struct ks_dep_sink *sink,
					       const struct ks_bpf_program *program);
/** What a relocation is about. @param insn that has it, or KS_NO_INDEX */
KS_MUST_CHECK struct ks_error *ks_deps_of_core(struct ks_dep_sink *sink,
					       const struct ks_bpf_core *core, uint32_t insn);
