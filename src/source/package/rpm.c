/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The front of an RPM package (rpm: docs/manual/format_v4.md): a lead of fixed size, a header with signatures, padded
 * to 8 bytes, a header with what is known of the package, and then its files. A header is an index of numbered tags,
 * and a store that they point into; all numbers are big-endian.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "source/package/rpm.h"

enum {
	LEAD = 96,
	INTRO = 16, // of a header: magic, reserved, number of entries, bytes of the store
	ENTRY = 16,
	ENTRIES_MAX = 1 << 16,
	STORE_MAX = 256 << 20, // the lists of files of a debug package take 20 MiB
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_ARCH = 1022,
	TYPE_STRING = 6,
	TEXT_MAX = 256,
};

bool ks_rpm_is(const uint8_t *head, size_t len)
{
	return len >= 4 && memcmp(head, "\xed\xab\xee\xdb", 4) == 0;
}

/** Where in the file the next byte is read from: all of them come in order, so that a server sends each once and they can be proven. */
struct reader {
	struct ks_input *in;
	uint64_t at;
};

static struct ks_cursor big_endian(const void *bytes, size_t len)
{
	return ks_cursor_over(bytes, len, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
}

static struct ks_error *read_all(struct reader *reader, void *buf, size_t len)
{
	size_t got;
	KS_TRY(ks_input_read(reader->in, reader->at, buf, len, &got));
	reader->at += got;
	return got == len ? NULL
			  : ks_error_new(KS_ERR_DATA,
					 "truncated: ends in the header of an RPM package");
}

/** @param[out] ret appended; NULL: they are passed over */
static struct ks_error *read_bytes(struct reader *reader, uint64_t len, struct ks_buf *ret)
{
	uint8_t passed[4096];
	while (len) {
		size_t n = len < sizeof(passed) ? (size_t)len : sizeof(passed);
		KS_TRY(read_all(reader, passed, n));
		if (ret)
			ks_buf_bytes(ret, passed, n);
		len -= n;
	}
	return ret ? ks_buf_error(ret) : NULL;
}

/** @param[out] ret index and store; NULL: the header is passed over @param[out] nr entries of the index */
static struct ks_error *read_header(struct reader *reader, struct ks_buf *ret, uint32_t *nr)
{
	uint8_t intro[INTRO];
	uint64_t at = reader->at;
	KS_TRY(read_all(reader, intro, sizeof(intro)));
	struct ks_cursor c = big_endian(intro, sizeof(intro));
	ks_cursor_take(&c, 8);
	*nr = ks_cursor_u32(&c);
	uint32_t store = ks_cursor_u32(&c);
	if (memcmp(intro, "\x8e\xad\xe8\x01", 4) || *nr > ENTRIES_MAX || store > STORE_MAX)
		return ks_error_new(KS_ERR_DATA, "damaged: no RPM header at byte %llu",
				    (unsigned long long)at);
	return read_bytes(reader, (uint64_t)*nr * ENTRY + store, ret);
}

/** A text of the store, copied; nothing when it lies outside. */
static struct ks_error *take_text(struct ks_cursor store, uint32_t offset, char **ret)
{
	ks_cursor_take(&store, offset);
	const char *text = ks_cursor_str(&store);
	if (store.why || strlen(text) >= TEXT_MAX)
		return NULL;
	free(*ret); // a tag that is there twice
	*ret = strdup(text);
	return *ret ? NULL : &ks_nomem;
}

static struct ks_error *read_tags(const struct ks_buf *header, uint32_t nr, struct ks_rpm *ret,
				  char **release)
{
	struct ks_cursor c = big_endian(header->at, header->len), store = c;
	ks_cursor_take(&store, (uint64_t)nr * ENTRY);
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t tag = ks_cursor_u32(&c), type = ks_cursor_u32(&c);
		uint32_t offset = ks_cursor_u32(&c);
		ks_cursor_u32(&c); // how many
		char **text = tag == TAG_NAME	   ? &ret->name
			      : tag == TAG_VERSION ? &ret->version
			      : tag == TAG_RELEASE ? release
			      : tag == TAG_ARCH	   ? &ret->arch
						   : NULL;
		if (text && type == TYPE_STRING)
			KS_TRY(take_text(store, offset, text));
	}
	return NULL;
}

/** From behind its magic to the end of the header. */
static struct ks_error *read_front(struct reader *reader, struct ks_buf *header, uint32_t *nr)
{
	KS_TRY(read_bytes(reader, LEAD - reader->at, NULL));
	KS_TRY(ks_error_wrap(read_header(reader, NULL, nr), "signatures"));
	KS_TRY(read_bytes(reader, -reader->at & 7, NULL));
	return read_header(reader, header, nr);
}

struct ks_error *ks_rpm_read(struct ks_input *in, struct ks_rpm *ret)
{
	struct reader reader = { in, KS_RPM_HEAD };
	struct ks_rpm rpm = { 0 };
	_cleanup_buf_ struct ks_buf header = { 0 };
	char *release = NULL, *whole = NULL;
	uint32_t nr;
	KS_TRY(read_front(&reader, &header, &nr));
	struct ks_error *err = read_tags(&header, nr, &rpm, &release);
	if (!err && rpm.version && release) {
		if (asprintf(&whole, "%s-%s", rpm.version, release) < 0)
			err = &ks_nomem;
		free(rpm.version);
		rpm.version = err ? NULL : whole;
	}
	free(release);
	rpm.payload = reader.at;
	if (err) {
		free(rpm.name);
		free(rpm.version);
		free(rpm.arch);
		return err;
	}
	*ret = rpm;
	return NULL;
}
