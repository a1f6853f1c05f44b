/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "api/check.h"
#include "api/comparison.h"
#include "api/counting.h"
#include "api/diff.h"
#include "api/lookup.h"
#include "api/object.h"
#include "check/kernels/view.h"
#include "report/check/check.h"
#include "report/deps/deps.h"
#include "report/diff/diff.h"
#include "report/images/images.h"
#include "report/log/log.h"
#include "report/show/show.h"

const char *ksurf_format(size_t i)
{
	return i < KS_NR_FORMATS ? ks_formats[i].name : NULL;
}

/** A format that any report has; NULL for a word that is none. */
static const struct ks_format_info *format_info(const char *word)
{
	enum ks_format format;
	struct ks_error *err = ks_format_find(KS_DOCUMENT_BIT(KS_NR_DOCUMENTS) - 1, word, &format);
	if (!err)
		return &ks_formats[format];
	ks_error_free(err);
	return NULL;
}

const char *ksurf_format_ending(const char *format)
{
	const struct ks_format_info *info = format_info(format);
	return info ? info->extension : NULL;
}

const char *ksurf_format_media_type(const char *format)
{
	const struct ks_format_info *info = format_info(format);
	return info ? info->media_type : NULL;
}

int ksurf_report_has(const char *report, const char *format)
{
	const struct ks_format_info *info = format_info(format);
	for (enum ks_document i = 0; info && i < KS_NR_DOCUMENTS; i++)
		if (strcmp(ks_documents[i].name, report) == 0)
			return ks_format_has(i, (enum ks_format)(info - ks_formats));
	return 0;
}

/** The format that options ask of a report. */
static struct ks_error *find_format(const struct ksurf_report_options *options,
				    enum ks_document document, enum ks_format *ret)
{
	return ks_format_find(KS_DOCUMENT_BIT(document), options->format, ret);
}

static struct ks_error *write_images(struct ks_store *store,
				     const struct ksurf_report_options *options, struct ks_buf *out)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	_cleanup_selection_ struct ks_selection sel = { 0 };
	struct ks_images_options how = { .columns = options->columns };
	KS_TRY(find_format(options, KS_DOCUMENT_IMAGES, &how.format));
	KS_TRY(ks_api_choose(store, options->images ? options->images : "*", &sel));
	return ks_images_write(&how, &sel, out);
}

struct ksurf_error *ksurf_report_images(struct ksurf_store *store,
					const struct ksurf_report_options *theirs, char **text,
					size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ksurf_report_options options = { 0 };
	struct ks_error *err = ks_api_options(&options, sizeof(options), theirs);
	if (!err)
		err = write_images(store->store, &options, &out);
	return ks_api_publish_text(err, &out, text, len);
}

/** What a report of a name needs, whatever it looks like. */
struct named {
	struct ks_store *store;
	struct ks_selection sel;
	struct ks_history history;
};

static struct ks_error *look_up(struct ks_store *store, const char *kind_name, const char *name,
				const char *images, struct named *named)
{
	enum ks_kind kind;
	KS_TRY(ks_api_kind(kind_name, &kind));
	KS_TRY(ks_api_choose(store, images, &named->sel));
	KS_TRY(ks_lookup_history(store, &named->sel.images, kind, name, &named->sel.arena,
				 &named->history));
	if (!ks_history_present(&named->history))
		return ks_lookup_unknown(store, &named->sel.images, kind, name);
	return NULL;
}

static struct ks_error *write_name(struct named *named, const struct ksurf_report_options *options,
				   struct ks_buf *out)
{
	_cleanup_view_ struct ks_view *view = NULL;
	_cleanup_report_ struct ks_report *report = NULL;
	enum ks_format format;
	KS_TRY(find_format(options, KS_DOCUMENT_SHOW, &format));
	KS_TRY(ks_view_over_store(named->store, &named->sel.images, true, &view));
	const struct ks_report_options how = {
		.color = options->color,
		.verbose = options->verbose,
		.columns = options->columns,
		.view = view,
	};
	KS_TRY(ks_report_new(format, named->sel.groups, &how, &report));
	return ks_report_write(report, &named->history, out);
}

static struct ks_error *write_log(struct named *named, const struct ksurf_report_options *options,
				  struct ks_buf *out)
{
	enum ks_format format;
	KS_TRY(find_format(options, KS_DOCUMENT_LOG, &format));
	const struct ks_log_options how = {
		.format = format,
		.patch = options->verbose,
		.color = options->color,
		.columns = options->columns,
	};
	return ks_log_write(named->sel.groups, &named->history, &how, out);
}

typedef struct ks_error *
write_named_fn(struct named *named, const struct ksurf_report_options *options, struct ks_buf *out);

static struct ks_error *look_up_and_write(const char *kind, const char *name,
					  const struct ksurf_report_options *options,
					  write_named_fn *write, struct named *named,
					  struct ks_buf *out)
{
	KS_TRY(ks_store_snapshot_begin(named->store));
	_cleanup_snapshot_ struct ks_store *snapshot = named->store;
	KS_TRY(look_up(named->store, kind, name, options->images, named));
	return write(named, options, out);
}

static struct ksurf_error *report_named(struct ksurf_store *store, const char *kind,
					const char *name, const struct ksurf_report_options *theirs,
					write_named_fn *write, char **text, size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ksurf_report_options options = { 0 };
	struct named named = { .store = store->store };
	struct ks_error *err = ks_api_options(&options, sizeof(options), theirs);
	if (!err)
		err = look_up_and_write(kind, name, &options, write, &named, &out);
	ks_selection_deinit(&named.sel);
	return ks_api_publish_text(err, &out, text, len);
}

struct ksurf_error *ksurf_report_name(struct ksurf_store *store, const char *kind, const char *name,
				      const struct ksurf_report_options *options, char **text,
				      size_t *len)
{
	return report_named(store, kind, name, options, write_name, text, len);
}

struct ksurf_error *ksurf_report_log(struct ksurf_store *store, const char *kind, const char *name,
				     const struct ksurf_report_options *options, char **text,
				     size_t *len)
{
	return report_named(store, kind, name, options, write_log, text, len);
}

struct ksurf_error *ksurf_report(struct ksurf_store *store, const char *kind, const char *name,
				 const char *format, char **text, size_t *len)
{
	const struct ksurf_report_options options = { sizeof(options), .format = format };
	return ksurf_report_name(store, kind, name, &options, text, len);
}

/** A report of differences, and the caller who hears how far it is. */
struct telling {
	struct ks_diff_report *report; // NULL: only counts are wanted
	struct ks_api_progress progress;
	size_t nr;
};

static struct ks_error *add_difference(const struct ks_difference *difference, void *arg)
{
	enum { TELL_EVERY = 256 };
	struct telling *telling = arg;
	if (telling->nr++ % TELL_EVERY == 0)
		KS_TRY(ks_api_tell(&telling->progress, "comparing names", telling->nr, 0));
	return telling->report ? ks_diff_report_add(difference, telling->report) : NULL;
}

static struct ks_error *write_diff(struct ks_store *store, const char *old, const char *new,
				   const struct ksurf_diff_options *what,
				   const struct ksurf_report_options *options, struct ks_buf *out)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	_cleanup_comparison_ struct ks_comparison pair = { 0 };
	_cleanup_diff_report_ struct ks_diff_report *report = NULL;
	struct ks_diff_scope scope;
	struct ks_summary summary;
	enum ks_format format;
	KS_TRY(find_format(options, KS_DOCUMENT_DIFF, &format));
	const struct ks_diff_options how = {
		.format = format,
		.details = options->verbose || what->kinds || what->glob || what->changes,
		.color = options->color,
		.columns = options->columns,
	};
	KS_TRY(ks_api_diff_scope(what, &scope));
	KS_TRY(ks_comparison_choose(store, old, new, &pair));
	if (what->modules)
		KS_TRY(ks_comparison_to_modules(&pair));
	scope.one_sided = how.details;
	KS_TRY(ks_diff_report_new(pair.old, pair.new, &scope, &how, &report));
	struct telling telling = { how.details ? report : NULL,
				   { what->progress, what->progress_arg },
				   0 };
	KS_TRY(ks_summary_make(store, pair.old, pair.new, &scope, add_difference, &telling,
			       &summary));
	return ks_diff_report_write(report, &summary, out);
}

struct ksurf_error *ksurf_report_diff(struct ksurf_store *store, const char *old_image,
				      const char *new_image,
				      const struct ksurf_diff_options *theirs,
				      const struct ksurf_report_options *their_options, char **text,
				      size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ksurf_diff_options what = { 0 };
	struct ksurf_report_options options = { 0 };
	struct ks_error *err = ks_api_options(&what, sizeof(what), theirs);
	if (!err)
		err = ks_api_options(&options, sizeof(options), their_options);
	if (!err)
		err = write_diff(store->store, old_image, new_image, &what, &options, &out);
	return ks_api_publish_text(err, &out, text, len);
}

/** A sheet for each object that can be read. @param arena holds them */
static struct ks_error *list_sheets(const struct ksurf_objects *objects, struct ks_arena *arena,
				    struct ks_deps_sheet **ret, size_t *ret_nr)
{
	size_t nr = 0;
	struct ks_deps_sheet *sheets = ks_arena_array(arena, objects->all.len, sizeof(*sheets));
	if (!sheets)
		return &ks_nomem;
	for (size_t i = 0; i < objects->all.len; i++)
		if (objects->all.at[i]->deps)
			sheets[nr++] = (struct ks_deps_sheet){ &objects->finds.at[i],
							       objects->all.at[i]->deps };
	*ret = sheets;
	*ret_nr = nr;
	return nr ? NULL : ks_error_new(KS_ERR_NOTFOUND, "there is no object that can be read");
}

/** These two leave the last end of line to whoever prints them. */
static void end_json(enum ks_format format, struct ks_buf *out)
{
	if (format == KS_FORMAT_JSON)
		ks_buf_char(out, '\n');
}

static struct ks_error *write_deps(const struct ksurf_objects *objects,
				   const struct ksurf_report_options *options, struct ks_buf *out)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_deps_sheet *sheets;
	size_t nr;
	struct ks_deps_options how = { .color = options->color, .columns = options->columns };
	KS_TRY(find_format(options, KS_DOCUMENT_DEPS, &how.format));
	KS_TRY(list_sheets(objects, &arena, &sheets, &nr));
	KS_TRY(ks_deps_write(&how, sheets, nr, out));
	end_json(how.format, out);
	return NULL;
}

static struct ks_error *write_counts(struct ks_store *store, const struct ksurf_objects *objects,
				     const char *base, const struct ksurf_report_options *options,
				     struct ks_buf *out)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_deps_sheet *sheets;
	size_t nr;
	struct ks_counting_options how = {
		.on = options->images,
		.base = base,
		.programs = options->verbose,
	};
	KS_TRY(find_format(options, KS_DOCUMENT_COUNTS, &how.format));
	KS_TRY(list_sheets(objects, &arena, &sheets, &nr));
	KS_TRY(ks_counting_write(store, &how, sheets, nr, out));
	end_json(how.format, out);
	return NULL;
}

struct ksurf_error *ksurf_report_counts(struct ksurf_store *store,
					const struct ksurf_objects *objects, const char *base,
					const struct ksurf_report_options *theirs, char **text,
					size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ksurf_report_options options = { 0 };
	struct ks_error *err = ks_api_options(&options, sizeof(options), theirs);
	if (!err)
		err = write_counts(store->store, objects, base, &options, &out);
	return ks_api_publish_text(err, &out, text, len);
}

struct ksurf_error *ksurf_report_deps(const struct ksurf_objects *objects,
				      const struct ksurf_report_options *theirs, char **text,
				      size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ksurf_report_options options = { 0 };
	struct ks_error *err = ks_api_options(&options, sizeof(options), theirs);
	if (!err)
		err = write_deps(objects, &options, &out);
	return ks_api_publish_text(err, &out, text, len);
}

/** How verdicts shall look. */
static struct ks_error *verdicts_look(const struct ksurf_report_options *theirs,
				      enum ks_document document, struct ks_check_report *ret)
{
	struct ksurf_report_options options = { 0 };
	enum ks_format format;
	KS_TRY(ks_api_options(&options, sizeof(options), theirs));
	KS_TRY(find_format(&options, document, &format));
	*ret = (struct ks_check_report){
		.format = format,
		.verbose = options.verbose,
		.color = options.color,
		.columns = options.columns,
		.fail_on = KS_VERDICT_RISK,
		.map = options.map,
		.here = options.here,
		.store = options.store,
		.time = options.time,
	};
	return NULL;
}

struct ksurf_error *ksurf_report_verdicts(const struct ksurf_verdicts *verdicts,
					  const struct ksurf_report_options *options, char **text,
					  size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_check_report how;
	struct ks_error *err = verdicts_look(options, KS_DOCUMENT_CHECK, &how);
	how.tools = verdicts->tools;
	if (!err)
		err = ks_check_write(&how, verdicts->checking.check, &out);
	return ks_api_publish_text(err, &out, text, len);
}

struct ksurf_error *ksurf_report_outcome(const struct ksurf_verdicts *verdicts, size_t program,
					 size_t image, const struct ksurf_report_options *options,
					 char **text, size_t *len)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_check_report how;
	struct ks_error *err = verdicts_look(options, KS_DOCUMENT_EXPLAIN, &how);
	if (!err && !ksurf_verdicts_at(verdicts, program, image))
		err = ks_error_new(KS_ERR_NOTFOUND, "there is no such program or image");
	if (!err) {
		const struct ks_check_cell cell = { program, image };
		err = ks_check_explain(&how, verdicts->checking.check, &cell, 1, &out);
	}
	return ks_api_publish_text(err, &out, text, len);
}

/** The first object of a collection that cannot be read is the error. */
static struct ksurf_error *refuse_damaged(struct ksurf_objects *objects)
{
	for (size_t i = 0; i < objects->finds.len; i++) {
		struct ks_bpf_found *found = &objects->finds.at[i];
		if (found->error)
			return ks_api_publish(ks_error_in_file(ks_take(found->error), found->path));
	}
	return NULL;
}

struct ksurf_error *ksurf_check(struct ksurf_store *store, const char *path, const char *images,
				const char *format, char **text, size_t *len)
{
	const struct ksurf_check_options what = { sizeof(what), .images = images };
	const struct ksurf_report_options how = { sizeof(how), .format = format };
	struct ksurf_objects *objects = NULL;
	struct ksurf_verdicts *verdicts = NULL;
	struct ksurf_error *err = ksurf_objects_new(&objects);
	if (!err)
		err = ksurf_objects_add_file(objects, path);
	if (!err)
		err = refuse_damaged(objects);
	if (!err)
		err = ksurf_verdicts_make(store, objects, &what, &verdicts);
	if (!err)
		err = ksurf_report_verdicts(verdicts, &how, text, len);
	ksurf_verdicts_free(verdicts);
	ksurf_objects_free(objects);
	return err;
}
