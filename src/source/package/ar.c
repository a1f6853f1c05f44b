/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "source/package/ar.h"

/** The header as it stands in the file: text, padded with spaces. */
struct ar_header {
	char name[16], date[12], uid[6], gid[6], mode[8], size[10], end[2];
};
_Static_assert(sizeof(struct ar_header) == 60, "no padding");

bool ks_ar_is_thin(const uint8_t *head, size_t len)
{
	return len >= KS_AR_MAGIC_BYTES && memcmp(head, KS_AR_THIN_MAGIC, KS_AR_MAGIC_BYTES) == 0;
}

struct ks_error *ks_ar_next(struct ks_input *in, uint64_t offset, bool *end,
			    struct ks_ar_member *ret)
{
	struct ar_header header;
	size_t got;
	KS_TRY(ks_input_read(in, offset, &header, sizeof(header), &got));
	*end = got == 0;
	if (*end)
		return NULL;
	if (got < sizeof(header))
		return ks_error_new(KS_ERR_DATA, "truncated: ends in a member header at byte %llu",
				    (unsigned long long)offset);
	if (memcmp(header.end, "`\n", 2))
		return ks_error_new(KS_ERR_DATA, "damaged: no member header at byte %llu",
				    (unsigned long long)offset);
	uint64_t size = 0;
	size_t digits = 0;
	for (; digits < sizeof(header.size) && header.size[digits] != ' '; digits++) {
		if (header.size[digits] < '0' || header.size[digits] > '9')
			return ks_error_new(KS_ERR_DATA, "damaged: bad member size at byte %llu",
					    (unsigned long long)offset);
		size = size * 10 + (uint64_t)(header.size[digits] - '0');
	}
	size_t len = sizeof(header.name);
	while (len && (header.name[len - 1] == ' ' || header.name[len - 1] == '/'))
		len--;
	*ret = (struct ks_ar_member){ .offset = offset + sizeof(header), .size = size };
	memcpy(ret->name, header.name, len);
	ret->next = ret->offset + size + (size & 1); // members start at even offsets
	return NULL;
}
