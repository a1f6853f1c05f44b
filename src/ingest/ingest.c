/* SPDX-License-Identifier: BSD-2-Clause */
#include "ingest/ingest.h"

#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "ingest/private.h"
#include "store/settings.h"

/** What reading one image may take at its worst; so many of them fit into the memory at hand. */
enum { IMAGE_KB = 1500000 };

/** How many packages are fetched at once, but with one thread, where there are fewer: servers and networks are slower than these. */
enum { TRANSFERS = 4 };

/** How many images may be read at once without pushing the machine into swap. */
static unsigned int fit_memory(unsigned int wanted)
{
	FILE *file = fopen("/proc/meminfo", "re");
	if (!file)
		return 1;
	char line[128];
	unsigned long kb = 0;
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, "MemAvailable:", 13) == 0)
			kb = strtoul(line + 13, NULL, 10);
	fclose(file);
	unsigned long fit = kb / IMAGE_KB;
	return fit < 1 ? 1 : fit < wanted ? (unsigned int)fit : wanted;
}

/** How many items are read at once. */
static unsigned int how_many(const struct ks_ingest *ingest)
{
	unsigned int fetched = 0, wanted = ingest->opts.nr_threads;
	for (size_t i = 0; wanted > 1 && i < ingest->items.len && fetched < TRANSFERS; i++)
		fetched += ingest->items.at[i].from == KS_INGEST_PACKAGE;
	return fit_memory(fetched > wanted ? fetched : wanted);
}

/** An item while it is taken in. */
struct intake {
	struct ks_ingest *ingest;
	const struct ks_ingest_item *item;
	struct ks_surface *surface;
	char *note;
	char *known; // label of the image in the store: of it there may be no more than its facts
	bool asked;  // whether the store has it
	struct ks_ingest_had had; // its label goes to known
};

static void intake_deinit(struct intake *intake)
{
	ks_surface_free(intake->surface);
	free(intake->note);
	free(intake->known);
	free(intake->had.sha256);
	free(intake->had.label);
	free(intake->had.sets);
}

/** With a handle of its own: an image that is just put keeps nobody waiting. */
static struct ks_error *find_known(struct intake *intake, const struct ks_image *image)
{
	_cleanup_store_ struct ks_store *store = NULL;
	const struct ks_store *given = intake->ingest->store;
	KS_TRY(ks_store_open_waiting(ks_store_path(given), KS_STORE_READ, ks_store_wait(given),
				     &store));
	return ks_store_known(store, image, &intake->known);
}

/** Reading all of an image that is in the store would be for nothing. */
static bool is_known(void *arg, const struct ks_image *image)
{
	struct intake *intake = arg;
	intake->asked = true;
	ks_error_free(find_known(intake, image)); // what is wrong shows when it is put
	return intake->known != NULL;
}

static struct ks_error *tell_note(const struct intake *intake)
{
	struct ks_ingest_event event = {
		.type = KS_INGEST_NOTE,
		.source = ks_ingest_item_name(intake->item),
	};
	char *rest = intake->note;
	for (char *line; (line = strsep(&rest, "\n"));) {
		event.note = line;
		KS_TRY(ks_ingest_tell(intake->ingest, &event));
	}
	return NULL;
}

static struct ks_error *tell_result(const struct intake *intake, const struct ks_put_result *result)
{
	ks_error_free(tell_note(intake)); // a cancel shows again below
	const struct ks_ingest_event event = {
		.type = result->enriched   ? KS_INGEST_ENRICHED
			: result->replaced ? KS_INGEST_REPLACED
			: result->added	   ? KS_INGEST_ADDED
					   : KS_INGEST_KNOWN,
		.source = ks_ingest_item_name(intake->item),
		.label = result->label,
		.put = result,
		.surface = intake->surface,
	};
	return ks_ingest_tell(intake->ingest, &event);
}

/**
 * Whether the store now has all that the package brings: one whose configuration is missing is fetched again, for the next time its
 * list may tell where that is. A plan has told.
 */
static bool is_whole(const struct intake *intake)
{
	const struct ks_pull_opts *pull = intake->item->pull;
	return intake->surface && (intake->surface->config || (pull && pull->planned));
}

/** @param[out] result what became of it; its label is to be freed */
static struct ks_error *put(struct intake *intake, struct ks_put_result *result)
{
	struct ks_ingest *ingest = intake->ingest;
	KS_TRY(ks_cancel_check(ingest->opts.cancel));
	const struct ks_surface *surface = intake->surface;
	if (intake->known && !(surface && surface->config)) {
		result->label = ks_take(intake->known);
		KS_TRY(ks_store_join_sets(ingest->store, result->label,
					  surface ? surface->image.sets : intake->had.sets));
	} else {
		KS_TRY(ks_store_put(ingest->store, surface, ingest->opts.nr_threads, result));
	}
	return intake->had.sha256 && is_whole(intake)
		       ? ks_store_mark_package(ingest->store, intake->had.sha256, &surface->image)
		       : NULL;
}

/** A full or read-only store fails every image alike: then the rest is not tried. */
static bool is_fatal(const struct ks_error *err)
{
	return err->code == KS_ERR_STORE || err->code == KS_ERR_IO;
}

/** Nothing is wrong with the item: it only is no kernel, and need not be one. */
static bool is_no_kernel(const struct intake *intake, const struct ks_error *err)
{
	bool found = intake->item->found;
	return err->code == KS_ERR_NOTFOUND
		       ? found || ks_ingest_wants_modules(intake->ingest->opts.modules)
		       : err->code == KS_ERR_UNSUPPORTED && found;
}

/** Of a set that is followed it is enough to say once that its archive lists more than it has. */
static bool is_told(const struct intake *intake, const struct ks_error *err)
{
	struct ks_ingest_set *set = intake->item->set;
	if (!set || !err->is_gone || !intake->ingest->opts.since)
		return false;
	bool told = set->told_gone;
	set->told_gone = true;
	return told;
}

/** Of a set that is followed nothing is put behind what could not be fetched: the next time would take that for known. */
static bool waits(const struct intake *intake, const struct ks_error *err)
{
	struct ks_ingest_set *set = intake->item->set;
	if (!set || !intake->ingest->opts.since)
		return false;
	bool before = set->waits;
	set->waits = before || (err && err->code == KS_ERR_NET && !err->is_gone);
	return before;
}

/** It is this item's turn. @param err why it could not be read, or NULL */
static struct ks_error *finish(struct intake *intake, struct ks_error *err)
{
	const char *name = ks_ingest_item_name(intake->item);
	if (waits(intake, err) || (err && (is_no_kernel(intake, err) || is_told(intake, err)))) {
		ks_error_free(err);
		return NULL;
	}
	if (err)
		return ks_ingest_fail(intake->ingest, name, err);
	struct ks_put_result result = { 0 };
	err = put(intake, &result);
	if (err)
		return is_fatal(err) ? err : ks_ingest_fail(intake->ingest, name, err);
	err = tell_result(intake, &result);
	free(result.label);
	return err;
}

/** What ended the run is the error of an item before this one. */
static struct ks_error *stop(struct ks_error *err)
{
	return err ? err : ks_error_new(KS_ERR_CANCELLED, "cancelled");
}

/**
 * What says too little by itself may be a kernel that an item before this one put meanwhile: what comes of it does not depend on
 * how many are read at a time.
 */
static struct ks_error *read_again(struct intake *intake, const struct ks_extract_opts *how,
				   struct ks_error *err)
{
	if (!err || err->code != KS_ERR_UNSUPPORTED || !intake->asked || intake->known)
		return err;
	struct ks_error *again = ks_ingest_read(intake->ingest, intake->item, how, &intake->had,
						&intake->surface, &intake->note);
	ks_error_free(again ? again : err);
	return again ? err : NULL;
}

static struct ks_error *take_in(void *arg, size_t nr, unsigned int thread)
{
	(void)thread;
	struct ks_ingest *ingest = arg;
	struct intake intake = { .ingest = ingest,
				 .item = &ingest->items.at[nr],
				 .had.ingest = ingest };
	const struct ks_extract_opts how = { .known = is_known, .known_arg = &intake };
	struct ks_error *err = ks_ingest_read(ingest, intake.item, &how, &intake.had,
					      &intake.surface, &intake.note);
	if (intake.had.label)
		intake.known = ks_take(intake.had.label);
	pthread_mutex_lock(&ingest->lock);
	while (ingest->turn != nr)
		pthread_cond_wait(&ingest->moved, &ingest->lock);
	err = ingest->over ? stop(err) : finish(&intake, read_again(&intake, &how, err));
	ingest->over = err != NULL;
	ingest->turn++;
	pthread_cond_broadcast(&ingest->moved);
	pthread_mutex_unlock(&ingest->lock);
	intake_deinit(&intake);
	return err;
}

struct ks_error *ks_ingest_run(struct ks_ingest *ingest, struct ks_store *store)
{
	ingest->store = store;
	ingest->turn = 0;
	ingest->over = false;
	KS_TRY(ks_pool_run(how_many(ingest), ingest->items.len, take_in, ingest));
	if (ks_ingest_wants_modules(ingest->opts.modules))
		KS_TRY(ks_ingest_modules_run(ingest));
	KS_TRY(ks_ingest_mark_sets(ingest, store));
	KS_TRY(ks_selection_keep_base(store));
	return ks_cancel_check(ingest->opts.cancel);
}

struct ks_error *ks_ingest_into(struct ks_store *store, const struct ks_ingest_source *sources,
				size_t nr, const struct ks_ingest_opts *opts)
{
	_cleanup_ingest_ struct ks_ingest *ingest = NULL;
	KS_TRY(ks_ingest_open(sources, nr, opts, &ingest));
	return ks_ingest_run(ingest, store);
}
