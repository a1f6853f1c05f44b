/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "elf/flat.h"
#include "source/btf_owner.h"
#include "source/package/package.h"
#include "source/tmpfile.h"

enum ks_source_type {
	KS_SOURCE_VMLINUX, // bytes of a kernel are at hand
	KS_SOURCE_DATASET, // a directory in DepSurf's layout: recognised here, read elsewhere
};

/** What of the bytes was compared with a checksum. Written for packages that were pulled. */
enum ks_source_proof {
	KS_PROOF_NONE,	 // a local file: nobody told us a checksum
	KS_PROOF_BLOCKS, // we stopped early: only the checks inside the archive's format (xz's CRC64)
	KS_PROOF_WHOLE, // every byte was read and has the published SHA256
};

struct ks_source_opts {
	/** Another package, or a text file, to take the configuration from; may be NULL. */
	const char *config;
	const char *release; // RELEASE[@MACHINE] of types alone; NULL: it is in the path
	/** Files that may have the kernel of debug information that was kept apart, beside those that lie where it looks for them. */
	const char *const *others;
	size_t nr_others;
	struct ks_package_limits limits;
	struct ks_progress progress;
};

/** Where an image comes from. All strings are owned by the source; NULL where it cannot tell. */
struct ks_source {
	enum ks_source_type type;
	const uint8_t *map; // vmlinux: valid until ks_source_close(); page aligned or not
	size_t len;	    // bytes
	bool is_btf;	    // no kernel, but its types alone
	struct ks_btf_owner btf_owner; // which kernel's
	bool is_flat; // no ELF file, but what boots, out of its wrapping (source/vmlinuz/vmlinuz.h)
	struct ks_flat flat;
	char *path;	  // as given; for a pulled package its URL
	char *member;	  // path of vmlinux inside the package
	char *config;	  // text of the kernel's configuration
	char *system_map; // text that lists its symbols
	char *package, *package_version, *package_arch;
	char *sets;	       // of kernels that it was had by (surface/image_sets.h)
	char *note;	       // what could not be had with it
	uint64_t taken, total; // bytes read or transferred, and what there was in all
	enum ks_source_proof proof;
	bool is_unsigned;     // nobody vouches for the list that has its checksum
	bool is_signed_alone; // the package is signed by itself, and its list does not count
	struct ks_map view;   // what map and len are taken from
	/** The stripped kernel of debug information that was kept apart; owned; NULL. */
	struct ks_source *code;
};

/**
 * Open a vmlinux, what a machine boots, any of both packed, a package that holds one, or a dataset directory; told
 * apart by content, not by name. What boots has its configuration and its System.map beside it under names that
 * go with its own ("config-6.1.0", "vmlinuz-6.1.0").
 * @param opts NULL for the defaults
 * @return KS_ERR_IO, KS_ERR_DATA, KS_ERR_UNSUPPORTED or KS_ERR_NOTFOUND, with the path filled in: no such
 * file, empty, text, damaged, or a package without vmlinux (the text says which package has it).
 */
KS_MUST_CHECK struct ks_error *ks_source_open(const char *path, const struct ks_source_opts *opts,
					      struct ks_source **ret);
/** NULL is allowed. */
void ks_source_close(struct ks_source *src);

/**
 * The text of a kernel configuration out of a package or a plain file.
 * @param[out] ret the caller frees
 */
KS_MUST_CHECK struct ks_error *ks_source_config(const char *path, const struct ks_source_opts *opts,
						char **ret);

/** Move what a package gave into a source, and take its kernel out of what it boots in. */
KS_MUST_CHECK struct ks_error *ks_source_take(struct ks_source *src, struct ks_package *package,
					      const struct ks_package_limits *limits,
					      const struct ks_progress *progress);

static inline void ks_source_closep(struct ks_source **src)
{
	ks_source_close(*src);
}
#define _cleanup_source_ __attribute__((__cleanup__(ks_source_closep)))
