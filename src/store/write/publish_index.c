/* SPDX-License-Identifier: BSD-2-Clause */
/* The index of a catalogue: for three bytes that follow each other the groups of names that have them. */
#include <stdlib.h>

#include "store/write/publish.h"

/** Raw bytes of a row: a look-up reads all of it. */
enum { ROW_BYTES = 8 << 10 };

/** The groups that have a trigram, each as the distance from the one before. */
struct ks_publish_groups {
	uint32_t trigram;
	uint64_t last;
	struct ks_buf list;
};

static struct ks_error *add(struct ks_publish *publish, uint32_t trigram, uint64_t group)
{
	uint32_t number = ks_numbers_get(&publish->trigrams, trigram);
	if (!number) {
		const struct ks_publish_groups none = { .trigram = trigram };
		if (!ks_vector_add(&publish->groups, none))
			return &ks_nomem;
		number = (uint32_t)publish->groups.len;
		if (!ks_numbers_set(&publish->trigrams, trigram, number))
			return &ks_nomem;
	}
	struct ks_publish_groups *groups = &publish->groups.at[number - 1];
	if (groups->last == group)
		return NULL;
	ks_buf_uleb(&groups->list, group - groups->last);
	groups->last = group;
	return NULL;
}

struct ks_error *ks_publish_trigrams(struct ks_publish *publish, const char *name, uint64_t group)
{
	for (; name[0] && name[1] && name[2]; name++)
		KS_TRY(add(publish, ks_trigram_at(name), group));
	return NULL;
}

static int compare_groups(const void *a, const void *b)
{
	const struct ks_publish_groups *x = a, *y = b;
	return (x->trigram > y->trigram) - (x->trigram < y->trigram);
}

/** @param before the last trigram of the row before */
static struct ks_error *put_row(struct ks_publish *publish, struct ks_buf *raw, uint32_t before,
				uint32_t last)
{
	const int64_t values[] = { last, last - before };
	KS_TRY(ks_buf_error(raw));
	KS_TRY(ks_publish_row(publish, publish->add_trigram, values, 2, ks_bytes_of(raw)));
	raw->len = 0;
	return NULL;
}

struct ks_error *ks_publish_trigrams_end(struct ks_publish *publish)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	uint32_t before = 0, at = 0;
	if (publish->groups.len)
		qsort(publish->groups.at, publish->groups.len, sizeof(*publish->groups.at),
		      compare_groups);
	for (size_t i = 0; i < publish->groups.len; i++) {
		const struct ks_publish_groups *groups = &publish->groups.at[i];
		KS_TRY(ks_buf_error(&groups->list));
		if (raw.len && raw.len + groups->list.len > ROW_BYTES) {
			KS_TRY(put_row(publish, &raw, before, at));
			before = at;
		}
		ks_buf_uleb(&raw, groups->trigram - at);
		ks_buf_uleb(&raw, groups->list.len);
		ks_buf_bytes(&raw, groups->list.at, groups->list.len);
		at = groups->trigram;
	}
	return raw.len ? put_row(publish, &raw, before, at) : NULL;
}

void ks_publish_trigrams_deinit(struct ks_publish *publish)
{
	for (size_t i = 0; i < publish->groups.len; i++)
		ks_buf_deinit(&publish->groups.at[i].list);
	ks_vector_deinit(&publish->groups);
	ks_numbers_deinit(&publish->trigrams);
}
