/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "source/source.h"
#include "surface/model.h"

/**
 * Read the surface of a source's vmlinux and say which package it came from.
 * @param nr_threads how many threads to use; the result does not depend on it
 * @return as ks_extract(); the file is filled in
 */
KS_MUST_CHECK struct ks_error *ks_source_surface(const struct ks_source *src,
						 unsigned int nr_threads, struct ks_surface **ret);
