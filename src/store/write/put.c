/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/trace.h"
#include "store/columns.h"
#include "store/image.h"
#include "store/kept.h"
#include "store/part.h"
#include "store/write/enrich.h"
#include "store/write/put_defs.h"
#include "store/write/put_lists.h"

struct put {
	const struct ks_surface *surface;
	unsigned int nr_threads;
	struct ks_enriched enriched;
	bool again;			// it was in the store: nothing is asked, its label stays
	bool looks_back;		// at what it was put together with
	const char *seen;		// the digest of that, or NULL
	const char *sets;		// that it was had by, whatever becomes of the surface
	struct ks_zstd *packers;	// one for each thread
	struct ks_columns_buf *columns; // likewise
	struct ks_put_defs defs;
	struct ks_put_lists lists;
	struct ks_put_part parts[KS_NR_PARTS];
	struct ks_put_result result;
};

static void put_deinit(struct put *put)
{
	for (unsigned int i = 0; put->packers && i < put->nr_threads; i++)
		ks_zstd_deinit(&put->packers[i]);
	free(put->packers);
	for (unsigned int i = 0; put->columns && i < put->nr_threads; i++)
		ks_columns_buf_deinit(&put->columns[i]);
	free(put->columns);
	ks_enriched_deinit(&put->enriched);
	ks_put_defs_deinit(&put->defs);
	ks_put_lists_deinit(&put->lists);
	for (size_t i = 0; i < KS_NR_PARTS; i++) {
		ks_buf_deinit(&put->parts[i].like);
		ks_buf_deinit(&put->parts[i].packed);
	}
	free(put->result.label);
}

static struct ks_error *sort_job(void *arg, size_t job, unsigned int thread)
{
	struct put *put = arg;
	(void)thread;
	return ks_put_lists_sort(&put->lists, job);
}

static struct ks_error *encode_job(void *arg, size_t job, unsigned int thread)
{
	struct put *put = arg;
	size_t nr_defs = ks_put_defs_nr_jobs(&put->defs);
	(void)thread;
	return job < nr_defs ? ks_put_defs_encode(&put->defs, job)
			     : ks_put_lists_name(&put->lists, job - nr_defs);
}

static struct ks_error *differ_job(void *arg, size_t job, unsigned int thread)
{
	struct put *put = arg;
	size_t nr_runs = ks_put_defs_nr_runs(&put->defs);
	return job < nr_runs ? ks_put_defs_differ(&put->defs, job)
			     : ks_put_lists_was(&put->lists, &put->defs, job - nr_runs,
						&put->packers[thread]);
}

/** Longest jobs first, so that no thread waits for one at the end: symbol names are the largest part. */
static struct ks_error *pack_job(void *arg, size_t job, unsigned int thread)
{
	struct put *put = arg;
	struct ks_zstd *zstd = &put->packers[thread];
	if (job < KS_NR_PARTS) {
		enum ks_part which = (enum ks_part)(KS_NR_PARTS - 1 - job);
		if (which == KS_PART_MOVES)
			return ks_put_part_pack_moves(&put->lists.moves, zstd, &put->parts[which]);
		return ks_put_part_pack(which, put->surface, &put->defs, zstd, &put->parts[which]);
	}
	job -= KS_NR_PARTS;
	if (job < put->defs.blocks.len)
		return ks_put_defs_pack(&put->defs, job, zstd);
	return ks_put_lists_pack(&put->lists, &put->defs, job - put->defs.blocks.len,
				 &put->columns[thread], zstd);
}

/** The modules that the store has of the kernel are those that were seen. */
static struct ks_error *is_as_seen(struct ks_store *store, const struct put *put, bool *ret)
{
	struct ks_image_ids now = { 0 };
	char *digest = NULL;
	struct ks_error *err = ks_image_modules(store, put->surface->image.modules_of, &now);
	if (!err && now.at.len)
		err = ks_image_digest(store, now.at.at[0], &digest);
	*ret = digest && put->seen ? strcmp(digest, put->seen) == 0 : digest == put->seen;
	free(digest);
	ks_vector_deinit(&now.at);
	return err;
}

/** Remove the modules that the store has of a kernel: those that are put take their place. */
static struct ks_error *drop_modules(struct ks_store *store, const char *kernel_digest)
{
	struct ks_image_ids old = { 0 };
	struct ks_error *err = ks_image_modules(store, kernel_digest, &old);
	if (!err)
		err = ks_images_drop(store, old.at.at, old.at.len);
	if (!err && old.at.len)
		err = ks_image_sweep(store);
	ks_vector_deinit(&old.at);
	return err;
}

/** The parts of the image that is most like this one. */
static struct ks_error *load_likes(struct ks_store *store, struct put *put, int64_t image)
{
	for (size_t i = 0; i < KS_NR_PARTS; i++) {
		struct ks_put_part *part = &put->parts[i];
		struct ks_part_row row;
		if (i == KS_PART_MOVES)
			continue; // of that image
		KS_TRY(ks_part_load(store, image, ks_part_name((enum ks_part)i), &part->like,
				    &row));
		if (row.depth >= KS_PART_DEPTH)
			part->like.len = 0; // stays whole
		part->base = part->like.len ? image : 0;
	}
	return NULL;
}

static struct ks_error *write_parts(struct ks_store *store, struct put *put, int64_t image)
{
	for (size_t i = 0; i < KS_NR_PARTS; i++) {
		const struct ks_put_part *part = &put->parts[i];
		if (!part->nr)
			continue;
		KS_TRY(ks_part_add(store, image, (enum ks_part)i, part));
		put->result.bytes += part->packed.len;
	}
	return NULL;
}

static struct ks_error *load_base_anchor(struct ks_store *store, int64_t base, uint64_t *ret)
{
	struct ks_moves moves;
	KS_TRY(ks_moves_load(store, base, &moves));
	*ret = moves.anchor;
	return NULL;
}

/** Everything that is written, under the label that was chosen. */
static struct ks_error *write_image(struct ks_store *store, struct put *put, const char *digest)
{
	int64_t image;
	struct ks_put_likes likes;
	KS_TRY(ks_put_defs_assign(&put->defs, store));
	KS_TRY(ks_put_lists_match(&put->lists, store, &likes));
	if (likes.nearest)
		KS_TRY(load_likes(store, put, likes.nearest));
	if (likes.nearest)
		KS_TRY(ks_put_lists_like(&put->lists, &put->defs, store, likes.nearest));
	KS_TRY(ks_put_defs_likes(&put->defs, store));
	if (likes.base)
		KS_TRY(load_base_anchor(store, likes.base, &put->lists.moves.base_anchor));
	KS_TRY(ks_pool_run(put->nr_threads,
			   ks_put_defs_nr_runs(&put->defs) + put->lists.segments.len, differ_job,
			   put));
	KS_TRY(ks_put_lists_moves(&put->lists));
	KS_TRY(ks_put_defs_cut(&put->defs));
	size_t nr_jobs = KS_NR_PARTS + put->defs.blocks.len + put->lists.segments.len;
	KS_TRY(ks_pool_run(put->nr_threads, nr_jobs, pack_job, put));
	const struct ks_image_key key = {
		.label = put->result.label,
		.digest = digest,
	};
	KS_TRY(ks_image_add(store, put->surface, &key, put->lists.moves.anchor, &image));
	KS_TRY(ks_image_set_base(store, image, likes.base));
	KS_TRY(ks_put_defs_write(&put->defs, store, &put->result.bytes));
	KS_TRY(ks_put_lists_write(&put->lists, store, image, &put->result.bytes));
	KS_TRY(write_parts(store, put, image));
	put->result.nr_definitions = put->defs.nr;
	put->result.nr_new_definitions = put->defs.new_defs.len;
	put->result.added = true;
	return NULL;
}

/** The part of it that must see the store as it is: inside the transaction. */
static struct ks_error *put_image(struct ks_store *store, void *arg)
{
	struct put *put = arg;
	const struct ks_image *wanted = &put->surface->image;
	_cleanup_kept_ struct ks_kept kept = { 0 };
	bool as_seen = true;
	if (put->again)
		return write_image(store, put, wanted->digest);
	if (put->looks_back)
		KS_TRY(is_as_seen(store, put, &as_seen));
	put->result.outdated = !as_seen;
	if (!as_seen)
		return NULL;
	KS_TRY(ks_kept_find(store, wanted, &kept));
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const char *sets = NULL;
	bool enriches = kept.label && kept.id == put->enriched.kept;
	bool stays = !enriches && (put->enriched.kept || ks_kept_stays(&kept, wanted));
	put->result.label = ks_take(kept.label);
	if (stays) // another process was faster
		return ks_store_join_sets(store, put->result.label, put->sets);
	if (put->result.label) {
		KS_TRY(ks_image_sets(store, kept.id, &arena, &sets));
		KS_TRY(ks_images_drop(store, &kept.id, 1));
		KS_TRY(ks_image_sweep(store));
		put->result.enriched = enriches;
		put->result.replaced = !enriches;
	} else {
		if (wanted->modules_of)
			KS_TRY(drop_modules(store, wanted->modules_of));
		KS_TRY(ks_image_choose_label(store, wanted, &put->result.label));
	}
	// modules name their kernel by its digest: it goes on
	bool has_place = put->result.replaced || put->result.enriched;
	KS_TRY(write_image(store, put, has_place ? kept.digest : wanted->digest));
	KS_TRY(ks_store_join_sets(store, put->result.label, sets));
	return ks_store_join_sets(store, put->result.label, put->sets);
}

/** The part of it that needs the surface only. */
static struct ks_error *prepare(struct put *put)
{
	put->packers = calloc(put->nr_threads, sizeof(*put->packers));
	put->columns = calloc(put->nr_threads, sizeof(*put->columns));
	if (!put->packers || !put->columns)
		return &ks_nomem;
	KS_TRY(ks_put_lists_init(&put->lists, put->surface));
	KS_TRY(ks_put_defs_init(&put->defs, put->surface, put->lists.listed));
	KS_TRY(ks_pool_run(put->nr_threads, KS_PUT_SORT_JOBS, sort_job, put));
	KS_TRY(ks_put_lists_merge(&put->lists));
	size_t nr_jobs = ks_put_defs_nr_jobs(&put->defs) + put->lists.segments.len;
	return ks_pool_run(put->nr_threads, nr_jobs, encode_job, put);
}

/** Put what is known of a kernel together; a label tells that the store has all of it. */
static struct ks_error *enrich(struct ks_store *store, struct put *put)
{
	struct ks_enriched *enriched = &put->enriched;
	KS_TRY(ks_enrich(store, put->surface, &put->result.label, enriched));
	if (enriched->whole) {
		put->surface = enriched->whole;
		free(ks_take(put->result.label));
	} else if (enriched->is_copy) {
		put->surface = &enriched->copy;
	}
	return NULL;
}

static struct ks_error *run(struct ks_store *store, struct put *put)
{
	const struct ks_image *image = &put->surface->image;
	if (put->again)
		put->result.label = strdup(image->label);
	else if (image->modules_of)
		KS_TRY(ks_store_known(store, image, &put->result.label));
	else
		KS_TRY(enrich(store, put));
	if (put->again && !put->result.label)
		return &ks_nomem;
	if (!put->again && put->result.label)
		return ks_store_join_sets(store, put->result.label, put->sets);
	KS_TRY(prepare(put));
	struct ks_error *err = ks_sql_write(store, put_image, put);
	if (err) // the table holds ids that are not in the file
		ks_hashes_deinit(&store->hashes);
	return err;
}

static struct ks_error *put_all(struct ks_store *store, struct put *put, struct ks_put_result *ret)
{
	const struct ks_image *image = &put->surface->image;
	put->nr_threads = put->nr_threads ? put->nr_threads : 1;
	put->sets = image->sets;
	if (!image->modules_of && (!image->label || !*image->label))
		return ks_error_new(KS_ERR_USAGE, "an image without a label cannot be kept");
	int64_t start = ks_trace_begin(KS_TRACE_INGEST);
	struct ks_error *err = run(store, put);
	if (!err) {
		ks_trace_end(KS_TRACE_INGEST, start, "put %s: %zu definitions, %zu of them new",
			     put->result.label ? put->result.label : "nothing",
			     (size_t)put->result.nr_definitions,
			     (size_t)put->result.nr_new_definitions);
		*ret = put->result;
		put->result.label = NULL;
	}
	put_deinit(put);
	return err;
}

struct ks_error *ks_store_put(struct ks_store *store, const struct ks_surface *surface,
			      unsigned int nr_threads, struct ks_put_result *ret)
{
	struct put put = { .surface = surface, .nr_threads = nr_threads };
	return put_all(store, &put, ret);
}

struct ks_error *ks_store_put_modules(struct ks_store *store, const struct ks_surface *surface,
				      const char *seen, unsigned int nr_threads,
				      struct ks_put_result *ret)
{
	struct put put = {
		.surface = surface,
		.nr_threads = nr_threads,
		.looks_back = true,
		.seen = seen,
	};
	return put_all(store, &put, ret);
}

struct ks_error *ks_put_again(struct ks_store *store, const struct ks_surface *surface,
			      unsigned int nr_threads)
{
	struct put put = { .surface = surface, .nr_threads = nr_threads, .again = true };
	struct ks_put_result result = { 0 };
	struct ks_error *err = put_all(store, &put, &result);
	free(result.label);
	return err;
}
