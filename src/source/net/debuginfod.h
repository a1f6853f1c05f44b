/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Kernels by their build id, from debuginfod servers. Their protocol is one request (elfutils: debuginfod(8)), so it is
 * spoken here and not through libdebuginfod, which takes its settings from the environment of the process.
 */
#include "source/net/http.h"
#include "source/source.h"

struct ks_debuginfod_opts {
	const char *urls; // servers, separated by spaces; NULL: those of DEBUGINFOD_URLS
	struct ks_package_limits limits;
	struct ks_http_opts http;
};

/**
 * Fetch a kernel, from the first server that has it: with its debug information, or else as it is.
 * @param build_id hexadecimal, 16 to 128 digits. Whether the file has that id is left to the caller.
 * @param progress NULL for silence
 * @return KS_ERR_USAGE when that is no build id or no server is known, KS_ERR_NET when no server has it or answers,
 * and as ks_source_open() for what it sends.
 */
KS_MUST_CHECK struct ks_error *ks_debuginfod_open(const char *build_id,
						  const struct ks_debuginfod_opts *opts,
						  const struct ks_progress *progress,
						  struct ks_source **ret);
