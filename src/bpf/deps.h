/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What an object needs of a kernel, as lists of names: of each program, and of the object as a whole. */
#include "bpf/object.h"
#include "surface/kind.h"

/** In the order in which they are listed. */
enum ks_dep_kind {
	KS_DEP_FUNCTION,
	KS_DEP_STRUCT,
	KS_DEP_FIELD, // struct::field
	KS_DEP_TRACEPOINT,
	KS_DEP_LSM,
	KS_DEP_SYSCALL,
	KS_DEP_UNION,
	KS_DEP_UNION_FIELD,
	KS_DEP_ENUM,
	KS_DEP_ENUM_VALUE, // enum::VALUE
	KS_DEP_TYPE,	   // typedef or other type
	KS_DEP_ITER,
	KS_DEP_STRUCT_OPS, // struct or struct::member
	KS_DEP_KFUNC,
	KS_DEP_KSYM,
	KS_DEP_KCONFIG,
	KS_DEP_HELPER,
	KS_DEP_PROGRAM_TYPE,
	KS_DEP_ATTACH_TYPE,
	KS_DEP_MAP_TYPE,
	KS_DEP_ARGUMENT, // of the function or tracepoint that it attaches to: "2", or "return value"
	KS_DEP_CONTEXT,	 // read of it at a fixed offset, without CO-RE
	KS_DEP_UPROBE,
	KS_DEP_USDT,
	KS_DEP_PERF_EVENT,
	KS_DEP_CGROUP,
	KS_NR_DEPS,
};

struct ks_dep_info {
	const char *name;      // in JSON: "enum-value"
	const char *title;     // in tables
	const char *published; // as the published dependency sets call it; NULL: not in them
	enum ks_kind counted;  // the kind of names that it is counted as; KS_NR_KINDS: it is not
};
extern const struct ks_dep_info ks_dep_infos[KS_NR_DEPS];

struct ks_dep {
	enum ks_dep_kind kind;
	const char *name;
	bool published;		     // part of the published dependency set
	bool weak;		     // may be missing: `__weak`
	uint32_t cores;		     // bit i: used by a relocation of enum ks_core_kind i
	uint32_t nr;		     // how many places use it
	uint32_t insn;		     // the first one, or KS_NO_INDEX
	uint32_t offset, size_bytes; // of what is read of the context; size 0: it depends
};

/** Sorted by kind and name, each name once. */
struct ks_dep_list {
	const struct ks_bpf_program *program; // NULL: the object as a whole
	uint32_t nr;
	const struct ks_dep *at;
};

struct ks_deps {
	struct ks_arena arena;
	const struct ks_bpf_object *object; // borrowed
	uint32_t nr;			    // one for each program, in their order
	struct ks_dep_list *programs;
	struct ks_dep_list object_deps; // maps, and what no program refers to
};

/** @return KS_ERR_UNSUPPORTED when there are too many */
KS_MUST_CHECK struct ks_error *ks_deps_collect(const struct ks_bpf_object *object,
					       struct ks_deps **ret);
void ks_deps_free(struct ks_deps *deps); // NULL is allowed
static inline void ks_deps_freep(struct ks_deps **deps)
{
	ks_deps_free(*deps);
}
#define _cleanup_deps_ __attribute__((__cleanup__(ks_deps_freep)))

/** The published dependency set of the object: all lists in one, without the rest. @param arena holds it */
KS_MUST_CHECK struct ks_error *ks_deps_published(const struct ks_deps *deps, struct ks_arena *arena,
						 struct ks_dep_list *ret);
