/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of an archive, and whether they are what somebody vouches for. */
#include <string.h>

#include "base/memory.h"
#include "source/net/list_cache.h"
#include "source/net/repo.h"
#include "source/net/signature.h"

enum { SIGNATURE_MAX = 64 << 10 };

char *ks_repo_url(const struct ks_mirror *mirror, const char *path)
{
	_cleanup_buf_ struct ks_buf url = { 0 };
	ks_buf_printf(&url, "%s/", mirror->url);
	for (const char *p = path; *p; p++)
		if (strchr("+%?#\" <>", *p) || (unsigned char)*p < ' ')
			ks_buf_printf(&url, "%%%02x", (unsigned char)*p);
		else
			ks_buf_char(&url, *p);
	return ks_buf_text(&url) ? ks_take(url.at) : NULL;
}

static char *suite_url(const struct ks_mirror *mirror, const char *path)
{
	_cleanup_buf_ struct ks_buf whole = { 0 };
	ks_buf_printf(&whole, "%s/%s", mirror->suite, path);
	return ks_buf_text(&whole) ? ks_repo_url(mirror, whole.at) : NULL;
}

struct ks_error *ks_repo_fetch(const struct ks_mirror *mirror, const char *path, uint64_t max,
			       struct ks_buf *ret)
{
	_cleanup_free_ char *url = suite_url(mirror, path);
	ret->len = 0;
	return url ? ks_http_get(url, &mirror->http, max, ret) : &ks_nomem;
}

struct ks_error *ks_repo_explain(struct ks_error *err)
{
	bool replaced = err && (err->is_replaced || err->code == KS_ERR_DATA);
	return replaced ? ks_error_wrap(err, "the mirror is between two states, try again later")
			: err;
}

struct ks_error *ks_repo_fetch_known(const struct ks_mirror *mirror, const struct ks_repomd *known,
				     struct ks_buf *ret)
{
	_cleanup_free_ char *url = suite_url(mirror, known->path);
	if (!url)
		return &ks_nomem;
	bool cached = known->size && strlen(known->checksum) == 64;
	_cleanup_free_ char *cache = cached ? ks_list_cache_path(mirror->cache_dir, url) : NULL;
	if (ks_list_cache_load(cache, known->size, known->checksum, ret))
		return NULL;
	KS_TRY(ks_progress_tell(mirror->progress, "fetching the list of packages", 0, known->size));
	struct ks_http_opts http = mirror->http;
	http.size = known->size;
	http.sha256 = known->checksum;
	KS_TRY(ks_repo_explain(
		ks_http_get(url, &http, known->size ? known->size : KS_REPO_LIST_MAX, ret)));
	ks_list_cache_save(cache, ret);
	return NULL;
}

struct ks_error *ks_repo_has_keys(const struct ks_keys *keys)
{
	return keys->ring.len ? NULL
			      : ks_error_new(KS_ERR_DATA,
					     "no keys are known to check its signature with: give "
					     "them by --keyring, or --allow-unsigned");
}

struct ks_error *ks_repo_prove(const struct ks_mirror *mirror, const char *path, const char *suffix,
			       const struct ks_buf *bytes)
{
	if (!mirror->keys)
		return NULL;
	KS_TRY(ks_repo_has_keys(mirror->keys));
	if (mirror->signs_packages)
		return NULL;
	_cleanup_buf_ struct ks_buf beside = { 0 }, signature = { 0 };
	ks_buf_printf(&beside, "%s%s", path, suffix);
	if (!ks_buf_text(&beside))
		return &ks_nomem;
	struct ks_error *err = ks_repo_fetch(mirror, beside.at, SIGNATURE_MAX, &signature);
	if (err && err->code == KS_ERR_NET) {
		_cleanup_free_ char *text = ks_error_text(err);
		ks_error_free(err);
		return ks_error_new(KS_ERR_DATA, "no signature of it: %s", text ? text : "");
	}
	KS_TRY(err);
	return ks_error_wrap(ks_signature_verify_apart(mirror->keys, &signature, bytes), "%s",
			     path);
}
