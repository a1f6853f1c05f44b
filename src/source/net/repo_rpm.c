/* SPDX-License-Identifier: BSD-2-Clause */
/* rpm-md: repomd.xml names the list of packages (primary.xml) with its checksum, and repomd.xml.asc signs that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/net/solv_rows.h"

enum { REPOMD_MAX = 4 << 20 };

/** The start of an element in [at, end), behind its name; NULL: there is none. */
static const char *find_element(const char *at, const char *end, const char *name)
{
	size_t len = strlen(name);
	while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
		at++;
		if ((size_t)(end - at) > len && memcmp(at, name, len) == 0 &&
		    strchr(" \t\r\n>/", at[len]))
			return at + len;
	}
	return NULL;
}

/** The value of an attribute of the element that at is in; not terminated. */
static const char *attribute(const char *at, const char *end, const char *name, size_t *len)
{
	const char *close = memchr(at, '>', (size_t)(end - at));
	size_t name_len = strlen(name);
	for (end = close ? close : end; at < end; at++) {
		if ((size_t)(end - at) < name_len + 3 || !strchr(" \t\r\n", *at) ||
		    memcmp(at + 1, name, name_len) != 0 || at[1 + name_len] != '=')
			continue;
		const char *value = at + name_len + 3;
		char quote = value[-1];
		const char *last = quote == '"' || quote == '\''
					   ? memchr(value, quote, (size_t)(end - value))
					   : NULL;
		*len = last ? (size_t)(last - value) : 0;
		return last ? value : NULL;
	}
	return NULL;
}

/** What stands between an element's tags; not terminated. */
static const char *content(const char *at, const char *end, size_t *len)
{
	const char *open = memchr(at, '>', (size_t)(end - at));
	const char *close = open ? memchr(open, '<', (size_t)(end - open)) : NULL;
	*len = close ? (size_t)(close - open - 1) : 0;
	return close ? open + 1 : NULL;
}

static bool copy(char *to, size_t size, const char *from, size_t len)
{
	if (!from || !len || len >= size)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

/** The element <data type="primary">: from behind its name to its end. */
static const char *find_primary(const char *text, const char **end)
{
	const char *all = text + strlen(text);
	for (const char *at = text; (at = find_element(at, all, "data"));) {
		size_t len;
		const char *type = attribute(at, all, "type", &len);
		const char *close = strstr(at, "</data>");
		if (!close || !type || len != 7 || memcmp(type, "primary", 7) != 0)
			continue;
		*end = close;
		return at;
	}
	return NULL;
}

struct ks_error *ks_repomd_read(const char *text, struct ks_repomd *ret)
{
	const char *end, *at = find_primary(text, &end);
	if (!at)
		return ks_error_new(KS_ERR_DATA, "no list of packages in it (primary)");
	size_t len;
	const char *location = find_element(at, end, "location");
	const char *checksum = find_element(at, end, "checksum"),
		   *size = find_element(at, end, "size");
	const char *value = location ? attribute(location, end, "href", &len) : NULL;
	*ret = (struct ks_repomd){ 0 };
	// no escapes of XML, no other archive
	if (!copy(ret->path, sizeof(ret->path), value, value ? len : 0) ||
	    strpbrk(ret->path, "&\\ \t\r\n") || ret->path[0] == '/' || strstr(ret->path, "..") ||
	    strstr(ret->path, "://"))
		return ks_error_new(KS_ERR_DATA, "does not say where the list of packages is");
	value = checksum ? content(checksum, end, &len) : NULL;
	bool copied = copy(ret->checksum, sizeof(ret->checksum), value, value ? len : 0);
	if (!copied || (len != 64 && len != 128) ||
	    ret->checksum[strspn(ret->checksum, "0123456789abcdefABCDEF")])
		return ks_error_new(KS_ERR_DATA, "has no SHA256 or SHA512 of the list of packages");
	value = size ? content(size, end, &len) : NULL;
	ret->size = value ? strtoull(value, NULL, 10) : 0;
	return NULL;
}

struct ks_error *ks_repo_read_rpm(struct ks_repo_rows *rows)
{
	static const char path[] = "repodata/repomd.xml";
	_cleanup_buf_ struct ks_buf repomd = { 0 }, list = { 0 };
	struct ks_repomd primary;
	const struct ks_mirror *mirror = rows->mirror;
	KS_TRY(ks_repo_fetch(mirror, path, REPOMD_MAX, &repomd));
	KS_TRY(ks_repo_prove(mirror, path, ".asc", &repomd));
	if (!ks_buf_text(&repomd))
		return &ks_nomem;
	KS_TRY(ks_error_wrap(ks_repomd_read(repomd.at, &primary), "%s", path));
	if (primary.size > KS_REPO_LIST_MAX)
		return ks_error_new(KS_ERR_DATA,
				    "a list of packages of %llu MiB: more than %d are refused",
				    (unsigned long long)primary.size >> 20, KS_REPO_LIST_MAX >> 20);
	KS_TRY(ks_repo_fetch_known(mirror, &primary, &list));
	return ks_error_wrap(ks_solv_rows(rows, KS_SOLV_PRIMARY, &list), "%s", primary.path);
}
