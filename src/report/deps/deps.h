/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What eBPF objects need of a kernel, as text. */
#include "base/buf.h"
#include "bpf/deps.h"
#include "bpf/find.h"
#include "report/format.h"

struct ks_deps_options {
	enum ks_format format;
	bool color;	      // terminal: use ANSI colours
	unsigned int columns; // terminal: width; 0 means 80
};

/** One object. */
struct ks_deps_sheet {
	const struct ks_bpf_found *found;
	const struct ks_deps *deps;
};

/** Append the report of some objects. @return &ks_nomem; KS_ERR_USAGE when KS_DOCUMENT_DEPS has no such format */
KS_MUST_CHECK struct ks_error *ks_deps_write(const struct ks_deps_options *options,
					     const struct ks_deps_sheet *sheets, size_t nr,
					     struct ks_buf *out);
