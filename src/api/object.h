/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A collection of eBPF objects: inside api/ only. */
#include "api/api.h"
#include "base/vector.h"
#include "bpf/deps.h"
#include "bpf/find.h"

/** One of a collection, as callers see it, and what it needs of a kernel: NULL when it cannot be read. */
struct ks_api_object {
	struct ksurf_object shown;
	struct ks_deps *deps;
};

struct ksurf_objects {
	struct ks_arena arena;
	struct ks_api_progress listener;
	struct ks_cancel cancel; // the listener wants it
	struct ks_progress progress;
	struct ks_bpf_finds finds;
	KS_VECTOR(struct ks_api_object *) all; // one for each that was found, in that order
};
