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
#include "base/memory.h"
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

static struct ks_error *cut_off(void)
{
	return ks_error_new(KS_ERR_DATA, "truncated: ends in the header of an RPM package");
}

static struct ks_error *read_all(struct reader *reader, void *buf, size_t len)
{
	size_t got;
	KS_TRY(ks_input_read(reader->in, reader->at, buf, len, &got));
	reader->at += got;
	return got == len ? NULL : cut_off();
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

/** The sizes of a header. @param at where it begins, for the error */
static struct ks_error *read_intro(const uint8_t *intro, uint64_t at, uint32_t *nr, uint32_t *store)
{
	struct ks_cursor c = big_endian(intro, INTRO);
	ks_cursor_take(&c, 8);
	*nr = ks_cursor_u32(&c);
	*store = ks_cursor_u32(&c);
	if (memcmp(intro, "\x8e\xad\xe8\x01", 4) || *nr > ENTRIES_MAX || *store > STORE_MAX)
		return ks_error_new(KS_ERR_DATA, "damaged: no RPM header at byte %llu",
				    (unsigned long long)at);
	return NULL;
}

/** @param[out] ret index and store; NULL: the header is passed over @param[out] nr entries of the index */
static struct ks_error *read_header(struct reader *reader, struct ks_buf *ret, uint32_t *nr)
{
	uint8_t intro[INTRO];
	uint64_t at = reader->at;
	KS_TRY(read_all(reader, intro, sizeof(intro)));
	uint32_t store;
	KS_TRY(read_intro(intro, at, nr, &store));
	return read_bytes(reader, (uint64_t)*nr * ENTRY + store, ret);
}

bool ks_rpm_find(const struct ks_rpm_header *header, uint32_t tag, enum ks_rpm_type type,
		 struct ks_rpm_value *ret)
{
	struct ks_cursor c = header->entries;
	for (uint32_t i = 0; i < header->nr; i++) {
		uint32_t its_tag = ks_cursor_u32(&c), its_type = ks_cursor_u32(&c);
		uint32_t offset = ks_cursor_u32(&c), nr = ks_cursor_u32(&c);
		if (c.why || its_tag != tag || its_type != (uint32_t)type)
			continue;
		*ret = (struct ks_rpm_value){ header->entries, nr };
		ks_cursor_take(&ret->at, (uint64_t)header->nr * ENTRY);
		ks_cursor_take(&ret->at, offset);
		return !ret->at.why;
	}
	return false;
}

/** A text of the store, copied. @param[out] ret NULL when there is none, or it lies outside */
static struct ks_error *take_text(const struct ks_rpm_header *header, uint32_t tag, char **ret)
{
	struct ks_rpm_value value;
	*ret = NULL;
	if (!ks_rpm_find(header, tag, KS_RPM_TEXT, &value))
		return NULL;
	const char *text = ks_cursor_str(&value.at);
	if (value.at.why || strlen(text) >= TEXT_MAX)
		return NULL;
	*ret = strdup(text);
	return *ret ? NULL : &ks_nomem;
}

/** Texts that were copied so far are in ret. */
static struct ks_error *take_texts(const struct ks_rpm_header *header, struct ks_rpm *ret)
{
	_cleanup_free_ char *version = NULL, *release = NULL;
	KS_TRY(take_text(header, TAG_NAME, &ret->name));
	KS_TRY(take_text(header, TAG_ARCH, &ret->arch));
	KS_TRY(take_text(header, TAG_VERSION, &version));
	KS_TRY(take_text(header, TAG_RELEASE, &release));
	if (!version || !release) {
		ret->version = ks_take(version);
		return NULL;
	}
	if (asprintf(&ret->version, "%s-%s", version, release) >= 0)
		return NULL;
	ret->version = NULL;
	return &ks_nomem;
}

struct ks_error *ks_rpm_texts(const struct ks_rpm_header *header, struct ks_rpm *ret)
{
	struct ks_rpm rpm = { 0 };
	struct ks_error *err = take_texts(header, &rpm);
	if (err) {
		free(rpm.name);
		free(rpm.version);
		free(rpm.arch);
		return err;
	}
	*ret = rpm;
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
	_cleanup_buf_ struct ks_buf bytes = { 0 };
	struct ks_rpm_header header;
	KS_TRY(read_front(&reader, &bytes, &header.nr));
	header.entries = big_endian(bytes.at, bytes.len);
	KS_TRY(ks_rpm_texts(&header, ret));
	ret->payload = reader.at;
	return NULL;
}

/** A header in memory, from where it begins. */
static struct ks_error *find_header(const uint8_t *bytes, size_t len, size_t begin,
				    struct ks_rpm_header *ret)
{
	struct ks_cursor c = big_endian(bytes, len);
	ks_cursor_take(&c, begin);
	const uint8_t *intro = ks_cursor_take(&c, INTRO);
	if (!intro)
		return cut_off();
	uint32_t store;
	KS_TRY(read_intro(intro, begin, &ret->nr, &store));
	uint64_t size = (uint64_t)ret->nr * ENTRY + store;
	const uint8_t *entries = ks_cursor_take(&c, size);
	if (!entries)
		return cut_off();
	ret->entries = big_endian(entries, (size_t)size);
	ret->begin = begin;
	ret->end = begin + INTRO + (size_t)size;
	return NULL;
}

struct ks_error *ks_rpm_headers(const uint8_t *bytes, size_t len, struct ks_rpm_header *signatures,
				struct ks_rpm_header *header)
{
	if (!ks_rpm_is(bytes, len))
		return ks_error_new(KS_ERR_DATA, "no RPM package");
	KS_TRY(ks_error_wrap(find_header(bytes, len, LEAD, signatures), "signatures"));
	return find_header(bytes, len, signatures->end + (-signatures->end & 7), header);
}
