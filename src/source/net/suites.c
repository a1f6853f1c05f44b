/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/suites.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/memory.h"
#include "source/net/apt.h"
#include "source/net/mirror_list.h"

/** Something that may fail, and be tried again. */
struct attempt {
	unsigned int failed_at; // which failure of the archive's its last one is; 0: none
	struct ks_error *failure;
};

struct open_suite {
	struct ks_suite *suite;
	struct attempt reading, installer; // of its lists, and of those of Debian's installer
};

struct ks_suites {
	struct ks_arena arena; // of the texts of opts
	struct ks_pull_opts opts;
	char *native; // this machine's architecture
	const char *arch;
	char *names; // of the suites that are wanted, each ended by a NUL; NULL: any
	size_t names_len;

	pthread_mutex_t lock;	     // of what follows
	struct ks_progress progress; // of who has the lock; suites point here
	atomic_uint nr_failed;
	unsigned int entered_at; // failures there were when who has the lock began to wait for it
	bool is_open;
	struct attempt opening;
	KS_VECTOR(struct open_suite) list;
	bool has_repos;
	struct ks_apt_repos repos;
	struct ks_error *first;	   // of the servers that could not be asked
	struct ks_error *left_out; // of lists that are read when they are opened
};

/* ---- attempts ---- */

static void attempt_deinit(struct attempt *attempt)
{
	ks_error_free(attempt->failure);
	*attempt = (struct attempt){ 0 };
}

/** @return the failure that somebody else met while this thread waited; NULL: try */
static struct ks_error *failed_meanwhile(const struct ks_suites *all, const struct attempt *attempt)
{
	return attempt->failed_at > all->entered_at ? ks_error_copy(attempt->failure) : NULL;
}

/** Keep a failure for those who wait. Passes it through. */
static struct ks_error *note_failure(struct ks_suites *all, struct attempt *attempt,
				     struct ks_error *err)
{
	if (!err || err == &ks_nomem || err->code == KS_ERR_CANCELLED)
		return err;
	ks_error_free(attempt->failure);
	attempt->failure = ks_error_copy(err);
	attempt->failed_at = atomic_fetch_add(&all->nr_failed, 1) + 1;
	all->entered_at = attempt->failed_at; // this thread may ask again
	return err;
}

/* ---- suites ---- */

/** @param repo the source of apt that the archive is; NULL: found by its URL */
static struct ks_error *find_keys(const struct ks_pull_opts *opts, const struct ks_apt_repo *repo,
				  struct ks_keys *keys)
{
	if (opts->allow_unsigned)
		return NULL;
	if (opts->keyring)
		return ks_error_wrap(
			ks_keys_add_file(keys, opts->keyring),
			"the keys of the archive (a package of the distribution has "
			"them; --keyring names others, --allow-unsigned does without)");
	if (opts->kind != KS_REPO_DEB) // apt's keys are not meant for them
		return NULL;
	return repo ? ks_keys_add_repo(keys, repo) : ks_keys_add_url(keys, opts->mirror);
}

static struct ks_error *open_suite(struct ks_suites *all, const char *url, const char *name,
				   const struct ks_apt_repo *repo)
{
	const struct ks_pull_opts *opts = &all->opts;
	_cleanup_keys_ struct ks_keys keys = { 0 };
	KS_TRY(find_keys(opts, repo, &keys));
	const struct ks_mirror m = {
		.kind = opts->kind,
		.url = url,
		.suite = name,
		.arch = all->arch,
		.keys = opts->allow_unsigned ? NULL : &keys,
		.signs_packages = opts->signs_packages,
		.cache_dir = opts->cache_dir,
		.http = opts->http,
		.progress = &all->progress,
	};
	_cleanup_suite_ struct ks_suite *suite = NULL;
	KS_TRY(ks_suite_open(&m, &suite));
	struct open_suite *open = ks_vector_push(&all->list);
	if (!open)
		return &ks_nomem;
	*open = (struct open_suite){ .suite = ks_take(suite) };
	return NULL;
}

static bool is_suite(const struct ks_apt_repo *repo, const char *name)
{
	return strcmp(name, repo->suite) == 0 || strcmp(name, repo->codename) == 0;
}

/** Open a suite of a server. One that cannot be asked is left to the others. */
static struct ks_error *try_suite(struct ks_suites *all, const char *url, const char *name,
				  const struct ks_apt_repo *repo)
{
	struct ks_error *err = open_suite(all, url, name, repo);
	if (!err || err == &ks_nomem || err->code == KS_ERR_CANCELLED)
		return err;
	ks_error_keep_first(&all->first, err);
	return NULL;
}

/** Whether the servers before this source are others: a suite is looked for once on each. */
static bool is_first_of_server(const struct ks_apt_repos *repos, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (strcmp(repos->list.at[i].uri, repos->list.at[nr].uri) == 0)
			return false;
	return true;
}

/** A suite by its name on apt's servers: those that have it, or else any of them may. */
static struct ks_error *open_on_repos(struct ks_suites *all, const char *name)
{
	const struct ks_apt_repos *repos = &all->repos;
	bool by_name = false;
	for (size_t i = 0; i < repos->list.len; i++)
		by_name = by_name || is_suite(&repos->list.at[i], name);
	for (size_t i = 0; i < repos->list.len; i++) {
		const struct ks_apt_repo *repo = &repos->list.at[i];
		bool wanted = by_name ? is_suite(repo, name) : is_first_of_server(repos, i);
		if (wanted && ks_http_serves(repo->uri))
			KS_TRY(try_suite(all, repo->uri, name, repo));
	}
	return NULL;
}

/** Every suite that apt has. */
static struct ks_error *open_repos(struct ks_suites *all)
{
	for (size_t i = 0; i < all->repos.list.len; i++) {
		const struct ks_apt_repo *repo = &all->repos.list.at[i];
		if (ks_http_serves(repo->uri))
			KS_TRY(try_suite(all, repo->uri, repo->codename, repo));
	}
	return NULL;
}

static struct ks_error *open_names(struct ks_suites *all, const char *url)
{
	for (size_t at = 0; at < all->names_len; at += strlen(all->names + at) + 1)
		KS_TRY(try_suite(all, url, all->names + at, NULL));
	return NULL;
}

/** The first mirrors of a list, until one has what is wanted. */
static struct ks_error *open_mirrors(struct ks_suites *all)
{
	enum { LIST_MAX = 4 << 20, MIRRORS_MAX = 4 };
	_cleanup_buf_ struct ks_buf text = { 0 }, url = { 0 };
	const struct ks_pull_opts *opts = &all->opts;
	KS_TRY(ks_http_get(opts->mirrors, &opts->http, LIST_MAX, &text));
	const char *at = ks_buf_text(&text);
	if (!at)
		return &ks_nomem;
	for (int i = 0; i < MIRRORS_MAX && !all->list.len && ks_mirror_list_next(&at, &url); i++) {
		ks_error_free(ks_take(all->first)); // of the mirror before
		KS_TRY(open_names(all, url.at));
	}
	if (!all->list.len && !all->first)
		return ks_error_in_file(ks_error_new(KS_ERR_DATA, "no mirrors in it"),
					opts->mirrors);
	return NULL;
}

/** Lists of other archives than Debian's are read when they are opened: one that failed may have had a newer kernel. */
static void note_left_out(struct ks_suites *all)
{
	if (all->opts.kind != KS_REPO_DEB && all->list.len && !all->left_out)
		all->left_out = ks_take(all->first);
}

static struct ks_error *ask_servers(struct ks_suites *all)
{
	const char *mirror = all->opts.mirror;
	const struct ks_apt_repos *repos;
	if (mirror || all->opts.mirrors) {
		KS_TRY(mirror ? open_names(all, mirror) : open_mirrors(all));
		note_left_out(all);
		return NULL;
	}
	KS_TRY(ks_suites_repos(all, &repos));
	if (!all->names)
		return open_repos(all);
	for (size_t at = 0; at < all->names_len; at += strlen(all->names + at) + 1)
		KS_TRY(open_on_repos(all, all->names + at));
	return NULL;
}

/** As if nobody had been asked. */
static void close_all(struct ks_suites *all)
{
	for (size_t i = 0; i < all->list.len; i++) {
		ks_suite_close(all->list.at[i].suite);
		attempt_deinit(&all->list.at[i].reading);
		attempt_deinit(&all->list.at[i].installer);
	}
	all->list.len = 0;
	ks_error_free(ks_take(all->first));
	ks_error_free(ks_take(all->left_out));
}

static struct ks_error *open_them(struct ks_suites *all)
{
	struct ks_error *err = ask_servers(all);
	if (!err && !all->list.len)
		err = ks_take(all->first);
	if (err)
		close_all(all);
	all->is_open = !err;
	return err;
}

struct ks_error *ks_suites_open(struct ks_suites *all)
{
	if (all->is_open)
		return NULL;
	struct ks_error *err = failed_meanwhile(all, &all->opening);
	return err ? err : note_failure(all, &all->opening, open_them(all));
}

/* ---- looking into them ---- */

size_t ks_suites_nr(const struct ks_suites *all)
{
	return all->list.len;
}

const struct ks_suite *ks_suites_at(const struct ks_suites *all, size_t nr)
{
	return all->list.at[nr].suite;
}

struct ks_error *ks_suites_find(struct ks_suites *all, size_t nr, const char *name, size_t len,
				const char *version, struct ks_stanza *ret)
{
	struct open_suite *open = &all->list.at[nr];
	struct attempt *attempt =
		ks_suite_is_of_installer(name, len) ? &open->installer : &open->reading;
	struct ks_error *err = failed_meanwhile(all, attempt);
	return err ? err
		   : note_failure(all, attempt,
				  ks_suite_find(open->suite, name, len, version, ret));
}

struct ks_error *ks_suites_packages(struct ks_suites *all, size_t nr,
				    const struct ks_packages **ret)
{
	struct open_suite *open = &all->list.at[nr];
	struct ks_error *err = failed_meanwhile(all, &open->reading);
	return err ? err : note_failure(all, &open->reading, ks_suite_packages(open->suite, ret));
}

const struct ks_error *ks_suites_left_out(const struct ks_suites *all)
{
	return all->left_out;
}

struct ks_error *ks_suites_repos(struct ks_suites *all, const struct ks_apt_repos **ret)
{
	if (!all->has_repos)
		KS_TRY(ks_apt_repos(&all->repos));
	all->has_repos = true;
	*ret = &all->repos;
	return NULL;
}

void ks_suites_enter(struct ks_suites *all, const struct ks_progress *progress)
{
	unsigned int nr_failed = atomic_load(&all->nr_failed);
	pthread_mutex_lock(&all->lock);
	all->entered_at = nr_failed;
	all->progress = progress ? *progress : (struct ks_progress){ 0 };
}

void ks_suites_leave(struct ks_suites *all)
{
	all->progress = (struct ks_progress){ 0 };
	pthread_mutex_unlock(&all->lock);
}

/* ---- one archive ---- */

/** The texts of options that say which suites are meant. */
static const size_t texts[] = {
	offsetof(struct ks_pull_opts, mirrors), offsetof(struct ks_pull_opts, mirror),
	offsetof(struct ks_pull_opts, suite),	offsetof(struct ks_pull_opts, arch),
	offsetof(struct ks_pull_opts, keyring), offsetof(struct ks_pull_opts, cache_dir),
};

static const char **text_of(struct ks_pull_opts *opts, size_t nr)
{
	return (const char **)((char *)opts + texts[nr]);
}

bool ks_suites_are_of(const struct ks_suites *all, const struct ks_pull_opts *opts)
{
	struct ks_pull_opts a = all->opts, b = *opts;
	bool same = a.kind == b.kind && a.allow_unsigned == b.allow_unsigned &&
		    a.signs_packages == b.signs_packages;
	for (size_t i = 0; i < KS_ARRAY_LEN(texts) && same; i++) {
		const char *x = *text_of(&a, i), *y = *text_of(&b, i);
		same = x && y ? strcmp(x, y) == 0 : x == y;
	}
	return same;
}

/** The names of suites, one behind the other, each ended by a NUL. */
static struct ks_error *split_names(struct ks_suites *all)
{
	if (!all->opts.suite)
		return NULL;
	all->names = strdup(all->opts.suite);
	if (!all->names)
		return &ks_nomem;
	all->names_len = strlen(all->names);
	for (size_t i = 0; i < all->names_len; i++)
		if (all->names[i] == ',')
			all->names[i] = '\0';
	return NULL;
}

void ks_suites_free(struct ks_suites *all)
{
	if (!all)
		return;
	close_all(all);
	ks_vector_deinit(&all->list);
	attempt_deinit(&all->opening);
	ks_apt_repos_deinit(&all->repos);
	free(all->native);
	free(all->names);
	ks_arena_deinit(&all->arena);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

static void suites_freep(struct ks_suites **all)
{
	ks_suites_free(*all);
}

struct ks_error *ks_suites_new(const struct ks_pull_opts *opts, struct ks_suites **ret)
{
	__attribute__((__cleanup__(suites_freep))) struct ks_suites *all = calloc(1, sizeof(*all));
	if (!all)
		return &ks_nomem;
	pthread_mutex_init(&all->lock, NULL);
	all->opts = (struct ks_pull_opts){
		.kind = opts->kind,
		.allow_unsigned = opts->allow_unsigned,
		.signs_packages = opts->signs_packages,
		.http = opts->http,
	};
	struct ks_pull_opts given = *opts;
	for (size_t i = 0; i < KS_ARRAY_LEN(texts); i++) {
		const char *text = *text_of(&given, i);
		*text_of(&all->opts, i) = text ? ks_arena_strdup(&all->arena, text) : NULL;
		if (text && !*text_of(&all->opts, i))
			return &ks_nomem;
	}
	all->native = opts->arch ? NULL : ks_apt_native_arch();
	all->arch = opts->arch ? all->opts.arch : all->native;
	if (!all->arch)
		return &ks_nomem;
	KS_TRY(split_names(all));
	*ret = ks_take(all);
	return NULL;
}

const char *ks_suites_arch(const struct ks_suites *all)
{
	return all->arch;
}
