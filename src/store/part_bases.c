/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/part_bases.h"

#include <string.h>

const struct ks_part_base *ks_part_bases_get(struct ks_part_bases *bases, int64_t image,
					     const char *name)
{
	for (size_t i = 0; i < KS_PART_BASES; i++) {
		struct ks_part_base *base = &bases->at[i];
		if (base->image != image || !base->name || strcmp(base->name, name) != 0)
			continue;
		base->last_used = ++bases->nr_used;
		return base;
	}
	return NULL;
}

static void drop(struct ks_part_bases *bases, struct ks_part_base *base)
{
	bases->bytes -= base->raw.len;
	ks_buf_deinit(&base->raw);
	*base = (struct ks_part_base){ 0 };
}

/** The one that is free, or was not used for longest. */
static struct ks_part_base *oldest(struct ks_part_bases *bases, bool used)
{
	struct ks_part_base *ret = NULL;
	for (size_t i = 0; i < KS_PART_BASES; i++) {
		struct ks_part_base *base = &bases->at[i];
		if (used && !base->name)
			continue;
		if (!ret || base->last_used < ret->last_used)
			ret = base;
	}
	return ret;
}

bool ks_part_bases_put(struct ks_part_bases *bases, int64_t image, const char *name,
		       const struct ks_part_row *row, const struct ks_buf *raw)
{
	if (raw->len > KS_PART_BASES_LIMIT)
		return false;
	while (bases->bytes + raw->len > KS_PART_BASES_LIMIT)
		drop(bases, oldest(bases, true));
	struct ks_part_base *base = oldest(bases, false);
	drop(bases, base);
	*base = (struct ks_part_base){ .image = image,
				       .name = name,
				       .last_used = ++bases->nr_used,
				       .row = *row,
				       .raw = *raw };
	bases->bytes += raw->len;
	return true;
}

void ks_part_bases_clear(struct ks_part_bases *bases)
{
	for (size_t i = 0; i < KS_PART_BASES; i++)
		drop(bases, &bases->at[i]);
}
