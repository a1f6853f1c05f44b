/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "source/package/archive.h"
#include "source/package/cpio.h"
#include "source/package/tarball.h"

enum {
	WINDOW_BYTES =
		256 << 10, // fits the second-level cache: what is unpacked is copied once more
	MEMBERS_MAX = 1 << 20,
};

struct ks_tarball {
	const struct ks_archive *lib;
	struct archive *archive;
	struct ks_stream *stream;
	struct ks_cpio cpio;
	ks_tarball_more_fn *more;
	void *arg;
	struct ks_error *err; // of the stream, on its way through libarchive
	bool in_content, stopped;
	uint32_t members;
	uint8_t window[WINDOW_BYTES];
};

static la_ssize_t on_read(struct archive *a, void *arg, const void **buf)
{
	struct ks_tarball *tar = arg;
	if (!tar->in_content && !tar->stopped && tar->more && !tar->more(tar->arg))
		tar->stopped = true;
	size_t got = 0;
	if (!tar->stopped && !tar->err)
		tar->err = ks_stream_read(tar->stream, tar->window, sizeof(tar->window), &got);
	if (!tar->stopped && !tar->err)
		tar->err = ks_cpio_follow(&tar->cpio, tar->window, got);
	if (tar->stopped || tar->err) {
		tar->lib->set_error(a, ECANCELED, "stopped");
		return -1;
	}
	*buf = tar->window;
	return (la_ssize_t)got;
}

static struct ks_error *failure(struct ks_tarball *tar)
{
	if (tar->err)
		return ks_take(tar->err);
	const char *why = tar->lib->error_string(tar->archive);
	return ks_error_new(KS_ERR_DATA, "no proper tar or cpio archive (%s)",
			    why ? why : "no reason given");
}

struct ks_error *ks_tarball_open(struct ks_stream *stream, ks_tarball_more_fn *more, void *arg,
				 struct ks_tarball **ret)
{
	_cleanup_tarball_ struct ks_tarball *tar = malloc(sizeof(*tar));
	if (!tar)
		return &ks_nomem;
	memset(tar, 0, offsetof(struct ks_tarball, window));
	tar->stream = stream;
	tar->more = more;
	tar->arg = arg;
	KS_TRY(ks_archive_get(&tar->lib));
	tar->archive = tar->lib->read_new();
	if (!tar->archive || tar->lib->read_support_format_tar(tar->archive) != ARCHIVE_OK ||
	    tar->lib->read_support_format_cpio(tar->archive) != ARCHIVE_OK ||
	    tar->lib->read_support_format_empty(tar->archive) != ARCHIVE_OK)
		return &ks_nomem;
	if (tar->lib->read_open(tar->archive, tar, NULL, on_read, NULL) != ARCHIVE_OK &&
	    !tar->stopped)
		return failure(tar);
	*ret = ks_take(tar);
	return NULL;
}

void ks_tarball_close(struct ks_tarball *tar)
{
	if (!tar)
		return;
	if (tar->archive)
		tar->lib->read_free(tar->archive);
	ks_error_free(tar->err);
	free(tar);
}

struct ks_error *ks_tarball_next(struct ks_tarball *tar, bool *end, struct ks_tarball_member *ret)
{
	tar->in_content = false;
	struct archive_entry *entry;
	int status = tar->stopped ? ARCHIVE_EOF : tar->lib->read_next_header(tar->archive, &entry);
	if (tar->err) // libarchive may take a failed read for the end
		return ks_take(tar->err);
	*end = tar->stopped || status == ARCHIVE_EOF;
	if (*end)
		return NULL;
	if (status != ARCHIVE_OK && status != ARCHIVE_WARN) // a warning: text in an odd charset
		return failure(tar);
	if (++tar->members > MEMBERS_MAX)
		return ks_error_new(KS_ERR_DATA, "more than %d members: refused as endless",
				    MEMBERS_MAX);
	const char *path = tar->lib->entry_pathname(entry);
	int64_t size = tar->lib->entry_size(entry);
	*ret = (struct ks_tarball_member){
		.path = path ? path : "",
		.size = size > 0 ? (uint64_t)size : 0,
		.regular = tar->lib->entry_filetype(entry) == AE_IFREG &&
			   !tar->lib->entry_hardlink(entry),
	};
	return NULL;
}

struct ks_error *ks_tarball_data(struct ks_tarball *tar, const void **buf, size_t *len,
				 uint64_t *offset)
{
	tar->in_content = true;
	la_int64_t at = 0;
	*len = 0;
	int status = tar->lib->read_data_block(tar->archive, buf, len, &at);
	*offset = (uint64_t)at;
	if (tar->err)
		return ks_take(tar->err);
	if (status == ARCHIVE_EOF) {
		*len = 0;
		return NULL;
	}
	return status == ARCHIVE_OK || status == ARCHIVE_WARN ? NULL : failure(tar);
}

struct ks_error *ks_tarball_text(struct ks_tarball *tar, size_t max, char **ret)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	for (;;) {
		const void *piece;
		size_t len;
		uint64_t offset;
		KS_TRY(ks_tarball_data(tar, &piece, &len, &offset));
		if (!len)
			break;
		if (len > max - text.len)
			return ks_error_new(KS_ERR_DATA, "a text of more than %zu bytes", max);
		ks_buf_bytes(&text, piece, len);
	}
	if (!ks_buf_text(&text))
		return &ks_nomem;
	*ret = ks_take(text.at);
	return NULL;
}
