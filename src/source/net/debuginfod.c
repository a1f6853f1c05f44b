/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "source/net/debuginfod.h"

enum { PIECE_BYTES = 256 << 10, ID_LEAST = 16, ID_MOST = 128 };
static const uint64_t default_max = 4ull << 30; // bytes of a kernel with debug information

static bool is_build_id(const char *id)
{
	size_t len = strspn(id, "0123456789abcdef");
	return !id[len] && len >= ID_LEAST && len <= ID_MOST && len % 2 == 0;
}

/** Keep all that comes. */
static struct ks_error *receive(struct ks_input *in, uint64_t max,
				const struct ks_progress *progress, struct ks_map *ret)
{
	uint64_t total = in->size == KS_INPUT_SIZE_UNKNOWN ? 0 : in->size, done = 0;
	_cleanup_tmpfile_ struct ks_tmpfile tmpfile = { -1 };
	if (total > max)
		return ks_error_new(KS_ERR_DATA, "a file of %llu MiB: more than %llu are refused",
				    (unsigned long long)total >> 20, (unsigned long long)max >> 20);
	KS_TRY(ks_tmpfile_open(&tmpfile, total));
	char *piece = malloc(PIECE_BYTES);
	struct ks_error *err = piece ? NULL : &ks_nomem;
	for (size_t got = 1; !err && got; done += got) {
		err = ks_input_read(in, done, piece, PIECE_BYTES, &got);
		if (!err && got > max - done)
			err = ks_error_new(KS_ERR_DATA,
					   "more than %llu MiB came: refused as endless",
					   (unsigned long long)max >> 20);
		if (!err)
			err = ks_tmpfile_write(&tmpfile, done, piece, got);
		if (!err)
			err = ks_progress_tell(progress, "fetching", done, total);
	}
	free(piece);
	if (!err && !done)
		err = ks_error_new(KS_ERR_DATA, "an empty file");
	return err ? err : ks_map_fd(tmpfile.fd, 0, done, ret);
}

static struct ks_error *fetch(const char *url, const struct ks_debuginfod_opts *opts,
			      const struct ks_progress *progress, struct ks_source *src)
{
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_package_ struct ks_package package = { 0 };
	uint64_t max = opts->limits.vmlinux_max ? opts->limits.vmlinux_max : default_max;
	KS_TRY(ks_http_open(url, &opts->http, &in));
	KS_TRY(receive(in, max, progress, &package.vmlinux));
	src->taken = src->total = package.vmlinux.len;
	if (!(src->path = strdup(url)) || !(package.vmlinux_path = strdup(strrchr(url, '/') + 1)))
		return &ks_nomem;
	return ks_source_take(src, &package, &opts->limits, progress);
}

/** What one server has. @param[out] src NULL when it has nothing */
static struct ks_error *ask(const char *server, size_t len, const char *build_id,
			    const struct ks_debuginfod_opts *opts,
			    const struct ks_progress *progress, struct ks_source **ret)
{
	static const char *const kinds[] = { "debuginfo", "executable" };
	struct ks_error *first = NULL;
	while (len && server[len - 1] == '/')
		len--;
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++) {
		_cleanup_source_ struct ks_source *src = calloc(1, sizeof(*src));
		char *url;
		if (!src ||
		    asprintf(&url, "%.*s/buildid/%s/%s", (int)len, server, build_id, kinds[i]) < 0)
			return first ? first : &ks_nomem;
		struct ks_error *err = ks_error_in_file(fetch(url, opts, progress, src), url);
		free(url);
		if (!err) {
			ks_error_free(first);
			*ret = ks_take(src);
			return NULL;
		}
		ks_error_keep_first(&first, err);
	}
	return first;
}

struct ks_error *ks_debuginfod_open(const char *build_id, const struct ks_debuginfod_opts *opts,
				    const struct ks_progress *progress, struct ks_source **ret)
{
	const char *urls = opts->urls ? opts->urls : getenv("DEBUGINFOD_URLS");
	struct ks_error *first = NULL;
	if (!is_build_id(build_id))
		return ks_error_new(KS_ERR_USAGE,
				    "%s is no build id: give its digits as `file vmlinux` or "
				    "/sys/kernel/notes have them",
				    build_id);
	for (const char *url = urls; url && *url;) {
		size_t len = strcspn(url, " ");
		if (len) {
			struct ks_error *err = ask(url, len, build_id, opts, progress, ret);
			if (!err) {
				ks_error_free(first);
				return NULL;
			}
			ks_error_keep_first(&first, err);
		}
		url += len + (url[len] == ' ');
	}
	return first ? first
		     : ks_error_new(KS_ERR_USAGE, "no debuginfod server is known: give its URL, or "
						  "set DEBUGINFOD_URLS");
}
