/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How it is found out what programs are attached to: inside bpf/loaded*.c only. */
#include <linux/bpf.h>

#include "base/vector.h"
#include "bpf/loaded.h"
#include "btf/btf.h"

/** A program, as it is found out piece by piece. */
struct ks_loaded_found {
	uint32_t id, type, attach_type, btf_id;
	uint32_t size; // of its instructions, as the verifier left them, in bytes
	const char *name, *owner;
	size_t nr_attached;
	bool by_cgroup;	   // its link to a cgroup told attach_type
	bool calls_kernel; // functions of the kernel that are no helpers
	/** A bit for each that it calls, as far as that shows. */
	uint8_t helpers[KS_LOADED_HELPERS / 8];
};
/** That it is attached to something: as a section would say it, and by the name alone. */
struct ks_loaded_attached {
	uint32_t id; // of the program
	const char *section, *target;
};
struct ks_loaded_search {
	struct ks_bpf_loaded *loaded;
	KS_VECTOR(struct ks_loaded_found) programs; // by id, ascending
	KS_VECTOR(struct ks_loaded_attached) attached;
	struct ks_btf *btf; // of the kernel; NULL
	bool nomem;
};

long ks_loaded_bpf(int command, union bpf_attr *attr);
/** Fill an info of a program or link. @param command how its descriptor is asked for */
bool ks_loaded_info(int command, uint32_t id, void *info, uint32_t size);
/** NULL: it is none of those that were there. */
struct ks_loaded_found *ks_loaded_program(struct ks_loaded_search *search, uint32_t id);
/** It is attached to that: once, however often it is told. @param before as "kprobe/" */
void ks_loaded_attach(struct ks_loaded_search *search, struct ks_loaded_found *found,
		      const char *before, const char *target);
/** It is attached to an event of that name, where only one system has such an event. */
void ks_loaded_attach_event(struct ks_loaded_search *search, struct ks_loaded_found *found,
			    const char *name);
/** It is attached to a place of a file of user space. @param before as "uprobe/" */
void ks_loaded_attach_user(struct ks_loaded_search *search, struct ks_loaded_found *found,
			   const char *before, const char *path, uint64_t offset);

/** What links tell: kinds of tracing, and what they are attached to (loaded_links.c). */
void ks_loaded_look_at_links(struct ks_loaded_search *search);
/** Which helpers they call (loaded_calls.c). */
void ks_loaded_look_at_calls(struct ks_loaded_search *search);
/** What a program is attached to that nothing with a name was found for, by its type (loaded_kinds.c). */
void ks_loaded_attach_kind(struct ks_loaded_search *search, struct ks_loaded_found *found);
/** "sched_cls" */
const char *ks_loaded_kind_name(uint32_t type);
/** What the files of processes tell: who holds what, and perf events (loaded_processes.c). */
void ks_loaded_look_at_processes(struct ks_loaded_search *search);
