/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "arch/arch.h"
#include "base/memory.h"
#include "source/net/apt.h"
#include "source/net/kernel_package.h"
#include "source/net/lookup.h"
#include "source/net/mirror_list.h"

enum { NAMED_MAX = 4 }; // packages that an error names

struct ks_lookup {
	const struct ks_pull_opts *opts;
	const struct ks_progress *progress;
	char *native; // this machine's architecture
	const char *arch;
	char *names; // of the suites that are wanted, each ended by a NUL; NULL: any
	size_t names_len;
	bool asks_apt;		     // its own lists, before any server
	struct ks_packages from_apt; // what it told
	bool suites_opened;
	KS_VECTOR(struct ks_suite *) suites;
	struct ks_apt_repos repos;
	struct ks_error *first; // of the servers that could not be asked
	struct ks_error *lost;	// the first list that could not be had from one that was
};

char *ks_lookup_native_arch(void)
{
	char *set = ks_apt_setting("APT::Architecture");
	if (set)
		return set;
	struct utsname u;
	if (uname(&u) < 0)
		return strdup("amd64");
	const struct ks_arch *arch = ks_arch_by_uname(u.machine);
	return strdup(arch ? arch->debian : u.machine);
}

static struct ks_error *check_opts(const struct ks_pull_opts *opts)
{
	if (opts->mirror && !opts->suite)
		return ks_error_new(KS_ERR_USAGE, "a mirror needs a suite, such as bookworm");
	if (opts->keyring && opts->allow_unsigned)
		return ks_error_new(KS_ERR_USAGE, "a keyring, and unsigned lists allowed: one of "
						  "them");
	if (opts->keyring && !opts->mirror && !opts->suite)
		return ks_error_new(KS_ERR_USAGE,
				    "a keyring needs a suite: without one apt decides "
				    "by its own keys");
	return NULL;
}

/* ---- suites ---- */

/** @param repo the source of apt that the archive is; NULL: found by its URL */
static struct ks_error *find_keys(const struct ks_pull_opts *opts, const struct ks_apt_repo *repo,
				  struct ks_keys *keys)
{
	if (opts->allow_unsigned)
		return NULL;
	if (opts->keyring)
		return ks_error_wrap(ks_keys_add_file(keys, opts->keyring),
				     "the keys of the archive (a package of the distribution has "
				     "them; --keyring names others)");
	if (opts->kind != KS_REPO_DEB) // apt's keys are not meant for them
		return NULL;
	return repo ? ks_keys_add_repo(keys, repo) : ks_keys_add_url(keys, opts->mirror);
}

static struct ks_error *open_suite(struct ks_lookup *lookup, const char *url, const char *name,
				   const struct ks_apt_repo *repo)
{
	const struct ks_pull_opts *opts = lookup->opts;
	_cleanup_keys_ struct ks_keys keys = { 0 };
	KS_TRY(find_keys(opts, repo, &keys));
	const struct ks_mirror m = {
		.kind = opts->kind,
		.url = url,
		.suite = name,
		.arch = lookup->arch,
		.keys = opts->allow_unsigned ? NULL : &keys,
		.cache_dir = opts->cache_dir,
		.http = opts->http,
		.progress = lookup->progress,
	};
	_cleanup_suite_ struct ks_suite *suite = NULL;
	KS_TRY(ks_suite_open(&m, &suite));
	if (!ks_vector_add(&lookup->suites, suite))
		return &ks_nomem;
	suite = NULL;
	return NULL;
}

static bool is_suite(const struct ks_apt_repo *repo, const char *name)
{
	return strcmp(name, repo->suite) == 0 || strcmp(name, repo->codename) == 0;
}

/** Open a suite of a server. One that cannot be asked is left to the others. */
static struct ks_error *try_suite(struct ks_lookup *lookup, const char *url, const char *name,
				  const struct ks_apt_repo *repo)
{
	struct ks_error *err = open_suite(lookup, url, name, repo);
	if (!err || err == &ks_nomem || err->code == KS_ERR_CANCELLED)
		return err;
	if (lookup->first)
		ks_error_free(err);
	else
		lookup->first = err;
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
static struct ks_error *open_on_repos(struct ks_lookup *lookup, const char *name)
{
	const struct ks_apt_repos *repos = &lookup->repos;
	bool by_name = false;
	for (size_t i = 0; i < repos->list.len; i++)
		by_name = by_name || is_suite(&repos->list.at[i], name);
	for (size_t i = 0; i < repos->list.len; i++) {
		const struct ks_apt_repo *repo = &repos->list.at[i];
		bool wanted = by_name ? is_suite(repo, name) : is_first_of_server(repos, i);
		if (wanted && ks_http_serves(repo->uri))
			KS_TRY(try_suite(lookup, repo->uri, name, repo));
	}
	return NULL;
}

/** Every suite that apt has. */
static struct ks_error *open_repos(struct ks_lookup *lookup)
{
	for (size_t i = 0; i < lookup->repos.list.len; i++) {
		const struct ks_apt_repo *repo = &lookup->repos.list.at[i];
		if (ks_http_serves(repo->uri))
			KS_TRY(try_suite(lookup, repo->uri, repo->codename, repo));
	}
	return NULL;
}

/** The names of suites, one behind the other, each ended by a NUL. */
static struct ks_error *split_names(struct ks_lookup *lookup)
{
	if (!lookup->opts->suite)
		return NULL;
	lookup->names = strdup(lookup->opts->suite);
	if (!lookup->names)
		return &ks_nomem;
	lookup->names_len = strlen(lookup->names);
	for (size_t i = 0; i < lookup->names_len; i++)
		if (lookup->names[i] == ',')
			lookup->names[i] = '\0';
	return NULL;
}

static struct ks_error *open_names(struct ks_lookup *lookup, const char *url)
{
	for (size_t at = 0; at < lookup->names_len; at += strlen(lookup->names + at) + 1)
		KS_TRY(try_suite(lookup, url, lookup->names + at, NULL));
	return NULL;
}

/** The first mirrors of a list, until one has what is wanted. */
static struct ks_error *open_mirrors(struct ks_lookup *lookup)
{
	enum { LIST_MAX = 4 << 20, MIRRORS_MAX = 4 };
	_cleanup_buf_ struct ks_buf text = { 0 }, url = { 0 };
	const struct ks_pull_opts *opts = lookup->opts;
	KS_TRY(ks_http_get(opts->mirrors, &opts->http, LIST_MAX, &text));
	const char *at = ks_buf_text(&text);
	if (!at)
		return &ks_nomem;
	for (int i = 0; i < MIRRORS_MAX && !lookup->suites.len && ks_mirror_list_next(&at, &url);
	     i++) {
		ks_error_free(ks_take(lookup->first)); // of the mirror before
		KS_TRY(open_names(lookup, url.at));
	}
	if (!lookup->suites.len && !lookup->first)
		return ks_error_in_file(ks_error_new(KS_ERR_DATA, "no mirrors in it"),
					opts->mirrors);
	return NULL;
}

/** Lists of other archives than Debian's are read when they are opened: one that failed may have had a newer kernel. */
static void note_left_out(struct ks_lookup *lookup)
{
	if (lookup->opts->kind != KS_REPO_DEB && lookup->suites.len && !lookup->lost)
		lookup->lost = ks_take(lookup->first);
}

static struct ks_error *open_suites(struct ks_lookup *lookup)
{
	if (lookup->suites_opened)
		return NULL;
	lookup->suites_opened = true;
	const char *mirror = lookup->opts->mirror;
	KS_TRY(split_names(lookup));
	if (mirror || lookup->opts->mirrors) {
		KS_TRY(mirror ? open_names(lookup, mirror) : open_mirrors(lookup));
		note_left_out(lookup);
		return NULL;
	}
	KS_TRY(ks_apt_repos(&lookup->repos));
	if (!lookup->names)
		return open_repos(lookup);
	for (size_t at = 0; at < lookup->names_len; at += strlen(lookup->names + at) + 1)
		KS_TRY(open_on_repos(lookup, lookup->names + at));
	return NULL;
}

struct ks_error *ks_lookup_open(const struct ks_pull_opts *opts, const struct ks_progress *progress,
				struct ks_lookup **ret)
{
	KS_TRY(check_opts(opts));
	KS_TRY(ks_progress_tell(progress, "resolving", 0, 0));
	_cleanup_lookup_ struct ks_lookup *lookup = calloc(1, sizeof(*lookup));
	if (!lookup)
		return &ks_nomem;
	lookup->opts = opts;
	lookup->progress = progress;
	lookup->asks_apt = !opts->mirror && !opts->mirrors && !opts->suite;
	lookup->native = opts->arch ? NULL : ks_lookup_native_arch();
	lookup->arch = opts->arch ? opts->arch : lookup->native;
	if (!lookup->arch)
		return &ks_nomem;
	if (!lookup->asks_apt) {
		KS_TRY(open_suites(lookup));
		if (!lookup->suites.len && lookup->first)
			return ks_take(lookup->first);
	}
	*ret = ks_take(lookup);
	return NULL;
}

/* ---- finding ---- */

/** The name as apt takes it: NAME:ARCH=VERSION, without what is not asked for. NULL when memory runs out. */
static char *apt_name(const struct ks_lookup *lookup, const char *name, size_t len,
		      const char *version)
{
	const char *arch = lookup->opts->arch;
	char *full;
	if (asprintf(&full, "%.*s%s%s%s%s", (int)len, name, arch ? ":" : "", arch ? arch : "",
		     version ? "=" : "", version ? version : "") < 0)
		return NULL;
	return full;
}

static struct ks_error *find_by_apt(struct ks_lookup *lookup, const char *name, size_t len,
				    const char *version, struct ks_stanza *ret)
{
	_cleanup_free_ char *full = apt_name(lookup, name, len, version);
	_cleanup_buf_ struct ks_buf text = { 0 };
	if (!full)
		return &ks_nomem;
	KS_TRY(ks_apt_show(full, &text));
	size_t nr = lookup->from_apt.list.len;
	KS_TRY(ks_packages_add(&lookup->from_apt, &text));
	if (lookup->from_apt.list.len == nr)
		return NULL;
	const struct ks_stanza *first =
		&lookup->from_apt.list.at[nr]; // the one that apt would take
	if (first->name_len == len && memcmp(first->name, name, len) == 0)
		*ret = *first; // and no other: a name that apt does not know is a pattern to it
	return NULL;
}

static bool is_newer(enum ks_repo_kind kind, const struct ks_stanza *a, const struct ks_stanza *b)
{
	_cleanup_free_ char *version_a = ks_stanza_field(a->text, "Version");
	_cleanup_free_ char *version_b = ks_stanza_field(b->text, "Version");
	return version_a && version_b && ks_repo_version_compare(kind, version_a, version_b) > 0;
}

/** A list that a server fails to send is left to the others, where there are any, and remembered. */
static struct ks_error *pass_over(struct ks_lookup *lookup, struct ks_error *err)
{
	if (!err || err->code != KS_ERR_NET || lookup->suites.len < 2)
		return err;
	if (lookup->lost)
		ks_error_free(err);
	else
		lookup->lost = err;
	return NULL;
}

struct ks_error *ks_lookup_find(struct ks_lookup *lookup, const char *name, size_t len,
				const char *version, struct ks_found *ret)
{
	*ret = (struct ks_found){ 0 };
	if (lookup->asks_apt)
		KS_TRY(find_by_apt(lookup, name, len, version, &ret->stanza));
	// of an architecture that is not this machine's, apt may know servers and no lists
	if (ret->stanza.text || (lookup->asks_apt && !lookup->opts->arch))
		return NULL;
	KS_TRY(open_suites(lookup));
	for (size_t i = 0; i < lookup->suites.len; i++) {
		struct ks_found found = { .suite = lookup->suites.at[i] };
		KS_TRY(pass_over(lookup, ks_suite_find(lookup->suites.at[i], name, len, version,
						       &found.stanza)));
		if (found.stanza.text &&
		    (!ret->stanza.text ||
		     is_newer(lookup->opts->kind, &found.stanza, &ret->stanza)))
			*ret = found;
	}
	return NULL;
}

struct ks_error *ks_lookup_find_name(struct ks_lookup *lookup, const char *name,
				     const char *version, struct ks_found *ret)
{
	return ks_lookup_find(lookup, name, strlen(name), version, ret);
}

/** By apt itself, which checks signatures when it updates its lists, unless it is told not to. */
static struct ks_error *remote_by_apt(struct ks_lookup *lookup, const struct ks_stanza *stanza,
				      struct ks_remote *ret)
{
	_cleanup_free_ char *version = ks_stanza_field(stanza->text, "Version");
	_cleanup_free_ char *name = apt_name(lookup, stanza->name, stanza->name_len, version);
	_cleanup_apt_repos_ struct ks_apt_repos repos = { 0 };
	_cleanup_remote_ struct ks_remote remote = { 0 };
	if (!name)
		return &ks_nomem;
	KS_TRY(ks_apt_resolve(name, &remote));
	if (!lookup->opts->allow_unsigned) {
		KS_TRY(ks_apt_repos(&repos));
		if (!ks_apt_trusts(&repos, remote.url))
			return ks_error_new(KS_ERR_DATA, "apt has it from a list that nobody "
							 "signed");
		if (!remote.sha256)
			return ks_error_new(KS_ERR_DATA, "apt has no SHA256 of it");
	}
	*ret = remote;
	remote = (struct ks_remote){ 0 };
	return NULL;
}

struct ks_error *ks_lookup_remote(struct ks_lookup *lookup, const struct ks_found *found,
				  struct ks_remote *ret)
{
	return found->suite ? ks_suite_remote(found->suite, &found->stanza, ret)
			    : remote_by_apt(lookup, &found->stanza, ret);
}

struct ks_error *ks_lookup_walk(struct ks_lookup *lookup, ks_lookup_fn *fn, void *arg)
{
	KS_TRY(open_suites(lookup));
	if (!lookup->suites.len)
		return lookup->first ? ks_take(lookup->first)
				     : ks_error_new(KS_ERR_NOTFOUND,
						    "apt has no repository to ask: give a "
						    "mirror, a suite and an architecture");
	for (size_t i = 0; i < lookup->suites.len; i++) {
		const struct ks_packages *packages = NULL;
		KS_TRY(pass_over(lookup, ks_suite_packages(lookup->suites.at[i], &packages)));
		for (size_t k = 0; packages && k < packages->list.len; k++)
			KS_TRY(fn(arg, &(const struct ks_found){ packages->list.at[k],
								 lookup->suites.at[i] }));
	}
	return NULL;
}

/* ---- what there is instead ---- */

/** Names of kernels, those first that begin like the one that was asked for. */
struct likely {
	const char *name;
	struct {
		struct ks_stanza stanza;
		size_t alike; // bytes
	} at[NAMED_MAX];
	size_t nr, seen;
};

static size_t bytes_alike(const char *name, const struct ks_stanza *stanza)
{
	size_t nr = 0;
	while (nr < stanza->name_len && name[nr] && name[nr] == stanza->name[nr])
		nr++;
	return nr;
}

/** Several suites may have a package. */
static bool is_named(const struct likely *likely, const struct ks_stanza *stanza)
{
	for (size_t i = 0; i < likely->nr; i++)
		if (likely->at[i].stanza.name_len == stanza->name_len &&
		    memcmp(likely->at[i].stanza.name, stanza->name, stanza->name_len) == 0)
			return true;
	return false;
}

static struct ks_error *note_likely(void *arg, const struct ks_found *found)
{
	struct likely *likely = arg;
	if (!ks_kernel_package_is(&found->stanza) || is_named(likely, &found->stanza))
		return NULL;
	size_t alike = bytes_alike(likely->name, &found->stanza), i = likely->nr;
	likely->seen++;
	while (i && likely->at[i - 1].alike < alike)
		i--;
	if (i == NAMED_MAX)
		return NULL;
	likely->nr += likely->nr < NAMED_MAX;
	memmove(&likely->at[i + 1], &likely->at[i], (likely->nr - 1 - i) * sizeof(likely->at[0]));
	likely->at[i].stanza = found->stanza;
	likely->at[i].alike = alike;
	return NULL;
}

struct ks_error *ks_lookup_nothing(struct ks_lookup *lookup, const char *name, const char *version)
{
	struct ks_remote remote = { 0 };
	if (lookup->asks_apt && !lookup->opts->arch) {
		_cleanup_free_ char *full = apt_name(lookup, name, strlen(name), version);
		struct ks_error *err = full ? ks_apt_resolve(full, &remote) : &ks_nomem;
		ks_remote_deinit(&remote);
		return err ? err
			   : ks_error_new(KS_ERR_NOTFOUND, "apt knows it, and cannot show it");
	}
	struct likely likely = { .name = name };
	struct ks_error *err = ks_lookup_walk(lookup, note_likely, &likely);
	if (err)
		return err;
	if (lookup->lost)
		return ks_take(lookup->lost);
	_cleanup_buf_ struct ks_buf names = { 0 };
	for (size_t i = 0; i < likely.nr; i++)
		ks_buf_printf(&names, "%s%.*s", i ? ", " : "; it has ",
			      (int)likely.at[i].stanza.name_len, likely.at[i].stanza.name);
	if (likely.seen > likely.nr)
		ks_buf_str(&names, ", … (pull --list shows all)");
	const char *text = ks_buf_text(&names);
	return ks_error_new(KS_ERR_NOTFOUND, "%s has no %s%s%s for %s%s",
			    ks_suite_name(lookup->suites.at[0]), name,
			    version ? " of version " : "", version ? version : "", lookup->arch,
			    text ? text : "");
}

const struct ks_error *ks_lookup_lost(const struct ks_lookup *lookup)
{
	return lookup->lost;
}

enum ks_repo_kind ks_lookup_kind(const struct ks_lookup *lookup)
{
	return lookup->opts->kind;
}

void ks_lookup_close(struct ks_lookup *lookup)
{
	if (!lookup)
		return;
	for (size_t i = 0; i < lookup->suites.len; i++)
		ks_suite_close(lookup->suites.at[i]);
	ks_vector_deinit(&lookup->suites);
	ks_packages_deinit(&lookup->from_apt);
	ks_apt_repos_deinit(&lookup->repos);
	ks_error_free(lookup->first);
	ks_error_free(lookup->lost);
	free(lookup->names);
	free(lookup->native);
	free(lookup);
}
