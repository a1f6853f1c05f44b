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
#include "source/net/package_signature.h"
#include "source/net/pull.h"
#include "source/net/pull_plan.h"
#include "source/net/set_of.h"

// What is left of a package behind vmlinux is fetched too when it is no more than this: the SHA256 of
// the whole is worth it.
static const uint64_t rest_worth_reading = 4 << 20;

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
	http.sha256 = remote->split ? remote->front_sha256 : remote->sha256;
	http.split = remote->split;
	http.rest_sha256 = remote->rest_sha256;
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
	src->is_unsigned = opts->planned ? opts->planned->is_unsigned : opts->allow_unsigned;
	src->is_signed_alone = remote->split != 0;
	src->taken = in->taken;
	src->total = in->size;
	return ks_error_in_file(ks_source_take(src, &package, &opts->limits, progress),
				remote->url);
}

/* ---- where the parts of a kernel are ---- */

/** A package that was named, and the archives that were opened to find it. */
struct finder {
	const char *package;
	const struct ks_pull_opts *opts;
	const struct ks_progress *progress;
	struct ks_lookup *lookup; // NULL: nothing was looked up yet
	struct ks_found kernel;
};

static void finder_deinit(struct finder *finder)
{
	ks_lookup_close(finder->lookup);
}
#define _cleanup_finder_ __attribute__((__cleanup__(finder_deinit)))

/** What of the archive was not seen. */
static struct ks_error *note_lost(const struct ks_lookup *lookup, struct ks_remote *remote)
{
	const struct ks_error *lost = ks_lookup_lost(lookup);
	if (!lost || !remote->url)
		return NULL;
	_cleanup_free_ char *text = ks_error_text(lost);
	if (text && asprintf(&remote->note, "perhaps not the newest: %s", text) >= 0)
		return NULL;
	remote->note = NULL;
	return &ks_nomem;
}

/** The set that the kernel is of: the one that was asked for, or that of its suite. */
static struct ks_error *note_set(struct ks_lookup *lookup, const struct ks_pull_opts *opts,
				 const struct ks_found *kernel, struct ks_remote *remote)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	if (opts->set)
		return (remote->sets = strdup(opts->set)) ? NULL : &ks_nomem;
	KS_TRY(ks_sets_load(&sets));
	return ks_set_of_package(lookup, &sets, kernel, &remote->sets);
}

struct ks_error *ks_pull_find(struct ks_lookup *lookup, const struct ks_found *kernel,
			      enum ks_remote_part part, const struct ks_pull_opts *opts,
			      struct ks_remote *ret)
{
	static const enum ks_companion companions[] = {
		[KS_REMOTE_CONFIG] = KS_COMPANION_CONFIG,
		[KS_REMOTE_MODULES] = KS_COMPANION_MODULES,
	};
	struct ks_found found = *kernel;
	if (part != KS_REMOTE_KERNEL)
		KS_TRY(ks_kernel_package_companion(lookup, kernel, companions[part], &found));
	if (!found.stanza.text)
		return NULL;
	KS_TRY(ks_lookup_remote(lookup, &found, ret));
	if (opts->signs_packages)
		KS_TRY(ks_package_prove(&found.stanza, opts, ret));
	if (part == KS_REMOTE_KERNEL)
		KS_TRY(note_set(lookup, opts, &found, ret));
	return note_lost(lookup, ret);
}

static struct ks_error *look_up(struct finder *finder, enum ks_remote_part part,
				struct ks_remote *ret)
{
	if (!finder->lookup) {
		KS_TRY(ks_lookup_open(finder->opts, finder->progress, &finder->lookup));
		KS_TRY(ks_kernel_package_choose(finder->lookup, finder->package, &finder->kernel));
	}
	return ks_pull_find(finder->lookup, &finder->kernel, part, finder->opts, ret);
}

/** @param[out] ret without a URL where there is no such part */
static struct ks_error *find_part(struct finder *finder, enum ks_remote_part part,
				  struct ks_remote *ret)
{
	const struct ks_pull_opts *opts = finder->opts;
	const struct ks_transport *transport = opts->http.transport;
	const struct ks_pull_plan_kernel *planned = opts->planned;
	*ret = (struct ks_remote){ 0 };
	if (transport) // which has the plan, too
		return transport->resolve(transport->arg,
					  planned ? planned->files[KS_REMOTE_KERNEL].sha256
						  : finder->package,
					  part, finder->progress, ret);
	if (planned)
		return ks_pull_plan_remote(planned, part, ret);
	struct ks_error *err = look_up(finder, part, ret);
	if (err && err->code == KS_ERR_DATA && !opts->allow_unsigned)
		err = ks_error_wrap(err, "cannot be verified (a keyring, or --allow-unsigned)");
	return ks_error_wrap(err, "%s", finder->package);
}

struct ks_error *ks_pull_resolve(const char *package, enum ks_remote_part part,
				 const struct ks_pull_opts *opts,
				 const struct ks_progress *progress, struct ks_remote *ret)
{
	_cleanup_finder_ struct finder finder = { .package = package,
						  .opts = opts,
						  .progress = progress };
	return find_part(&finder, part, ret);
}

/* ---- configurations ---- */

/** The configuration out of a package of the archive, whose proof counts too. */
static struct ks_error *config_of_package(const struct ks_remote *remote,
					  const struct ks_pull_opts *opts,
					  const struct ks_progress *progress, struct ks_source *src)
{
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_package_ struct ks_package package = { 0 };
	if (ks_pull_local(remote->url)) {
		const struct ks_source_opts local = { .limits = opts->limits };
		return ks_source_config(ks_pull_local(remote->url), &local, &src->config);
	}
	KS_TRY(ks_pull_fetch(remote, opts, &in));
	KS_TRY(ks_error_in_file(
		ks_package_read(in, KS_PACKAGE_CONFIG, &opts->limits, progress, &package),
		remote->url));
	KS_TRY(ks_error_in_file(prove(in, opts, progress, &src->proof), remote->url));
	src->config = ks_take(package.config);
	return NULL;
}

/** The configuration of a package that was named for it, or of one that has it for that. */
static struct ks_error *config_of_named(struct finder *finder, struct ks_source *src)
{
	_cleanup_remote_ struct ks_remote remote = { 0 }, companion = { 0 };
	KS_TRY(find_part(finder, KS_REMOTE_KERNEL, &remote));
	struct ks_error *err = config_of_package(&remote, finder->opts, finder->progress, src);
	if (!err || err->code != KS_ERR_NOTFOUND)
		return err;
	struct ks_error *other = find_part(finder, KS_REMOTE_CONFIG, &companion);
	if (other || !companion.url) {
		ks_error_free(other);
		return err;
	}
	ks_error_free(err);
	return config_of_package(&companion, finder->opts, finder->progress, src);
}

/** The configuration that the user named: out of a file when it looks like a path, else out of a package. */
static struct ks_error *named_config(const struct ks_pull_opts *opts,
				     const struct ks_progress *progress, struct ks_source *src)
{
	struct ks_source_opts local = { .limits = opts->limits };
	_cleanup_finder_ struct finder finder = { .package = opts->config,
						  .opts = opts,
						  .progress = progress };
	free(ks_take(src->config));
	if (progress)
		local.progress = *progress;
	if (strchr(opts->config, '/') || access(opts->config, F_OK) == 0)
		return ks_source_config(opts->config, &local, &src->config);
	return config_of_named(&finder, src);
}

/** Add a line to what there is to say of a source. */
static struct ks_error *add_note(struct ks_source *src, const char *intro, const char *text)
{
	_cleanup_free_ char *before = ks_take(src->note);
	if (asprintf(&src->note, "%s%s%s%s", before ? before : "", before ? "\n" : "", intro,
		     text ? text : "") >= 0)
		return NULL;
	src->note = NULL;
	return &ks_nomem;
}

/** The configuration out of the package of the same kernel that has it. Without it the kernel is still good for something. */
static struct ks_error *companion_config(struct finder *finder, struct ks_source *src)
{
	_cleanup_remote_ struct ks_remote remote = { 0 };
	struct ks_error *err = find_part(finder, KS_REMOTE_CONFIG, &remote);
	if (!err && !remote.url)
		return add_note(src, "configuration unknown: no package that has it is listed",
				NULL);
	if (!err)
		err = config_of_package(&remote, finder->opts, finder->progress, src);
	if (!err || err->code == KS_ERR_CANCELLED || err == &ks_nomem)
		return err;
	_cleanup_free_ char *text = ks_error_text(err);
	ks_error_free(err);
	return add_note(src, "configuration unknown: ", text);
}

/* ---- the kernel ---- */

/** A list names a package that its server does not have: what to do. */
static struct ks_error *explain_gone(struct ks_error *err, const char *package)
{
	if (!err || !err->is_gone)
		return err;
	struct ks_error *ret = ks_error_new(
		KS_ERR_NET,
		"%s is listed, but gone from its server (%s): 'apt update' if apt's lists are old, "
		"or another release ('ksurf pull --list SET')",
		package, err->file ? err->file : err->msg);
	if (ret != &ks_nomem)
		ret->is_gone = true;
	ks_error_free(err);
	return ret;
}

static struct ks_error *pull_kernel(const struct ks_remote *remote, const struct ks_pull_opts *opts,
				    const struct ks_progress *progress, struct ks_source **ret)
{
	const char *path = ks_pull_local(remote->url);
	if (path) {
		struct ks_source_opts local = { .limits = opts->limits };
		if (progress)
			local.progress = *progress;
		return ks_source_open(path, &local, ret);
	}
	_cleanup_source_ struct ks_source *src = calloc(1, sizeof(*src));
	if (!src || !(src->path = strdup(remote->url)))
		return &ks_nomem;
	KS_TRY(pull_package(remote, opts, progress, src));
	*ret = ks_take(src);
	return NULL;
}

struct ks_error *ks_pull_open(const char *package, const struct ks_pull_opts *opts,
			      const struct ks_progress *progress, struct ks_source **ret)
{
	static const struct ks_pull_opts none;
	opts = opts ? opts : &none;
	_cleanup_finder_ struct finder finder = { .package = package,
						  .opts = opts,
						  .progress = progress };
	_cleanup_remote_ struct ks_remote remote = { 0 };
	_cleanup_source_ struct ks_source *src = NULL;
	KS_TRY(find_part(&finder, KS_REMOTE_KERNEL, &remote));
	*ret = NULL;
	if (opts->had && opts->had(opts->had_arg, &remote))
		return NULL;
	KS_TRY(explain_gone(pull_kernel(&remote, opts, progress, &src), package));
	src->sets = ks_take(remote.sets);
	if (remote.note)
		KS_TRY(add_note(src, "", remote.note));
	if (opts->config)
		KS_TRY(named_config(opts, progress, src));
	else if (!src->config)
		KS_TRY(companion_config(&finder, src));
	*ret = ks_take(src);
	return NULL;
}

struct ks_error *ks_pull_modules(const char *package, const struct ks_pull_opts *opts,
				 const struct ks_modules_opts *how, struct ks_modules_report *ret)
{
	static const struct ks_pull_opts none;
	opts = opts ? opts : &none;
	_cleanup_finder_ struct finder finder = { .package = package,
						  .opts = opts,
						  .progress = &how->progress };
	_cleanup_remote_ struct ks_remote remote = { 0 };
	_cleanup_input_ struct ks_input *in = NULL;
	KS_TRY(find_part(&finder, KS_REMOTE_MODULES, &remote));
	if (!remote.url) // they are in the kernel's own package
		KS_TRY(find_part(&finder, KS_REMOTE_KERNEL, &remote));
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
