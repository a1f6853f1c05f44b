/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Reports written as files, one or very many. */
#include "base/buf.h"
#include "cli/session.h"
#include "report/show/show.h"

/** A folder that files are written below. */
struct ks_outdir {
	int fd; // -1: closed
	const char *path;
};
/** Made when missing, with its parents. @param path borrowed */
KS_MUST_CHECK struct ks_error *ks_outdir_open(const char *path, struct ks_outdir *ret);
void ks_outdir_close(struct ks_outdir *dir);
/** Write a report to its place below the folder. May be called from several threads. */
KS_MUST_CHECK struct ks_error *ks_outdir_report(const struct ks_outdir *dir, enum ks_format format,
						enum ks_kind kind, const char *name,
						const struct ks_buf *text);

/**
 * The same for any file: it is there whole or not at all. A name that is too long is cut, and told from others by a digest.
 * @param path below the folder
 */
KS_MUST_CHECK struct ks_error *ks_outdir_file(const struct ks_outdir *dir, const char *path,
					      const struct ks_buf *text);

/** Every name of a kind. */
struct ks_reports {
	struct ks_cli *cli;
	struct ks_session *session; // grouped
	enum ks_format format;
	enum ks_kind kind;
	const struct ks_outdir *dir;
};
/** Write them all, on as many threads as the command line wants. */
KS_MUST_CHECK struct ks_error *ks_reports_write(const struct ks_reports *reports);
