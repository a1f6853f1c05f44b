/* SPDX-License-Identifier: BSD-2-Clause */
#include <lzma.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "source/package/from_end.h"
#include "source/package/member.h"

enum {
	BATCH = 2, // blocks unpacked at once, each in a thread, while the next are fetched
	INDEX_GUESS = 16384, // bytes read at the end at first: footer and an index of 3,000 blocks
};
static const uint64_t block_max = 256 << 20; // bytes of one block, packed or not
static const uint64_t index_max = 16 << 20;  // bytes; two million blocks
static const uint64_t filter_memory_max = 512 << 20;
static const uint64_t tmpfile_guess =
	1 << 30; // bytes; what a vmlinux with its debug information takes

/** A block on its way: fetched, unpacked by a thread, looked through. */
struct job {
	pthread_t thread;
	bool started;
	lzma_check check;
	uint64_t packed_at, packed_size, at, size,
		unpadded_size; // bytes; at: in the unpacked archive
	uint8_t *packed, *bytes;
	bool unpacked;
};

struct batch {
	struct job jobs[BATCH]; // from the later block to the earlier
	size_t count;
};

struct search {
	struct ks_input *in;
	const struct ks_from_end_range *range;
	const struct ks_progress *progress;
	lzma_index *index;
	struct ks_tmpfile tmpfile;  // at the offsets of the unpacked archive
	uint64_t total, cursor;	    // unpacked bytes; what lies behind cursor is fetched already
	uint64_t held_to;	    // the file has all from the last block looked at up to here
	struct ks_tar_header found; // path is empty until vmlinux turns up
	uint64_t found_at;
};

/** The last len bytes of the range; NULL in ret when they are not all there. */
static struct ks_error *read_end(struct search *t, uint64_t len, uint8_t **ret)
{
	uint64_t end = t->range->offset + t->range->size;
	uint8_t *bytes = malloc(len);
	if (!bytes)
		return &ks_nomem;
	size_t got = 0;
	ks_input_want(t->in, end - len, end);
	struct ks_error *err = ks_input_read(t->in, end - len, bytes, len, &got);
	if (err || got < len) {
		free(bytes);
		return err;
	}
	*ret = bytes;
	return NULL;
}

/** The index stays NULL when there is none, or none that we can use. */
static struct ks_error *read_index(struct search *t)
{
	const uint64_t footer = LZMA_STREAM_HEADER_SIZE, size = t->range->size;
	if (size < 2 * footer)
		return NULL;
	uint64_t len = size < INDEX_GUESS ? size : INDEX_GUESS;
	lzma_stream_flags foot;
	for (;;) {
		uint8_t *end = NULL;
		KS_TRY(read_end(t, len, &end));
		if (!end || lzma_stream_footer_decode(&foot, end + len - footer) != LZMA_OK ||
		    foot.backward_size > index_max || foot.backward_size > size - 2 * footer) {
			free(end);
			return NULL;
		}
		if (foot.backward_size <= len - footer) {
			uint64_t memory = 8 * index_max;
			size_t pos = (size_t)(len - footer - foot.backward_size);
			if (lzma_index_buffer_decode(&t->index, &memory, NULL, end, &pos,
						     (size_t)(len - footer)) != LZMA_OK)
				t->index = NULL;
			free(end);
			break;
		}
		free(end);
		len = foot.backward_size + footer;
	}
	// Only one stream that fills the range: anything else is read in order.
	if (t->index && lzma_index_stream_flags(t->index, &foot) == LZMA_OK &&
	    lzma_index_file_size(t->index) == size && lzma_index_block_count(t->index) > 1)
		return NULL;
	lzma_index_end(t->index, NULL);
	t->index = NULL;
	return NULL;
}

static void unpack(struct job *job)
{
	lzma_filter filters[LZMA_FILTERS_MAX + 1];
	lzma_block block = {
		.version = 1,
		.check = job->check,
		.filters = filters,
		.header_size = lzma_block_header_size_decode(job->packed[0]),
	};
	if (job->packed[0] == 0 || block.header_size > job->packed_size ||
	    lzma_block_header_decode(&block, NULL, job->packed) != LZMA_OK)
		return;
	size_t in = block.header_size, out = 0;
	job->unpacked =
		lzma_block_compressed_size(&block, job->unpadded_size) == LZMA_OK &&
		lzma_raw_decoder_memusage(filters) <= filter_memory_max &&
		lzma_block_buffer_decode(&block, NULL, job->packed, &in, (size_t)job->packed_size,
					 job->bytes, &out, (size_t)job->size) == LZMA_OK &&
		out == job->size;
	lzma_filters_free(filters, NULL);
}

static void *unpack_thread(void *arg)
{
	unpack(arg);
	return NULL;
}

static void batch_start(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct job *job = &batch->jobs[i];
		job->started = pthread_create(&job->thread, NULL, unpack_thread, job) == 0;
		if (!job->started)
			unpack(job);
	}
}

static void batch_join(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		if (batch->jobs[i].started)
			pthread_join(batch->jobs[i].thread, NULL);
}

static void batch_deinit(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		free(batch->jobs[i].packed);
		free(batch->jobs[i].bytes);
	}
	*batch = (struct batch){ 0 };
}

/** Take the blocks before the cursor into a batch, without their bytes. False when a block is unfit. */
static bool batch_plan(struct search *t, struct batch *batch)
{
	uint64_t floor = t->range->unpacked_floor;
	while (batch->count < BATCH && t->cursor > floor &&
	       t->total - t->cursor < t->range->search_max) {
		lzma_index_iter it;
		lzma_index_iter_init(&it, t->index);
		if (lzma_index_iter_locate(&it, t->cursor - 1))
			return false;
		struct job *job = &batch->jobs[batch->count];
		*job = (struct job){
			.check = it.stream.flags->check,
			.packed_at = t->range->offset + it.block.compressed_file_offset,
			.packed_size = it.block.total_size,
			.unpadded_size = it.block.unpadded_size,
			.at = it.block.uncompressed_file_offset,
			.size = it.block.uncompressed_size,
		};
		// A header never straddles blocks then; dpkg's blocks are 24 MiB.
		if (job->at % KS_TAR_BLOCK_BYTES || job->size > block_max ||
		    job->packed_size > block_max)
			return false;
		t->cursor = job->at;
		batch->count++;
	}
	return true;
}

/** Plan and fetch. An empty batch means that the search is over; *fit is false when it cannot go on. */
static struct ks_error *batch_fetch(struct search *t, struct batch *batch, bool *fit)
{
	*batch = (struct batch){ 0 };
	*fit = batch_plan(t, batch);
	if (!*fit || !batch->count) {
		batch->count = 0;
		return NULL;
	}
	struct job *first = &batch->jobs[batch->count - 1], *last = &batch->jobs[0];
	ks_input_want(t->in, first->packed_at, last->packed_at + last->packed_size);
	for (size_t i = batch->count; i-- > 0;) {
		struct job *job = &batch->jobs[i];
		job->packed = malloc((size_t)job->packed_size);
		job->bytes = malloc((size_t)job->size + 1); // a block may be empty
		if (!job->packed || !job->bytes)
			return &ks_nomem;
		size_t got;
		KS_TRY(ks_input_read(t->in, job->packed_at, job->packed, (size_t)job->packed_size,
				     &got));
		*fit = *fit && got == job->packed_size;
	}
	return NULL;
}

/** Whether the header found at an offset really stands before an ELF file that ends where a header is. */
static bool is_vmlinux(struct search *t, const struct ks_tar_header *header, uint64_t at)
{
	uint64_t begin = at + KS_TAR_BLOCK_BYTES;
	if (!header->regular || header->size < 4 || header->size > t->range->vmlinux_max ||
	    ks_member_kind_of(header->path) != KS_MEMBER_VMLINUX || begin > t->held_to ||
	    header->size > t->held_to - begin)
		return false;
	uint8_t magic[4], after[KS_TAR_BLOCK_BYTES];
	struct ks_error *err = ks_tmpfile_read(&t->tmpfile, begin, magic, sizeof(magic));
	bool good = !err && !memcmp(magic, "\177ELF", sizeof(magic));
	ks_error_free(err);
	uint64_t end = begin + (header->size + sizeof(after) - 1) / sizeof(after) * sizeof(after);
	if (!good || end > t->held_to || t->held_to - end < sizeof(after))
		return good && end == t->total;
	err = ks_tmpfile_read(&t->tmpfile, end, after, sizeof(after));
	struct ks_tar_header next;
	static const uint8_t zeros[KS_TAR_BLOCK_BYTES];
	good = !err && (ks_tar_header_parse(after, &next) || !memcmp(after, zeros, sizeof(zeros)));
	ks_error_free(err);
	return good;
}

/** Look through a block from its end to its start. */
static struct ks_error *look(struct search *t, const struct job *job)
{
	KS_TRY(ks_tmpfile_write(&t->tmpfile, job->at, job->bytes, (size_t)job->size));
	bool other = false;
	for (uint64_t pos = job->size / KS_TAR_BLOCK_BYTES * KS_TAR_BLOCK_BYTES; pos > 0;) {
		pos -= KS_TAR_BLOCK_BYTES;
		struct ks_tar_header header;
		if (!ks_tar_header_parse(job->bytes + pos, &header))
			continue;
		if (is_vmlinux(t, &header, job->at + pos)) {
			t->found = header;
			t->found_at = job->at + pos;
			return NULL;
		}
		other = true;
	}
	if (!other)
		return NULL;
	// A vmlinux that begins further ahead ends before the header seen here: the rest is of no use.
	ks_tmpfile_drop(&t->tmpfile, job->at + job->size, t->held_to - job->at - job->size);
	t->held_to = job->at + job->size;
	return NULL;
}

/** Work on one batch while the next is fetched. */
static struct ks_error *step(struct search *t, struct batch *now, struct batch *next, bool *fit)
{
	batch_start(now);
	struct ks_error *err = batch_fetch(t, next, fit);
	batch_join(now);
	for (size_t i = 0; !err && i < now->count && !t->found.path[0]; i++) {
		if (now->jobs[i].unpacked)
			err = look(t, &now->jobs[i]);
		else
			*fit = false; // damaged; reading in order will say so, or not need it
		if (!err)
			err = ks_progress_tell(t->progress, "searching from the end",
					       t->total - now->jobs[i].at,
					       t->total - t->range->unpacked_floor);
	}
	return err;
}

static struct ks_error *search(struct search *t, enum ks_from_end_answer *answer)
{
	struct batch batches[2] = { 0 };
	unsigned int turn = 0;
	bool fit = true;
	struct ks_error *err = batch_fetch(t, &batches[0], &fit);
	while (!err && fit && batches[turn].count && !t->found.path[0]) {
		err = step(t, &batches[turn], &batches[!turn], &fit);
		batch_deinit(&batches[turn]);
		turn = !turn;
	}
	batch_deinit(&batches[0]);
	batch_deinit(&batches[1]);
	*answer = t->found.path[0] ? KS_FROM_END_FOUND
		  : fit		   ? KS_FROM_END_ABSENT
				   : KS_FROM_END_UNUSABLE;
	return err;
}

static struct ks_error *find(struct search *t, enum ks_from_end_answer *answer,
			     struct ks_from_end_found *ret)
{
	KS_TRY(read_index(t));
	if (!t->index)
		return NULL;
	t->total = t->cursor = t->held_to = lzma_index_uncompressed_size(t->index);
	KS_TRY(ks_tmpfile_open(&t->tmpfile, tmpfile_guess));
	KS_TRY(search(t, answer));
	if (*answer != KS_FROM_END_FOUND)
		return NULL;
	char *path = strdup(t->found.path);
	if (!path)
		return &ks_nomem;
	struct ks_error *err = ks_map_fd(t->tmpfile.fd, t->found_at + KS_TAR_BLOCK_BYTES,
					 t->found.size, &ret->map);
	if (err)
		free(path);
	else
		ret->path = path;
	return err;
}

struct ks_error *ks_from_end_find(struct ks_input *in, const struct ks_from_end_range *range,
				  const struct ks_progress *progress,
				  enum ks_from_end_answer *answer, struct ks_from_end_found *ret)
{
	struct search t = { .in = in, .range = range, .progress = progress, .tmpfile = { -1 } };
	*answer = KS_FROM_END_UNUSABLE;
	struct ks_error *err = find(&t, answer, ret);
	lzma_index_end(t.index, NULL);
	ks_tmpfile_close(&t.tmpfile);
	return err;
}
