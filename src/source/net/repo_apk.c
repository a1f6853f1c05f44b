/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Alpine's APKINDEX (apk-tools: doc/apk-package.5.scd): a packed tar archive with its signature in front of it. Its checksums are
 * SHA1 of a part of each package, which nobody should believe: packages are proven by their own signatures (package_signature.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/net/repo.h"
#include "source/net/signature.h"
#include "source/package/tarball.h"

static const char *field(const char *record, char letter, char *to, size_t size)
{
	for (const char *line = record; *line && *line != '\n';) {
		size_t len = strcspn(line, "\n");
		if (line[0] == letter && len > 2 && line[1] == ':' && len - 2 < size) {
			memcpy(to, line + 2, len - 2);
			to[len - 2] = '\0';
			return to;
		}
		line += len + (line[len] == '\n');
	}
	return NULL;
}

static struct ks_error *add_record(struct ks_repo_rows *rows, const char *record)
{
	char name[256], version[256], arch[64], size[32], path[520];
	struct ks_repo_row row = {
		.name = field(record, 'P', name, sizeof(name)),
		.version = field(record, 'V', version, sizeof(version)),
		.arch = field(record, 'A', arch, sizeof(arch)),
		.path = path,
	};
	if (!row.name || !row.version)
		return NULL;
	snprintf(path, sizeof(path), "%s-%s.apk", name, version);
	row.size = field(record, 'S', size, sizeof(size)) ? strtoull(size, NULL, 10) : 0;
	return ks_repo_rows_add(rows, &row);
}

struct ks_error *ks_apkindex_read(const char *text, struct ks_repo_rows *rows)
{
	for (const char *record = text; record && *record;) {
		KS_TRY(add_record(rows, record));
		record = strstr(record, "\n\n");
		record = record ? record + 2 : NULL;
	}
	return NULL;
}

static struct ks_error *read_index(struct ks_repo_rows *rows, const struct ks_buf *packed)
{
	enum { INDEX_MAX = 256 << 20 };
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_stream_ struct ks_stream *stream = NULL;
	_cleanup_tarball_ struct ks_tarball *tar = NULL;
	KS_TRY(ks_input_memory(packed->at, packed->len, &in));
	KS_TRY(ks_stream_open(in, 0, packed->len, KS_REPO_LIST_UNPACKED_MAX, &stream));
	KS_TRY(ks_tarball_open(stream, NULL, NULL, &tar));
	for (bool end;;) {
		struct ks_tarball_member member;
		KS_TRY(ks_tarball_next(tar, &end, &member));
		if (end)
			return ks_error_new(KS_ERR_DATA, "no APKINDEX in it");
		if (!member.regular || strcmp(member.path, "APKINDEX") != 0)
			continue;
		char *text;
		KS_TRY(ks_tarball_text(tar, INDEX_MAX, &text));
		struct ks_error *err = ks_apkindex_read(text, rows);
		free(text);
		return err;
	}
}

/** What follows the signature in front of it is signed. */
static struct ks_error *prove(const struct ks_keys *keys, const struct ks_buf *list)
{
	struct ks_detached signature = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	size_t at;
	KS_TRY(ks_repo_has_keys(keys));
	KS_TRY(ks_apk_signature((const uint8_t *)list->at, list->len, &signature, &at));
	ks_buf_bytes(&text, list->at + at, list->len - at);
	struct ks_error *err = ks_buf_error(&text);
	if (!err)
		err = ks_signature_verify_detached(keys, &signature, &text);
	ks_buf_deinit(&signature.bytes);
	return err;
}

struct ks_error *ks_repo_read_apk(struct ks_repo_rows *rows)
{
	static const char path[] = "APKINDEX.tar.gz";
	_cleanup_buf_ struct ks_buf list = { 0 };
	KS_TRY(ks_repo_fetch(rows->mirror, path, KS_REPO_LIST_MAX, &list));
	if (rows->mirror->keys)
		KS_TRY(ks_error_wrap(prove(rows->mirror->keys, &list), "%s", path));
	return ks_error_wrap(read_index(rows, &list), "%s", path);
}
