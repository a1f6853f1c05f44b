/* SPDX-License-Identifier: BSD-2-Clause */
/* The public functions: a thin layer over the rooms. */
#include <ksurf/ksurf.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "check/inputs.h"
#include "ingest/ingest.h"
#include "report/check/check.h"
#include "report/export/depsurf.h"
#include "report/show/show.h"
#include "store/selection.h"

struct ksurf_error {
	enum ksurf_code code;
	char *text;
};
static struct ksurf_error nomem = { KSURF_ERR_NOMEM, "out of memory" }; // never freed

struct ksurf_store {
	struct ks_store *store;
};

_Static_assert((int)KSURF_ERR_NOMEM == (int)KS_ERR_NOMEM && (int)KSURF_ERR_IO == (int)KS_ERR_IO &&
		       (int)KSURF_ERR_NET == (int)KS_ERR_NET,
	       "the public codes are the internal ones");

const char *ksurf_version(void)
{
	return KSURF_VERSION;
}

/** Turn an error inside out for the caller; NULL stays NULL. */
static struct ksurf_error *publish(struct ks_error *err)
{
	if (!err)
		return NULL;
	struct ksurf_error *ret = malloc(sizeof(*ret));
	char *text = ret ? ks_error_text(err) : NULL;
	if (text)
		*ret = (struct ksurf_error){ (enum ksurf_code)err->code, text };
	ks_error_free(err);
	if (text)
		return ret;
	free(ret);
	return &nomem;
}

enum ksurf_code ksurf_error_code(const struct ksurf_error *err)
{
	return err->code;
}

const char *ksurf_error_text(const struct ksurf_error *err)
{
	return err->text;
}

void ksurf_error_free(struct ksurf_error *err)
{
	if (!err || err == &nomem)
		return;
	free(err->text);
	free(err);
}

struct ksurf_error *ksurf_store_open(const char *path, enum ksurf_mode mode,
				     struct ksurf_store **ret)
{
	struct ksurf_store *store = malloc(sizeof(*store));
	if (!store)
		return &nomem;
	struct ks_error *err = NULL;
	if (mode == KSURF_READ && access(path, F_OK) != 0 && errno == ENOENT)
		err = ks_error_new(KS_ERR_NOTFOUND, "%s: no such store", path);
	else
		err = ks_store_open(path, mode == KSURF_READ ? KS_STORE_READ : KS_STORE_CREATE,
				    &store->store);
	if (err)
		free(store);
	else
		*ret = store;
	return publish(err);
}

void ksurf_store_close(struct ksurf_store *store)
{
	if (!store)
		return;
	ks_store_close(store->store);
	free(store);
}

static bool count_added(void *arg, const struct ks_ingest_event *event)
{
	size_t *nr = arg;
	*nr += event->type == KS_INGEST_ADDED || event->type == KS_INGEST_REPLACED;
	return true;
}

struct ksurf_error *ksurf_store_add(struct ksurf_store *store, const char *path,
				    unsigned int nr_threads, size_t *nr_added)
{
	size_t nr = 0;
	const struct ks_ingest_source source = { KS_INGEST_PATH, path };
	const struct ks_ingest_opts opts = {
		.nr_threads = nr_threads,
		.strict = true,
		.event = count_added,
		.event_arg = &nr,
	};
	struct ks_error *err = ks_ingest_into(store->store, &source, 1, &opts);
	if (nr_added && !err)
		*nr_added = nr;
	return publish(err);
}

struct ksurf_error *ksurf_store_images(struct ksurf_store *store, ksurf_image_fn *fn, void *arg)
{
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_error *err = ks_store_images(store->store, &arena, &images);
	for (size_t i = 0; !err && i < images.nr; i++) {
		const struct ks_image *image = &images.at[i]->image;
		const struct ksurf_image shown = {
			.label = image->label,
			.release = image->release,
			.version = image->version,
			.arch = image->arch,
			.flavor = image->flavor,
			.build_id = image->build_id,
			.compiler = image->compiler,
		};
		if (fn(&shown, arg) != 0)
			break;
	}
	ks_arena_deinit(&arena);
	return publish(err);
}

struct find {
	ksurf_name_fn *fn;
	void *arg;
	bool stopped; // by the caller: the error that ends the walk is none for him
};

static struct ks_error *found(const struct ks_store_name *name, void *arg)
{
	struct find *find = arg;
	const struct ksurf_name shown = { ks_kinds[name->kind].name, name->name, name->nr_images };
	find->stopped = find->fn(&shown, find->arg) != 0;
	return find->stopped ? ks_error_new(KS_ERR_USAGE, "stopped") : NULL;
}

static struct ks_error *find_kind(const char *word, enum ks_kind *ret)
{
	*ret = ks_kind_by_name(word);
	return *ret == KS_NR_KINDS ? ks_error_new(KS_ERR_USAGE, "there is no kind '%s'", word)
				   : NULL;
}

static struct ks_error *find_names(struct ks_store *store, const char *kind_name, const char *glob,
				   struct find *find)
{
	_cleanup_selection_ struct ks_selection sel = { 0 };
	enum ks_kind kind = KS_NR_KINDS;
	if (kind_name)
		KS_TRY(find_kind(kind_name, &kind));
	KS_TRY(ks_selection_choose(&sel, store, NULL));
	return ks_store_names(store, &sel.images, kind, glob, found, find);
}

struct ksurf_error *ksurf_store_find(struct ksurf_store *store, const char *kind, const char *glob,
				     ksurf_name_fn *fn, void *arg)
{
	struct find find = { .fn = fn, .arg = arg };
	struct ks_error *err = find_names(store->store, kind, glob, &find);
	if (find.stopped) {
		ks_error_free(err);
		return NULL;
	}
	return publish(err);
}

static struct ks_error *report(struct ks_store *store, const char *kind_name, const char *name,
			       const char *format_name, struct ks_buf *out)
{
	_cleanup_selection_ struct ks_selection sel = { 0 };
	_cleanup_view_ struct ks_view *view = NULL;
	_cleanup_report_ struct ks_report *writer = NULL;
	struct ks_history history;
	enum ks_kind kind;
	enum ks_format format;
	KS_TRY(ks_format_find(KS_DOCUMENT_BIT(KS_DOCUMENT_SHOW), format_name, &format));
	KS_TRY(find_kind(kind_name, &kind));
	KS_TRY(ks_selection_choose(&sel, store, NULL));
	KS_TRY(ks_selection_group(&sel, store));
	KS_TRY(ks_store_history(store, &sel.images, kind, name, &sel.arena, &history));
	if (!ks_history_present(&history))
		return ks_error_new(KS_ERR_NOTFOUND, "no image has a %s '%s'", kind_name, name);
	KS_TRY(ks_view_over_store(store, &sel.images, true, &view));
	const struct ks_report_options options = { .view = view };
	KS_TRY(ks_report_new(format, sel.groups, &options, &writer));
	return ks_report_write(writer, &history, out);
}

/** Hand a text over, unless there was an error. */
static struct ksurf_error *publish_text(struct ks_error *err, struct ks_buf *out, char **text,
					size_t *len)
{
	if (!err && !ks_buf_text(out))
		err = &ks_nomem;
	if (err)
		return publish(err);
	if (len)
		*len = out->len;
	*text = ks_take(out->at);
	return NULL;
}

struct ksurf_error *ksurf_report(struct ksurf_store *store, const char *kind, const char *name,
				 const char *format, char **text, size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_error *err = report(store->store, kind, name, format, &out);
	return publish_text(err, &out, text, len);
}

static struct ks_error *check(struct ks_store *store, const char *path, const char *images,
			      const char *format, struct ks_buf *out)
{
	_cleanup_selection_ struct ks_selection sel = { 0 };
	_cleanup_inputs_ struct ks_check_inputs inputs = { 0 };
	_cleanup_check_ struct ks_check *result = NULL;
	const struct ks_check_options options = { .nr_threads = ks_pool_default_threads() };
	struct ks_check_report how = { .fail_on = KS_VERDICT_RISK };
	KS_TRY(ks_format_find(KS_DOCUMENT_BIT(KS_DOCUMENT_CHECK), format, &how.format));
	KS_TRY(ks_check_inputs_open(&path, 1, NULL, NULL, &inputs));
	KS_TRY(ks_selection_choose(&sel, store, images));
	KS_TRY(ks_check_run(store, &sel.images, inputs.at, inputs.nr, &options, &result));
	return ks_check_write(&how, result, out);
}

struct ksurf_error *ksurf_check(struct ksurf_store *store, const char *path, const char *images,
				const char *format, char **text, size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_error *err = check(store->store, path, images, format, &out);
	return publish_text(err, &out, text, len);
}

static struct ks_error *export(struct ks_store *store, const char *label, const char *dir)
{
	_cleanup_selection_ struct ks_selection sel = { 0 };
	_cleanup_surface_ struct ks_surface *surface = NULL;
	const struct ks_store_image *image;
	KS_TRY(ks_store_images(store, &sel.arena, &sel.all));
	KS_TRY(ks_store_image(&sel.all, label, &image));
	KS_TRY(ks_store_surface(store, image, &surface));
	return ks_export_depsurf(surface, dir);
}

struct ksurf_error *ksurf_export_depsurf(struct ksurf_store *store, const char *label,
					 const char *dir)
{
	return publish(export(store->store, label, dir));
}
