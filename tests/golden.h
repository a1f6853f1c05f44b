/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The shared samples as tests see them: published facts, and the documents made from them. */
#include "base/buf.h"
#include "base/error.h"
#include "report/show/show.h"
#include "surface/history.h"

/** $KSURF_SHARED/name, by default ../shared beside the source tree. */
const char *golden_path(struct ks_buf *buf, const char *name);

/** Every image of the sample in order, for looking names up. */
struct golden_set {
	size_t nr;
	struct ks_surface **surfaces;
	const struct ks_image **images;
	struct ks_fact *facts; // of the last history
};
/** @return KS_ERR_NOTFOUND when the sample is not on this machine */
KS_MUST_CHECK struct ks_error *golden_load(struct golden_set *set);
void golden_unload(struct golden_set *set);
/** What the images say of a name; valid until the next call. */
struct ks_history golden_history(struct golden_set *set, enum ks_kind kind, const char *name);

/** A document read from a file, with the kind and name of its title line. */
struct golden_doc {
	struct ks_buf text;
	enum ks_kind kind; // KS_NR_KINDS: it has no title line
	char name[256];
};
/** Call fn for each file below folder (a path), at any depth; returns how many there were. */
size_t golden_each(const char *folder, void (*fn)(const char *path, void *arg), void *arg);
bool golden_read(const char *path, struct golden_doc *doc);
