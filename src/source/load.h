/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "extract/extract.h"
#include "source/source.h"
#include "surface/model.h"

/** Open a source's kernel. @param ret borrows the source's bytes */
KS_MUST_CHECK struct ks_error *ks_source_elf(const struct ks_source *src, struct ks_elf **ret);

/**
 * Read the surface of a source's vmlinux and say which package it came from.
 * @param how as for ks_extract(); its configuration is that of the source, whatever it says
 * @return as ks_extract(); the file is filled in
 */
KS_MUST_CHECK struct ks_error *ks_source_surface(const struct ks_source *src,
						 const struct ks_extract_opts *how,
						 struct ks_surface **ret);
