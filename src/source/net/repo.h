/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Archives that are not of Debian's kind. What their lists say of kernels' packages is put as stanzas of a Packages file, so that all
 * that looks for packages finds them: NAME-VERSION[.ARCH] has the kernel, and NAME, which depends on it, stands for the newest.
 */
#include "base/arena.h"
#include "source/net/mirror.h"

/** What a list says of a package. Texts are borrowed. */
struct ks_repo_row {
	const char *name, *version, *arch;
	const char *path;     // below the URL of the suite
	uint64_t size;	      // bytes; 0: not told
	const char *checksum; // hex of SHA256 or SHA512; NULL: there is none
};

/** Rows on their way into a list. */
struct ks_repo_rows {
	const struct ks_mirror *mirror;
	const char *machine; // as the archive calls it
	struct ks_arena arena;
	struct ks_buf text;
	KS_VECTOR(struct ks_repo_newest) newest; // of each name
};
struct ks_repo_newest {
	const char *name, *version, *package;
};

/**
 * Add a row, if it is of a kernel and of the machine.
 * @return KS_ERR_DATA when a text has what does not belong into one
 */
KS_MUST_CHECK struct ks_error *ks_repo_rows_add(struct ks_repo_rows *rows,
						const struct ks_repo_row *row);

/** Read the lists of a suite of such an archive, and prove them. */
KS_MUST_CHECK struct ks_error *ks_repo_read(const struct ks_mirror *mirror,
					    struct ks_packages *packages);

/* ---- one reader a kind: repo_rpm.c, repo_pacman.c, repo_apk.c ---- */

/** Read what a list of that kind says, row by row. @return KS_ERR_NET, KS_ERR_DATA */
KS_MUST_CHECK struct ks_error *ks_repo_read_rpm(struct ks_repo_rows *rows);
KS_MUST_CHECK struct ks_error *ks_repo_read_pacman(struct ks_repo_rows *rows);
KS_MUST_CHECK struct ks_error *ks_repo_read_apk(struct ks_repo_rows *rows);

/** Where the list of packages of a repomd.xml lies, and what it must be. */
struct ks_repomd {
	char path[512], checksum[129]; // below the suite; hex
	uint64_t size;		       // bytes; 0: not told
};
/** @return KS_ERR_DATA when it tells of no list, or of one that cannot be compared with a checksum */
KS_MUST_CHECK struct ks_error *ks_repomd_read(const char *text, struct ks_repomd *ret);
/** The rows of an APKINDEX. */
KS_MUST_CHECK struct ks_error *ks_apkindex_read(const char *text, struct ks_repo_rows *rows);

/* ---- fetching ---- */

enum { KS_REPO_LIST_MAX = 256 << 20 };		  // bytes, packed
#define KS_REPO_LIST_UNPACKED_MAX (1024ull << 20) // bytes

/** The URL of a file of the archive; what is special in URLs is escaped. The caller frees; NULL: no memory. */
char *ks_repo_url(const struct ks_mirror *mirror, const char *path);
/** A file below the suite. @param max bytes of it */
KS_MUST_CHECK struct ks_error *ks_repo_fetch(const struct ks_mirror *mirror, const char *path,
					     uint64_t max, struct ks_buf *ret);
/** The same of one whose checksum is known: out of the cache when it is there. */
KS_MUST_CHECK struct ks_error *ks_repo_fetch_known(const struct ks_mirror *mirror,
						   const struct ks_repomd *known,
						   struct ks_buf *ret);
/** Say of a list that is not the one that is named what to do. Passes everything else through. */
struct ks_error *ks_repo_explain(struct ks_error *err);
/** @return KS_ERR_DATA when there is no key at all: what to do */
KS_MUST_CHECK struct ks_error *ks_repo_has_keys(const struct ks_keys *keys);
/** Compare a file with the signature beside it, PATH and a suffix; nothing to do where unsigned lists are believed, or packages are signed. */
KS_MUST_CHECK struct ks_error *ks_repo_prove(const struct ks_mirror *mirror, const char *path,
					     const char *suffix, const struct ks_buf *bytes);
