/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking apart what the user names: single images, and where modules may be. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pool.h"
#include "ingest/private.h"
#include "source/net/suites_share.h"
#include "source/package/pair.h"

bool ks_ingest_wants_modules(const char *value)
{
	return value && strcmp(value, "none") != 0;
}

static struct ks_error *add_item(struct ks_ingest *ingest, const struct ks_ingest_item *item)
{
	return ks_vector_add(&ingest->items, *item) ? NULL : &ks_nomem;
}

static struct ks_error *add_module_source(struct ks_ingest *ingest,
					  const struct ks_ingest_module_source *source)
{
	return ks_vector_add(&ingest->module_sources, *source) ? NULL : &ks_nomem;
}

/* ---- paths ---- */

static struct ks_error *add_dataset(struct ks_ingest *ingest, const char *path)
{
	struct ks_dataset *ds;
	KS_TRY(ks_dataset_open(path, &ds));
	if (!ks_vector_add(&ingest->datasets, ds)) {
		ks_dataset_close(ds);
		return &ks_nomem;
	}
	for (size_t i = 0; i < ks_dataset_count(ds); i++)
		KS_TRY(add_item(ingest,
				&(const struct ks_ingest_item){ .name = path, .ds = ds, .nr = i }));
	return NULL;
}

/** The kernels that lie in a folder, each with the package of its configuration. */
static struct ks_error *add_folder(struct ks_ingest *ingest, const char *path, const char *config)
{
	struct ks_scan *scan = ks_vector_push(&ingest->scans);
	if (!scan)
		return &ks_nomem;
	*scan = (struct ks_scan){ 0 };
	KS_TRY(ks_scan_folder(path, scan));
	if (scan->loop && !ingest->opts.strict)
		KS_TRY(ks_ingest_fail(
			ingest, scan->loop,
			ks_error_in_file(
				ks_error_new(KS_ERR_IO, "left out: a link that leads to itself"),
				scan->loop)));
	_cleanup_free_ size_t *config_of = calloc(scan->nr + 1, sizeof(*config_of));
	if (!config_of)
		return &ks_nomem;
	KS_TRY(ks_source_pair((const char *const *)scan->paths, scan->nr, config_of));
	for (size_t i = 0; i < scan->nr; i++) {
		struct ks_ingest_item item = {
			.name = scan->paths[i],
			.config = config,
			.found = true,
		};
		if (config_of[i] == KS_IS_COMPANION || config_of[i] == KS_BRINGS_MODULES)
			continue;
		if (config_of[i] != KS_NO_PAIR && !config)
			item.config = scan->paths[config_of[i]];
		KS_TRY(add_item(ingest, &item));
	}
	return NULL;
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/** "running" and "live" are the running kernel, unless there is a file of that name. */
static bool is_live(const char *path)
{
	return (strcmp(path, "running") == 0 || strcmp(path, "live") == 0) &&
	       access(path, F_OK) != 0;
}

/** A folder that is a dataset, or else one that kernels may lie in. */
static struct ks_error *add_dir(struct ks_ingest *ingest, const char *path, const char *config,
				bool modules)
{
	struct ks_error *err = add_dataset(ingest, path);
	bool is_dataset = !err || err->code != KS_ERR_UNSUPPORTED;
	if (is_dataset && modules)
		ingest->module_sources.len--; // no modules there
	if (is_dataset)
		return err;
	ks_error_free(err);
	err = add_folder(ingest, path, config);
	if (modules && err && err->code == KS_ERR_UNSUPPORTED)
		ks_error_free(ks_take(err));
	return err;
}

/** Take one path apart: an image, a package, a dataset, or something that is only there for its modules. */
static struct ks_error *add_path(struct ks_ingest *ingest, const char *path, const char *config)
{
	char name[KS_MODULE_NAME_MAX];
	bool modules = ks_ingest_wants_modules(ingest->opts.modules);
	bool is_module = ks_module_name(path, name, sizeof(name));
	struct ks_ingest_item item = { .name = path, .config = config };
	if (is_live(path)) {
		item.from = KS_INGEST_LIVE;
		return add_item(ingest, &item);
	}
	const struct ks_ingest_module_source source = {
		.name = path,
		.may_have_kernel = !is_dir(path) && !is_module,
	};
	if (modules)
		KS_TRY(add_module_source(ingest, &source));
	if (modules && is_module)
		return NULL;
	return is_dir(path) ? add_dir(ingest, path, config, modules) : add_item(ingest, &item);
}

/** A path of many. @param mate the path that it goes with, or what ks_source_pair() says instead */
static struct ks_error *add_paired(struct ks_ingest *ingest, const char *const *paths, size_t nr,
				   size_t mate)
{
	const struct ks_ingest_module_source source = { .name = paths[nr] };
	const char *config = ingest->opts.config;
	if (mate == KS_BRINGS_MODULES && ks_ingest_wants_modules(ingest->opts.modules))
		KS_TRY(add_module_source(ingest, &source));
	if (mate == KS_IS_COMPANION || mate == KS_BRINGS_MODULES)
		return NULL;
	if (mate != KS_NO_PAIR && !config)
		config = paths[mate];
	struct ks_error *err = add_path(ingest, paths[nr], config);
	return err ? ks_ingest_fail(ingest, paths[nr], ks_error_in_file(err, paths[nr])) : NULL;
}

/* ---- any source ---- */

struct ks_error *ks_ingest_add_first(struct ks_ingest *ingest, struct ks_ingest_set *set,
				     size_t first, size_t nr)
{
	const char *const *names = &set->kernels.packages.at[first];
	KS_TRY(ks_ingest_add_package(ingest, names[0], &set->kernels.pull));
	struct ks_ingest_item *item = &ingest->items.at[ingest->items.len - 1];
	item->spares = names + 1;
	item->nr_spares = nr - 1;
	item->set = set;
	return NULL;
}

struct ks_error *ks_ingest_add_package(struct ks_ingest *ingest, const char *name,
				       const struct ks_pull_opts *pull)
{
	const struct ks_ingest_module_source modules = {
		.from = KS_INGEST_PACKAGE,
		.name = name,
		.pull = pull,
	};
	if (ks_ingest_wants_modules(ingest->opts.modules))
		KS_TRY(add_module_source(ingest, &modules));
	return add_item(ingest, &(const struct ks_ingest_item){ .from = KS_INGEST_PACKAGE,
								.name = name,
								.config = ingest->opts.config,
								.pull = pull });
}

/** A package that was named by itself. */
static struct ks_error *add_package(struct ks_ingest *ingest, const char *name)
{
	if (ingest->opts.since)
		return ks_ingest_fail(
			ingest, name,
			ks_error_new(KS_ERR_USAGE,
				     "%s: no set of kernels, such as debian:12; what is no set is "
				     "pulled",
				     name));
	if (ingest->opts.last || ingest->opts.debug)
		return ks_ingest_fail(
			ingest, name,
			ks_error_new(KS_ERR_USAGE,
				     "%s: no set of kernels, such as debian:12; --last and --debug "
				     "choose what is taken of a set",
				     name));
	return ks_ingest_add_package(ingest, name, NULL);
}

/** A kernel of the plan, by the checksum of its package. */
static struct ks_error *add_planned(struct ks_ingest *ingest, const char *sha256)
{
	const struct ks_pull_plan *plan = ingest->opts.plan;
	const struct ks_pull_plan_kernel *kernel = plan ? ks_pull_plan_find(plan, sha256) : NULL;
	if (!kernel)
		return ks_error_new(KS_ERR_USAGE, "%s: no package of the plan", sha256);
	struct ks_pull_opts *pull = malloc(sizeof(*pull));
	if (!pull || !ks_vector_add(&ingest->planned, pull)) {
		free(pull);
		return &ks_nomem;
	}
	*pull = ingest->opts.pull;
	pull->planned = kernel;
	return ks_ingest_add_package(ingest, kernel->package, pull);
}

/** What is fetched by its name. */
static struct ks_error *add_remote(struct ks_ingest *ingest, const struct ks_ingest_source *source)
{
	bool modules = ks_ingest_wants_modules(ingest->opts.modules);
	if (modules && source->from == KS_INGEST_BUILD_ID)
		return ks_error_new(KS_ERR_USAGE, "a debuginfod server has no modules by the build "
						  "id of their kernel");
	if (source->from == KS_INGEST_PLANNED)
		return add_planned(ingest, source->name);
	if (source->from == KS_INGEST_PACKAGE) {
		bool is_set;
		KS_TRY(ks_ingest_add_set(ingest, source->name, &is_set));
		return is_set ? NULL : add_package(ingest, source->name);
	}
	return add_item(ingest, &(const struct ks_ingest_item){ .from = source->from,
								.name = source->name,
								.config = ingest->opts.config });
}

/** @param paths, mates  of the paths among the sources */
static struct ks_error *add_sources(struct ks_ingest *ingest,
				    const struct ks_ingest_source *sources, size_t nr,
				    const char *const *paths, const size_t *mates)
{
	size_t nr_paths = 0;
	for (size_t i = 0; i < nr; i++) {
		if (sources[i].from != KS_INGEST_PATH) {
			KS_TRY(add_remote(ingest, &sources[i]));
			continue;
		}
		KS_TRY(add_paired(ingest, paths, nr_paths, mates[nr_paths]));
		nr_paths++;
	}
	return NULL;
}

static struct ks_error *add_all(struct ks_ingest *ingest, const struct ks_ingest_source *sources,
				size_t nr)
{
	const char **paths = ingest->paths = calloc(nr + 1, sizeof(*paths));
	_cleanup_free_ size_t *mates = calloc(nr + 1, sizeof(*mates));
	if (!paths || !mates)
		return &ks_nomem;
	size_t nr_paths = 0;
	for (size_t i = 0; i < nr; i++)
		if (sources[i].from == KS_INGEST_PATH)
			paths[nr_paths++] = sources[i].name;
	ingest->nr_paths = nr_paths;
	KS_TRY(ks_source_pair(paths, nr_paths, mates));
	return add_sources(ingest, sources, nr, paths, mates);
}

/* ---- the whole ---- */

static void fill_in(struct ks_ingest *ingest)
{
	struct ks_ingest_opts *opts = &ingest->opts;
	if (!opts->nr_threads)
		opts->nr_threads = ks_pool_default_threads();
	if (!opts->cancel)
		opts->cancel = &ingest->own_cancel;
	opts->pull.config = opts->config;
	opts->pull.http.cancel = opts->cancel;
}

struct ks_error *ks_ingest_open(const struct ks_ingest_source *sources, size_t nr,
				const struct ks_ingest_opts *opts, struct ks_ingest **ret)
{
	_cleanup_ingest_ struct ks_ingest *ingest = calloc(1, sizeof(*ingest));
	if (!ingest)
		return &ks_nomem;
	pthread_mutex_init(&ingest->telling, NULL);
	pthread_mutex_init(&ingest->lock, NULL);
	pthread_cond_init(&ingest->moved, NULL);
	ingest->opts = *opts;
	fill_in(ingest);
	ingest->shared = ks_suites_share();
	if (!ingest->shared)
		return &ks_nomem;
	ingest->opts.pull.shared = ingest->shared;
	KS_TRY(add_all(ingest, sources, nr));
	*ret = ks_take(ingest);
	return NULL;
}

bool ks_ingest_is_empty(const struct ks_ingest *ingest)
{
	return !ingest->items.len && !ingest->module_sources.len;
}

void ks_ingest_close(struct ks_ingest *ingest)
{
	if (!ingest)
		return;
	for (size_t i = 0; i < ingest->datasets.len; i++)
		ks_dataset_close(ingest->datasets.at[i]);
	for (size_t i = 0; i < ingest->scans.len; i++)
		ks_scan_deinit(&ingest->scans.at[i]);
	ks_ingest_free_sets(ingest);
	for (size_t i = 0; i < ingest->planned.len; i++)
		free(ingest->planned.at[i]);
	ks_vector_deinit(&ingest->planned);
	ks_suites_unshare(ingest->shared);
	free(ingest->paths);
	ks_vector_deinit(&ingest->datasets);
	ks_vector_deinit(&ingest->scans);
	ks_vector_deinit(&ingest->items);
	ks_vector_deinit(&ingest->module_sources);
	pthread_cond_destroy(&ingest->moved);
	pthread_mutex_destroy(&ingest->lock);
	pthread_mutex_destroy(&ingest->telling);
	free(ingest);
}
