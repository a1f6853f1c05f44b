/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "api/value.h"
#include "ingest/update.h"

_Static_assert((int)KSURF_EVENT_NOTE == (int)KS_INGEST_NOTE &&
		       (int)KSURF_EVENT_ENRICHED == (int)KS_INGEST_ENRICHED &&
		       (int)KSURF_EVENT_FAILED == (int)KS_INGEST_FAILED &&
		       (int)KSURF_FROM_PATH == (int)KS_INGEST_PATH &&
		       (int)KSURF_FROM_BUILD_ID == (int)KS_INGEST_BUILD_ID,
	       "the public events and sources are the internal ones");

/** The caller while kernels are taken in. */
struct listener {
	ksurf_event_fn *fn;
	void *arg;
	size_t nr_added;
	struct ks_error *err; // of telling it, which ended the run
};

/** What became of an image, in words that are valid during the call. */
static struct ks_error *show(const struct ks_ingest_event *event, struct ks_arena *arena,
			     struct ksurf_event *ret)
{
	*ret = (struct ksurf_event){
		.type = (enum ksurf_event_type)event->type,
		.source = event->source,
		.doing = event->doing,
		.done = event->done,
		.total = event->total,
		.note = event->note,
		.label = event->label,
	};
	if (event->error) {
		char *text = ks_error_text(event->error);
		bool kept = text && ks_api_text(arena, text, &ret->error);
		free(text);
		ret->code = (enum ksurf_code)event->error->code;
		if (!kept)
			return &ks_nomem;
	}
	if (event->put) {
		ret->bytes = event->put->bytes;
		ret->nr_definitions = event->put->nr_definitions;
		ret->nr_new_definitions = event->put->nr_new_definitions;
	}
	if (event->modules) {
		ret->nr_modules = event->modules->nr_all;
		ret->nr_modules_read = event->modules->nr_read;
		ret->nr_modules_failed = event->modules->nr_failed;
	}
	return NULL;
}

static bool listen(void *arg, const struct ks_ingest_event *event)
{
	struct listener *listener = arg;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ksurf_event shown;
	listener->nr_added += event->type == KS_INGEST_ADDED || event->type == KS_INGEST_REPLACED;
	if (!listener->fn)
		return true;
	struct ks_error *err = show(event, &arena, &shown);
	if (err) // what is finished after it may still be told: that does not make it good
		listener->err = err;
	return !err && listener->fn(&shown, listener->arg) == 0;
}

static struct ks_ingest_opts opts_of(const struct ksurf_ingest_options *options,
				     struct listener *listener)
{
	return (struct ks_ingest_opts){
		.nr_threads = options->nr_threads,
		.config = options->config,
		.modules = options->modules,
		.pull = {
			.mirror = options->mirror,
			.suite = options->suite,
			.arch = options->arch,
			.cache_dir = options->cache_dir,
			.keyring = options->keyring,
			.allow_unsigned = options->allow_unsigned,
			.verify = options->verify,
			.http.total_s = options->timeout,
		},
		.last = options->last,
		.debug = options->debug,
		.debuginfod = options->debuginfod,
		.strict = options->strict,
		.event = listen,
		.event_arg = listener,
	};
}

/** A failure of telling is what counts. */
static struct ks_error *result_of(const struct listener *listener, struct ks_error *err)
{
	if (!listener->err)
		return err;
	ks_error_free(err);
	return listener->err;
}

static struct ks_error *run(struct ks_store *store, const char *const *names, size_t nr,
			    const struct ksurf_ingest_options *options, struct listener *listener)
{
	struct ks_ingest_source *sources = calloc(nr + 1, sizeof(*sources));
	if (!sources)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++)
		sources[i] =
			(struct ks_ingest_source){ (enum ks_ingest_from)options->from, names[i] };
	const struct ks_ingest_opts how = opts_of(options, listener);
	struct ks_error *err = ks_ingest_into(store, sources, nr, &how);
	free(sources);
	return result_of(listener, err);
}

static struct ks_error *ingest(struct ks_store *store, const char *const *names, size_t nr,
			       const struct ksurf_ingest_options *theirs, size_t *nr_added)
{
	struct ksurf_ingest_options options = { 0 };
	KS_TRY(ks_api_options(&options, sizeof(options), theirs));
	if ((unsigned int)options.from > KSURF_FROM_BUILD_ID)
		return ks_error_new(KS_ERR_USAGE, "kernels do not come from %u",
				    (unsigned int)options.from);
	struct listener listener = { options.event, options.event_arg, 0, NULL };
	struct ks_error *err = run(store, names, nr, &options, &listener);
	if (nr_added)
		*nr_added = listener.nr_added;
	return err;
}

static struct ks_error *update(struct ks_store *store, const char *const *sets, size_t nr,
			       const struct ksurf_ingest_options *theirs, unsigned int keep,
			       size_t *nr_added)
{
	struct ksurf_ingest_options options = { 0 };
	KS_TRY(ks_api_options(&options, sizeof(options), theirs));
	struct listener listener = { options.event, options.event_arg, 0, NULL };
	struct ks_update_opts how = { .ingest = opts_of(&options, &listener), .keep = keep };
	how.ingest.config = NULL;
	struct ks_error *err = result_of(&listener, ks_update(store, sets, nr, &how));
	if (nr_added)
		*nr_added = listener.nr_added;
	return err;
}

struct ksurf_error *ksurf_update(struct ksurf_store *store, const char *const *sets, size_t nr,
				 const struct ksurf_ingest_options *options, unsigned int keep,
				 size_t *nr_added)
{
	return ks_api_publish(update(store->store, sets, nr, options, keep, nr_added));
}

struct ksurf_error *ksurf_ingest(struct ksurf_store *store, const char *const *names, size_t nr,
				 const struct ksurf_ingest_options *options, size_t *nr_added)
{
	return ks_api_publish(ingest(store->store, names, nr, options, nr_added));
}

struct ksurf_error *ksurf_store_add(struct ksurf_store *store, const char *path,
				    unsigned int nr_threads, size_t *nr_added)
{
	const struct ksurf_ingest_options options = {
		.nr_threads = nr_threads,
		.strict = 1,
	};
	struct listener listener = { 0 };
	struct ks_error *err = run(store->store, &path, 1, &options, &listener);
	if (nr_added && !err)
		*nr_added = listener.nr_added;
	return ks_api_publish(err);
}
