/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Who fetches for a process that may not: another one, which decides by itself what may be asked for. */
#include "base/progress.h"
#include "source/input.h"
#include "source/net/remote.h"

struct ks_set_kernels;
struct ks_set_extent;
struct ks_http_opts;

struct ks_transport {
	void *arg;
	/** As ks_pull_resolve(), with options that the other side has. */
	struct ks_error *(*resolve)(void *arg, const char *package, enum ks_remote_part part,
				    const struct ks_progress *progress, struct ks_remote *ret);
	/** As ks_set_expand(); of ret only the packages and the set. */
	struct ks_error *(*expand)(void *arg, const char *word, const struct ks_set_extent *extent,
				   const struct ks_progress *progress, bool *is_set,
				   struct ks_set_kernels *ret);
	/** As ks_http_open(); of the options only first counts. @param url one that resolve() gave, a debuginfod server's, or the store's */
	struct ks_error *(*open)(void *arg, const char *url, const struct ks_http_opts *opts,
				 struct ks_input **ret);
};
