/* SPDX-License-Identifier: BSD-2-Clause */
/* The store behind the pages: opened again when another file takes its place, looked through again when it has changed. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/memory.h"
#include "check/kernels/view.h"
#include "web/private.h"

enum { VIEW_MOST = 24 << 20 }; // bytes; then what it has read goes

/** What was read of a state that is no more. */
static void forget(struct ks_web *web)
{
	ks_web_names_free(web->names);
	ks_view_free(web->view);
	ks_web_counted_free(web->counted);
	ks_web_reads_free(web->reads);
	web->reads = NULL;
	web->names = NULL;
	web->view = NULL;
	web->counted = NULL;
	ks_selection_deinit(&web->sel);
	web->sel = (struct ks_selection){ 0 };
}

static void close_store(struct ks_web *web)
{
	forget(web);
	ks_store_close(web->store);
	web->store = NULL;
}

/** What the pages tell of the file itself. */
static void look_at_file(struct ks_web *web)
{
	struct stat now, beside;
	struct tm tm;
	_cleanup_free_ char *log = NULL;
	if (stat(web->path, &now) != 0)
		return;
	web->size = (uint64_t)now.st_size;
	if (asprintf(&log, "%s-wal", web->path) < 0)
		log = NULL;
	// what was written stays beside the file as long as somebody reads it; readers leave that one empty
	if (log && stat(log, &beside) == 0 && beside.st_size && beside.st_mtime > now.st_mtime)
		now.st_mtime = beside.st_mtime;
	if (gmtime_r(&now.st_mtime, &tm))
		strftime(web->written, sizeof(web->written), "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static struct ks_error *choose_images(struct ks_web *web, int64_t version)
{
	forget(web);
	web->version = version;
	look_at_file(web);
	struct ks_error *err = ks_selection_choose(&web->sel, web->store, NULL);
	if (!err)
		err = ks_selection_group(&web->sel, web->store);
	if (err)
		web->version = 0; // it is tried again
	return err;
}

/** The file that is at the path now is open. */
static struct ks_error *open_newest(struct ks_web *web)
{
	struct stat now;
	if (stat(web->path, &now) != 0)
		return ks_error_new(KS_ERR_STORE, "the store is not there");
	if (web->store && (now.st_dev != web->device || now.st_ino != web->inode))
		close_store(web);
	if (web->store)
		return NULL;
	KS_TRY(ks_store_open(web->path, KS_STORE_READ, &web->store));
	web->device = now.st_dev;
	web->inode = now.st_ino;
	web->version = 0;
	return NULL;
}

struct ks_error *ks_web_refresh(struct ks_web *web, uint64_t place)
{
	if (!web->store || !place || place != web->place)
		KS_TRY(open_newest(web));
	web->place = place;
	KS_TRY(ks_store_snapshot_begin(web->store));
	int64_t version = ks_store_version(web->store);
	struct ks_error *err = NULL;
	if (version != web->version || !web->sel.groups)
		err = choose_images(web, version);
	if (err)
		ks_store_snapshot_end(web->store);
	return err;
}

static void close_view(struct ks_web *web)
{
	ks_view_free(web->view);
	web->view = NULL;
}

struct ks_error *ks_web_view(struct ks_web *web, struct ks_view **ret)
{
	if (web->view && ks_view_bytes(web->view) > VIEW_MOST)
		close_view(web);
	if (!web->view)
		KS_TRY(ks_view_over_store(web->store, &web->sel.images, true, &web->view));
	*ret = web->view;
	return NULL;
}

void ks_web_release(struct ks_web *web, const struct ks_error *err)
{
	if (err) { // what could not be read was answered as unknown
		close_view(web);
		ks_web_reads_free(web->reads);
		web->reads = NULL;
	}
	ks_store_snapshot_end(web->store);
}

struct ks_error *ks_web_open(const char *path, struct ks_web **ret)
{
	struct ks_web *web = calloc(1, sizeof(*web));
	if (!web)
		return &ks_nomem;
	web->path = path;
	struct ks_error *err = ks_web_refresh(web, 0);
	if (err && err->code != KS_ERR_NOTFOUND) { // a store without images may get some
		ks_web_close(web);
		return err;
	}
	if (!err)
		ks_web_release(web, NULL);
	ks_error_free(err);
	*ret = web;
	return NULL;
}

void ks_web_take_uploads(struct ks_web *web, const struct ks_web_checks *checks)
{
	web->checks = checks;
}

void ks_web_close(struct ks_web *web)
{
	if (!web)
		return;
	close_store(web);
	free(web);
}
