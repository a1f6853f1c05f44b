/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Threads that read modules side by side and add them in the order they were given. */
#include "source/modules.h"

struct ks_modules_pipe;

/** @param opts borrowed */
KS_MUST_CHECK struct ks_error *ks_modules_pipe_open(const struct ks_modules_opts *opts,
						    struct ks_modules_pipe **ret);
/**
 * Give one module to the threads; waits while they have enough to do.
 * @param path for messages; copied
 * @param bytes of the file, packed or not; freed in any case
 */
KS_MUST_CHECK struct ks_error *ks_modules_pipe_put(struct ks_modules_pipe *pipe, const char *path,
						   uint8_t *bytes, size_t len);
/** Wait until everything is read, and free the pipe. */
KS_MUST_CHECK struct ks_error *ks_modules_pipe_close(struct ks_modules_pipe *pipe,
						     struct ks_modules_report *ret);
