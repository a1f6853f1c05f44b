/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * eBPF programs that the running kernel has loaded, as objects that a check can read: what each is and what it is attached to.
 * Their instructions are those that the verifier made, and tell little of what their objects asked for: which helpers they call is all.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vector.h"

/** What one process has loaded: an object in memory. */
struct ks_bpf_loaded_object {
	const char *name; // of the process
	struct ks_buf bytes;
};
/** A zeroed struct is empty. */
struct ks_bpf_loaded {
	struct ks_arena arena;
	KS_VECTOR(struct ks_bpf_loaded_object) objects;
	size_t nr_programs; // that the kernel has
	// of them those that nothing can be said of: the kernel does not tell what they are attached to, or calls of its functions are in the way
	size_t nr_silent;
	const char *silent; // the first few of them: "name (type), …"; NULL
};
void ks_bpf_loaded_deinit(struct ks_bpf_loaded *loaded);

/** @return KS_ERR_IO when the system refuses: only root may see them */
KS_MUST_CHECK struct ks_error *ks_bpf_loaded_find(struct ks_bpf_loaded *ret);

/** One of them, as it is attached to something. */
struct ks_bpf_loaded_program {
	uint32_t id;
	const char *name, *owner;
	const char *section;	// what it is attached to, as a source would write it
	const char *target;	// that by its name, where it is attached to several; NULL
	const uint8_t *helpers; // a bit for each that it calls, of KS_LOADED_HELPERS; NULL: none
};
enum { KS_LOADED_HELPERS = 256 };
/**
 * Append an object with a program for each, which calls its helpers and returns 0. They are called NAME#ID, those of one that is attached to several
 * NAME#ID:TARGET.
 * @param programs all of one owner
 */
void ks_bpf_loaded_write(const struct ks_bpf_loaded_program *programs, size_t nr,
			 struct ks_buf *out);
