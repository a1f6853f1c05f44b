/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The files that the running kernel tells of itself in. Inside extract/ only. */
#include "base/buf.h"
#include "base/error.h"

enum ks_live_file {
	KS_LIVE_VERSION,
	KS_LIVE_NOTES,
	KS_LIVE_BTF,
	KS_LIVE_SYMBOLS,
	KS_LIVE_EVENTS,
	KS_LIVE_FTRACE,
	KS_LIVE_BLACKLIST,
	KS_LIVE_INJECT,
	KS_LIVE_CONFIG,
	KS_NR_LIVE_FILES,
};

struct ks_live_files {
	const char *root;
	struct ks_buf *note; // what was out of reach, a line each
};

/** The path of a file below the root; the caller frees. NULL: out of memory. */
char *ks_live_path(const struct ks_live_files *files, const char *path);
/**
 * Read a whole file.
 * @param[out] ret empty when it cannot be read, which a note then tells; else a NUL follows its bytes
 */
KS_MUST_CHECK struct ks_error *ks_live_file(const struct ks_live_files *files,
					    enum ks_live_file which, struct ks_buf *ret);
/** The same without a note: it was made before, or nothing is lost. */
KS_MUST_CHECK struct ks_error *ks_live_peek(const struct ks_live_files *files,
					    enum ks_live_file which, struct ks_buf *ret);
/** Read a file at a path. @return errno, 0 when it was read */
int ks_live_slurp(const char *path, struct ks_buf *ret);
/** Add a line to the note: what a file lacks although it can be read. */
KS_PRINTF(3, 4)
void ks_live_note(const struct ks_live_files *files, enum ks_live_file which, const char *fmt, ...);
