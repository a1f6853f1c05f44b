/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: segments of a path, fields of a query. */
#include "base/array.h"
#include "base/url.h"
#include "web/private.h"

/** A part of an address, decoded; NULL when it is broken or memory runs out. */
static const char *decode(struct ks_arena *arena, const char *text, size_t len, bool plus)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	if (!ks_url_decode(&buf, text, len, plus) || !ks_buf_text(&buf))
		return NULL;
	return ks_arena_strdup(arena, buf.at);
}

/** Take the ending that stands for a format. */
static void take_format(struct ks_web_address *address, char *last)
{
	static const enum ks_format formats[] = { KS_FORMAT_JSON, KS_FORMAT_MD,	 KS_FORMAT_TERMINAL,
						  KS_FORMAT_CSV,  KS_FORMAT_SVG, KS_FORMAT_SARIF,
						  KS_FORMAT_JUNIT };
	size_t len = strlen(last);
	for (size_t i = 0; i < KS_ARRAY_LEN(formats); i++) {
		const char *ending = ks_formats[formats[i]].extension;
		size_t end = strlen(ending);
		if (len > end && strcmp(last + len - end, ending) == 0) {
			last[len - end] = '\0';
			address->format = formats[i];
			return;
		}
	}
}

static struct ks_error *broken(void)
{
	return ks_error_new(KS_ERR_USAGE, "this is no address");
}

/** One segment: what it names, and a label behind an '@'. */
static struct ks_error *read_segment(const char *text, size_t len, struct ks_web_address *address)
{
	const char *at = address->label ? NULL : memchr(text, '@', len);
	size_t name = at ? (size_t)(at - text) : len;
	if (address->nr_segments == KS_WEB_SEGMENTS)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	const char *segment = decode(&address->arena, text, name, false);
	if (at)
		address->label = decode(&address->arena, at + 1, len - name - 1, false);
	if (!segment || (at && !address->label))
		return broken();
	address->segments[address->nr_segments++] = segment;
	return NULL;
}

static struct ks_error *read_path(const char *path, struct ks_web_address *address)
{
	for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
		size_t len = strcspn(path, "/");
		KS_TRY(read_segment(path, len, address));
		path += len;
	}
	if (address->label)
		take_format(address, (char *)address->label);
	else if (address->nr_segments)
		take_format(address, (char *)address->segments[address->nr_segments - 1]);
	return NULL;
}

static struct ks_error *read_query(const char *query, struct ks_web_address *address)
{
	while (*query && address->nr_fields < KS_WEB_FIELDS) {
		size_t len = strcspn(query, "&"), name = strcspn(query, "=&");
		const char *value = name < len ? query + name + 1 : query + len;
		const char *key = decode(&address->arena, query, name, true);
		value = decode(&address->arena, value, (size_t)(query + len - value), true);
		if (!key || !value)
			return broken();
		address->fields[address->nr_fields].name = key;
		address->fields[address->nr_fields++].value = value;
		query += len + (query[len] == '&');
	}
	return NULL;
}

struct ks_error *ks_web_address_read(const struct ks_web_request *request,
				     struct ks_web_address *ret)
{
	ret->format = KS_FORMAT_HTML;
	KS_TRY(read_path(request->path, ret));
	return request->query ? read_query(request->query, ret) : NULL;
}

void ks_web_address_deinit(struct ks_web_address *address)
{
	ks_arena_deinit(&address->arena);
}

const char *ks_web_field(const struct ks_web_address *address, const char *name)
{
	for (size_t i = 0; i < address->nr_fields; i++)
		if (strcmp(address->fields[i].name, name) == 0)
			return address->fields[i].value;
	return NULL;
}
