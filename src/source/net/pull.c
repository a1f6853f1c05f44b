/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/array.h"
#include "base/memory.h"
#include "source/net/apt.h"
#include "source/net/kernel_package.h"
#include "source/net/lookup.h"
#include "source/net/pull.h"

// What is left of a package behind vmlinux is fetched too when it is no more than this: the SHA256 of
// the whole is worth it.
static const uint64_t rest_worth_reading = 4 << 20;

/** The local path of a file: URL as apt writes it; NULL when it is another kind. */
static const char *local_path(const char *url)
{
	static const char *const schemes[] = { "file:", "copy:" };
	for (size_t i = 0; i < KS_ARRAY_LEN(schemes); i++)
		if (!strncasecmp(url, schemes[i], strlen(schemes[i]))) {
			const char *path = url + strlen(schemes[i]);
			return strncmp(path, "//", 2) ? path : path + 2;
		}
	return NULL;
}

static struct ks_error *open_remote(const struct ks_remote *remote, const struct ks_pull_opts *opts,
				    struct ks_input **ret)
{
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
	KS_TRY(open_remote(remote, opts, &in));
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

/** The configuration out of a package of the archive, whose proof counts too. */
static struct ks_error *config_of_package(struct ks_lookup *lookup, const struct ks_found *found,
					  const struct ks_pull_opts *opts,
					  const struct ks_progress *progress, struct ks_source *src)
{
	_cleanup_remote_ struct ks_remote remote = { 0 };
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_package_ struct ks_package package = { 0 };
	KS_TRY(ks_lookup_remote(lookup, found, &remote));
	if (local_path(remote.url)) {
		const struct ks_source_opts local = { .limits = opts->limits };
		return ks_source_config(local_path(remote.url), &local, &src->config);
	}
	KS_TRY(open_remote(&remote, opts, &in));
	KS_TRY(ks_error_in_file(
		ks_package_read(in, KS_PACKAGE_CONFIG, &opts->limits, progress, &package),
		remote.url));
	KS_TRY(ks_error_in_file(prove(in, opts, progress, &src->proof), remote.url));
	src->config = ks_take(package.config);
	return NULL;
}

/** The configuration that the user named: out of a file when it looks like a path, else out of a package. */
static struct ks_error *named_config(struct ks_lookup *lookup, const struct ks_pull_opts *opts,
				     const struct ks_progress *progress, struct ks_source *src)
{
	struct ks_source_opts local = { .limits = opts->limits };
	struct ks_found found;
	free(ks_take(src->config));
	if (progress)
		local.progress = *progress;
	if (strchr(opts->config, '/') || access(opts->config, F_OK) == 0)
		return ks_source_config(opts->config, &local, &src->config);
	KS_TRY(ks_kernel_package_choose(lookup, opts->config, &found));
	struct ks_error *err = config_of_package(lookup, &found, opts, progress, src);
	if (!err || err->code != KS_ERR_NOTFOUND)
		return err;
	struct ks_found companion; // the configuration of this one is in another package
	struct ks_error *other =
		ks_kernel_package_companion(lookup, &found, KS_COMPANION_CONFIG, &companion);
	if (other || !companion.stanza.text) {
		ks_error_free(other);
		return err;
	}
	ks_error_free(err);
	return config_of_package(lookup, &companion, opts, progress, src);
}

/** The configuration out of the package of the same kernel that has it. Without it the kernel is still good for something. */
static struct ks_error *companion_config(struct ks_lookup *lookup, const struct ks_found *kernel,
					 const struct ks_pull_opts *opts,
					 const struct ks_progress *progress, struct ks_source *src)
{
	struct ks_found found;
	struct ks_error *err =
		ks_kernel_package_companion(lookup, kernel, KS_COMPANION_CONFIG, &found);
	if (!err && !found.stanza.text)
		return NULL;
	if (!err)
		err = config_of_package(lookup, &found, opts, progress, src);
	if (!err || err->code == KS_ERR_CANCELLED || err == &ks_nomem)
		return err;
	_cleanup_free_ char *text = ks_error_text(err);
	ks_error_free(err);
	if (asprintf(&src->note, "configuration unknown: %s", text ? text : "") < 0)
		src->note = NULL;
	return NULL;
}

/** What of the archive was not seen, in front of other notes. */
static struct ks_error *note_lost(const struct ks_lookup *lookup, struct ks_source *src)
{
	const struct ks_error *lost = ks_lookup_lost(lookup);
	if (!lost)
		return NULL;
	_cleanup_free_ char *text = ks_error_text(lost), *before = ks_take(src->note);
	if (asprintf(&src->note, "perhaps not the newest: %s%s%s", text ? text : "",
		     before ? "\n" : "", before ? before : "") < 0)
		src->note = NULL;
	return src->note ? NULL : &ks_nomem;
}

/** A hint at what to do where nothing vouches for a package. */
static struct ks_error *hint(struct ks_error *err, const char *package,
			     const struct ks_pull_opts *opts)
{
	if (err && err->code == KS_ERR_DATA && !opts->allow_unsigned)
		err = ks_error_wrap(err, "cannot be verified (a keyring, or --allow-unsigned)");
	return ks_error_wrap(err, "%s", package);
}

static struct ks_error *resolve(const char *package, const struct ks_pull_opts *opts,
				const struct ks_progress *progress, struct ks_lookup **lookup,
				struct ks_found *found, struct ks_remote *remote)
{
	struct ks_error *err = ks_lookup_open(opts, progress, lookup);
	if (!err)
		err = ks_kernel_package_choose(*lookup, package, found);
	if (!err)
		err = ks_lookup_remote(*lookup, found, remote);
	return hint(err, package, opts);
}

struct ks_error *ks_pull_open(const char *package, const struct ks_pull_opts *opts,
			      const struct ks_progress *progress, struct ks_source **ret)
{
	static const struct ks_pull_opts none;
	opts = opts ? opts : &none;
	_cleanup_lookup_ struct ks_lookup *lookup = NULL;
	_cleanup_remote_ struct ks_remote remote = { 0 };
	_cleanup_source_ struct ks_source *src = NULL;
	struct ks_found kernel;
	KS_TRY(resolve(package, opts, progress, &lookup, &kernel, &remote));
	if (local_path(remote.url)) {
		struct ks_source_opts local = { .limits = opts->limits };
		if (progress)
			local.progress = *progress;
		KS_TRY(ks_source_open(local_path(remote.url), &local, &src));
	} else {
		src = calloc(1, sizeof(*src));
		if (!src || !(src->path = strdup(remote.url)))
			return &ks_nomem;
		KS_TRY(pull_package(&remote, opts, progress, src));
	}
	if (opts->config)
		KS_TRY(hint(named_config(lookup, opts, progress, src), opts->config, opts));
	else if (!src->config)
		KS_TRY(companion_config(lookup, &kernel, opts, progress, src));
	KS_TRY(note_lost(lookup, src));
	*ret = ks_take(src);
	return NULL;
}

struct ks_error *ks_pull_modules(const char *package, const struct ks_pull_opts *opts,
				 const struct ks_modules_opts *how, struct ks_modules_report *ret)
{
	static const struct ks_pull_opts none;
	opts = opts ? opts : &none;
	_cleanup_lookup_ struct ks_lookup *lookup = NULL;
	_cleanup_remote_ struct ks_remote remote = { 0 };
	_cleanup_input_ struct ks_input *in = NULL;
	struct ks_found kernel, modules;
	KS_TRY(resolve(package, opts, &how->progress, &lookup, &kernel, &remote));
	KS_TRY(ks_kernel_package_companion(lookup, &kernel, KS_COMPANION_MODULES, &modules));
	if (modules.stanza.text) {
		ks_remote_deinit(&remote);
		KS_TRY(hint(ks_lookup_remote(lookup, &modules, &remote), package, opts));
	}
	if (local_path(remote.url))
		return ks_modules_path(local_path(remote.url), how, ret);
	KS_TRY(open_remote(&remote, opts, &in));
	struct ks_error *err = ks_modules_input(in, how, ret);
	if (!err) {
		enum ks_source_proof proof;
		err = prove(in, opts, &how->progress, &proof);
		if (err)
			ks_error_free(ks_take(ret->first));
	}
	return ks_error_in_file(err, remote.url);
}
