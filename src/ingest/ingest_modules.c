/* SPDX-License-Identifier: BSD-2-Clause */
/* Modules on their way into the store, behind the kernels they belong to. */
#include <string.h>

#include "ingest/private.h"
#include "source/load.h"
#include "source/modules.h"

/** A kernel of the store, and what its modules make together. */
struct home {
	const struct ks_store_image *image;
	struct ks_base_kernel *kernel;
	struct ks_modules *modules;
	const char *source; // the first that had some
	uint32_t nr_read, nr_failed;
	bool broken; // some source of its modules could not be read to the end
};

struct intake {
	struct ks_ingest *ingest;
	struct ks_store *store;
	struct ks_arena arena;
	struct ks_store_images images;
	KS_VECTOR(struct home) homes;
	const struct ks_ingest_module_source *reading;
	size_t last; // home of the source that is read; none: as many as there are
	char *globs_text;
	KS_VECTOR(const char *) globs;
};

/* ---- finding the kernel ---- */

/** The kernel of that release, the one that more is known of where there are several. */
static const struct ks_store_image *find_kernel(const struct intake *intake,
						const struct ks_image *wanted)
{
	const struct ks_store_image *best = NULL;
	for (size_t i = 0; i < intake->images.nr; i++) {
		const struct ks_image *image = &intake->images.at[i]->image;
		if (image->release && image->arch && strcmp(image->release, wanted->release) == 0 &&
		    strcmp(image->arch, wanted->arch) == 0 &&
		    (!best || image->tier < best->image.tier))
			best = intake->images.at[i];
	}
	return best;
}

/** Whoever asks wants to know which kernel it is, and no more. */
static bool is_enough(void *arg, const struct ks_image *image)
{
	(void)arg;
	(void)image;
	return true;
}

static struct ks_error *take_btf(struct ks_base_kernel *kernel, struct ks_ingest *ingest,
				 const struct ks_ingest_module_source *from)
{
	struct ks_ingest_teller teller = { ingest, from->name };
	const struct ks_progress progress = ks_ingest_progress(&teller);
	_cleanup_source_ struct ks_source *src = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	_cleanup_elf_ struct ks_elf *elf = NULL;
	const struct ks_extract_opts how = { .known = is_enough };
	if (from->from == KS_INGEST_PACKAGE)
		KS_TRY(ks_pull_open(from->name, from->pull ? from->pull : &ingest->opts.pull,
				    &progress, &src));
	else
		KS_TRY(ks_source_open(from->name, NULL, &src));
	KS_TRY(ks_source_surface(src, &how, &surface));
	if (!surface->image.release || strcmp(surface->image.release, kernel->image.release) != 0)
		return NULL;
	KS_TRY(ks_source_elf(src, &elf));
	return ks_base_kernel_read_btf(kernel, elf);
}

/** The BTF that modules continue is in the kernel that came with them, if one did. Of a package it is fetched once more. */
static void find_btf(const struct intake *intake, struct ks_base_kernel *kernel)
{
	struct ks_ingest *ingest = intake->ingest;
	for (size_t i = 0; i < ingest->module_sources.len && !kernel->btf; i++) {
		const struct ks_ingest_module_source *from = &ingest->module_sources.at[i];
		bool fetched = from->from == KS_INGEST_PACKAGE && from == intake->reading;
		if (from->may_have_kernel || fetched) // what is wrong with it was told before
			ks_error_free(take_btf(kernel, ingest, from));
	}
}

static struct ks_error *open_home(struct intake *intake, const struct ks_store_image *image)
{
	_cleanup_surface_ struct ks_surface *surface = NULL;
	struct home home = { .image = image };
	KS_TRY(ks_store_surface(intake->store, image, &surface));
	KS_TRY(ks_base_kernel_new(surface, &home.kernel));
	ks_surface_free(ks_take(surface));
	find_btf(intake, home.kernel);
	struct ks_error *err = ks_modules_new(home.kernel, &home.modules);
	if (!err && !ks_vector_add(&intake->homes, home))
		err = &ks_nomem;
	if (!err)
		return NULL;
	ks_modules_free(home.modules);
	ks_base_kernel_free(home.kernel);
	return err;
}

static struct ks_error *find_home(void *arg, const struct ks_image *kernel, struct ks_modules **ret)
{
	struct intake *intake = arg;
	const struct ks_store_image *image = find_kernel(intake, kernel);
	if (!image)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "modules of kernel %s (%s), which the store does not have: add "
				    "the kernel first",
				    kernel->release, kernel->arch);
	for (intake->last = 0; intake->last < intake->homes.len; intake->last++)
		if (intake->homes.at[intake->last].image == image)
			break;
	if (intake->last == intake->homes.len)
		KS_TRY(open_home(intake, image));
	*ret = intake->homes.at[intake->last].modules;
	return NULL;
}

/* ---- reading ---- */

static struct ks_error *split_globs(struct intake *intake, const char *text)
{
	if (strcmp(text, "all") == 0)
		return NULL;
	intake->globs_text = strdup(text);
	if (!intake->globs_text)
		return &ks_nomem;
	char *rest = intake->globs_text;
	for (char *glob; (glob = strsep(&rest, ","));)
		if (*glob && !ks_vector_add(&intake->globs, glob))
			return &ks_nomem;
	return intake->globs.len ? NULL
				 : ks_error_new(KS_ERR_USAGE,
						"--modules takes all, none, or globs with commas "
						"between them, such as 'ext4,nf_*'");
}

/** The package that the kernel came out of, which has all modules beside it. */
static bool is_home_package(const char *source, const struct ks_image *kernel)
{
	const char *slash = strrchr(source, '/');
	const char *name = slash ? slash + 1 : source;
	size_t len = kernel->package ? strlen(kernel->package) : 0;
	return len && strncmp(name, kernel->package, len) == 0 &&
	       strchr("_.:=", name[len]); // of a file, of apt's names; or the end
}

static struct ks_error *read_modules(struct intake *intake,
				     const struct ks_ingest_module_source *source,
				     struct ks_modules_report *report)
{
	struct ks_ingest *ingest = intake->ingest;
	struct ks_ingest_teller teller = { ingest, source->name };
	const struct ks_modules_opts opts = {
		.globs = (const char *const *)intake->globs.at,
		.nr_globs = intake->globs.len,
		.nr_threads = ingest->opts.nr_threads,
		.progress = ks_ingest_progress(&teller),
		.home = find_home,
		.home_arg = intake,
	};
	return source->from == KS_INGEST_PACKAGE
		       ? ks_pull_modules(source->name,
					 source->pull ? source->pull : &ingest->opts.pull, &opts,
					 report)
		       : ks_modules_path(source->name, &opts, report);
}

/** @param[out] left_out the first of the modules that could not be read where others could, or NULL */
static struct ks_error *read_source(struct intake *intake,
				    const struct ks_ingest_module_source *source,
				    struct ks_error **left_out)
{
	struct ks_modules_report report = { 0 };
	*left_out = NULL;
	intake->reading = source;
	intake->last = intake->homes.len;
	struct ks_error *err = read_modules(intake, source, &report);
	if (err && intake->last < intake->homes.len)
		intake->homes.at[intake->last].broken = true;
	if (err)
		return err;
	struct home *home = report.nr_added ? &intake->homes.at[intake->last] : NULL;
	if (home && !home->source)
		home->source = source->name;
	if (home)
		home->nr_failed += report.nr_failed;
	if (home && !report.nr_failed && !intake->globs.len &&
	    is_home_package(source->name, &home->image->image))
		ks_modules_are_whole(home->modules);
	if (!report.nr_added && !report.nr_failed)
		return ks_error_new(KS_ERR_NOTFOUND, "%s: no module in it is called '%s'",
				    source->name, intake->ingest->opts.modules);
	if (!report.nr_added)
		return report.first;
	*left_out = report.first;
	if (report.nr_failed > 1)
		*left_out = ks_error_wrap(report.first,
					  "%u of %u modules are left out, the first of them",
					  report.nr_failed, report.nr_failed + report.nr_added);
	return NULL;
}

/** Read all sources. What holds no module is told when none of them does: a kernel beside its modules need not have any. */
static struct ks_error *read_sources(struct intake *intake)
{
	struct ks_ingest *ingest = intake->ingest;
	_cleanup_error_ struct ks_error *none = NULL;
	const char *none_name = NULL;
	bool any = false;
	for (size_t i = 0; i < ingest->module_sources.len; i++) {
		const struct ks_ingest_module_source *source = &ingest->module_sources.at[i];
		struct ks_error *left_out;
		struct ks_error *err = read_source(intake, source, &left_out);
		any = any || !err;
		if (left_out)
			KS_TRY(ks_ingest_fail(ingest, source->name, left_out));
		if (err && err->code == KS_ERR_NOTFOUND && source->may_have_kernel && !none) {
			none = err;
			none_name = source->name;
		} else if (err) {
			KS_TRY(ks_ingest_fail(ingest, source->name, err));
		}
	}
	return none && !any ? ks_ingest_fail(ingest, none_name, ks_take(none)) : NULL;
}

/* ---- putting ---- */

/** What is missing in modules whose kernel's types were not at hand. */
static struct ks_error *tell_no_types(struct ks_ingest *ingest, const struct home *home)
{
	const struct ks_ingest_event event = {
		.type = KS_INGEST_NOTE,
		.source = home->source,
		.note = "no types and prototypes: the BTF of modules goes on where that of their "
			"kernel ends, and the store\n"
			"does not keep it; name the kernel's file (vmlinuz) or package in the same "
			"command",
	};
	return ks_ingest_tell(ingest, &event);
}

static struct ks_error *tell_result(struct ks_ingest *ingest, const struct home *home,
				    const struct ks_surface *surface,
				    const struct ks_put_result *result)
{
	if (result->added && !(surface->known & KS_KNOWS(KS_STRUCT)))
		ks_error_free(tell_no_types(ingest, home)); // a cancel shows again below
	const struct ks_ingest_modules modules = {
		.nr_read = home->nr_read,
		.nr_all = surface->image.nr_modules,
		.nr_failed = home->nr_failed,
	};
	const struct ks_ingest_event event = {
		.type = result->added ? KS_INGEST_ENRICHED : KS_INGEST_KNOWN,
		.source = home->source,
		.label = home->image->image.label,
		.put = result,
		.surface = surface,
		.modules = &modules,
	};
	return ks_ingest_tell(ingest, &event);
}

/** What the store has of the kernel's modules, or NULL. */
static struct ks_error *find_before(struct intake *intake, const struct home *home,
				    const struct ks_store_image **ret)
{
	*ret = NULL;
	KS_TRY(ks_store_images(intake->store, &intake->arena, &intake->images));
	for (size_t i = 0; i < intake->images.nr; i++)
		if (intake->images.at[i]->id == home->image->id)
			*ret = intake->images.at[i]->modules;
	return NULL;
}

/** Put a surface's modules before those that were read: under one name the former stay. */
static struct ks_error *put_behind(struct home *home, const struct ks_surface *before)
{
	_cleanup_surface_ struct ks_surface *read = NULL;
	_cleanup_modules_ struct ks_modules *all = NULL;
	KS_TRY(ks_modules_finish(home->modules, &read));
	ks_modules_free(ks_take(home->modules));
	KS_TRY(ks_modules_new(home->kernel, &all));
	KS_TRY(ks_modules_join(all, before));
	KS_TRY(ks_modules_join(all, read));
	home->modules = ks_take(all);
	return NULL;
}

/** Beside the modules that were read go those that the store has; what tells more of a module stays. */
static struct ks_error *join_before(struct intake *intake, struct home *home,
				    const struct ks_store_image *before)
{
	_cleanup_surface_ struct ks_surface *surface = NULL;
	const char *digest = ks_modules_digest(home->modules);
	if (!digest)
		return &ks_nomem;
	if (before->image.digest && strcmp(before->image.digest, digest) == 0)
		return NULL; // they are the same
	KS_TRY(ks_store_surface(intake->store, before, &surface));
	if (before->image.tier < ks_modules_tier(home->modules))
		return put_behind(home, surface);
	return ks_modules_join(home->modules, surface);
}

/** One try. When another process put modules meanwhile, they are to be joined, too. */
static struct ks_error *try_to_put(struct intake *intake, struct home *home,
				   struct ks_surface **ret, struct ks_put_result *result)
{
	const struct ks_store_image *before;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	KS_TRY(find_before(intake, home, &before));
	if (before)
		KS_TRY(join_before(intake, home, before));
	KS_TRY(ks_modules_finish(home->modules, &surface));
	ks_modules_free(ks_take(home->modules));
	KS_TRY(ks_store_put_modules(intake->store, surface, before ? before->image.digest : NULL,
				    intake->ingest->opts.nr_threads, result));
	if (result->outdated) {
		KS_TRY(ks_modules_new(home->kernel, &home->modules));
		KS_TRY(ks_modules_join(home->modules, surface));
	}
	*ret = ks_take(surface);
	return NULL;
}

static struct ks_error *put(struct intake *intake, struct home *home)
{
	_cleanup_surface_ struct ks_surface *surface = NULL;
	struct ks_put_result result = { .outdated = true };
	home->nr_read = ks_modules_nr(home->modules);
	if (home->broken || !home->nr_read)
		return NULL;
	while (result.outdated) {
		KS_TRY(ks_cancel_check(intake->ingest->opts.cancel));
		ks_surface_free(ks_take(surface));
		KS_TRY(try_to_put(intake, home, &surface, &result));
	}
	struct ks_error *err = tell_result(intake->ingest, home, surface, &result);
	free(result.label);
	return err;
}

static struct ks_error *run(struct intake *intake)
{
	KS_TRY(split_globs(intake, intake->ingest->opts.modules));
	KS_TRY(ks_store_images(intake->store, &intake->arena, &intake->images));
	KS_TRY(read_sources(intake));
	for (size_t i = 0; i < intake->homes.len; i++)
		KS_TRY(put(intake, &intake->homes.at[i]));
	return NULL;
}

struct ks_error *ks_ingest_modules_run(struct ks_ingest *ingest)
{
	struct intake intake = { .ingest = ingest, .store = ingest->store };
	struct ks_error *err = run(&intake);
	for (size_t i = 0; i < intake.homes.len; i++) {
		ks_modules_free(intake.homes.at[i].modules);
		ks_base_kernel_free(intake.homes.at[i].kernel);
	}
	ks_vector_deinit(&intake.homes);
	ks_vector_deinit(&intake.globs);
	free(intake.globs_text);
	ks_arena_deinit(&intake.arena);
	return err;
}
