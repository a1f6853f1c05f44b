/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * eBPF objects in any file: one itself, executables and libraries that carry some (skeletons, bpf2go, aya: an ELF
 * header for the machine BPF at any offset), directories, and archives or packages of all those (.deb, .rpm, tar,
 * zip, ar; packed in any way that libarchive reads). Nothing is unpacked to disk.
 */
#include "base/progress.h"
#include "bpf/object.h"

/** One that was found. */
struct ks_bpf_found {
	const char *path; // of the file; inside a package "pkg.deb:usr/bin/tool"
	/** Of the file without folder and end; of several in one file that of its source, or with a number behind it. */
	const char *name;
	uint64_t offset, size; // of the object in that file, in bytes
	const uint8_t *bytes;
	const struct ks_arch *carrier; // the machine of the program that has it; NULL: none has
	struct ks_bpf_object *object;  // NULL when it cannot be read
	struct ks_error *error;	       // why not
};

/** Told of what a folder has that is left out; the error is its own from then on. */
typedef void ks_bpf_left_out_fn(void *arg, struct ks_error *err);

/** What was found so far. A zeroed struct is empty. */
struct ks_bpf_finds {
	struct ks_arena arena; // paths and names
	struct ks_bpf_found *at;
	size_t len, cap;
	uint64_t held; // bytes of all objects
	/** The first ksurf.toml of a package, as text that ends with NUL, and where it was; NULL: there is none. */
	const char *policy, *policy_path;
	/** Told of each file and each member of an archive; or NULL. */
	const struct ks_progress *progress;
	uint64_t nr_seen;	      // of those
	ks_bpf_left_out_fn *left_out; // NULL: nobody wants to know
	void *left_out_arg;

	uint64_t max_bytes;	  // to look through, holes not counted, for one call; 0: 64 GiB
	unsigned int max_seconds; // the same in time; 0: 600
	uint64_t bytes_left;	  // of the call under way
	int64_t deadline;	  // the same, in seconds of the monotonic clock
};
void ks_bpf_finds_deinit(struct ks_bpf_finds *finds);
#define _cleanup_finds_ __attribute__((__cleanup__(ks_bpf_finds_deinit)))

/**
 * Find the objects in a file, archive or directory and read them; they come in the order of names and offsets.
 * An object that is damaged is found all the same, with the error in its place.
 * @param finds what is found is added here, also when an error is returned
 * @return an error when the file cannot be read; KS_ERR_UNSUPPORTED when there is too much to look through; KS_ERR_NOTFOUND
 * when there is no object in it
 */
KS_MUST_CHECK struct ks_error *ks_bpf_find(const char *path, struct ks_bpf_finds *finds);

/**
 * The same for bytes in memory, which may be all that a file may be.
 * @param path stands for that of the file
 * @param bytes copied where an object is in them
 */
KS_MUST_CHECK struct ks_error *ks_bpf_find_bytes(const char *path, const void *bytes, size_t len,
						 struct ks_bpf_finds *finds);
