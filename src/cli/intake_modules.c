/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/intake_modules.h"

#include <string.h>

#include "base/vector.h"
#include "source/load.h"

/** A kernel of the store, and what its modules make together. */
struct home {
	const struct ks_store_image *image;
	struct ks_base_kernel *kernel;
	struct ks_modules *modules;
	uint32_t nr_read, nr_failed;
	bool broken; // some source of its modules could not be read to the end
};

struct intake {
	struct ks_cli *cli;
	struct ks_store *store;
	struct ks_json *json;
	struct ks_arena arena;
	struct ks_store_images images;
	KS_VECTOR(struct home) homes;
	const struct ks_intake_modules *given;
	size_t last; // home of the source that is read; none: as many as there are
	char *globs_text;
	KS_VECTOR(const char *) globs;
};

bool ks_modules_wanted(const char *value)
{
	return value && strcmp(value, "none") != 0;
}

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

static struct ks_error *take_btf(struct ks_base_kernel *kernel, const char *path)
{
	_cleanup_source_ struct ks_source *src = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	_cleanup_elf_ struct ks_elf *elf = NULL;
	const struct ks_extract_opts how = { .known = is_enough };
	KS_TRY(ks_source_open(path, NULL, &src));
	KS_TRY(ks_source_surface(src, &how, &surface));
	if (!surface->image.release || strcmp(surface->image.release, kernel->image.release) != 0)
		return NULL;
	KS_TRY(ks_source_elf(src, &elf));
	return ks_base_kernel_read_btf(kernel, elf);
}

/** The BTF that modules continue is in the kernel that came with them, if one did. */
static void find_btf(const struct intake *intake, struct ks_base_kernel *kernel)
{
	for (size_t i = 0; i < intake->given->nr && !kernel->btf; i++)
		if (intake->given->sources[i].path) // what is wrong with it was told before
			ks_error_free(take_btf(kernel, intake->given->sources[i].path));
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
static bool is_home_package(const struct ks_intake_source *source, const struct ks_image *kernel)
{
	const char *slash = strrchr(source->what, '/');
	const char *name = slash ? slash + 1 : source->what;
	size_t len = kernel->package ? strlen(kernel->package) : 0;
	return len && strncmp(name, kernel->package, len) == 0 &&
	       strchr("_.:=", name[len]); // of a file, of apt's names; or the end
}

static struct ks_error *read_source(struct intake *intake, const struct ks_intake_source *source)
{
	const struct ks_modules_opts opts = {
		.globs = (const char *const *)intake->globs.at,
		.nr_globs = intake->globs.len,
		.nr_threads = ks_cli_threads(intake->cli),
		.home = find_home,
		.home_arg = intake,
	};
	struct ks_modules_report report = { 0 };
	intake->last = intake->homes.len;
	struct ks_error *err = source->read(intake->cli, source->arg, &opts, &report);
	ks_draw_erase(&intake->cli->draw);
	if (err && intake->last < intake->homes.len)
		intake->homes.at[intake->last].broken = true;
	if (err)
		return err;
	struct home *home = report.nr_added ? &intake->homes.at[intake->last] : NULL;
	if (home)
		home->nr_failed += report.nr_failed;
	if (home && !report.nr_failed && !intake->globs.len &&
	    is_home_package(source, &home->image->image))
		ks_modules_are_whole(home->modules);
	if (!report.nr_added && !report.nr_failed)
		return ks_error_new(KS_ERR_NOTFOUND, "%s: no module is called so", source->what);
	if (!report.nr_added)
		return report.first;
	struct ks_error *first = report.first;
	if (first && report.nr_failed > 1)
		first = ks_error_wrap(first, "%u of %u modules are left out, the first of them",
				      report.nr_failed, report.nr_failed + report.nr_added);
	if (first)
		ks_cli_fail(intake->cli, first);
	return NULL;
}

/* ---- putting ---- */

static void report_line(const struct home *home, const struct ks_surface *surface,
			const struct ks_put_result *result)
{
	uint32_t all = surface->image.nr_modules;
	if (!result->added) {
		printf("%s: modules are in the store already\n", home->image->image.label);
		return;
	}
	printf("%s: added %u module%s, ", home->image->image.label, home->nr_read,
	       home->nr_read == 1 ? "" : "s");
	if (all != home->nr_read)
		printf("%u in all, ", all);
	printf("%.1f MB, %zu functions, %zu structs, %zu tracepoints\n",
	       (double)result->bytes / 1e6, surface->nr_functions, surface->decls[KS_STRUCT].nr,
	       surface->nr_tracepoints);
	if (!(surface->known & KS_KNOWS(KS_STRUCT)))
		printf("    no types and prototypes: the BTF of modules goes on where that of "
		       "their "
		       "kernel ends, and the store\n    does not keep it; name the kernel's file "
		       "(vmlinuz) or package in the same command\n");
}

static void report_json(struct ks_json *json, const struct home *home,
			const struct ks_surface *surface, const struct ks_put_result *result)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "modules_of", home->image->image.label);
	ks_json_key_u64(json, "modules", home->nr_read);
	ks_json_key_u64(json, "modules_in_all", surface->image.nr_modules);
	ks_json_key_u64(json, "failed", home->nr_failed);
	ks_json_key_bool(json, "added", result->added);
	ks_json_key_u64(json, "bytes", result->bytes);
	ks_json_key_u64(json, "definitions", result->nr_definitions);
	ks_json_key_u64(json, "new_definitions", result->nr_new_definitions);
	ks_json_close(json, '}');
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
				    ks_cli_threads(intake->cli), result));
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
		ks_surface_free(ks_take(surface));
		KS_TRY(try_to_put(intake, home, &surface, &result));
	}
	ks_draw_erase(&intake->cli->draw);
	if (intake->json)
		report_json(intake->json, home, surface, &result);
	else if (!intake->cli->quiet)
		report_line(home, surface, &result);
	free(result.label);
	return NULL;
}

static struct ks_error *run(struct intake *intake, const struct ks_intake_modules *modules)
{
	KS_TRY(split_globs(intake, modules->wanted));
	KS_TRY(ks_store_images(intake->store, &intake->arena, &intake->images));
	_cleanup_error_ struct ks_error *none = NULL; // what held no module
	bool any = false;
	for (size_t i = 0; i < modules->nr; i++) {
		struct ks_error *err = read_source(intake, &modules->sources[i]);
		any = any || !err;
		if (err && err->code == KS_ERR_NOTFOUND && modules->sources[i].path && !none)
			none = err;
		else if (err)
			ks_cli_fail(intake->cli, err);
	}
	if (none && !any) // a kernel beside its modules need not hold any itself
		ks_cli_fail(intake->cli, ks_take(none));
	for (size_t i = 0; i < intake->homes.len; i++)
		KS_TRY(put(intake, &intake->homes.at[i]));
	return NULL;
}

struct ks_error *ks_modules_intake(struct ks_cli *cli, struct ks_store *store,
				   const struct ks_intake_modules *modules, struct ks_json *json)
{
	struct intake intake = { .cli = cli, .store = store, .json = json, .given = modules };
	struct ks_error *err = run(&intake, modules);
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
