/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "source/net/mirror.h"
#include "source/net/signature.h"
#include "source/package/stream.h"

enum {
	RELEASE_MAX = 64 << 20,
	PACKAGES_MAX = 256 << 20,	    // bytes, packed
	PACKAGES_UNPACKED_MAX = 1024 << 20, // bytes
	COMPONENTS_MAX = 16,
	NAMED_MAX = 4, // packages that an error names instead
};

/** A file of the suite as its Release file describes it. */
struct entry {
	char sha256[65], path[192]; // path below dists/SUITE/
	unsigned long long size;
};

/** The newest match so far, and names for the case that there is none. */
struct search {
	const char *name, *version; // version is NULL when any will do
	size_t name_len;
	char *found_version, *filename, *sha256;
	uint64_t size;
	struct ks_buf others; // ", "-separated
	unsigned int others_count;
};

static void search_deinit(struct search *s)
{
	free(s->found_version);
	free(s->filename);
	free(s->sha256);
	ks_buf_deinit(&s->others);
}

static char *hex_sha256(const void *bytes, size_t len, char hex[65])
{
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&ctx);
	sha256_update(&ctx, len, bytes);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return hex;
}

/** The value of a "Field: value" line at the start of a line; NULL when there is none. Not copied. */
static const char *field(const char *text, const char *name)
{
	size_t len = strlen(name);
	for (const char *p = text; (p = strstr(p, name)); p += len)
		if ((p == text || p[-1] == '\n') && p[len] == ':')
			return p + len + 1 + strspn(p + len + 1, " ");
	return NULL;
}

static bool is_name(const char *release, const char *name, const char *suite, size_t len)
{
	const char *value = field(release, name);
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
	const char *have = field(release, "Codename");
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
	const char *line = field(release, "SHA256");
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

/** Where the cache keeps what a URL gave: one file for each URL, replaced when the suite moves on. */
static char *cache_path(const struct ks_mirror *m, const char *url)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *dir = NULL, *path = NULL, hex[65];
	if (m->cache_dir)
		dir = strdup(m->cache_dir);
	else if (xdg && *xdg == '/')
		(void)!asprintf(&dir, "%s/ksurf", xdg);
	else if (home && *home == '/' && asprintf(&dir, "%s/.cache", home) >= 0) {
		mkdir(dir, 0700);
		free(dir);
		(void)!asprintf(&dir, "%s/.cache/ksurf", home);
	}
	if (!dir)
		return NULL;
	mkdir(dir, 0700); // exists already, or the write that follows fails
	if (asprintf(&path, "%s/packages-%.32s", dir, hex_sha256(url, strlen(url), hex)) < 0)
		path = NULL;
	free(dir);
	return path;
}

/** Whether the cache has the bytes that the Release file names. A cache that fails is an empty one. */
static bool cache_load(const char *path, const struct entry *entry, struct ks_buf *ret)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return false;
	struct stat st;
	char hex[65];
	bool good = fstat(fd, &st) == 0 && (uint64_t)st.st_size == entry->size &&
		    ks_buf_reserve(ret, (size_t)entry->size + 1) &&
		    read(fd, ret->at, (size_t)entry->size) == (ssize_t)entry->size &&
		    !strcasecmp(hex_sha256(ret->at, (size_t)entry->size, hex), entry->sha256);
	close(fd);
	ret->len = good ? (size_t)entry->size : 0;
	return good;
}

static void cache_save(const char *path, const struct ks_buf *bytes)
{
	char *temporary = NULL;
	if (!path || asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return;
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd >= 0) {
		bool whole = write(fd, bytes->at, bytes->len) == (ssize_t)bytes->len;
		if (close(fd) < 0 || !whole || rename(temporary, path) < 0)
			unlink(temporary);
	}
	free(temporary);
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
	char *cache = cache_path(m, plain.at);
	if (cache_load(cache, entry, ret)) {
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
	if (!err)
		cache_save(cache, ret);
	free(cache);
	return err;
}

static char *copy_field(const char *stanza, const char *name)
{
	const char *value = field(stanza, name);
	return value ? strndup(value, strcspn(value, "\n")) : NULL;
}

/** Take a stanza of the wanted package, unless a newer one was there. @param stanza NUL-terminated */
static struct ks_error *take_stanza(struct search *s, const char *stanza)
{
	char *version = copy_field(stanza, "Version");
	if (!version)
		return NULL;
	bool wanted = s->version ? !strcmp(version, s->version)
				 : !s->filename || ks_package_version_compare(version,
									      s->found_version) > 0;
	char *filename = wanted ? copy_field(stanza, "Filename") : NULL;
	if (!filename) {
		free(version);
		return NULL;
	}
	free(s->found_version);
	free(s->filename);
	free(s->sha256);
	s->found_version = version;
	s->filename = filename;
	s->sha256 = copy_field(stanza, "SHA256");
	char *size = copy_field(stanza, "Size");
	s->size = size ? strtoull(size, NULL, 10) : 0;
	free(size);
	return NULL;
}

/** Debug packages of a kernel: what somebody who asks for a kernel most likely means. */
static void note_other(struct search *s, const char *name, size_t len)
{
	static const char *const ends[] = { "-dbg", "-dbgsym" };
	bool debug = false;
	for (size_t i = 0; i < KS_ARRAY_LEN(ends); i++) {
		size_t end = strlen(ends[i]);
		debug = debug || (len > end && !strncmp(name + len - end, ends[i], end));
	}
	if (!debug || strncmp(name, "linux-image-", strlen("linux-image-")) ||
	    ++s->others_count > NAMED_MAX)
		return;
	ks_buf_str(&s->others, s->others.len ? ", " : "");
	ks_buf_bytes(&s->others, name, len);
}

/** Go over the stanzas of a Packages file. It is changed on the way. */
static struct ks_error *search_packages(struct search *s, char *text)
{
	static const char key[] = "Package: ";
	for (char *stanza = text, *next; stanza && *stanza; stanza = next) {
		next = strstr(stanza, "\n\n");
		if (next) {
			*next = '\0';
			for (next += 2; *next == '\n'; next++)
				;
		}
		const char *name = strncmp(stanza, key, strlen(key)) ? field(stanza, "Package")
								     : stanza + strlen(key);
		size_t len = name ? strcspn(name, "\r\n") : 0;
		if (len == s->name_len && !strncmp(name, s->name, len))
			KS_TRY(take_stanza(s, stanza));
		else if (len)
			note_other(s, name, len);
	}
	return NULL;
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

static struct ks_error *search_component(const struct ks_mirror *m, const char *release,
					 const char *component, struct search *s, bool *listed)
{
	struct entry entry;
	if (!packages_entry(release, component, m->arch, &entry))
		return NULL;
	*listed = true;
	const char *by_hash = field(release, "Acquire-By-Hash");
	_cleanup_buf_ struct ks_buf packed = { 0 }, text = { 0 };
	KS_TRY(fetch_packages(m, &entry, by_hash && !strncmp(by_hash, "yes", 3), &packed));
	KS_TRY(ks_error_wrap(unpack_text(&packed, &text), "%s", entry.path));
	return search_packages(s, text.at);
}

/** Components in the order of the Release file, but only as far as needed: kernels are in main. */
static struct ks_error *search_suite(const struct ks_mirror *m, const char *release,
				     struct search *s)
{
	const char *list = field(release, "Components");
	bool listed = false;
	size_t len = list ? strcspn(list, "\n") : 0;
	for (int i = 0; len && i < COMPONENTS_MAX && !s->filename; i++) {
		char component[64];
		size_t word = strcspn(list, " \n");
		snprintf(component, sizeof(component), "%.*s", (int)word, list);
		KS_TRY(search_component(m, release, component, s, &listed));
		list += word + strspn(list + word, " ");
		len = *list && *list != '\n';
	}
	if (listed)
		return NULL;
	const char *have = field(release, "Architectures");
	return ks_error_new(KS_ERR_NOTFOUND, "%s has no packages for %s (it has: %.*s)", m->suite,
			    m->arch, have ? (int)strcspn(have, "\n") : 0, have ? have : "");
}

/** The URL of a file of the archive; what is special in URLs is escaped. */
static char *pool_url(const struct ks_mirror *m, const char *filename)
{
	_cleanup_buf_ struct ks_buf url = { 0 };
	ks_buf_printf(&url, "%s/", m->url);
	for (const char *p = filename; *p; p++)
		if (strchr("+%?#\" <>", *p) || (unsigned char)*p < ' ')
			ks_buf_printf(&url, "%%%02x", (unsigned char)*p);
		else
			ks_buf_char(&url, *p);
	return ks_buf_text(&url) ? ks_take(url.at) : NULL;
}

static struct ks_error *no_package(const struct ks_mirror *m, struct search *s)
{
	const char *others = ks_buf_text(&s->others);
	return ks_error_new(KS_ERR_NOTFOUND, "%s has no %.*s%s%s for %s%s%s%s", m->suite,
			    (int)s->name_len, s->name, s->version ? " of version " : "",
			    s->version ? s->version : "", m->arch,
			    others && *others ? "; it has " : "", others ? others : "",
			    s->others_count > NAMED_MAX ? ", …" : "");
}

static struct ks_error *resolve(const struct ks_mirror *m, struct search *s, struct ks_remote *ret)
{
	_cleanup_buf_ struct ks_buf release = { 0 };
	KS_TRY(ks_error_wrap(fetch_release(m, &release), "suite %s", m->suite));
	KS_TRY(search_suite(m, release.at, s));
	if (!s->filename)
		return no_package(m, s);
	if (m->keys && !s->sha256)
		return ks_error_new(KS_ERR_DATA, "the list of packages has no SHA256 of %.*s",
				    (int)s->name_len, s->name);
	_cleanup_remote_ struct ks_remote remote = { .url = pool_url(m, s->filename),
						     .size = s->size };
	if (!remote.url)
		return &ks_nomem;
	remote.version = ks_take(s->found_version);
	remote.sha256 = ks_take(s->sha256);
	*ret = remote;
	remote = (struct ks_remote){ 0 };
	return NULL;
}

struct ks_error *ks_mirror_resolve(const struct ks_mirror *mirror, const char *package,
				   struct ks_remote *ret)
{
	struct ks_mirror m = *mirror;
	char *url = strdup(m.url);
	if (!url)
		return &ks_nomem;
	for (size_t len = strlen(url); len && url[len - 1] == '/';)
		url[--len] = '\0';
	m.url = url;
	const char *version = strchr(package, '=');
	struct search s = { .name = package, .version = version ? version + 1 : NULL };
	s.name_len = version ? (size_t)(version - package) : strlen(package);
	struct ks_error *err = resolve(&m, &s, ret);
	search_deinit(&s);
	free(url);
	return err;
}
