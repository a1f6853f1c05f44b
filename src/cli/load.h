/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* From what the user names to the surface of an image, with progress. */
#include "cli/cmd.h"
#include "extract/extract.h"
#include "source/source.h"
#include "surface/model.h"

/**
 * Read a file: vmlinux, or a package that holds one.
 * @param config where to take the configuration from instead, or NULL
 * @param[out] note what a user may want to know besides, or NULL; the caller frees
 */
KS_MUST_CHECK struct ks_error *ks_load_path(struct ks_cli *cli, const char *path,
					    const char *config, const struct ks_extract_opts *how,
					    struct ks_surface **ret, char **note);
/** The same for the running kernel: the note tells what was out of reach. */
KS_MUST_CHECK struct ks_error *ks_load_live(const char *config, const struct ks_extract_opts *how,
					    struct ks_surface **ret, char **note);
/** The same for a source that is open already. */
KS_MUST_CHECK struct ks_error *ks_load_source(const struct ks_source *src,
					      const struct ks_extract_opts *how,
					      struct ks_surface **ret, char **note);
