/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the files of this room share. */
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/vector.h"
#include "extract/extract.h"
#include "ingest/ingest.h"
#include "source/dataset/dataset.h"
#include "source/net/set_kernels.h"
#include "source/scan.h"

/** A set that is among the sources. */
struct ks_ingest_set {
	struct ks_set_kernels kernels;
	bool is_known;	// its archive was read
	bool told_gone; // that a package of it is listed and gone
	bool waits; // a package of it could not be fetched: the newer ones come with it, another time
};

/** One image to come. */
struct ks_ingest_item {
	enum ks_ingest_from from;
	const char *name;   // path, package, build id; how the running kernel is called
	const char *config; // path of where to take it from, or NULL
	const struct ks_pull_opts *pull; // of a package; NULL: those of the run
	const char *const *spares;	 // packages to take instead when it is gone, the best first
	size_t nr_spares;
	struct ks_ingest_set *set;   // that it is of; NULL: it was named by itself
	const struct ks_dataset *ds; // NULL: the path is an image itself
	size_t nr;		     // in ds
	bool found; // in a folder, nobody named it: what turns out to be no kernel is passed over
};

/** One source of modules. */
struct ks_ingest_module_source {
	enum ks_ingest_from from; // a path or a package
	const char *name;
	const struct ks_pull_opts *pull; // of a package; NULL: those of the run
	bool may_have_kernel;		 // it is a file that the kernel may lie in
};

struct ks_ingest {
	struct ks_ingest_opts opts; // with the defaults filled in
	const char **paths; // of the sources that are some: what was kept apart may be among them
	size_t nr_paths;
	struct ks_cancel own_cancel;
	pthread_mutex_t telling; // one event at a time
	KS_VECTOR(struct ks_ingest_item) items;
	KS_VECTOR(struct ks_dataset *) datasets;
	KS_VECTOR(struct ks_scan) scans; // of folders
	KS_VECTOR(struct ks_ingest_module_source) module_sources;
	KS_VECTOR(struct ks_ingest_set *) sets;
	struct ks_suites_shared *shared;	  // the lists of packages that were read
	KS_VECTOR(struct ks_pull_opts *) planned; // how kernels of the plan are pulled
	struct ks_store *store;			  // while it runs
	pthread_mutex_t lock;			  // guards turn, and the store with it
	pthread_cond_t moved;
	size_t turn; // the item that is put next
	bool over;   // an item ended the run: nothing is put after it
};

/* ---- events.c ---- */

/** Tell of something; after a cancel, of results only. @return KS_ERR_CANCELLED when no more is to be done */
KS_MUST_CHECK struct ks_error *ks_ingest_tell(struct ks_ingest *ingest,
					      const struct ks_ingest_event *event);
/** Tell of a failure, and free it. @return why it cannot go on: it was cancelled, or is strict; else NULL */
KS_MUST_CHECK struct ks_error *ks_ingest_fail(struct ks_ingest *ingest, const char *source,
					      struct ks_error *err);

/** One of those that tell of progress. */
struct ks_ingest_teller {
	struct ks_ingest *ingest;
	const char *source;
};
/** @param teller borrowed by the result */
struct ks_progress ks_ingest_progress(struct ks_ingest_teller *teller);

/* ---- sources.c ---- */

/** A package to fetch, and its modules when they are wanted. @param pull NULL: as the run does */
KS_MUST_CHECK struct ks_error *ks_ingest_add_package(struct ks_ingest *ingest, const char *name,
						     const struct ks_pull_opts *pull);
/** One package of a set: of nr from the first one on, the first that its server has. */
KS_MUST_CHECK struct ks_error *
ks_ingest_add_first(struct ks_ingest *ingest, struct ks_ingest_set *set, size_t first, size_t nr);

/* ---- sets.c ---- */

/**
 * Add the packages that a set stands for. What cannot be looked up is told as failed.
 * @param[out] is_set false: the name is no set's, and nothing was done
 */
KS_MUST_CHECK struct ks_error *ks_ingest_add_set(struct ks_ingest *ingest, const char *name,
						 bool *is_set);
/** Keep that the archives of the sets were seen now. */
KS_MUST_CHECK struct ks_error *ks_ingest_mark_sets(const struct ks_ingest *ingest,
						   struct ks_store *store);
/**
 * The images that the store has of a set: of the usual flavour, where its name has none.
 * @param name as images keep it, or without a machine: of any
 * @param arena holds the result, which is in the order of all images
 */
KS_MUST_CHECK struct ks_error *ks_ingest_of_set(struct ks_store *store, const char *name,
						struct ks_arena *arena,
						struct ks_store_images *ret);
void ks_ingest_free_sets(struct ks_ingest *ingest);

/* ---- had.c ---- */

/** A kernel that need not be fetched, for the store has what its package brings. */
struct ks_ingest_had {
	const struct ks_ingest *ingest;
	bool comes_anyway; // there is something else to fetch it for
	char *sha256;	   // of the package that was asked for last; NULL: no list tells
	char *label;	   // of the image; NULL: it has to be read
	char *sets;	   // that the kernel is of (surface/image_sets.h), or NULL
};

/** For ks_pull_opts.had. @param arg a struct ks_ingest_had, whose texts the caller frees */
bool ks_ingest_had(void *arg, const struct ks_remote *remote);

/* ---- read.c ---- */

/** How events call an item. */
const char *ks_ingest_item_name(const struct ks_ingest_item *item);
/**
 * Read an image. Runs on any thread, beside others.
 * @param how which images need not be read further; the rest is filled in here
 * @param[in,out] had with its label set, nothing was read and *ret is NULL
 * @param[out] note lines a user may want to know besides, separated by '\n', or NULL; the caller frees
 */
KS_MUST_CHECK struct ks_error *ks_ingest_read(struct ks_ingest *ingest,
					      const struct ks_ingest_item *item,
					      const struct ks_extract_opts *how,
					      struct ks_ingest_had *had, struct ks_surface **ret,
					      char **note);

/* ---- ingest_modules.c ---- */

/** Read the modules of all sources and put them into the store, those of one kernel together. */
KS_MUST_CHECK struct ks_error *ks_ingest_modules_run(struct ks_ingest *ingest);
