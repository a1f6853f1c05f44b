/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "arch/arch.h"
#include "base/array.h"
#include "source/net/apt.h"
#include "source/net/mirror.h"
#include "source/net/pull.h"

// What is left of a package behind vmlinux is fetched too when it is no more than this: the SHA256 of
// the whole is worth it.
static const uint64_t rest_worth_reading = 4 << 20;

static char *native_arch(void)
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

static struct ks_error *resolve_at(const char *mirror, const char *suite, const char *arch,
				   const struct ks_keys *keys, const char *package,
				   const struct ks_pull_opts *opts,
				   const struct ks_progress *progress, struct ks_remote *ret)
{
	const struct ks_mirror m = {
		.url = mirror,
		.suite = suite,
		.arch = arch,
		.keys = opts->allow_unsigned ? NULL : keys,
		.cache_dir = opts->cache_dir,
		.http = opts->http,
		.progress = progress,
	};
	return ks_mirror_resolve(&m, package, ret);
}

/** @param repo the source of apt that the archive is; NULL: found by its URL */
static struct ks_error *find_keys(const struct ks_pull_opts *opts, const struct ks_apt_repo *repo,
				  struct ks_keys *keys)
{
	if (opts->allow_unsigned)
		return NULL;
	if (opts->keyring)
		return ks_keys_add_file(keys, opts->keyring);
	return repo ? ks_keys_add_repo(keys, repo) : ks_keys_add_url(keys, opts->mirror);
}

static struct ks_error *resolve_at_mirror(const char *arch, const char *package,
					  const struct ks_pull_opts *opts,
					  const struct ks_progress *progress, struct ks_remote *ret)
{
	_cleanup_keys_ struct ks_keys keys = { 0 };
	KS_TRY(find_keys(opts, NULL, &keys));
	return resolve_at(opts->mirror, opts->suite, arch, &keys, package, opts, progress, ret);
}

static struct ks_error *resolve_at_repo(const struct ks_apt_repo *repo, const char *suite,
					const char *arch, const char *package,
					const struct ks_pull_opts *opts,
					const struct ks_progress *progress, struct ks_remote *ret)
{
	_cleanup_keys_ struct ks_keys keys = { 0 };
	KS_TRY(find_keys(opts, repo, &keys));
	return resolve_at(repo->uri, suite, arch, &keys, package, opts, progress, ret);
}

/** By apt itself, which checks signatures when it updates its lists, unless it is told not to. */
static struct ks_error *resolve_by_apt(const char *package, const struct ks_pull_opts *opts,
				       struct ks_remote *ret)
{
	_cleanup_apt_repos_ struct ks_apt_repos repos = { 0 };
	_cleanup_remote_ struct ks_remote remote = { 0 };
	KS_TRY(ks_apt_resolve(package, &remote));
	if (!opts->allow_unsigned) {
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

/** Another suite or architecture, from the servers that apt uses: the newest version they have. */
static struct ks_error *resolve_in_repos(const char *arch, const char *package,
					 const struct ks_pull_opts *opts,
					 const struct ks_progress *progress, struct ks_remote *ret)
{
	_cleanup_apt_repos_ struct ks_apt_repos repos = { 0 };
	KS_TRY(ks_apt_repos(&repos));
	struct ks_error *first = NULL;
	_cleanup_remote_ struct ks_remote best = { 0 };
	bool by_name = false; // apt has the suite itself; else any of its servers may
	for (size_t i = 0; opts->suite && i < repos.list.len; i++)
		by_name = by_name || !strcmp(opts->suite, repos.list.at[i].suite) ||
			  !strcmp(opts->suite, repos.list.at[i].codename);
	for (size_t i = 0; i < repos.list.len; i++) {
		const struct ks_apt_repo *repo = &repos.list.at[i];
		const char *suite = opts->suite ? opts->suite : repo->codename;
		if (!ks_http_serves(repo->uri) ||
		    (by_name && strcmp(suite, repo->suite) && strcmp(suite, repo->codename)))
			continue;
		struct ks_remote remote = { 0 };
		struct ks_error *err =
			resolve_at_repo(repo, suite, arch, package, opts, progress, &remote);
		if (err && !first)
			first = ks_take(err);
		ks_error_free(err);
		if (remote.url &&
		    (!best.url || ks_package_version_compare(remote.version, best.version) > 0)) {
			ks_remote_deinit(&best);
			best = remote;
		} else {
			ks_remote_deinit(&remote);
		}
	}
	if (!best.url)
		return first ? first
			     : ks_error_new(KS_ERR_NOTFOUND, "apt has no repository to ask: give a "
							     "mirror, a suite and an architecture");
	ks_error_free(first);
	*ret = best;
	best = (struct ks_remote){ 0 };
	return NULL;
}

struct ks_error *ks_pull_resolve(const char *package, const struct ks_pull_opts *opts,
				 const struct ks_progress *progress, struct ks_remote *ret)
{
	const struct ks_transport *transport = opts->http.transport;
	if (transport)
		return transport->resolve(transport->arg, package, progress, ret);
	if (opts->mirror && !opts->suite)
		return ks_error_new(KS_ERR_USAGE, "a mirror needs a suite, such as bookworm");
	if (opts->keyring && opts->allow_unsigned)
		return ks_error_new(KS_ERR_USAGE, "a keyring, and unsigned lists allowed: one of "
						  "them");
	if (opts->keyring && !opts->mirror && !opts->suite)
		return ks_error_new(KS_ERR_USAGE,
				    "a keyring needs a suite: without one apt decides "
				    "by its own keys");
	KS_TRY(ks_progress_tell(progress, "resolving", 0, 0));
	char *native = opts->arch ? NULL : native_arch();
	const char *arch = opts->arch ? opts->arch : native;
	struct ks_error *err;
	if (!arch) {
		err = &ks_nomem;
	} else if (opts->mirror) {
		err = resolve_at_mirror(arch, package, opts, progress, ret);
	} else if (opts->suite) {
		err = resolve_in_repos(arch, package, opts, progress, ret);
	} else if (!opts->arch) {
		err = resolve_by_apt(package, opts, ret);
	} else {
		char *name = NULL; // NAME:ARCH=VERSION
		size_t len = strcspn(package, "=");
		if (asprintf(&name, "%.*s:%s%s", (int)len, package, arch, package + len) < 0)
			name = NULL;
		err = name ? resolve_by_apt(name, opts, ret) : &ks_nomem;
		free(name);
		if (err && err->code == KS_ERR_NOTFOUND) { // not an architecture of this machine
			ks_error_free(err);
			err = resolve_in_repos(arch, package, opts, progress, ret);
		}
	}
	free(native);
	if (err && err->code == KS_ERR_DATA && !opts->allow_unsigned)
		err = ks_error_wrap(err, "cannot be verified (a keyring, or --allow-unsigned)");
	return ks_error_wrap(err, "%s", package);
}

const char *ks_pull_local(const char *url)
{
	static const char *const schemes[] = { "file:", "copy:" };
	for (size_t i = 0; i < KS_ARRAY_LEN(schemes); i++)
		if (!strncasecmp(url, schemes[i], strlen(schemes[i]))) {
			const char *path = url + strlen(schemes[i]);
			return strncmp(path, "//", 2) ? path : path + 2;
		}
	return NULL;
}

struct ks_error *ks_pull_fetch(const struct ks_remote *remote, const struct ks_pull_opts *opts,
			       struct ks_input **ret)
{
	if (opts->http.transport)
		return ks_http_open(remote->url, &opts->http, ret);
	if (!ks_http_serves(remote->url))
		return ks_error_in_file(ks_error_new(KS_ERR_UNSUPPORTED,
						     "cannot fetch from such a URL: use "
						     "apt-get download and add the file"),
					remote->url);
	struct ks_http_opts http = opts->http;
	http.size = remote->size;
	http.sha256 = remote->sha256;
	char *proxy = http.proxy || opts->mirror ? NULL : ks_apt_setting("Acquire::http::Proxy");
	if (proxy && strcasecmp(proxy, "DIRECT"))
		http.proxy = proxy;
	struct ks_error *err = ks_http_open(remote->url, &http, ret);
	free(proxy);
	return err;
}

/** Compare what came with its checksum, before anybody looks at it. @param[out] proof unchanged unless it is less */
static struct ks_error *prove(struct ks_input *in, const struct ks_pull_opts *opts,
			      const struct ks_progress *progress, enum ks_source_proof *proof)
{
	KS_TRY(ks_http_finish(in, opts->verify ? UINT64_MAX : rest_worth_reading, progress));
	if (ks_http_proven(in))
		return NULL;
	*proof = KS_PROOF_BLOCKS;
	return opts->verify ? ks_error_new(KS_ERR_DATA, "nothing to verify the package with")
			    : NULL;
}

static struct ks_error *pull_package(const struct ks_remote *remote,
				     const struct ks_pull_opts *opts,
				     const struct ks_progress *progress, struct ks_source *src)
{
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_package_ struct ks_package package = { 0 };
	KS_TRY(ks_pull_fetch(remote, opts, &in));
	src->proof = KS_PROOF_WHOLE;
	KS_TRY(ks_error_in_file(
		ks_package_read(in, KS_PACKAGE_VMLINUX, &opts->limits, progress, &package),
		remote->url));
	KS_TRY(prove(in, opts, progress, &src->proof));
	src->is_unsigned = opts->allow_unsigned;
	src->taken = in->taken;
	src->total = in->size;
	return ks_error_in_file(ks_source_take(src, &package, &opts->limits, progress),
				remote->url);
}

/** The configuration out of another package, whose proof counts too: a file when it looks like a path, else a name to pull. */
static struct ks_error *pull_config(const struct ks_pull_opts *opts,
				    const struct ks_progress *progress, struct ks_source *src)
{
	struct ks_source_opts local = { .limits = opts->limits };
	if (progress)
		local.progress = *progress;
	if (strchr(opts->config, '/') || access(opts->config, F_OK) == 0)
		return ks_source_config(opts->config, &local, &src->config);
	_cleanup_remote_ struct ks_remote remote = { 0 };
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_package_ struct ks_package package = { 0 };
	KS_TRY(ks_pull_resolve(opts->config, opts, progress, &remote));
	if (ks_pull_local(remote.url))
		return ks_source_config(ks_pull_local(remote.url), &local, &src->config);
	KS_TRY(ks_pull_fetch(&remote, opts, &in));
	KS_TRY(ks_error_in_file(
		ks_package_read(in, KS_PACKAGE_CONFIG, &opts->limits, progress, &package),
		remote.url));
	KS_TRY(ks_error_in_file(prove(in, opts, progress, &src->proof), remote.url));
	src->config = ks_take(package.config);
	return NULL;
}

struct ks_error *ks_pull_open(const char *package, const struct ks_pull_opts *opts,
			      const struct ks_progress *progress, struct ks_source **ret)
{
	static const struct ks_pull_opts none;
	opts = opts ? opts : &none;
	_cleanup_remote_ struct ks_remote remote = { 0 };
	KS_TRY(ks_pull_resolve(package, opts, progress, &remote));
	_cleanup_source_ struct ks_source *src = NULL;
	if (ks_pull_local(remote.url)) {
		struct ks_source_opts local = { .limits = opts->limits };
		if (progress)
			local.progress = *progress;
		KS_TRY(ks_source_open(ks_pull_local(remote.url), &local, &src));
	} else {
		src = calloc(1, sizeof(*src));
		if (!src || !(src->path = strdup(remote.url)))
			return &ks_nomem;
		KS_TRY(pull_package(&remote, opts, progress, src));
	}
	if (opts->config) {
		free(src->config);
		src->config = NULL;
		KS_TRY(pull_config(opts, progress, src));
	}
	*ret = ks_take(src);
	return NULL;
}

struct ks_error *ks_pull_modules(const char *package, const struct ks_pull_opts *opts,
				 const struct ks_modules_opts *how, struct ks_modules_report *ret)
{
	static const struct ks_pull_opts none;
	opts = opts ? opts : &none;
	_cleanup_remote_ struct ks_remote remote = { 0 };
	_cleanup_input_ struct ks_input *in = NULL;
	KS_TRY(ks_pull_resolve(package, opts, &how->progress, &remote));
	if (ks_pull_local(remote.url))
		return ks_modules_path(ks_pull_local(remote.url), how, ret);
	KS_TRY(ks_pull_fetch(&remote, opts, &in));
	struct ks_error *err = ks_modules_input(in, how, ret);
	if (!err) {
		enum ks_source_proof proof;
		err = prove(in, opts, &how->progress, &proof);
		if (err)
			ks_error_free(ks_take(ret->first));
	}
	return ks_error_in_file(err, remote.url);
}
