/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "source/net/list_cache.h"
#include "source/net/mirror.h"
#include "source/net/repo.h"
#include "source/net/signature.h"
#include "source/package/stream.h"

enum {
	RELEASE_MAX = 64 << 20,
	PACKAGES_MAX = 256 << 20,	    // bytes, packed
	PACKAGES_UNPACKED_MAX = 1024 << 20, // bytes
	COMPONENTS_MAX = 16,
};

/** A file of the suite as its Release file describes it. */
struct entry {
	char sha256[65], path[192]; // path below dists/SUITE/
	unsigned long long size;
};

/** The components of a suite, each of which has a list of packages. */
struct components {
	/** In its Release file: those that are still to be read, up to the end of the line. */
	const char *left;
	int nr;		    // that were taken off
	const char *folder; // of their lists, below the component's
};

struct ks_suite {
	struct ks_mirror mirror;
	bool signed_by_a_key;
	char *url; // the mirror's, without slashes at its end
	struct ks_buf release;
	struct components lists,
		installer; // that of Debian's installer only who asks for its packages reads
	struct ks_packages packages;
};

static bool is_name(const char *release, const char *name, const char *suite, size_t len)
{
	const char *value = ks_stanza_value(release, name);
	return value && strcspn(value, "\r\n") == len && strncmp(value, suite, len) == 0;
}

/** A signed list is that of the suite that was asked for: its "NAME", or "NAME/updates". */
static struct ks_error *check_name(const struct ks_mirror *m, const char *release)
{
	static const char *const names[] = { "Suite", "Codename" };
	const char *slash = strrchr(m->suite, '/');
	const size_t lens[] = { strlen(m->suite), slash ? (size_t)(slash - m->suite) : 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(names) * KS_ARRAY_LEN(lens); i++)
		if (lens[i / 2] && is_name(release, names[i % 2], m->suite, lens[i / 2]))
			return NULL;
	const char *have = ks_stanza_value(release, "Codename");
	return ks_error_new(KS_ERR_DATA, "the server sends the list of another suite: %.*s",
			    have ? (int)strcspn(have, "\r\n") : 0, have ? have : "");
}

/** Read InRelease, or Release where nobody asks for signatures and there is none. */
static struct ks_error *fetch_release(const struct ks_mirror *m, struct ks_buf *text)
{
	static const char *const names[] = { "InRelease", "Release" };
	for (size_t i = 0; i < 2; i++) {
		_cleanup_buf_ struct ks_buf url = { 0 };
		ks_buf_printf(&url, "%s/dists/%s/%s", m->url, m->suite, names[i]);
		if (!ks_buf_text(&url))
			return &ks_nomem;
		text->len = 0;
		struct ks_error *err = ks_http_get(url.at, &m->http, RELEASE_MAX, text);
		if (err && i == 0 && err->code == KS_ERR_NET && !m->keys) {
			ks_error_free(err);
			continue;
		}
		KS_TRY(err);
		if (m->keys) {
			KS_TRY(ks_error_in_file(ks_signature_verify(m->keys, text), url.at));
			return check_name(m, text->at);
		}
		return ks_buf_text(text) ? NULL : &ks_nomem;
	}
	return NULL;
}

static bool find_entry(const char *release, const char *path, struct entry *ret)
{
	const char *line = ks_stanza_value(release, "SHA256");
	for (line = line ? strchr(line, '\n') : NULL; line && line[1] == ' ';
	     line = strchr(line + 1, '\n'))
		if (sscanf(line + 1, " %64[0-9a-fA-F] %llu %191s", ret->sha256, &ret->size,
			   ret->path) == 3 &&
		    !strcmp(ret->path, path))
			return true;
	return false;
}

/** The packed form of a component's Packages file that is the smallest and that we can read. */
static bool packages_entry(const char *release, const char *component, const char *arch,
			   struct entry *ret)
{
	static const char *const suffixes[] = { ".xz", ".zst", ".gz", "" };
	for (size_t i = 0; i < KS_ARRAY_LEN(suffixes); i++) {
		char path[192];
		snprintf(path, sizeof(path), "%s/binary-%s/Packages%s", component, arch,
			 suffixes[i]);
		if (find_entry(release, path, ret) && ret->size <= PACKAGES_MAX)
			return true;
	}
	return false;
}

/** A Packages file, as it comes: packed. */
static struct ks_error *fetch_packages(const struct ks_mirror *m, const struct entry *entry,
				       bool by_hash, struct ks_buf *ret)
{
	_cleanup_buf_ struct ks_buf url = { 0 }, plain = { 0 };
	ks_buf_printf(&plain, "%s/dists/%s/%s", m->url, m->suite, entry->path);
	// By its hash a file stays reachable while the mirror is being updated.
	ks_buf_printf(&url, "%s/dists/%s/%.*s/by-hash/SHA256/%s", m->url, m->suite,
		      (int)(strrchr(entry->path, '/') - entry->path), entry->path, entry->sha256);
	if (!ks_buf_text(&url) || !ks_buf_text(&plain))
		return &ks_nomem;
	char *cache = ks_list_cache_path(m->cache_dir, plain.at);
	if (ks_list_cache_load(cache, entry->size, entry->sha256, ret)) {
		free(cache);
		return NULL;
	}
	struct ks_error *err =
		ks_progress_tell(m->progress, "fetching the list of packages", 0, entry->size);
	struct ks_http_opts http = m->http;
	http.size = entry->size;
	http.sha256 = entry->sha256;
	if (!err)
		err = ks_http_get(by_hash ? url.at : plain.at, &http, entry->size, ret);
	if (err && by_hash &&
	    err->code == KS_ERR_NET) { // a mirror may leave out what only has a hash
		ks_error_free(err);
		ret->len = 0;
		err = ks_http_get(plain.at, &http, entry->size, ret);
	}
	if (!err)
		ks_list_cache_save(cache, ret);
	free(cache);
	return ks_repo_explain(err);
}

static struct ks_error *unpack_text(const struct ks_buf *packed, struct ks_buf *ret)
{
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_stream_ struct ks_stream *stream = NULL;
	KS_TRY(ks_input_memory(packed->at, packed->len, &in));
	KS_TRY(ks_stream_open(in, 0, packed->len, PACKAGES_UNPACKED_MAX, &stream));
	for (;;) {
		size_t got;
		if (!ks_buf_reserve(ret, 1 << 20))
			return &ks_nomem;
		KS_TRY(ks_stream_read(stream, ret->at + ret->len, ret->cap - ret->len - 1, &got));
		if (!got)
			return ks_buf_text(ret) ? NULL : &ks_nomem;
		ret->len += got;
	}
}

/* ---- the suite ---- */

/**
 * The Packages file of a component: "main/binary-amd64/…", and for "updates/main", as security suites call theirs, also
 * without what stands before the last slash.
 */
static bool component_entry(const struct ks_suite *suite, const char *component, struct entry *ret)
{
	const char *slash = strrchr(component, '/'), *arch = suite->mirror.arch;
	return packages_entry(suite->release.at, component, arch, ret) ||
	       (slash && packages_entry(suite->release.at, slash + 1, arch, ret));
}

/** Take the next component off the list. @return false: there is none */
static bool next_component(struct components *components, char component[64])
{
	size_t word = strcspn(components->left, " \r\n");
	if (!word || components->nr++ >= COMPONENTS_MAX)
		return false;
	snprintf(component, 64, "%.*s%s", (int)word, components->left, components->folder);
	components->left += word + strspn(components->left + word, " ");
	return true;
}

static struct ks_error *read_list(struct ks_suite *suite, const struct entry *entry)
{
	const struct ks_mirror *m = &suite->mirror;
	const char *by_hash = ks_stanza_value(suite->release.at, "Acquire-By-Hash");
	_cleanup_buf_ struct ks_buf packed = { 0 }, text = { 0 };
	KS_TRY(fetch_packages(m, entry, by_hash && !strncmp(by_hash, "yes", 3), &packed));
	KS_TRY(ks_error_wrap(unpack_text(&packed, &text), "%s", entry->path));
	return ks_packages_add(&suite->packages, &text);
}

/**
 * Read the next component that has packages of the architecture. One that could not be read is the next one again: it is not
 * without packages. @param[out] done there is none any more
 */
static struct ks_error *read_component(struct ks_suite *suite, struct components *components,
				       bool *done)
{
	char component[64];
	struct entry entry;
	struct components before;
	do {
		before = *components;
		*done = !next_component(components, component);
		if (*done)
			return NULL;
	} while (!component_entry(suite, component, &entry));
	struct ks_error *err = read_list(suite, &entry);
	if (err)
		*components = before;
	return err;
}

static struct components all_components(const struct ks_suite *suite, const char *folder)
{
	const char *list = ks_stanza_value(suite->release.at, "Components");
	return (struct components){ .left = list ? list : "", .folder = folder };
}

/** Whether any component has packages of the architecture. */
static struct ks_error *check_arch(const struct ks_suite *suite)
{
	char component[64];
	struct entry entry;
	bool listed = false;
	struct components all = suite->lists;
	while (!listed && next_component(&all, component))
		listed = component_entry(suite, component, &entry);
	if (listed)
		return NULL;
	const char *have = ks_stanza_value(suite->release.at, "Architectures");
	return ks_error_new(KS_ERR_NOTFOUND, "%s has no packages for %s (it has: %.*s)",
			    suite->mirror.suite, suite->mirror.arch,
			    have ? (int)strcspn(have, "\n") : 0, have ? have : "");
}

struct ks_error *ks_suite_open(const struct ks_mirror *mirror, struct ks_suite **ret)
{
	_cleanup_suite_ struct ks_suite *suite = calloc(1, sizeof(*suite));
	if (!suite || !(suite->url = strdup(mirror->url)))
		return &ks_nomem;
	for (size_t len = strlen(suite->url); len && suite->url[len - 1] == '/';)
		suite->url[--len] = '\0';
	suite->mirror = *mirror;
	suite->mirror.url = suite->url;
	suite->signed_by_a_key = mirror->keys && !mirror->signs_packages;
	suite->packages.kind = mirror->kind;
	if (mirror->kind != KS_REPO_DEB) {
		suite->lists.left = suite->installer.left = "";
		KS_TRY(ks_repo_read(&suite->mirror, &suite->packages));
		suite->mirror.keys = NULL;
		*ret = ks_take(suite);
		return NULL;
	}
	KS_TRY(ks_error_wrap(fetch_release(&suite->mirror, &suite->release), "suite %s",
			     mirror->suite));
	suite->mirror.keys = NULL;
	suite->lists = all_components(suite, "");
	suite->installer = all_components(suite, "/debian-installer");
	KS_TRY(check_arch(suite));
	*ret = ks_take(suite);
	return NULL;
}

bool ks_suite_is_of_installer(const char *name, size_t len)
{
	static const char suffix[] = "-di";
	const size_t n = sizeof(suffix) - 1;
	return len > n && memcmp(name + len - n, suffix, n) == 0;
}

/** Look a package up, and read one list after the other until one has it. */
static struct ks_error *find_in(struct ks_suite *suite, struct components *components,
				const char *name, size_t len, const char *version,
				struct ks_stanza *ret)
{
	for (bool done = false;;) {
		*ret = ks_packages_find(&suite->packages, name, len, version);
		if (ret->text || done)
			return NULL;
		KS_TRY(read_component(suite, components, &done));
	}
}

struct ks_error *ks_suite_find(struct ks_suite *suite, const char *name, size_t len,
			       const char *version, struct ks_stanza *ret)
{
	KS_TRY(find_in(suite, &suite->lists, name, len, version, ret));
	return ret->text || !ks_suite_is_of_installer(name, len)
		       ? NULL
		       : find_in(suite, &suite->installer, name, len, version, ret);
}

struct ks_error *ks_suite_packages(struct ks_suite *suite, const struct ks_packages **ret)
{
	bool done;
	if (!suite->packages.texts.len)
		KS_TRY(read_component(suite, &suite->lists, &done));
	*ret = &suite->packages;
	return NULL;
}

struct ks_error *ks_suite_remote(const struct ks_suite *suite, const struct ks_stanza *stanza,
				 struct ks_remote *ret)
{
	_cleanup_free_ char *filename = ks_stanza_field(stanza->text, "Filename");
	_cleanup_free_ char *size = ks_stanza_field(stanza->text, "Size");
	// Debian's lists may have both
	const char *sum = ks_stanza_value(stanza->text, "SHA256") ? "SHA256" : "SHA512";
	if (!filename)
		return ks_error_new(KS_ERR_DATA, "the list of packages does not say where %.*s is",
				    (int)stanza->name_len, stanza->name);
	_cleanup_remote_ struct ks_remote remote = {
		.url = ks_repo_url(&suite->mirror, filename),
		.version = ks_stanza_field(stanza->text, "Version"),
		.sha256 = ks_stanza_field(stanza->text, sum),
		.size = size ? strtoull(size, NULL, 10) : 0,
	};
	if (!remote.url)
		return &ks_nomem;
	if (suite->signed_by_a_key && !remote.sha256)
		return ks_error_new(KS_ERR_DATA,
				    "the list of packages has no SHA256 or SHA512 of %.*s",
				    (int)stanza->name_len, stanza->name);
	*ret = remote;
	remote = (struct ks_remote){ 0 };
	return NULL;
}

const char *ks_suite_name(const struct ks_suite *suite)
{
	return suite->mirror.suite;
}

const char *ks_suite_signed_field(const struct ks_suite *suite, const char *name)
{
	return suite->signed_by_a_key ? ks_stanza_value(suite->release.at, name) : NULL;
}

void ks_suite_close(struct ks_suite *suite)
{
	if (!suite)
		return;
	ks_packages_deinit(&suite->packages);
	ks_buf_deinit(&suite->release);
	free(suite->url);
	free(suite);
}
