/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Taking kernels in: from what a user names to images in the store. Sources are read side by side, as many at once as
 * threads and memory allow, and put in the order given; what becomes of each is told by events.
 */
#include "base/progress.h"
#include "source/net/pull.h"
#include "source/net/pull_plan.h"
#include "store/store.h"

/* ---- what happens ---- */

enum ks_ingest_event_type {
	KS_INGEST_PROGRESS, // how far the reading of a source is
	KS_INGEST_NOTE,	    // what a user may want to know of the next result
	KS_INGEST_ADDED,    // result: an image is new in the store
	KS_INGEST_REPLACED, // result: it took the place of one that told less of the same kernel
	KS_INGEST_KNOWN,    // result: it was there already
	KS_INGEST_ENRICHED, // result: modules were put beside their kernel, or it knows its configuration now
	KS_INGEST_FAILED, // a source, or some of what is in it, could not be taken in
};

/** The modules of a kernel, as a result. */
struct ks_ingest_modules {
	uint32_t nr_read; // from the sources
	uint32_t nr_all;  // that the store has of the kernel now
	uint32_t nr_failed;
};

/** Something that happened. All pointers are valid during the call; NULL and 0 where the type has nothing to say. */
struct ks_ingest_event {
	enum ks_ingest_event_type type;
	const char *source; // as the user called it; of a dataset, the label of an image in it
	/** Progress: static text such as "fetching", and bytes; total 0 is unknown. */
	const char *doing;
	uint64_t done, total;
	/** Note: may be several lines, separated by '\n' and not ended by one. */
	const char *note;
	/** Failed: it stays the sender's. */
	const struct ks_error *error;
	/** Results: of the image in the store; for modules, of their kernel. */
	const char *label;
	const struct ks_put_result *put; // bytes and definitions that were written
	/** Results: what was read. Of an image that was known it may have its facts (image) only; NULL: it was not opened. */
	const struct ks_surface *surface;
	/** Results for modules, known or enriched; else NULL. */
	const struct ks_ingest_modules *modules;
};

/**
 * Called for each event, from any thread, but never twice at once. Notes and results come in the order of the sources, and
 * what a result tells of is in the store, whatever comes after. It must not use the store.
 * @return false: no more shall be taken in, and ks_ingest_run() gives KS_ERR_CANCELLED. Of all events only the result of
 *	what is in the store by then may still come.
 */
typedef bool ks_ingest_event_fn(void *arg, const struct ks_ingest_event *event);

/* ---- what is to be taken in ---- */

enum ks_ingest_from {
	/** A kernel, package, archive, dataset, folder or module; "running" and "live" are as below. */
	KS_INGEST_PATH,
	KS_INGEST_LIVE,	    // the running kernel
	KS_INGEST_PACKAGE,  // a name for ks_pull_open(), or a set (source/net/sets.h)
	KS_INGEST_BUILD_ID, // for ks_debuginfod_open()
	KS_INGEST_PLANNED,  // a kernel of the plan of the options, by the checksum of its package
};

struct ks_ingest_source {
	enum ks_ingest_from from;
	const char *name; // of the running kernel: how events call it
};

/** Zeros and NULLs everywhere stand for the defaults. Strings are borrowed until ks_ingest_close(). */
struct ks_ingest_opts {
	/**
	 * 0: as many as there are processors. What is stored does not depend on it. Unless it is 1, up to four packages are
	 * fetched at once.
	 */
	unsigned int nr_threads;
	/** Path of where to take configurations from; for packages the name of one, too. */
	const char *config;
	/** RELEASE[@MACHINE] of a file of types alone, which does not say it; NULL: its path does. */
	const char *release;
	/** Which modules are wanted: "all", or globs with commas between them; NULL or "none": no module. */
	const char *modules;
	/**
	 * For packages; its config and http.cancel are set from what stands here. A package that came before, as its list's checksum
	 * tells, is not fetched again, unless verify or config asks for it.
	 */
	struct ks_pull_opts pull;
	/** Where kernels are that are named by a checksum. */
	const struct ks_pull_plan *plan;
	/** Of a set: how many releases, and packages with debug information (source/net/set_kernels.h). */
	unsigned int last;
	bool debug;
	/** Of sets, what is newer than all that this store has of them; it is read while they are looked up. NULL: as above. */
	struct ks_store *since;
	/** Servers for build ids, separated by spaces; NULL: those of DEBUGINFOD_URLS. */
	const char *debuginfod;
	/** The first failure ends the run, which returns it; there are no events KS_INGEST_FAILED. */
	bool strict;
	ks_ingest_event_fn *event; // NULL: nobody listens
	void *event_arg;
	/** Ends the run when another thread wants that; set when an event function returns false. NULL: none. */
	struct ks_cancel *cancel;
};

/** Whether a value of ks_ingest_opts.modules asks for modules. */
bool ks_ingest_wants_modules(const char *value);

/* ---- doing it ---- */

struct ks_ingest;

/**
 * Take sources apart: packages of one kernel are paired, folders are looked through, datasets are listed. What cannot be
 * opened is told as failed and left out.
 * @param sources, opts  borrowed until ks_ingest_close()
 * @return KS_ERR_CANCELLED; with strict, the first failure
 */
KS_MUST_CHECK struct ks_error *ks_ingest_open(const struct ks_ingest_source *sources, size_t nr,
					      const struct ks_ingest_opts *opts,
					      struct ks_ingest **ret);
/** Nothing is left to take in. */
bool ks_ingest_is_empty(const struct ks_ingest *ingest);
/**
 * Read all of it and put it into the store, once. A failure is told and does not keep other sources from being added, but
 * for one of the store itself, which would fail each of them.
 * @param store for writing; nobody else uses the handle meanwhile
 * @return KS_ERR_CANCELLED when the caller wanted it to end: each image, and the modules of each kernel, is in the store
 *	whole or not at all. With strict, the first failure.
 */
KS_MUST_CHECK struct ks_error *ks_ingest_run(struct ks_ingest *ingest, struct ks_store *store);
void ks_ingest_close(struct ks_ingest *ingest); // NULL is allowed
static inline void ks_ingest_closep(struct ks_ingest **ingest)
{
	ks_ingest_close(*ingest);
}
#define _cleanup_ingest_ __attribute__((__cleanup__(ks_ingest_closep)))

/** All three at once. */
KS_MUST_CHECK struct ks_error *ks_ingest_into(struct ks_store *store,
					      const struct ks_ingest_source *sources, size_t nr,
					      const struct ks_ingest_opts *opts);
