/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The front of an RPM package (rpm: docs/manual/format_v4.md): a lead of fixed size, a header with signatures, padded
 * to 8 bytes, a header with what is known of the package, and then its files. A header is an index of numbered tags,
 * and a store that they point into; all numbers are big-endian.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
};

bool ks_rpm_is(const uint8_t *head, size_t len)
{
	return len >= 4 && memcmp(head, "\xed\xab\xee\xdb", 4) == 0;
}

struct header {
	uint64_t store, end; // offsets in the file
	uint32_t nr;	     // entries before the store
};

static struct ks_cursor big_endian(const void *bytes, size_t len)
{
	return ks_cursor_over(bytes, len, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
}

static struct ks_error *read_all(struct ks_input *in, uint64_t offset, void *buf, size_t len)
{
	size_t got;
	KS_TRY(ks_input_read(in, offset, buf, len, &got));
	return got == len ? NULL
			  : ks_error_new(KS_ERR_DATA,
					 "truncated: ends in the header of an RPM package");
}

static struct ks_error *read_header(struct ks_input *in, uint64_t offset, struct header *ret)
{
	uint8_t intro[INTRO];
	KS_TRY(read_all(in, offset, intro, sizeof(intro)));
	struct ks_cursor c = big_endian(intro, sizeof(intro));
	ks_cursor_take(&c, 8);
	uint32_t nr = ks_cursor_u32(&c), store = ks_cursor_u32(&c);
	if (memcmp(intro, "\x8e\xad\xe8\x01", 4) || nr > ENTRIES_MAX || store > STORE_MAX)
		return ks_error_new(KS_ERR_DATA, "damaged: no RPM header at byte %llu",
				    (unsigned long long)offset);
	ret->nr = nr;
	ret->store = offset + INTRO + (uint64_t)nr * ENTRY;
	ret->end = ret->store + store;
	return NULL;
}

/** A text of the store, copied; NULL when it lies outside. */
static struct ks_error *read_text(struct ks_input *in, const struct header *header, uint32_t offset,
				  char **ret)
{
	char text[256];
	size_t got = 0;
	uint64_t at = header->store + offset;
	size_t len = header->end > at ? (size_t)(header->end - at) : 0;
	KS_TRY(ks_input_read(in, at, text, len < sizeof(text) ? len : sizeof(text), &got));
	if (!memchr(text, '\0', got))
		return NULL;
	free(*ret); // a tag that is there twice
	*ret = strdup(text);
	return *ret ? NULL : &ks_nomem;
}

static struct ks_error *read_tags(struct ks_input *in, const struct header *header,
				  struct ks_rpm *ret, char **release)
{
	uint64_t at = header->store - (uint64_t)header->nr * ENTRY;
	for (uint32_t i = 0; i < header->nr; i++, at += ENTRY) {
		uint8_t entry[ENTRY];
		KS_TRY(read_all(in, at, entry, sizeof(entry)));
		struct ks_cursor c = big_endian(entry, sizeof(entry));
		uint32_t tag = ks_cursor_u32(&c), type = ks_cursor_u32(&c);
		uint32_t offset = ks_cursor_u32(&c);
		char **text = tag == TAG_NAME	   ? &ret->name
			      : tag == TAG_VERSION ? &ret->version
			      : tag == TAG_RELEASE ? release
			      : tag == TAG_ARCH	   ? &ret->arch
						   : NULL;
		if (text && type == TYPE_STRING)
			KS_TRY(read_text(in, header, offset, text));
	}
	return NULL;
}

struct ks_error *ks_rpm_read(struct ks_input *in, struct ks_rpm *ret)
{
	struct header header = { 0 };
	struct ks_rpm rpm = { 0 };
	char *release = NULL, *whole = NULL;
	KS_TRY(ks_error_wrap(read_header(in, LEAD, &header), "signatures"));
	KS_TRY(read_header(in, (header.end + 7) & ~(uint64_t)7, &header));
	struct ks_error *err = read_tags(in, &header, &rpm, &release);
	if (!err && rpm.version && release) {
		if (asprintf(&whole, "%s-%s", rpm.version, release) < 0)
			err = &ks_nomem;
		free(rpm.version);
		rpm.version = err ? NULL : whole;
	}
	free(release);
	rpm.payload = header.end;
	if (err) {
		free(rpm.name);
		free(rpm.version);
		free(rpm.arch);
		return err;
	}
	*ret = rpm;
	return NULL;
}
