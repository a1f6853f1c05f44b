/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "source/package/cpio.h"

enum {
	HEADER = 110,
	SIZE_AT = 54, // of the file
	NAME_SIZE_AT = 94,
	NAME_MAX_BYTES = 1 << 16,
	MAGIC = 6,
};

static bool is_magic(const uint8_t *bytes)
{
	return !memcmp(bytes, "070701", MAGIC) ||
	       !memcmp(bytes, "070702", MAGIC); // 2: with checksums
}

static bool is_digit(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/** Where a header is not quite one, libarchive looks for the next that is. */
static bool is_header(const uint8_t *bytes)
{
	for (size_t i = MAGIC; i < HEADER; i++)
		if (!is_digit(bytes[i]))
			return false;
	return is_magic(bytes);
}

/** A number of eight hexadecimal digits. */
static uint64_t number_at(const struct ks_cpio *cpio, size_t offset)
{
	uint64_t n = 0;
	for (const uint8_t *p = cpio->front + offset, *end = p + 8; p < end; p++)
		n = n << 4 | (uint64_t)(*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
	return n;
}

/** The front is as long as was wanted: it says how much more of it is, or how long the rest of the member is. */
static struct ks_error *read_front(struct ks_cpio *cpio)
{
	static const char trailer[] = "TRAILER!!!";
	if (!cpio->begun && !is_magic(cpio->front)) {
		cpio->passed = true;
		return NULL;
	}
	cpio->begun = true;
	cpio->want = HEADER;
	if (cpio->have < HEADER)
		return NULL;
	uint64_t size = number_at(cpio, SIZE_AT), name = number_at(cpio, NAME_SIZE_AT), pad = 3;
	if (!is_header(cpio->front) || name > NAME_MAX_BYTES)
		return ks_error_new(KS_ERR_DATA, "damaged: a header of the cpio archive");
	if (name == sizeof(trailer))
		cpio->want = HEADER + sizeof(trailer);
	if (cpio->have < cpio->want)
		return NULL;
	cpio->passed =
		cpio->want > HEADER && !memcmp(cpio->front + HEADER, trailer, sizeof(trailer));
	cpio->skip = ((HEADER + name + pad) & ~pad) - cpio->have + ((size + pad) & ~pad);
	cpio->have = 0;
	cpio->want = HEADER;
	return NULL;
}

struct ks_error *ks_cpio_follow(struct ks_cpio *cpio, const uint8_t *bytes, size_t len)
{
	if (!cpio->want)
		cpio->want = MAGIC;
	while (len && !cpio->passed) {
		size_t room = cpio->want - cpio->have, n = len < room ? len : room;
		if (cpio->skip) {
			n = len < cpio->skip ? len : (size_t)cpio->skip;
			cpio->skip -= n;
		} else {
			memcpy(cpio->front + cpio->have, bytes, n);
			cpio->have += n;
		}
		bytes += n;
		len -= n;
		if (cpio->have == cpio->want)
			KS_TRY(read_front(cpio));
	}
	return NULL;
}
