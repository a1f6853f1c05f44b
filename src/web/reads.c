/* SPDX-License-Identifier: BSD-2-Clause */
/* What was read of names, kept for the next page that is about one of them. Pages themselves are never kept. */
#include <stdlib.h>
#include <xxhash.h>

#include "api/lookup.h"
#include "attach/attach.h"
#include "web/private.h"

enum { READS = 64, READ_MOST = 8 << 20 }; // names; bytes of all of them

struct ks_web_reads {
	size_t next; // that gives way
	size_t bytes;
	struct kept {
		uint64_t hash;
		struct ks_arena arena;
		struct ks_web_read read;
	} at[READS];
};

static void drop(struct ks_web_reads *reads, struct kept *kept)
{
	reads->bytes -= kept->arena.total_bytes;
	ks_arena_deinit(&kept->arena);
	*kept = (struct kept){ 0 };
}

void ks_web_reads_free(struct ks_web_reads *reads)
{
	for (size_t i = 0; reads && i < READS; i++)
		drop(reads, &reads->at[i]);
	free(reads);
}

static struct ks_error *fill(struct ks_web *web, enum ks_kind kind, const char *name,
			     struct kept *kept)
{
	struct ks_web_read *read = &kept->read;
	size_t nr = (web->sel.images.nr + 1) * KS_NR_FUNCTION_WAYS;
	const char *copy = ks_arena_strdup(&kept->arena, name);
	read->answers = ks_arena_array(&kept->arena, nr, sizeof(*read->answers));
	if (!copy || !read->answers)
		return &ks_nomem;
	memset(read->answers, 0, nr);
	KS_TRY(ks_lookup_history(web->store, &web->sel.images, kind, copy, &kept->arena,
				 &read->history));
	read->history.name = copy;
	return NULL;
}

struct ks_error *ks_web_read_name(struct ks_web *web, enum ks_kind kind, const char *name,
				  const struct ks_web_read **ret)
{
	if (!web->reads && !(web->reads = calloc(1, sizeof(*web->reads))))
		return &ks_nomem;
	struct ks_web_reads *reads = web->reads;
	uint64_t hash = XXH3_64bits_withSeed(name, strlen(name), kind);
	for (size_t i = 0; i < READS; i++) {
		struct kept *kept = &reads->at[i];
		if (kept->hash != hash || !kept->read.answers || kept->read.history.kind != kind ||
		    strcmp(kept->read.history.name, name) != 0)
			continue;
		*ret = &kept->read;
		return NULL;
	}
	for (size_t i = 0; reads->bytes > READ_MOST && i < READS; i++)
		drop(reads, &reads->at[i]);
	struct kept *kept = &reads->at[reads->next++ % READS];
	drop(reads, kept);
	struct ks_error *err = fill(web, kind, name, kept);
	reads->bytes += kept->arena.total_bytes;
	kept->hash = hash;
	if (err)
		drop(reads, kept);
	else
		*ret = &kept->read;
	return err;
}
